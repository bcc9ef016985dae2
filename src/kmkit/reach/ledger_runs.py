"""Runs of letters: what was meant to go to whom, and what came of it, told by lines of JSON.

A line is never changed, only followed by others, so that what two machines wrote of one run is
brought together by keeping the lines of both.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from kmkit.errors import Cannot

SENT, REFUSED, DEFERRED, UNKNOWN, DROPPED = "sent", "refused", "deferred", "unknown", "dropped"
KINDS = (SENT, REFUSED, DEFERRED, UNKNOWN, DROPPED)
"""What can come of a letter; unknown: it was begun, and nobody knows whether it arrived; dropped:
its recipient is no longer one, or what it told may not go any more; nothing is sent."""
_FINAL = (SENT, REFUSED, DROPPED)
PATIENCE = timedelta(days=14)
"""For how long after a run began a letter that a server put off is tried again."""


_NO: Mapping[str, Any] = {"notes": ()}


class What(NamedTuple):
    """What letters a run is of; two runs of the same never go on at once."""

    kind: str
    """digest, remind, or what else sends."""
    name: str = ""
    """Which digest: readers or stewards."""
    audience: str = ""

    @property
    def folder(self) -> str:
        """Where its runs are in the ledger, from the knowledge base."""
        return "/".join(("outbox", *map(_folder, self)))


def _folder(name: str) -> str:
    """A name as that of a folder, which leads nowhere else; '-' for none."""
    return "%2D" if name == "-" else quote(name, safe="").replace(".", "%2E") or "-"


class Tried(NamedTuple):
    """What came of one letter."""

    kind: str
    """One of `KINDS`."""
    code: int = 0
    """The server's last answer; 0 where there was none."""


@dataclass(frozen=True)
class Intent:
    """What a run is to send, as it was written down before its first letter."""

    run: str
    what: What
    at: datetime
    machine: str
    key: str
    """Which key the marks are made with."""
    to: tuple[str, ...]
    """The recipients, as keyed hashes."""
    level: str = ""
    base: str = ""
    """The commit up to which the run before told; '' for the first."""
    tip: str = ""
    """The commit up to which this one tells."""
    since: date | None = None
    until: date | None = None
    subject: str = ""
    channel: str = ""
    notes: tuple[str, ...] = ()
    """The ids of the notes that are told of."""

    @property
    def path(self) -> str:
        """Its file in the ledger, from the knowledge base."""
        return f"{self.what.folder}/{self.run}.jsonl"

    def line(self) -> str:
        """The intent as a line."""
        days = {"since": _text(self.since), "until": _text(self.until)}
        told = {**vars(self), **days, "at": self.at.isoformat(), "what": self.what._asdict()}
        return _line({"intent": told})


@dataclass(frozen=True)
class Run:
    """A run as it stands."""

    intent: Intent
    tried: Mapping[str, Tried] = field(default_factory=dict)
    """What came of each letter, by the recipient's mark; not of those nobody has tried yet."""
    holder: str = ""
    """The machine that sends it, or sent it last."""
    held: datetime | None = None
    """Since when it has it."""
    active: bool = True
    """Whether the holder may still be at it: it has not said that it stopped."""
    recorded: frozenset[str] = frozenset()
    """The ids of the notes on which it is recorded that the letters brought them."""

    @property
    def id(self) -> str:
        """Its id."""
        return self.intent.run

    def of(self, mark: str) -> Tried | None:
        """What came of the letter to ``mark``; None where nobody has tried."""
        return self.tried.get(mark)

    def left(self, now: datetime) -> tuple[str, ...]:
        """The marks of those to whom a letter has still to be sent."""
        late = now - self.intent.at > PATIENCE
        return tuple(mark for mark in self.intent.to if self._waits(mark, late))

    def _waits(self, mark: str, late: bool) -> bool:
        came = self.tried.get(mark)
        return came is None or not (came.kind in _FINAL or (late and came.kind == DEFERRED))

    def counts(self) -> Mapping[str, int]:
        """How many letters came to what; those nobody has tried are not in it."""
        found = Counter(self.tried[mark].kind for mark in self.intent.to if mark in self.tried)
        return {kind: found[kind] for kind in KINDS}

    @property
    def untried(self) -> int:
        """How many letters nobody has tried."""
        return sum(mark not in self.tried for mark in self.intent.to)

    def state(self, now: datetime) -> str:
        """In a word: done, active, or stopped with letters left."""
        if not self.left(now):
            return "done"
        return "active" if self.active else "stopped"


