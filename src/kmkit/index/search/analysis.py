"""Text as the full-text index holds it: words without case and accents.

English text goes to tantivy as it is. Here the rest is made ready for it: accents are folded by the
rule that all of kmkit compares by, Arabic is normalised, and scripts that write no blanks between
their words become overlapping pairs of syllables, so that a word is found wherever it stands.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from unicodedata import normalize

from kmkit.text import fold

JOINT = "x"
"""Between the two syllables of a pair, and after the last syllable of a run, which has no pair."""

_LONGEST_KEPT = 32
"""Words up to this length are remembered; longer ones seldom come twice."""

_DIGITS = {
    zero + value: str(value)
    for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0x1040, 0x17E0)
    for value in range(10)
}
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_ARABIC = str.maketrans("ةىیک", "هييك")
_ALIKE = str.maketrans(_DIGITS | _UNSEEN | _ARABIC)
ARTICLE = re.compile("(?<![ء-ي])(?:[وفبك]?ال|لل)(?=[ء-ي]{3})")
"""The Arabic article with what is written onto it: and, so, by, like, to."""

_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u1038\u103a-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d"
    "\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d1\u17d3\u3099\u309a"
)
"""Vowels, tones and other signs that belong to the letter before them."""
_STACKING = "\u1039\u17d2"
"""Signs that put the next letter below the one before."""
_SYLLABLE = re.compile(f"[^{_MARKS}{_STACKING}](?:[{_MARKS}]|[{_STACKING}].)*|.", re.DOTALL)
_CODE = re.compile("e[0-9a-f]{2}|[13][0-9a-f]{3}")
"""The number of a sign: of Thai and Lao three digits, of all others four."""
_SIGN = re.compile(f"[{_MARKS}{_STACKING}]")
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u1039\u103a-\u103f\u1050-\u109d\ua9e0-\ua9fe\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17dc"  # Khmer
    "\u3005\u3007\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    "\u1100-\u11ff\uac00-\ud7a3"  # Korean: blanks, but endings grown onto the words
)
_RUN = re.compile(f"[{_UNSPACED}]+")


def searchable(text: str) -> str:
    """``text`` as it is handed to tantivy, which cuts it at whatever is no letter or digit."""
    if text.isascii():
        return text
    words = text.split()
    return " ".join([word if word.isascii() else _plain(word) for word in words])


def alike(text: str) -> str:
    """``text`` without case and accents, and with one letter for those that are written alike."""
    return normalize("NFC", fold(text)).translate(_ALIKE)


def pieces(plain: str) -> Iterator[tuple[int, str, bool]]:
    """The parts of ``plain`` by script: where each begins, and whether its script has no blanks."""
    end = 0
    for run in _RUN.finditer(plain):
        if run.start() > end:
            yield end, plain[end : run.start()], False
        yield run.start(), run.group(), True
        end = run.end()
    if end < len(plain):
        yield end, plain[end:], False


def syllables(run: str) -> list[str]:
    """The syllables, or characters, of a ``run`` of a script without blanks."""
    return _SYLLABLE.findall(run)


def pair(first: str, then: str) -> str:
    """Two syllables as the index has them.

    Signs become their number, as tantivy would cut the word at some of them.
    """
    return _SIGN.sub(_number, first + JOINT + then)


def written(words: Iterable[str]) -> str:
    """Words of the index as a person would write them: pairs of syllables become a word again."""
    text: list[str] = []
    for word in words:
        if word.isascii() or JOINT not in word:
            text.append(f" {word}")
        else:
            plain = _CODE.sub(lambda code: chr(int(code.group(), 16)), word)
            first, _, then = plain.partition(JOINT)
            text.append(then if text and text[-1].endswith(first) else f" {first}{then}")
    return "".join(text).strip()


def _plain(word: str) -> str:
    return _remembered(word) if len(word) <= _LONGEST_KEPT else _cut(word)


def _cut(word: str) -> str:
    parts = pieces(ARTICLE.sub("", alike(word)))
    return " ".join(_pairs(part) if unspaced else part for _, part, unspaced in parts)


_remembered = lru_cache(maxsize=50_000)(_cut)


def _pairs(run: str) -> str:
    return " ".join(pair(first, then) for first, then in pairwise([*syllables(run), ""]))


def _number(sign: re.Match[str]) -> str:
    return f"{ord(sign.group()):x}"
