"""Listings as JSON whose schema is a contract: fields are added to it and never change meaning.

Each object names its schema, such as ``kmkit.notes/1``; a change that breaks readers makes it
``/2``. Dates are ISO dates, absent values null.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kmkit.views.listing import escaped, stated, values

if TYPE_CHECKING:
    from kmkit.index.card import Card
    from kmkit.index.keeping.holding import Held
    from kmkit.index.listed import Listed
    from kmkit.index.stale import Stale
    from kmkit.learn.status import Status
    from kmkit.note.model import Note
    from kmkit.trail.event import Event


def dumps(value: object) -> str:
    """``value`` as indented JSON; hidden characters and halves of pairs stand as escapes.

    So nothing is lost, a terminal is safe, and the text can be encoded.
    """
    return escaped(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def note(row: "Listed", shown: "Note") -> str:
    """One note with its text, as the version ``shown`` has it: ``kmkit.note/1``."""
    return dumps(
        {
            "schema": "kmkit.note/1",
            **values(row),
            "fields": shown.fields.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "own_fields": {k: v for k, v in shown.raw.items() if k.startswith("x_")},
            "preamble": shown.preamble,
            "sections": [{"heading": s.heading, "text": s.text} for s in shown.sections],
            "problems": [problem._asdict() for problem in shown.problems],
        }
    )


def stale(rows: "Iterable[Stale]") -> str:
    """The notes that need a person: ``kmkit.stale/1``."""
    return dumps({"schema": "kmkit.stale/1", "notes": [_stale(row) for row in rows]})


def _stale(row: "Stale") -> dict[str, Any]:
    return {
        **_named(row.note),
        "state": stated(row.note.state, torn=bool(row.note.conflict)),
        "owner": row.owner,
        "reasons": [
            {"reason": r.code, "since": _day(r.since), "message": r.message} for r in row.reasons
        ],
    }


def events(
    note: "Note | Card",
    steps: "Sequence[tuple[Event, bool | None]]",
    undone: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The trail of one note: ``kmkit.log/1``.

    Each step comes with whether it is bound to the text that stands; None where it binds nothing.
    ``undone``: by its commit, the commit that took a step back.
    """
    said = [_event(event, bound, undone.get(event.commit)) for event, bound in steps]
    return dumps({"schema": "kmkit.log/1", **_named(note), "events": said})


def _event(event: "Event", bound: bool | None, undone: str | None) -> dict[str, Any]:
    return {
        "commit": event.commit,
        "when": event.when.isoformat(),
        "name": event.name,
        "email": event.email,
        "move": event.move,
        "from": event.from_state or None,
        "to": event.to_state or None,
        "method": event.method or None,
        "verdict": event.verdict or None,
        "reason": event.reason or None,
        "fingerprint": event.fingerprint or None,
        "fingerprint_short": event.short_fingerprint or None,
        "bound": None if undone else bound,
        "taken_back_by": undone,
        "trailers": dict(event.trailers),
    }


def index(held: "Held", taken: float) -> str:
    """What the index holds, where, how big, and how many seconds it took: ``kmkit.index/1``."""
    place = str(held.place) if held.place else None
    named = {**held._asdict(), "place": place, "size": held.size if place else None}
    return dumps({"schema": "kmkit.index/1", **named, "seconds": round(taken, 3)})


def status(found: "Status") -> str:
    """Where the knowledge base stands: ``kmkit.status/1``."""
    return dumps(
        {
            "schema": "kmkit.status/1",
            "notes": found.notes,
            "with_problems": found.broken,
            "states": [
                {
                    "state": s.state,
                    "notes": s.notes,
                    "overdue": s.overdue,
                    "oldest": {**_named(s.oldest), "since": _day(s.since)} if s.oldest else None,
                }
                for s in found.states
            ],
            "stale": dict(found.stale),
            "uncovered_critical_topics": list(found.uncovered),
            "applications": dict(found.outcomes),
            "waiting_for_me": [
                {
                    **_named(task.note),
                    "why": task.why,
                    "by": _day(task.by),
                    "message": task.message,
                    "command": task.command,
                }
                for task in found.mine
            ],
            "next": [step._asdict() for step in found.next],
            "habits_worth_a_look": found.habits,
        }
    )


def _named(note: "Note | Card") -> dict[str, Any]:
    return {"id": note.id, "path": note.path, "title": note.title}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
