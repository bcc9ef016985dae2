"""Plans and sessions as rows and as JSON."""

from collections.abc import Iterable

from kmkit.learn.plans import Planned
from kmkit.note.records import EventRecord
from kmkit.views.porcelain import dumps
from kmkit.views.tables import Cell

COLUMNS = ("group", "plan", "n", "what", "who", "when", "status", "notes")
SESSIONS = ("session", "day", "what", "kind", "who", "came", "captured")


def rows(found: Iterable[Planned]) -> list[tuple[Cell, ...]]:
    """A row of `COLUMNS` for each action."""
    return [
        (
            one.group or "other",
            one.short,
            one.number,
            one.what,
            one.who,
            one.timeline or "tbc",
            one.status,
            len(one.notes) or None,
        )
        for one in found
    ]


def plans_json(found: Iterable[Planned]) -> str:
    """The actions of plans: ``kmkit.plans/1``."""
    return dumps({"schema": "kmkit.plans/1", "actions": [one._asdict() for one in found]})


def session_rows(found: Iterable[EventRecord]) -> list[tuple[Cell, ...]]:
    """A row of `SESSIONS` for each session."""
    return [
        (
            one.id[-4:],
            one.on,
            one.name,
            one.session,
            one.by,
            one.attendance,
            len(one.captured) or None,
        )
        for one in found
    ]
