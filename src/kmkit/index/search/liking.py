"""Notes that say something like a text: those that share the words that are particular to it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from math import log
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from kmkit.index.search.asked import Part
from kmkit.index.search.queries import Group, Queries, Term
from kmkit.index.search.values import Like
from kmkit.index.search.words import Words, says_nothing, terms

_TELLING = 30
"""So many words tell what a text is about."""
_SHOWN = 6
_LONGEST = 60_000
_SHORTEST_WORD = 3
_EVERYWHERE = 0.4
"""A word in more than this share of the notes is particular to none."""
_FEW_NOTES = 20


class _Telling(NamedTuple):
    """One word that tells what a text is about."""

    word: str
    stress: float
    """How much the text makes of it."""
    weight: float
    """The same times how rare it is."""
    forms: tuple[Term, ...]


def like(
    searcher: tantivy.Searcher,
    queries: Queries,
    words: Words,
    texts: Iterable[tuple[str, float]],
    limit: int,
    but: Collection[int],
) -> list[Like]:
    """At most ``limit`` notes, best first, none of ``but``, for ``texts`` with what each counts."""
    telling = _telling(words, queries, texts)
    if not telling:
        return []
    some = [
        (Occur.Should, Query.boost_query(queries.in_fields(w.forms), w.stress)) for w in telling
    ]
    found = searcher.search(Query.boolean_query(some), limit + len(but), count=False).hits
    places = [place for _, place in found]
    numbers = [int(n or 0) for n in searcher.fast_field_values("n", places)]
    ends = searcher.fast_field_values("retired", places)
    shared = _shared(searcher, queries, telling, numbers)
    total = sum(word.weight for word in telling)
    rows = [
        Like(
            n,
            float(score),
            sum(word.weight for word in shared[n]) / total,
            tuple(word.word for word in shared[n][:_SHOWN]),
            bool(end),
        )
        for (score, _), n, end in zip(found, numbers, ends, strict=True)
        if n not in but
    ]
    return sorted(rows, key=lambda row: (-row.score, row.n))[:limit]


def _telling(words: Words, queries: Queries, texts: Iterable[tuple[str, float]]) -> list[_Telling]:
    """The words that tell most about ``texts``, weightiest first; one for all forms of a word."""
    stress: dict[str, float] = defaultdict(float)
    for text, counts in texts:
        for word in terms(text[:_LONGEST]):
            stress[word] += counts
    common = max(_FEW_NOTES, _EVERYWHERE * words.notes)
    weights = {
        word: log(1 + times) * words.rarity(max(1, words.frequency(word)))
        for word, times in stress.items()
        if _tells(word) and words.frequency(word) <= common
    }
    chosen: list[_Telling] = []
    known: set[str] = set()
    for word in sorted(weights, key=lambda word: (-weights[word], word)):
        if word not in known:
            forms = queries.forms(word)
            known.update(form.words[0] for form in forms)
            chosen.append(_Telling(word, log(1 + stress[word]), weights[word], forms))
            if len(chosen) == _TELLING:
                break
    return chosen


def _tells(word: str) -> bool:
    long = len(word) >= _SHORTEST_WORD or not word.isascii()
    return long and not word.isdigit() and not says_nothing(word)


def _shared(
    searcher: tantivy.Searcher, queries: Queries, telling: list[_Telling], numbers: list[int]
) -> dict[int, list[_Telling]]:
    """For each of ``numbers`` the words that the note has, weightiest first."""
    shared: dict[int, list[_Telling]] = {n: [] for n in numbers}
    these = queries.numbered(numbers)
    for word in telling:
        both = [
            (Occur.Must, these),
            (Occur.Must, queries.anywhere(Group(Part(word.word), word.forms))),
        ]
        hits = searcher.search(Query.boolean_query(both), max(1, len(numbers)), count=False).hits
        for n in searcher.fast_field_values("n", [place for _, place in hits]):
            shared[int(n or 0)].append(word)
    return shared