def tried_line(at: datetime, machine: str, came: Mapping[str, Tried]) -> str:
    """What came of letters, as a line."""
    rows: dict[str, Any] = {kind: {} for kind in KINDS}
    for mark, one in came.items():
        rows[one.kind][mark] = one.code
    rows[SENT] = sorted(rows[SENT])
    return _line({"tried": {"at": at.isoformat(), "machine": machine, **_filled(rows)}})


def took_line(at: datetime, machine: str, key: str, to: Sequence[str] = ()) -> str:
    """That a machine goes on with a run, as a line.

    ``to``: the recipients by the marks of ``key``, where the run's own are of another.
    """
    told = {"at": at.isoformat(), "machine": machine, "key": key, "to": list(to)}
    return _line({"took": _filled(told)})


def ended_line(at: datetime, machine: str) -> str:
    """That a machine has ended its work on a run, as a line."""
    return _line({"ended": {"at": at.isoformat(), "machine": machine}})


def recorded_line(at: datetime, machine: str, notes: Sequence[str]) -> str:
    """That a machine recorded on notes that the letters brought them, as a line."""
    return _line({"recorded": {"at": at.isoformat(), "machine": machine, "notes": list(notes)}})


def read_run(lines: Iterable[str], path: str = "") -> Run:
    """The run that ``lines`` tell; Cannot where they tell none."""
    try:
        told = [json.loads(line) for line in lines if line.strip()]
        intent = _intent(next(row["intent"] for row in told if "intent" in row))
        came: dict[str, Tried] = {}
        for row in told:
            _take(came, row.get("tried", {}))
        recorded = frozenset(str(id) for row in told for id in row.get("recorded", _NO)["notes"])
        holder, held, active = intent.machine, intent.at, True
        for row in told:
            if took := row.get("took"):
                holder, held, active = took["machine"], datetime.fromisoformat(took["at"]), True
                if marks := took.get("to"):
                    intent = replace(intent, key=took["key"], to=tuple(map(str, marks)))
            elif (ended := row.get("ended")) and ended["machine"] == holder:
                active = False
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        raise Cannot(
            f"The ledger of letters is damaged: {path} cannot be read.",
            "Put the branch kmkit-outbox back to a commit in which it can: git log kmkit-outbox.",
        ) from None
    return Run(intent, came, holder, held, active, recorded)


def _take(came: dict[str, Tried], row: Mapping[str, Any]) -> None:
    """Add what a line tells; that a letter was sent is never taken back."""
    for kind in KINDS:
        found = row.get(kind, {})
        codes = found if isinstance(found, dict) else dict.fromkeys(found, 250)
        for mark, code in codes.items():
            if mark not in came or came[mark].kind != SENT:
                came[str(mark)] = Tried(kind, int(code))


def _intent(told: Mapping[str, Any]) -> Intent:
    known = {key: told[key] for key in Intent.__dataclass_fields__ if key in told}
    known |= {key: _day(told.get(key)) for key in ("since", "until")}
    known |= {key: tuple(map(str, told.get(key, ()))) for key in ("to", "notes")}
    known |= {"what": What(**told["what"]), "at": datetime.fromisoformat(told["at"])}
    return Intent(**known)


def united(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """The lines of two versions of a file: theirs, then what only ours has."""
    known = set(theirs)
    return [*theirs, *(line for line in ours if line not in known)]


def _filled(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rows.items() if value}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
