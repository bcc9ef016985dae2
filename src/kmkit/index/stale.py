"""Which notes need a person, and why: from the files alone, so right in a shallow clone too.

A calendar alone is not enough: a note is also stale when its text changed after it was approved,
when what it was drawn from changed, when its owner left, or when somebody reports that it did not
help.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from kmkit.index.card import Card, Profile, Use
from kmkit.index.reasons import REASONS, Circumstances, Reason, reasons_of
from kmkit.index.rules import Rules
from kmkit.lifecycle.states import WALK
from kmkit.period import Period

__all__ = ["REASONS", "Reason", "Stale", "fails", "fatal", "judged", "stale"]

APPROVED = WALK[1:]
"""The states that need an approval."""


class Stale(NamedTuple):
    """A note that needs a person."""

    note: Card
    owner: str
    """E-mail in lower case, '' where nobody owns it."""
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, each once."""
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))


def stale(
    notes: Iterable[Card],
    *,
    today: date,
    rules: Rules,
    people: Mapping[str, Profile],
    uses: Iterable[Use],
    within: Period = Period(),
) -> list[Stale]:
    """The notes that need a person, by owner; those of nobody come last.

    Give it all notes, and filter what it returns: notes are judged by one another.
    """
    every = list(notes)
    around = Circumstances(
        today,
        rules,
        people,
        within,
        {note.own_id: note for note in every if note.own_id}.get,
        {old: note.id for note in every if note.state in APPROVED for old in note.supersedes},
        failures(uses),
    )
    return judged(every, around)


def judged(notes: Iterable[Card], around: Circumstances) -> list[Stale]:
    """Those of ``notes`` that need a person in these circumstances, by owner."""
    found = ((note, tuple(reasons_of(note, around))) for note in notes)
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


def failures(uses: Iterable[Use]) -> dict[str, tuple[Use, ...]]:
    """The uses that did not help, by note."""
    found: dict[str, tuple[Use, ...]] = {}
    for use in uses:
        if use.outcome == "did-not-help":
            found[use.note] = (*found.get(use.note, ()), use)
    return found
