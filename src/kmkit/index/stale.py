"""Which notes need a person, and why: from the files alone, so right in a shallow clone too.

A calendar alone is not enough: a note is also stale when its text changed after it was approved,
when what it was drawn from changed, when its owner left, or when somebody reports that it did not
help.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.index.reasons import REASONS, Circumstances, Reason, reasons_of
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import approved_fingerprints
from kmkit.lifecycle.states import WALK
from kmkit.note.kinds import Kind
from kmkit.note.model import Note
from kmkit.note.records import Application, Person
from kmkit.period import Period

__all__ = ["REASONS", "Reason", "Stale", "fails", "fatal", "stale", "stands_approved"]

APPROVED = WALK[1:]
"""The states that need an approval."""


class Stale(NamedTuple):
    """A note that needs a person."""

    note: Note
    owner: str
    """E-mail in lower case, '' where nobody owns it."""
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, each once."""
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))


def stale(
    notes: Iterable[Note],
    *,
    today: date,
    policy: Policy,
    kinds: Mapping[str, Kind],
    people: Mapping[str, Person],
    applications: Iterable[Application],
    within: Period = Period(),
) -> list[Stale]:
    """The notes that need a person, by owner; those of nobody come last.

    Give it all notes, and filter what it returns: notes are judged by one another.
    """
    every = list(notes)
    around = Circumstances(
        today,
        policy,
        kinds,
        people,
        within,
        {note.fields.id: note for note in every if note.fields.id},
        {old: note for note in every if note.state in APPROVED for old in note.fields.supersedes},
        _failures(applications),
        frozenset(note.path for note in every if _drifted(note, policy, kinds)),
    )
    found = ((note, tuple(reasons_of(note, around))) for note in every)
    rows = [Stale(note, note.owner, reasons) for note, reasons in found if reasons]
    return sorted(rows, key=lambda row: (not row.owner, row.owner, row.note.title, row.note.id))


def fails(rows: Iterable[Stale], *, today: date, grace: Period | None = None) -> bool:
    """Whether CI should fail over any of the reasons."""
    return any(fatal(reason, today, grace) for row in rows for reason in row.reasons)


def fatal(reason: Reason, today: date, grace: Period | None = None) -> bool:
    """Whether a reason has stood longer than ``grace``, or nobody knows how long it has.

    Without ``grace`` any reason is fatal; ``due-soon`` never is.
    """
    if reason.code == "due-soon":
        return False
    return grace is None or reason.since is None or grace.after(reason.since) < today


def _failures(applications: Iterable[Application]) -> dict[str, tuple[Application, ...]]:
    """The applications that did not help, by note."""
    found: dict[str, tuple[Application, ...]] = {}
    for application in applications:
        if application.outcome == "did-not-help":
            found[application.note] = (*found.get(application.note, ()), application)
    return found


def _drifted(note: Note, policy: Policy, kinds: Mapping[str, Kind]) -> bool:
    """Whether the note claims an approval that its text does not have."""
    return note.state in APPROVED and not stands_approved(note, policy, kinds.get(note.kind))


def stands_approved(note: Note, policy: Policy, kind: Kind | None) -> bool:
    """Whether the verdicts in the file approve the substance that stands in it."""
    guidance = kind.guidance if kind else frozenset()
    return fingerprint(note, guidance) in approved_fingerprints(note, policy)
