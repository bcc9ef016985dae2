"""How records walk: what each command makes of a kind of record, and what a hand may not.

A kind that is not here belongs to whoever edits it: a person, a plan, an event, and the kinds of a
knowledge base's own. No proof and no figure of learning rests on who wrote one of those.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kmkit.note.records.application import REPORTED, STEPS
from kmkit.note.records.base import Record

ANY = "*"
"""Wherever a record stands, where it is there."""
_NEW = ("",)


class Deed(NamedTuple):
    """What one command does to a record."""

    verb: str
    begins: tuple[str, ...]
    """The stages that it leads from; '' is a record that is not there yet."""
    to: tuple[str, ...]
    """The stages one of which it leads to; `ANY` leaves it as it is."""
    writes: frozenset[str] = frozenset()
    """The walked fields that it writes in a record that is there."""
    names: tuple[str, ...] = ()
    """The fields one of which names whoever does it, such as ``verified.by``."""


class Walk(NamedTuple):
    """How a kind of record walks."""

    deeds: tuple[Deed, ...]
    stage: Callable[[Record], str]
    """Where a record stands."""
    claims: frozenset[str]
    """The stages that say that something was done, decided or measured."""
    way: str
    """The command that takes its steps."""


_WRITES = {
    "replan": ("by", "due"),
    "done": ("status", "on", "changed", "outcome", "reported_by"),
    "verify": ("status", "verified", "changed", "outcome"),
    "drop": ("status",),
}
_NAMES = {
    "apply": ("by", "reported_by"),
    "done": ("by", "reported_by"),
    "verify": ("verified.by",),
}
_CHANGE = Deed("change", (ANY,), (ANY,))
"""`kmkit edit`: everything but the walk."""
_COLLECTED = ("collected",)
_KNOWN = ("kept", "screened")
_ANSWER = frozenset(("answered_by", "answered_on"))
_DECISION = frozenset(("status", "decided_by", "decided_on"))
_SCREENING = frozenset(("scores", "by", "on"))

WALKS: Mapping[str, Walk] = {
    "application": Walk(
        (
            *(
                Deed(verb, begins, (to,), frozenset(_WRITES.get(verb, ())), _NAMES.get(verb, ()))
                for verb, begins, to in STEPS
            ),
            _CHANGE,
        ),
        lambda record: record.standing,
        frozenset((*REPORTED, "dropped", "not-applicable", "no-action")),
        "kmkit apply",
    ),
    "proposal": Walk(
        (
            Deed("propose", _NEW, ("open",)),
            Deed("accept", ("open",), ("accepted",), _DECISION, ("decided_by",)),
            Deed("decline", ("open",), ("declined",), _DECISION, ("decided_by",)),
            _CHANGE,
        ),
        lambda record: record.standing,
        frozenset(("accepted", "declined")),
        "kmkit review NOTE --accept",
    ),
    "question": Walk(
        (
            Deed("new", _NEW, ("open", "answered")),
            Deed("answer", ("open",), ("answered",), _ANSWER),
            _CHANGE,
        ),
        lambda record: record.standing,
        frozenset(("answered",)),
        "kmkit ask --answered",
    ),
    "knowledge": Walk(
        (
            Deed("new", _NEW, _KNOWN),
            Deed("screen", _NEW, _KNOWN, names=("by",)),
            Deed("screen", _KNOWN, _KNOWN, _SCREENING, ("by",)),
            _CHANGE,
        ),
        lambda record: "kept" if record.standing == "not screened" else "screened",
        frozenset(("screened",)),
        "kmkit identify",
    ),
    "assessment": Walk(
        (Deed("new", _NEW, _COLLECTED), _CHANGE),
        lambda record: _COLLECTED[0],
        frozenset(_COLLECTED),
        "kmkit assess collect",
    ),
}
"""The kinds of which the trail proves how they came to stand where they do."""


def deed_of(kind: str, verb: str, before: str, after: str) -> Deed | None:
    """What ``verb`` does to a record that stands at ``before`` and then at ``after``, if it may."""
    for deed in WALKS[kind].deeds:
        begins = before in deed.begins or (before != "" and ANY in deed.begins)
        ends = after in deed.to or (ANY in deed.to and after == before)
        if deed.verb == verb and begins and ends:
            return deed
    return None


def walked(record: Record) -> dict[str, Any]:
    """The fields that only commands write, as JSON has them; what is not there is left out."""
    names = {name for name in record.walked if name in type(record).model_fields}
    return record.model_dump(mode="json", include=names, exclude_none=True)
