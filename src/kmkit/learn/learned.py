"""Learned, not just identified: a use was verified and helped, and nobody met it again."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.index.dates import day_of_id
from kmkit.note.records import ApplicationRecord
from kmkit.text import one_line


class Learned(NamedTuple):
    """Whether one note was learned, and why or why not."""

    note: str
    """Its id."""
    learned: bool
    since: date | None
    """The day of the evidence that showed it first; None where nothing has yet."""
    reasons: tuple[str, ...]
    """Sentences, the most telling first."""


def learned(index: Index, notes: Iterable[str] | None = None) -> dict[str, Learned]:
    """Which notes were learned, by id: those with ``notes`` as ids, else all that were applied.

    A note is learned when an application of it was verified and had helped, and no note that was
    captured later repeats it.
    """
    uses = _uses(index)
    wanted = list(notes) if notes is not None else sorted(uses)
    return {id: _one(id, uses.get(id, []), _repeats(index, id), index.wide) for id in wanted}


def _uses(index: Index) -> dict[str, list[ApplicationRecord]]:
    """The applications of each note."""
    found: dict[str, list[ApplicationRecord]] = {}
    for record in index.records("application"):
        if isinstance(record, ApplicationRecord):
            found.setdefault(record.note, []).append(record)
    return found


def _repeats(index: Index, id: str) -> list[Card]:
    """The notes that say that they repeat it."""
    where = "n IN (SELECT n FROM links WHERE field = 'repeats' AND target = ?)"
    return list(index.cards(where, (id,)))


def _one(id: str, uses: list[ApplicationRecord], repeats: list[Card], wide: bool) -> Learned:
    """One note, by its uses and by what repeats it; nobody is named where it is told widely."""
    shown = [use for use in uses if _holds(use)]
    helped = sorted(
        (use for use in shown if use.outcome == "helped" and use.verified),
        key=lambda use: use.verified.on if use.verified else date.max,
    )
    if not helped:
        return Learned(id, False, None, (_not_yet(uses),))
    first = helped[0]
    assert first.verified is not None
    assert first.on is not None
    evidence = f"{first.verified.by} verified it by {one_line(first.verified.evidence)}"
    proof = "somebody else verified it" if wide else evidence
    why = f"It helped in {one_line(first.in_)}; {proof}, {first.verified.on}."
    again = [note for note in repeats if (captured(note) or date.min) > first.on]
    said = [f"The lesson was captured again: {note.title} ({note.id})." for note in again]
    return Learned(id, not again, first.verified.on, (*said, why))


def captured(note: Card) -> date | None:
    """The day a note was captured, as its id has it; else that of its gathering."""
    return day_of_id(note.own_id) or note.gathered_on


def _holds(use: ApplicationRecord) -> bool:
    """Whether it was verified by somebody else, by evidence from after the change."""
    return use.status == "verified" and not list(use.misfits())


def _not_yet(uses: list[ApplicationRecord]) -> str:
    """What is missing for a note to be learned."""
    if not uses:
        return "Nobody has applied it."
    if any(use.status == "verified" and use.outcome != "helped" for use in uses):
        return "It was verified that it made no difference, or did not help."
    if helped := [use for use in uses if use.outcome == "helped"]:
        return f"It helped in {one_line(helped[0].in_)}, and nobody else has verified that."
    if planned := [use for use in uses if use.status == "planned"]:
        return f"It is planned in {one_line(planned[0].in_)}, and not done yet."
    if not any(use.reported for use in uses):
        return "Its use was dropped, or it was found not to apply."
    return "No use of it is known to have helped."
