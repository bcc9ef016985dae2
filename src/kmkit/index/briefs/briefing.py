"""The lessons for a description: what may be shown, what fits, and what is said of it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.briefs.brief import Match, Part, choose, parts_of, passages, rarest, worth_it
from kmkit.index.briefs.brief_lessons import Lessons, Look, Section, replacing
from kmkit.index.choosing.conditions import where
from kmkit.index.choosing.filters import Filter
from kmkit.index.knowing.deeds import APPROVED
from kmkit.note.documents import Document
from kmkit.text import one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.search import Engine

_FIRST, _ENOUGH = 60, 20
"""So many likely notes are asked for at first; so many that may be shown are enough."""
_PASSAGES = 80
"""So many passages of a description are looked up; more would be a book."""


class Brief(NamedTuple):
    """What a project should not start without."""

    title: str
    level: str
    """The circle that it may be shown to."""
    widest: bool
    organisation: str
    on: date
    sections: tuple[Section, ...]
    looked_through: int
    """How many approved notes there are for this circle."""

    @property
    def lessons(self) -> int:
        """How many lessons are brought up."""
        return sum(len(section.lessons) for section in self.sections)


def brief_of(
    index: "Index",
    document: Document,
    *,
    level: str,
    limit: int = 3,
    asked: Filter = Filter(),
    look: Look,
) -> Brief:
    """The lessons for a description that the circle ``level`` may see, ``limit`` for each part.

    Only notes that somebody approved are brought up, as they were approved, and none that is
    retired. ``look`` tells what this circle may see: nothing else is brought up.
    """
    rules = index.rules
    parts = parts_of(document)
    admitted = _admitted(index, level, asked)
    found = matches_of(index.words, parts, admitted, index.count())
    likely = {n for fits in found for n, match in fits.items() if worth_it(match)}
    ids = _ids(index, likely)
    sight = look({*ids.values(), *replacing(index, ids.values())})
    shown = {n for n, id in ids.items() if id in sight.notes and sight.notes[id][1] in APPROVED}
    notes = Lessons(index, parts, sight)
    chosen = choose(found, shown, bonus=notes.bonus, same=notes.same)
    return Brief(
        title=one_line(document.title),
        level=level,
        widest=level == rules.levels[-1],
        organisation=rules.organisation,
        on=index.today,
        sections=tuple(notes.section(at, part, limit) for at, part in enumerate(chosen)),
        looked_through=len(admitted) - len(likely - shown),
    )


def _ids(index: "Index", numbers: Collection[int]) -> dict[int, str]:
    """The ids of the notes with these numbers."""
    listed = ", ".join(map(str, sorted(numbers)))
    sql = f"SELECT n, coalesce(nullif(id, ''), path) FROM notes WHERE n IN ({listed})"
    return dict(index.query(sql))


def _admitted(index: "Index", level: str, asked: Filter) -> set[int]:
    """The numbers of the notes that may be brought up."""
    states = ", ".join(f"'{state}'" for state in sorted(APPROVED))
    sql = f"stands IN ({states}) AND (revised OR NOT drifted) AND width >= ?"
    given = where(asked, index)
    width = index.rules.width(level)
    return set(index.numbers(f"({sql}) AND ({given.sql})", (width, *given.values)))


def matches_of(
    engine: "Engine", parts: Sequence[Part], admitted: Collection[int], notes: int
) -> list[dict[int, Match]]:
    """For each part how the ``admitted`` notes fit it, by its best passage; of ``notes`` in all."""
    unit, left = rarest(max(notes, 1)), _PASSAGES
    found: list[dict[int, Match]] = []
    for part in parts:
        best: dict[int, Match] = {}
        for passage in passages(part)[: max(left, 1)]:
            left -= 1
            for match in _like(engine, passage, admitted, unit):
                if match.n not in best or best[match.n].strength < match.strength:
                    best[match.n] = match
        found.append(best)
    return found


def _like(
    engine: "Engine", passage: str, admitted: Collection[int], unit: float
) -> Iterator[Match]:
    """The notes like a passage; more are asked for until enough of them may be shown."""
    if not admitted:
        return
    limit = _FIRST
    while True:
        rows = engine.like("", "", passage, limit=limit)
        shown = [row for row in rows if row.n in admitted]
        if len(shown) >= min(_ENOUGH, len(admitted)) or len(rows) < limit:
            break
        limit *= 8
    for row in shown:
        yield Match(row.n, row.score / unit, row.share, row.words)
