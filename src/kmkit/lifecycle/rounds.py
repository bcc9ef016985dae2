"""Rounds of validation: which verdicts count, and whether they reach the quorum.

A round is the verdicts on one fingerprint since the note last became ``captured``. Its first
verdict settles the method. Each person's latest verdict counts, and a ``return`` stands until its
author approves or the substance changes, also where it was given by another method on a branch.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kmkit.lifecycle.states import State
from kmkit.measures import Measures
from kmkit.note.methods import VALIDATION_METHODS as VALIDATION_METHODS
from kmkit.note.model import Note, Verdict

WIDEST_METHODS = ("expert-review", "committee")
"""How a note is validated that goes to the widest circle."""

_COMMITTEE = "the committee"


class Round(NamedTuple):
    """Where a round of validation stands."""

    method: str
    """The method in use, '' before the first verdict."""
    approvals: tuple[Verdict, ...]
    returned: tuple[Verdict, ...]
    """Returns that stand."""
    missing: int
    """Approvals still needed for the quorum."""

    @property
    def reached(self) -> bool:
        """Whether the quorum is reached and nothing blocks it."""
        return bool(self.approvals) and not self.missing and not self.returned


def person(entry: Verdict) -> str:
    """Who a verdict is from; a committee's decisions are the committee's, whoever records them."""
    return _COMMITTEE if entry.method == "committee" else entry.by.strip().casefold()


def current_round(verdicts: Iterable[Verdict], fingerprint: str, policy: Measures) -> Round:
    """The round on ``fingerprint`` that ``verdicts`` (oldest first) make."""
    latest: dict[str, Verdict] = {}
    by_method: dict[str, Verdict] = {}
    method = ""
    for entry in verdicts:
        known = entry.method in VALIDATION_METHODS
        if entry.fingerprint != fingerprint or entry.same_as or not known:
            continue
        method = method or entry.method
        latest[person(entry)] = entry
        if entry.method == method:
            by_method[person(entry)] = entry
    returned = tuple(v for v in latest.values() if v.verdict == "return")
    counting = (v for v in by_method.values() if latest[person(v)].verdict != "return")
    approvals = tuple(v for v in counting if v.verdict == "approve")
    return Round(method, approvals, returned, max(0, quorum(method, policy) - len(approvals)))


def to_settle(note: Note, fingerprint: str, policy: Measures) -> Round | None:
    """The round of a note that waits in ``captured`` though its quorum is reached; else None.

    A merge leaves a note so: each side had too few approvals, both together have enough.
    """
    if note.state != State.CAPTURED:
        return None
    found = current_round(note.fields.verdicts, fingerprint, policy)
    return found if found.reached else None


def quorum(method: str, policy: Measures) -> int:
    """How many approvals ``method`` needs; a committee decides once."""
    return 1 if method == "committee" else policy.quorum.get(method, 1)


def approved_fingerprints(note: Note, policy: Measures) -> frozenset[str]:
    """The fingerprints that the verdicts in the file approve: the portable copy of the trail."""
    return approved_by(note.fields.verdicts, policy)


def approved_by(verdicts: Iterable[Verdict], policy: Measures) -> frozenset[str]:
    """The fingerprints whose quorum ``verdicts`` reach, same-meaning rewordings included."""
    entries = tuple(verdicts)
    if len(entries) == 1:  # as in most notes
        return frozenset([entries[0].fingerprint] if _suffices(entries[0], policy) else ())
    approved = {
        print_
        for print_ in dict.fromkeys(v.fingerprint for v in entries)
        if current_round(entries, print_, policy).reached
    }
    for entry in entries:
        if entry.verdict == "approve" and entry.same_as in approved:
            known = {person(v) for v in approvals_of(entries, approved)}
            if person(entry) in known:
                approved.add(entry.fingerprint)
    return frozenset(approved)


def _suffices(entry: Verdict, policy: Measures) -> bool:
    """Whether a verdict approves its substance without any other."""
    if entry.verdict != "approve" or entry.same_as or entry.method not in VALIDATION_METHODS:
        return False
    return quorum(entry.method, policy) <= 1


def returns(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The returns among ``verdicts`` that stand, of whatever text."""
    latest = {(person(entry), entry.fingerprint): entry for entry in verdicts}
    return [entry for entry in latest.values() if entry.verdict == "return"]


def approving_methods(verdicts: Iterable[Verdict], policy: Measures) -> frozenset[str]:
    """The methods by which ``verdicts`` reach a quorum; those of rewordings say nothing new."""
    entries = tuple(verdicts)
    rounds = (current_round(entries, print_, policy) for print_ in {v.fingerprint for v in entries})
    return frozenset(found.method for found in rounds if found.reached)


def approvals_of(verdicts: Iterable[Verdict], approved: Iterable[str]) -> tuple[Verdict, ...]:
    """The approvals of ``approved`` fingerprints among ``verdicts``, oldest first."""
    prints = frozenset(approved)
    return tuple(v for v in verdicts if v.verdict == "approve" and v.fingerprint in prints)
