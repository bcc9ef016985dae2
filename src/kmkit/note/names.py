"""Names as they stand in texts, whatever their case, accents, joints and escapes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from kmkit.text import comments_end, fold

_ESCAPED = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"  # of HTML
    r"|(?:%[0-9a-fA-F]{2})+"  # of addresses
    r"|\\[!-/:-@\[-`{-~]"  # of Markdown
    r"|(?<=[^\W_])[*~`]{1,3}(?=[^\W_])"  # emphasis inside a word
)
"""What readers are not shown as it is written."""
_OR_COMMENT = re.compile(f"{_ESCAPED.pattern}|<!--.*?-->", re.DOTALL)
_SIGNS = frozenset("&%\\<*~`")

_CASED = (
    "a-z\u0180-\u02af\u0370-\u03ff\u0400-\u052f\u0561-\u0588\u10d0-\u10ff\u13a0-\u13ff"
    "\u1c80-\u1c8f\u2c00-\u2d2f\ua640-\ua69f\ua720-\ua7ff\uab30-\uabbf\U00010400-\U0001044f"
    "\U0001e900-\U0001e943"
)
"""Letters of scripts with capitals, folded."""
_RUNS = re.compile(f"[{_CASED}]+")


class _Folding(dict[int, str]):
    """Each character as it is compared: letters without accents, all between words a blank."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = unicodedata.category(char)
        unseen = kind == "Cf"  # joiners and marks of direction
        self[code] = "" if unseen else fold(char) if kind[0] in "LMN" else " "
        return self[code]


_FOLDING = _Folding()


def folded(text: str) -> str:
    """``text`` as names are looked for in it: without case and accents, blanks between words."""
    return text.translate(_FOLDING)


class Found(NamedTuple):
    """A name in a text."""

    name: str
    start: int
    end: int


class Names:
    """Names to look for in texts, many at once.

    In scripts with capitals a name is found as whole words only; other scripts often write words
    without blanks between them, and there any occurrence counts. Whatever stands between the words
    of a name (blanks, hyphens, dots, nothing at all) it is found, and so are escapes that readers
    see as letters.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(names))
        self._by_word: dict[str, list[_Look]] = {}
        self._others: list[_Look] = []
        """Those in which there is no word of a script with capitals."""
        for name in self.names:
            for words in _ways(folded(name).split()):
                look = _Look(name, words[0], _pattern(words))
                if key := max(_RUNS.findall(" ".join(words)), key=len, default=""):
                    self._by_word.setdefault(key, []).append(look)
                else:
                    self._others.append(look)

    def __bool__(self) -> bool:
        return bool(self._by_word or self._others)

    def in_text(self, text: str) -> bool:
        """Whether one of the names stands in ``text``."""
        return next(self._which(text), None) is not None

    def which(self, text: str) -> list[str]:
        """The names that stand in ``text``, each once."""
        return list(dict.fromkeys(self._which(text)))

    def _which(self, text: str) -> Iterator[str]:
        if not self:
            return
        for one in as_read(text):
            plain = folded(one)
            yield from (look.name for look in self._likely(plain) if look.pattern.search(plain))

    def _likely(self, plain: str) -> "Iterator[_Look]":
        """The names of which a word stands in a folded text."""
        if self._by_word:
            for word in self._by_word.keys() & set(_RUNS.findall(plain)):
                yield from self._by_word[word]
        yield from (look for look in self._others if look.word in plain)

    def find(self, text: str) -> list[Found]:
        """Every place in ``text``, from 0, where one of the names stands."""
        found = set()
        written = Written(text, range(len(text)), range(1, len(text) + 1))
        for one in (written, decoded(text)):
            plain = _traced(one)
            for look in self._likely(plain.text):
                for hit in look.pattern.finditer(plain.text):
                    start, end = plain.starts[hit.start()], plain.ends[hit.end() - 1]
                    found.add(Found(look.name, start, end))
        return sorted(found, key=lambda one: (one.start, one.end, one.name))


class Written(NamedTuple):
    """A text, and from where to where each of its characters stood in another one."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def as_read(text: str) -> tuple[str, ...]:
    """``text`` as it is written, and as readers see it where that is something else."""
    if not any(sign in text for sign in _SIGNS):
        return (text,)
    end = comments_end(text)
    read = _OR_COMMENT.sub(_meant, text[:end]) + _ESCAPED.sub(_meant, text[end:])
    return (text,) if read == text else (text, read)


def decoded(text: str) -> Written:
    """``text`` as readers see it: escapes of HTML, Markdown and addresses are what they mean."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(what: str, start: int, end: int) -> None:
        chars.append(what)
        starts.extend([start] * len(what))
        ends.extend([end] * len(what))

    at = 0
    for hit in _escapes(text):
        for place in range(at, hit.start()):
            put(text[place], place, place + 1)
        put(_meant(hit), hit.start(), hit.end())
        at = hit.end()
    for place in range(at, len(text)):
        put(text[place], place, place + 1)
    return Written("".join(chars), starts, ends)


def _escapes(text: str) -> Iterator[re.Match[str]]:
    """What readers are not shown as it is written, in its order."""
    end = comments_end(text)
    yield from _OR_COMMENT.finditer(text, 0, end)
    yield from _ESCAPED.finditer(text, end)


def _meant(escape: re.Match[str]) -> str:
    """What an escape means."""
    text = escape[0]
    if text[0] == "&":
        from html import unescape  # a table of names that few texts need

        return unescape(text)
    if text[0] == "%":
        return unquote(text)
    return text[1] if text[0] == "\\" else ""


def _traced(written: Written) -> Written:
    """A text folded, and where its characters come from."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for char, start, end in zip(*written, strict=True):
        for part in char.translate(_FOLDING):
            chars.append(part)
            starts.append(start)
            ends.append(end)
    return Written("".join(chars), starts, ends)


class _Look(NamedTuple):
    """One way in which a name can stand in a folded text."""

    name: str
    word: str
    """That begins it."""
    pattern: re.Pattern[str]


def _ways(words: list[str]) -> list[list[str]]:
    """The words of a name, and all of them joined."""
    return [words, ["".join(words)]] if len(words) > 1 else [words] * bool(words)


def _pattern(words: list[str]) -> re.Pattern[str]:
    """The words with blanks between them, not inside a longer word of a script with capitals."""
    before = f"(?<![{_CASED}])" if _RUNS.match(words[0]) else ""
    after = f"(?![{_CASED}])" if _RUNS.match(words[-1][-1]) else ""
    return re.compile(f"{before}{' +'.join(map(re.escape, words))}{after}")
