"""Plans and sessions as rows and as JSON."""

from collections.abc import Iterable

from kmkit.learn.plans import Planned
from kmkit.note.records import EventRecord
from kmkit.views.porcelain import dumps
from kmkit.views.tables import Cell

COLUMNS = ("group", "plan", "n", "what", "who", "when", "status", "notes")
WIDE = ("group", "plan", "what", "when", "status", "notes")
SESSIONS = ("session", "day", "what", "kind", "who", "came", "captured")
OPEN = ("day", "what", "kind", "came", "captured")


def rows(found: Iterable[Planned], *, wide: bool = False) -> list[tuple[Cell, ...]]:
    """A row of `COLUMNS` for each action; of `WIDE` for a circle beyond the narrowest."""
    told: list[tuple[Cell, ...]] = [
        (
            one.group or "other",
            one.title if wide else one.short,
            one.number,
            one.what,
            one.who,
            one.timeline or "tbc",
            one.status,
            len(one.notes) or None,
        )
        for one in found
    ]
    return [tuple(row[COLUMNS.index(name)] for name in WIDE) for row in told] if wide else told


def plans_json(found: Iterable[Planned], circle: str = "", *, wide: bool = False) -> str:
    """The actions of plans: ``kmkit.plans/1``; to a circle beyond the narrowest not whose."""
    told = [one._asdict() for one in found]
    if wide:
        told = [{**one, "who": None, "path": None} for one in told]
    return dumps({"schema": "kmkit.plans/1", "circle": circle or None, "actions": told})


def session_rows(found: Iterable[EventRecord], *, wide: bool = False) -> list[tuple[Cell, ...]]:
    """A row of `SESSIONS` for each session; of `OPEN` for a circle beyond the narrowest."""
    told: list[tuple[Cell, ...]] = [
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
    return [tuple(row[SESSIONS.index(name)] for name in OPEN) for row in told] if wide else told
