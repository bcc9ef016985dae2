"""Words, titles and paragraphs that look like a language's to a program, the same every time.

How often a word comes falls off with its rank, as in every language (Zipf's law): a few words are
everywhere, most are rare.
"""

import random
from itertools import accumulate

COMMON, RARE = "fuel", "rare77x"
"""A word in 96 of 100 notes of `benchmarks.histories`, and one in two notes of 156 or more."""

_SYLLABLES = [a + b for a in (*"bcdfghklmnprstvw", "st", "tr", "pl") for b in "aeiou"]
_WORDS, _PARAGRAPHS = 30_000, 4_000


class Prose:
    """A made-up language, and a store of paragraphs in it: making each anew would take minutes."""

    def __init__(self, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._words = [self._word() for _ in range(_WORDS)]
        self._falling = list(accumulate(1 / (rank + 10) for rank in range(_WORDS)))
        self._paragraphs = [self._sentences(60) for _ in range(_PARAGRAPHS)]

    def _word(self) -> str:
        return "".join(self._chance.choices(_SYLLABLES, k=self._chance.choice((1, 2, 2, 3, 3, 4))))

    def words(self, count: int) -> str:
        """So many words."""
        return " ".join(self._chance.choices(self._words, cum_weights=self._falling, k=count))

    def _sentences(self, count: int) -> str:
        """A paragraph of so many words, in sentences of twelve."""
        return " ".join(f"{self.words(12).capitalize()}." for _ in range(count // 12))

    def paragraphs(self, count: int) -> str:
        """So many paragraphs, as Markdown."""
        return "\n\n".join(self._chance.choices(self._paragraphs, k=count))
