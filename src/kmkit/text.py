"""Text as people compare it and as a screen may show it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePath

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Characters that nobody sees and that can change what is seen: control and bidi characters, tags,
annotations, and halves of characters, which nothing can write.

The marks U+200E and U+200F are not among them: they belong to ordinary Arabic and Hebrew typing,
and so do the joiners U+200C and U+200D.
"""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ـ": ""}
)
_GAPS = frozenset("-_\u2010\u2011")


def one_line(text: str | None) -> str:
    """``text`` on one line, without control and bidi characters: safe for a terminal or a cell.

    '' for None.
    """
    if not text:
        return ""
    if text.isprintable() and "  " not in text and text[0] != " " and text[-1] != " ":
        return text  # most are like that
    return " ".join(HIDDEN.sub("", " ".join(text.split())).split())


def _is_accent(char: str) -> bool:
    """Whether ``char`` is an accent or a vowel point, and not a vowel of Khmer, Thai or Hindi."""
    rank = unicodedata.combining(char)
    return 10 <= rank <= 35 or rank >= 200


def fold(text: str) -> str:
    """``text`` without case and accents, for comparing: 'Été' and 'ete' are the same."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in apart if not _is_accent(char))
    return plain.casefold().translate(_LETTERS)


def find_folded(text: str, name: str) -> Iterator[int]:
    """The places in ``text``, from 0, where ``name`` stands, whatever its case and accents.

    Line breaks, hyphens and underscores count as blanks, so that a name is found in a slug too.
    In scripts with capitals a name is found as whole words only; other scripts often write
    words without blanks between them, and there any occurrence counts.
    """
    wanted, _ = _folded(name)
    wanted = wanted.strip()
    if not wanted:
        return
    folded, places = _folded(text)
    start = folded.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (_joined(folded[start - 1 : start + 1]) or _joined(folded[end - 1 : end + 1])):
            yield places[start]
        start = folded.find(wanted, start + 1)


def _joined(pair: str) -> bool:
    """Whether two neighbours are letters of one word, as far as can be told."""
    return len(pair) == 2 and all(char.lower() != char.upper() for char in pair)


def _folded(text: str) -> tuple[str, list[int]]:
    """``text`` folded, each run of blanks one space, with the place that each character had."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char.isspace() or char in _GAPS:
            if chars and chars[-1] == " ":
                continue
            char = " "
        for part in fold(char):
            chars.append(part)
            places.append(place)
    return "".join(chars), places


def nearest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The words of ``known`` that somebody who wrote ``word`` may have meant, likeliest first."""
    from difflib import get_close_matches  # takes long to import, for what is rarely asked

    by_fold = {fold(name): name for name in known}
    if fold(word) in by_fold:
        return [by_fold[fold(word)]]
    return [by_fold[hit] for hit in get_close_matches(fold(word), by_fold, limit, 0.6)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``Did you mean a or b?``, or '' where nothing is near."""
    names = nearest(word, known)
    return f"Did you mean {' or '.join(names)}?" if names else ""


_BARE = re.compile(r"[\w@+=:,./-]+")
_LIVE = frozenset('"$`\\!%“”„')
"""What some shell acts on between double quotes."""


def as_typed(thing: str | PurePath) -> str:
    """A word or a path as a command line takes it: in quotation marks where it needs them.

    In double ones where that will do: those are the only ones that every shell of Windows knows.
    """
    word = str(thing)
    if _BARE.fullmatch(word):
        return word
    if word and _LIVE.isdisjoint(word):
        return f'"{word}"'
    within = word.replace("'", r"'\''")
    return f"'{within}'"


def address_key(text: str | None) -> str:
    """An e-mail address as people are compared by it: in lower case; '' for none."""
    return (text or "").strip().casefold()


def comments_end(text: str) -> int:
    """Where the last HTML comment can end, 0 for none.

    Behind it each that opens would be looked for in vain, which takes long where many do.
    """
    return text.rfind("-->") + 3 if "-->" in text else 0


def clean(text: str) -> str:
    """``text`` with LF line ends and without invisible characters that programs act on."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    return HIDDEN.sub("", text)
