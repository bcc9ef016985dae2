"""Which notes lie near one another: those that share the words that are particular to both."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from math import log
from typing import NamedTuple

from kmkit.views.site.finishing import Counted

KEY_WORDS = 12
"""Words that a note is known by."""
NEAREST = 5
"""Related notes that a page names, at most."""
WHY = 3
"""Words that are given as the reason, at most."""
_COMMON = 60
"""A word by which more notes are known is looked at in the newest of them alone."""
_LEAST = 0.08
"""Notes that are less near than this are not near; two that say the same have 1."""


class Near(NamedTuple):
    """A note that lies near another, by number."""

    n: int
    why: tuple[str, ...]


def telling(frequency: Mapping[str, int], notes: int) -> dict[str, float]:
    """How much each word tells of a note, by word; ``frequency``: how many ``notes`` have it.

    A word that no other note has, or half of them, tells nothing of what a note is near to.
    """
    most, rare = max(2, notes // 2), log(1 + notes)
    return {
        word: rare - log(times)
        for word, times in frequency.items()
        if 2 <= times <= most and len(word) > 1
    }


def key_words(counted: Counted, worth: Mapping[str, float]) -> dict[str, float]:
    """The words that say most of a note, each with its share of what the note says.

    ``worth``: see `telling`.
    """
    scored = [(count * worth[word], word) for word, count in counted.each() if word in worth]
    best = nlargest(KEY_WORDS, scored)
    length = sum(score * score for score, _ in best) ** 0.5
    return {word: score / length for score, word in best} if length else {}


def near(known: Sequence[Mapping[str, float]], wanted: Iterable[int]) -> dict[int, list[Near]]:
    """The notes near each of ``wanted``, nearest first.

    ``known``: by number, the words that each note is known by.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    for n, words in enumerate(known):
        for word in words:
            if len(holders[word]) < _COMMON:
                holders[word].append(n)
    return {n: _near(n, known, holders) for n in wanted}


def _near(
    n: int, known: Sequence[Mapping[str, float]], holders: Mapping[str, list[int]]
) -> list[Near]:
    scores: dict[int, float] = defaultdict(float)
    for word, weight in known[n].items():
        for other in holders[word]:
            scores[other] += weight * known[other][word]
    scores.pop(n, None)
    best = nlargest(NEAREST, ((score, -other) for other, score in scores.items()))
    return [Near(-other, _why(known[n], known[-other])) for score, other in best if score >= _LEAST]


def _why(mine: Mapping[str, float], theirs: Mapping[str, float]) -> tuple[str, ...]:
    both = [word for word in mine if word in theirs]
    return tuple(sorted(both, key=lambda word: (-mine[word] * theirs[word], word))[:WHY])
