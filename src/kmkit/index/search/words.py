"""The words of the index: the forms of a word, words near a mistyped one, and how rare each is."""

from functools import cached_property, lru_cache
from itertools import islice, pairwise
from math import log

import tantivy

from kmkit.index.search.analysis import ARTICLE, alike, pair, pieces, searchable, syllables
from kmkit.index.search.stopwords import STOPWORDS
from kmkit.index.search.store import analyzer
from kmkit.text import fold

LANGUAGES = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""Languages in Latin letters whose endings are known."""

_BY_SCRIPT = (("\u0370", "\u03ff", "greek"), ("\u0400", "\u04ff", "russian"))
_ARABIC_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "هم", "نا", "ه", "ي")
_SHORTEST_STEM = 3
_SHORTEST_PART = 5
_MOST_FORMS = 12
_MOST_WORDS = 4_000
"""So many words of the index are looked at for the forms of one."""


class Words:
    """The dictionary of one state of the index."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self.notes = searcher.num_docs

    def frequency(self, word: str, field: str = "text") -> int:
        """In how many notes ``word`` stands."""
        return self._searcher.doc_freq(field, word)

    def finds(self, query: tantivy.Query) -> bool:
        """Whether any note answers ``query``."""
        return bool(self._searcher.search(query, 1, count=False).hits)

    def rarity(self, frequency: int) -> float:
        """How much a word says that stands in so many notes, as bm25 has it."""
        return log(1 + (self.notes - frequency + 0.5) / (frequency + 0.5))

    def beginning(self, prefix: str, most: int = _MOST_WORDS) -> list[tuple[str, int]]:
        """Words that begin with ``prefix``, with the number of notes that have each."""
        return self._searcher.terms_with_prefix("text", prefix, limit=most)

    def forms(self, word: str) -> list[tuple[str, float]]:
        """The words of the index that are forms of ``word``, with weights; at least itself.

        The weights make a rare form count like the word itself: otherwise a note with
        'evacuating' would stand above one with 'evacuation'.
        """
        counts = {word: self.frequency(word)}
        for stemmer in self._stemmers(word):
            counts |= self._alike(word, stemmer)
        known = sorted(counts.items(), key=lambda form: (form[0] != word, -form[1]))[:_MOST_FORMS]
        together = self.rarity(min(self.notes, sum(count for _, count in known)))
        return [(form, together / self.rarity(count)) for form, count in known]

    def _alike(self, word: str, language: str) -> dict[str, int]:
        (stem,) = _stems((word,), language)
        root = _common(stem[:-1] if stem.endswith("i") else stem, word)
        if len(root) < _SHORTEST_STEM:
            return {}
        near = self.beginning(root)
        stems = _stems(tuple(form for form, _ in near), language)
        return {form: count for (form, count), its in zip(near, stems, strict=True) if its == stem}

    def _stemmers(self, word: str) -> list[str]:
        if len(word) <= _SHORTEST_STEM or not word.isalpha():
            return []
        if word.isascii():
            return self._latin
        if "\u0600" <= word[0] <= "\u06ff":
            return ["arabic"]
        return [name for low, high, name in _BY_SCRIPT if low <= word[0] <= high]

    @cached_property
    def _latin(self) -> list[str]:
        """English, and the other languages in Latin letters that notes say they are in."""
        codes = [code for code, _ in self._searcher.terms_with_prefix("language", "")]
        return list(dict.fromkeys(["english", *(LANGUAGES[c] for c in codes if c in LANGUAGES)]))

    def near(self, word: str, most: int = 3) -> list[str]:
        """Words of the index that somebody who typed ``word`` may have meant, likeliest first."""
        reach = 1 if len(word) < 6 else 2
        starts = dict.fromkeys((word[:1], word[1:2]))
        found: list[tuple[int, int, str]] = []
        for start in filter(None, starts):
            for other, count in self.beginning(start, 1_000_000):
                if abs(len(other) - len(word)) <= reach and other.isalpha():
                    steps = distance(word, other, reach)
                    if steps <= reach:
                        found.append((steps, -count, other))
        return [other for _, _, other in sorted(found)[:most]] or self._within(word)

    def _within(self, word: str) -> list[str]:
        """The longest word of the index that ``word`` ends or begins with: cybersecurity."""
        parts = [word[at:] for at in range(1, len(word) - _SHORTEST_PART + 1)]
        parts += [word[:end] for end in range(_SHORTEST_PART, len(word))]
        known = (part for part in sorted(parts, key=len, reverse=True) if self.frequency(part))
        return list(islice(known, 1))


def terms(text: str) -> list[str]:
    """The words of ``text``, as the index has them."""
    return _cutter().analyze(searchable(text))


def wanted(text: str) -> list[tuple[str, ...]]:
    """The words of a search: each is one word of the index, or several that stand together.

    A single syllable of a script without blanks ends in JOINT: it is the beginning of a word.
    """
    together: list[str] = []
    for _, part, unspaced in pieces(ARTICLE.sub("", alike(text))):
        if not unspaced:
            together += _cutter().analyze(part)
        else:
            run = syllables(part)
            together += [pair(*two) for two in pairwise(run)] or [pair(run[0], "")]
    return [tuple(together)] if together else []


def says_nothing(word: str) -> bool:
    """Whether ``word`` is one that every text has: the, of, what."""
    return fold(word) in STOPWORDS


def distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped; ``most`` + 1 for more than that."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and its == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1]


@lru_cache(maxsize=1)
def _cutter() -> tantivy.TextAnalyzer:
    return analyzer()


@lru_cache(maxsize=len(LANGUAGES) + 2)
def _stemmer(language: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stemmer(language)).build()


def _stems(words: tuple[str, ...], language: str) -> list[str]:
    if language == "arabic":
        return [_without_ending(word) for word in words]
    return _stemmer(language).analyze(" ".join(words))


def _without_ending(word: str) -> str:
    """An Arabic word without the endings of number, gender and possession."""
    for ending in _ARABIC_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _common(one: str, other: str) -> str:
    length = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        length += 1
    return one[:length]
