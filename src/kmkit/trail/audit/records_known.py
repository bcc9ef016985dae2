"""What is known of one record at one commit."""

import json
from typing import Any, NamedTuple

from kmkit.text import address_key
from kmkit.trail.audit.findings import RecordCount, RecordProof, RecordStanding, count_of
from kmkit.trail.audit.lines import line_of, value_of

_MARK = "\ud800"
"""Before a record's id where ids of notes stand as well: no file can hold this character."""
VERIFIED = "verified"


class Filed(NamedTuple):
    """One record as it stands at one commit, and what its trail says up to there."""

    record: str
    """Its id."""
    path: str
    blob: str
    kind: str
    stage: str
    """Where it stands, such as done."""
    note: str
    """The id of the note that it is about, '' for none."""
    said: str
    """The fields that only commands write, as JSON."""
    whose: frozenset[str] = frozenset()
    """E-mails of those who began it, and of those it belonged to since."""
    doers: frozenset[str] = frozenset()
    """E-mails and full names of those who did it, reported it, or are co-authors of that."""
    trail: frozenset[int] = frozenset()
    """The numbers of the commits that took its steps."""
    told: bool = True
    """A step led to all that it says."""
    sealed: bool = False
    """kmkit recorded it, and named the version."""
    before_anchor: bool = False
    signed: bool = False
    """Every commit since it was begun was signed by a key of its author."""
    since: str = ""
    """The commit that last took a step, or lost the proof."""
    doubt: bool = False
    """Something was found, and not made good."""
    faults: tuple[int, ...] = ()
    """The numbers of the findings that stand against it."""
    sound: "Filed | None" = None
    """How it stood before the first of them."""

    @property
    def id(self) -> str:
        """A name that no note has."""
        return id_of(self.record)

    @property
    def values(self) -> dict[str, Any]:
        """The fields that only commands write."""
        found: dict[str, Any] = json.loads(self.said)
        return found

    @property
    def proof(self) -> RecordProof:
        """How well it stands."""
        if self.doubt:
            return "unproved"
        if self.before_anchor:
            return "before-anchor"
        if not self.told:
            return "by-hand"
        return "proved" if self.signed else "claimed"

    @property
    def counted(self) -> RecordCount:
        """How it is counted."""
        return count_of(self.stage, self.proof)


LETTERS: dict[str, RecordCount] = {
    "P": "record-proved",
    "C": "record-claimed",
    "U": "record-unproved",
    "B": "record-before-anchor",
    "H": "record-by-hand",
    "V": "verified-unproved",
    "W": "verified-by-hand",
}
"""How the line of a record begins, where it is packed; lines of notes begin otherwise."""
_LETTER = {counted: letter for letter, counted in LETTERS.items()}


def id_of(record: str) -> str:
    """The name of a record among those of notes."""
    return _MARK + record


def said_of(values: dict[str, Any]) -> str:
    """Fields as they are compared."""
    return json.dumps(values)


def filed_out(filed: Filed) -> str:
    """A record as a line."""
    return _LETTER[filed.counted] + line_of(_plain(filed))


def filed_in(line: str) -> Filed:
    """The record of a line; see `kmkit.trail.audit.packing.unpacked` for what can be wrong."""
    return _filed(value_of(line[1:]))


def _plain(filed: Filed) -> list[Any]:
    values = filed._asdict()
    values["whose"], values["doers"] = sorted(filed.whose), sorted(filed.doers)
    values["trail"] = sorted(filed.trail)
    values["sound"] = _plain(filed.sound) if filed.sound else None
    return list(values.values())


def _filed(values: list[Any]) -> Filed:
    filed = Filed(*values)
    sound: Any = filed.sound
    return filed._replace(
        whose=frozenset(filed.whose),
        doers=frozenset(filed.doers),
        trail=frozenset(filed.trail),
        faults=tuple(filed.faults),
        sound=_filed(sound) if sound else None,
    )


def record_standing(known: Filed) -> RecordStanding:
    """How a record stands."""
    values = known.values
    verified = values.get("verified") or {}
    by = address_key(str(verified.get("by") or values.get("decided_by") or ""))
    outcome = str(values.get("outcome") or "")
    return RecordStanding(
        known.record, known.kind, known.path, known.stage, known.note, outcome, known.proof,
        known.since, by,
    )  # fmt: skip
