"""What a note's file says about when things happened, and when its review is due."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from kmkit.index.card import Asked, Card, Judged, Sent
from kmkit.index.rules import Rules
from kmkit.lifecycle.states import LONGEST_DEFERRAL, State
from kmkit.period import Period

_CAPTURED = State.CAPTURED  # to ask the class for it takes longer than to compare
_SETTLED = (State.VALIDATED, State.FORMATTED)
OUT = (State.DISSEMINATED, State.MAINTAINED)
"""The states in which readers have a note, and its owner is asked whether it still holds."""


def future(day: date, today: date | None) -> bool:
    """Whether ``day`` lies ahead; a day of slack, because it is tomorrow somewhere already."""
    return today is not None and day > today + timedelta(days=1)


def day_of_id(id: str) -> date | None:
    """The day that an id begins with."""
    return _day_of(id[:8])


@lru_cache(maxsize=4096)
def _day_of(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def id_date(note: Card) -> date | None:
    """The day of the capture, as the id has it."""
    return day_of_id(note.own_id)


def first_disseminated(note: Card) -> date | None:
    """The day on which the note first went out."""
    days = [entry.on for entry in note.disseminated]
    return min(days) if days else None


def last_approval(note: Card) -> date | None:
    """The day of the last approving verdict; a mere rewording does not count."""
    days = [v.on for v in note.verdicts if v.verdict == "approve" and not v.same_as]
    return max(days) if days else None


def last_confirmation(note: Card, today: date | None = None) -> date | None:
    """The last day on which somebody confirmed that the note still holds; a future one is none."""
    reviewed = note.reviewed
    return reviewed.on if reviewed and not future(reviewed.on, today) else None


def last_look(note: Card, today: date) -> date | None:
    """The last day on which somebody reviewed or approved the note."""
    return _last((last_confirmation(note, today), last_approval(note)), today)


def _last(days: Iterable[date | None], today: date | None) -> date | None:
    """The last of ``days`` that does not lie ahead."""
    past = [day for day in days if day and not (today and future(day, today))]
    return max(past) if past else None


def days_of(note: Card) -> list[date]:
    """Every day on which something is said to have happened to the note."""
    lists: tuple[tuple[Judged | Asked | Sent, ...], ...]
    lists = (note.verdicts, note.asked, note.disseminated)
    days = [entry.on for entries in lists for entry in entries]
    said = (note.reviewed and note.reviewed.on, note.gathered_on, id_date(note))
    return days + [day for day in said if day]


def latest_day(note: Card, today: date | None = None) -> date | None:
    """The last day on which anything happened to the note, as far as its file tells."""
    return _last(days_of(note), today)


def standing_state(note: Card) -> str:
    """The state of the version that stands: that in force while the note is being revised."""
    if note.state == _CAPTURED and note.in_force:
        return note.in_force.state
    return note.state


def review_interval(note: Card, rules: Rules) -> Period | None:
    """How often the note is reviewed: as it says itself, else as its kind says; None for never."""
    return note.review_every or rules.kinds.get(note.kind)


def last_review(note: Card, today: date | None = None) -> date | None:
    """The later of the last review and the first dissemination, neither of them in the future."""
    return _last((last_confirmation(note, today), first_disseminated(note)), today)


def deferred_until(note: Card, today: date | None = None) -> date | None:
    """Until when the review is put off: thirty days at most, and only until the next review."""
    deferred, reviewed = note.deferred, note.reviewed
    if deferred is None or future(deferred.on, today):
        return None
    if reviewed and reviewed.on >= deferred.on:
        return None
    return min(deferred.until, LONGEST_DEFERRAL.after(deferred.on))


def due_date(note: Card, rules: Rules, today: date | None = None) -> date | None:
    """The day on which the note's review is due; None where it is never reviewed again.

    The later of the last review and the first dissemination, plus the note's interval or else its
    kind's; a deferral puts it off by thirty days at most. Dates after ``today`` do not count.
    """
    return due_after(last_review(note, today), note, rules, today)


def due_after(
    start: date | None, note: Card, rules: Rules, today: date | None = None
) -> date | None:
    """The same, where ``start`` is known to be the last review."""
    every = review_interval(note, rules) if start and standing_state(note) in OUT else None
    if every is None or start is None:
        return None
    due = every.after(start)
    return max(due, deferred_until(note, today) or due)


def is_overdue(note: Card, rules: Rules, today: date) -> bool:
    """Whether the note's review was due before ``today``."""
    due = due_date(note, rules, today)
    return due is not None and due < today


def standing(note: Card, rules: Rules, today: date) -> str:
    """The state as outputs name it: never 'maintained' of an overdue note without 'overdue'."""
    revised = note.state == _CAPTURED and note.in_force is not None
    overdue, conflict = is_overdue(note, rules, today), bool(note.conflict)
    return worded(standing_state(note), revised=revised, overdue=overdue, conflict=conflict)


def worded(state: str, *, revised: bool, overdue: bool, conflict: bool = False) -> str:
    """A state in words, with what must stand beside it."""
    words = [state] if state else [] if conflict else ["unknown state"]
    words += ["being revised"] if revised else []
    words += ["in conflict"] if conflict else []
    words += ["overdue"] if overdue else []
    return ", ".join(words)


def entered(note: Card, today: date | None = None) -> date | None:
    """The day the note entered its state, as far as its file tells; None where it does not.

    Validated and formatted count from the last approval. Captured counts from the capture, the
    last verdict or the beginning of the revision; where a note was reopened and its file does not
    say when, from the last thing that it says happened.
    """
    days: Iterable[date | None]
    if note.state in _SETTLED:
        days = [last_approval(note) or latest_day(note, today)]
    elif note.state == _CAPTURED and note.in_force:
        days = [note.in_force.since or latest_day(note, today)]
    elif note.state == _CAPTURED:
        days = [id_date(note), note.gathered_on, *(entry.on for entry in note.verdicts)]
    else:
        return None
    return _last(days, today)
