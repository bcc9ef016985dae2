"""What is news to the readers of a digest: the notes that went out, or go out with it."""

from datetime import date

from kmkit.audience.shown import Shown
from kmkit.index.dates import OUT
from kmkit.lifecycle.states import State
from kmkit.trail.event import Event
from kmkit.views.digest_view import View


def news(view: View) -> dict[str, date]:
    """The notes that went out in the period, and the day on which each last did; oldest first.

    What had reached this circle before is not news, unless it was revised since. With a letter
    that is sent go the notes that are formatted, too; what was recorded as brought to this very
    audience has reached it.
    """
    known: set[str] = set()
    days: dict[str, date] = {}
    for event in view.events:
        if event.to_state == "captured":
            known.discard(event.note)
        if event.move == "format" and view.entered is not None and view.happened(event):
            days[event.note] = event.when.date()
        if event.move != "disseminate":
            continue
        if view.entered is not None:
            days.pop(event.note, None)
        if had(view, event):
            known.add(event.note)
        elif view.happened(event) and event.note not in known:
            days.pop(event.note, None)
            days[event.note] = event.when.date()
    return days


def had(view: View, event: Event) -> bool:
    """Whether what was brought to people by this event had reached the readers before."""
    if view.entered is not None and view.audience and event.get("Audience") == view.audience:
        return True
    return not view.happened(event) and view.reaches(event.get("Channel"))


def is_out(view: View, shown: Shown) -> bool:
    """Whether a version of the note stands that readers may rely on, or goes out with this."""
    return shown.state in OUT or (view.entered is not None and shown.state == State.FORMATTED)
