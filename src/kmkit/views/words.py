"""Counting, clipping and wrapping words, in scripts with and without spaces."""

import re
import unicodedata
from functools import cache

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: written without spaces between words."""
_SPACED = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?؟。।](?=\s|$)|。")
_BREAK = re.compile(r"[ \t\n]+")
_BOUND = re.compile(r"(?<=«)[ \t\n]+|[ \t\n]+(?=[?!:;»]+(?:\s|$))")
"""The blanks that French typography wants beside a mark."""
_ADDRESS = re.compile(r"\w+://|mailto:|\S+@\S+\.\S+")


@cache
def _of_any_script() -> re.Pattern[str]:
    """Finds the words of all scripts; it takes longer to make than to use."""
    return re.compile(f"[{_UNSPACED}]{{1,4}}|[^\\s{_UNSPACED}]+")


def _word(text: str) -> re.Pattern[str]:
    """What finds the words of ``text``."""
    if text.isascii() or not any(_may_be_unspaced(char) for char in text):
        return _SPACED
    return _of_any_script()


def _may_be_unspaced(char: str) -> bool:
    """Whether a character is beyond the scripts with spaces, and no dash, dot or quotation mark."""
    return char >= _UNSPACED[0] and not "\u2000" <= char <= "\u303f"


def count(text: str) -> int:
    """How many words ``text`` has; four characters of an unspaced script are one word."""
    return sum(word != "…" for word in _word(text).findall(text))


def clip(text: str, most: int) -> str:
    """``text`` in at most ``most`` words: whole sentences if that keeps half, else ending in …."""
    words = list(_word(text).finditer(text))
    if len(words) <= most:
        return text
    if most < 1:
        return ""
    end = words[most - 1].end()
    while end and unicodedata.category(text[end]).startswith("M"):
        end -= 1  # a letter is not parted from its vowel signs
    kept = text[:end]
    sentences = [match.end() for match in _SENTENCE_END.finditer(kept)]
    if sentences and sentences[-1] * 2 >= end:
        return kept[: sentences[-1]]
    return kept.rstrip(" ,;:–—-") + "…"


class Budget:
    """A number of words to spend."""

    def __init__(self, words: int) -> None:
        self.left = max(words, 0)

    def take(self, text: str, most: int) -> str:
        """``text`` clipped to ``most`` words and to what is left, which shrinks by it."""
        clipped = clip(text, min(most, self.left))
        self.left -= count(clipped)
        return clipped


def columns(text: str) -> int:
    """How many columns ``text`` takes in a fixed-width font."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def bind(text: str) -> str:
    """``text`` with the blanks before ? ! : ; and inside « » made such that no line ends there."""
    return _BOUND.sub("\u00a0", text)


def wrap(text: str, *, width: int = 78, first: str = "", rest: str = "") -> str:
    """``text`` folded and wrapped to ``width`` columns; addresses are never broken.

    ``first`` begins the first line and ``rest`` the others.
    """
    lines = [first]
    empty = True
    for word in _BREAK.split(bind(text.strip())):
        for piece in _pieces(word, max(width - max(columns(first), columns(rest)), 10)):
            if not empty and columns(lines[-1]) + 1 + columns(piece) > width:
                lines.append(rest)
                empty = True
            lines[-1] += piece if empty else " " + piece
            empty = False
    return "\n".join(line.rstrip() for line in lines)


def _pieces(word: str, width: int) -> list[str]:
    """``word``, cut where it is wider than a line and no address."""
    if columns(word) <= width or _ADDRESS.search(word):
        return [word]
    pieces = [""]
    for character in word:
        if columns(pieces[-1]) + columns(character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def wrap_lines(text: str, *, width: int = 78, indent: str = "") -> str:
    """Each line of ``text`` wrapped by itself, list items hanging, blank lines kept."""
    import textwrap

    return "\n".join(
        _hang(line, width, indent) if line.strip() else ""
        for line in textwrap.dedent(text).split("\n")
    )


def _hang(line: str, width: int, indent: str) -> str:
    mark = re.match(r"\s*(?:[-*+>]\s+|\d{1,3}[.)]\s+)?", line)
    lead = mark[0].expandtabs(4)[:16] if mark else ""
    body = line[mark.end() :] if mark else line
    return wrap(body, width=width, first=indent + lead, rest=indent + " " * len(lead))
