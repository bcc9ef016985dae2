"""Lessons that were captured again: groups of notes that say nearly the same."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.nearby.alike import evened, text_of
from kmkit.index.nearby.links import all_links, listed_by
from kmkit.index.nearby.near import SAME, groups, sameness
from kmkit.index.nearby.related import reader, said

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

REPEATS = "repeats"
_EXPLAINED = ("derived_from", "translation_of", "supersedes", "superseded_by")
"""Fields that tell why two notes say the same: neither repeats the other."""
_RARE = 60
"""Notes that say the same share words that no more notes than this have."""
_SIGNS = 24
"""So many of a note's rarest words are compared."""
_SHARED = 3
"""Notes that share fewer of them are not read again."""

Track = Callable[[Iterable["Listed"], int], Iterable["Listed"]]
"""Is handed the notes that are being read, and how many there are."""


class Time(NamedTuple):
    """One of the times that a lesson was captured."""

    listed: "Listed"
    on: date | None
    named: bool
    """Whether its field ``repeats`` says so."""
    sameness: float
    """The most that it has in common with another of the group, 0 where only its field says so."""


def repeated(index: "Index", track: Track = lambda notes, many: notes) -> list[list[Time]]:
    """The lessons that were captured more than once, those first that were captured most often.

    Each with the times that it was captured, oldest first.
    """
    named = [(link.n, link.to) for link in all_links(index) if link.field == REPEATS]
    explained = {frozenset(link[::2]) for link in all_links(index) if link.field in _EXPLAINED}
    likely = (pair for pair in _likely(index, track) if frozenset(pair) not in explained)
    alike = dict(_confirmed(index, likely))
    most: dict[int, float] = defaultdict(float)
    for pair, figure in alike.items():
        for n in pair:
            most[n] = max(most[n], figure)
    found = []
    again = {n for n, _ in named}
    for group in groups([*named, *alike]):
        rows = listed_by(index, group).values()
        times = [Time(row, _day(row), row.card.n in again, most[row.card.n]) for row in rows]
        found.append(sorted(times, key=lambda one: (one.on or date.max, one.listed.card.path)))
    return sorted(found, key=lambda times: (-len(times), times[0].listed.card.path))


def _day(listed: "Listed") -> date | None:
    return listed.captured or listed.card.gathered_on


def _likely(index: "Index", track: Track) -> Iterator[tuple[int, int]]:
    """Pairs of notes that share several rare words."""
    engine, having = index.words, defaultdict(list)
    frequency = lru_cache(maxsize=None)(engine.frequency)
    total = index.count()
    for listed in track(index.select(order="n"), total):
        text = text_of(said(index, listed))
        counts = {word: frequency(word) for part in text for word in part}
        rare = sorted((many, word) for word, many in counts.items() if 1 < many <= _RARE)
        for _, word in rare[:_SIGNS]:
            having[word].append(listed.card.n)
    shared = Counter(pair for those in having.values() for pair in combinations(those, 2))
    return (pair for pair, many in shared.items() if many >= _SHARED)


def _confirmed(
    index: "Index", pairs: Iterable[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], float]]:
    """The pairs that say the same, and how much of it."""
    read = reader(index)
    text = lru_cache(maxsize=2_000)(lambda n: text_of(read(n)))
    rarity = evened(index.words)
    for pair in sorted(pairs):
        figure = sameness(text(pair[0]), text(pair[1]), rarity)
        if figure >= SAME:
            yield pair, figure
