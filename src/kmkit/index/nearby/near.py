"""How near two notes are: by the words that they share, and by whether one says the other again.

Nothing here reads anything: words go in, figures come out. Both figures were chosen by measurement,
see benchmarks/relevance/related.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

Rarity = Callable[[str], float]
"""How much a word says: little where many notes have it."""

SAME = 0.4
"""From this `sameness` on, two notes say the same."""

_TITLE, _SUMMARY = 4, 2
"""How often a word of the title, and of the summary, counts."""
_MOST = 90
"""So many of a note's words say what it is about; the others only happen to stand in it."""
_OFTEN = 0.75
"""A word that stands in a note 16 times weighs 8 times as much as one that stands there once."""


_LEAST = 3
"""Fewer pairs of words than these stand beside each other in two notes by accident."""


class Text(NamedTuple):
    """The words of a note."""

    title: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


def profile(text: Text, rarity: Rarity) -> dict[str, float]:
    """What a note is about: its weightiest words, the weights as a vector of length 1."""
    counts: Counter[str] = Counter()
    for words, times in ((text.title, _TITLE), (text.summary, _SUMMARY), (text.body, 1)):
        for word in words:
            counts[word] += times
    weights = {word: count**_OFTEN * rarity(word) for word, count in counts.items()}
    chosen = sorted(weights.items(), key=lambda pair: -pair[1])[:_MOST]
    length = sqrt(sum(weight * weight for _, weight in chosen)) or 1.0
    return {word: weight / length for word, weight in chosen}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How much two profiles are about the same: from 0 to 1."""
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def in_common(one: Mapping[str, float], other: Mapping[str, float]) -> list[str]:
    """The words that both profiles have, those first that count the most."""
    return sorted(one.keys() & other.keys(), key=lambda word: (-one[word] * other[word], word))


def sameness(one: Text, other: Text, rarity: Rarity) -> float:
    """How much of the shorter of two notes stands in the other, word beside word: from 0 to 1.

    Neighbours are counted, since notes about one subject share words but seldom put them together
    in the same way. Titles are not enough: many a meeting is called like the one before.
    """
    mine, theirs = _neighbours(one), _neighbours(other)
    both = mine & theirs
    if len(both) < _LEAST and mine != theirs:
        return 0.0
    shorter = min(_weight(mine, rarity), _weight(theirs, rarity))
    return _weight(both, rarity) / shorter if shorter else 0.0


def _neighbours(text: Text) -> set[tuple[str, str]]:
    """Every two words that stand beside each other."""
    return {pair for words in text for pair in pairwise(words)}


def _weight(pairs: Iterable[tuple[str, str]], rarity: Rarity) -> float:
    return sum(rarity(first) + rarity(second) for first, second in pairs)


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The notes that hang together by ``pairs``, each group in order."""
    of: dict[int, set[int]] = {}
    for one, other in pairs:
        both = of.get(one, {one}) | of.get(other, {other})
        of.update(dict.fromkeys(both, both))
    return sorted(sorted(group) for group in {id(group): group for group in of.values()}.values())
