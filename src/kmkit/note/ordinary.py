"""Ordinary front matter, read quickly; whatever is not ordinary is left to the strict reader.

Ordinary is what kmkit itself writes, and most people too. Each line stands for itself:

- ``name: value``, or ``name:`` alone, or ``name:`` with a list below it, one ``- value`` a line,
  all of them indented alike; names begin at the left edge and are ASCII letters, digits and ``_``;
- a value is plain text without ``": "`` and ``" #"``, a text in single or double quotes (of the
  escapes only those of ``\\`` and ``"``), or a list or map in brackets on one line that holds
  plain words and texts in quotes and no further brackets;
- lines end in LF or CRLF.

Everything else is not read here: comments, blank lines, tabs, control characters, anchors, tags,
texts of several lines, other escapes, maps in lines, a name that stands twice, and all that is
wrong. So what is read here has no flaw, and `kmkit.note.yamlread.load` reads the same from it.
"""

import re
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any

from kmkit.note.loaded import MAX_FRONT, NULLS, unwanted
from kmkit.note.problem import Place

_LONGEST = 64
"""Characters of a name."""
LONGEST_KEPT = 1024
"""No part of longer lines, in characters, is remembered."""
_NAME = f"([A-Za-z_][A-Za-z0-9_]{{0,{_LONGEST - 1}}}):"
_NOT_PLAIN = frozenset("-?:,[]{}#&*!|>'\"%@`")
"""What begins with one of these is not plain text."""
UNLIKE_TEXT = _NOT_PLAIN | {" "}
"""Neither is what begins with one of these."""

_INSIDE = r"[^ ,:?#\[\]{}'\"\n]"
_WORDS = rf"(?![-&*!|>%@`]){_INSIDE}++(?:[: ]{_INSIDE}++)*"
"""Plain text in brackets: words with one blank between them."""
_DOUBLE = r'"[^"\\]*+(?:\\["\\][^"\\]*+)*"'
_SINGLE = r"'[^']*+(?:''[^']*+)*'"
_ITEM = f"({_WORDS}|{_DOUBLE}|{_SINGLE})"
_PART = f"{_NAME} +{_ITEM}"

_QUOTED = re.compile(f"{_DOUBLE}|{_SINGLE}")
_ESCAPE = re.compile(r"\\(.)")
_ONE_ITEM, _ITEMS = re.compile(_ITEM), re.compile(f"{_ITEM}(?: *, *{_ITEM})*")
_ONE_PART, _PARTS = re.compile(_PART), re.compile(f"{_PART}(?: *, *{_PART})*")


class UnusualError(Exception):
    """The front matter is not ordinary."""


def values_of(front: str) -> dict[str, Any] | None:
    """The values of ordinary front matter: text, None, lists and dicts; None where it is not."""
    blocks = blocks_of(front)
    try:
        values = dict(map(read_block, blocks))
    except UnusualError:
        return None
    return values if blocks and len(values) == len(blocks) else None


def blocks_of(front: str, *, printable: bool = False) -> list[str]:
    """Front matter field by field, a NUL between the lines of one; [] where it is not ordinary.

    ``printable``: it is known to hold nothing but characters that print, and line ends.
    """
    if len(front) > MAX_FRONT // 4:  # a character has up to four bytes
        return []
    if "\r" in front:
        front = front.replace("\r\n", "\n")
        printable = False
    if not printable:
        shown = front.replace("\n", "")
        if not shown.isprintable() and ("\t" in shown or "\r" in shown or unwanted().search(shown)):
            return []
    if front[-1:] == "\n":
        front = front[:-1]
    return front.replace("\n ", "\0 ").replace("\n-", "\0-").split("\n") if front else []


def read_block(block: str) -> tuple[str, Any]:
    """The name and the value of a field of `blocks_of`; raise UnusualError where it is unusual."""
    name, colon, text = block.partition(":")
    if not colon or not (name.isidentifier() and name.isascii()) or len(name) > _LONGEST:
        raise UnusualError
    if text[:1] not in ("", " ", "\0"):
        raise UnusualError
    if "\0" in text:
        first, *lines = text.split("\0")
        if first.strip(" "):
            raise UnusualError
        return name, _entries(lines)
    text = text.strip(" ")
    return name, _value(text) if text else None


def place_of(front: str, name: str, first_line: int) -> Place | None:
    """Where a value begins that stands behind the name of a field in ordinary front matter.

    None where there is no such value, or the front matter is not ordinary.
    """
    if values_of(front) is None:
        return None
    for at, line in enumerate(front.split("\n")):
        if line.startswith(f"{name}: ") and (value := line[len(name) + 1 :].strip(" \r")):
            return Place(first_line + at, line.index(value, len(name) + 1) + 1)
    return None


def _entries(lines: list[str]) -> list[Any]:
    """The values behind dashes that stand below one another."""
    dash = lines[0].find("-")
    mark = f"{' ' * dash}-"
    items = []
    for line in lines:
        text = line[dash + 1 :]
        if dash < 0 or not line.startswith(mark) or text[:1] not in ("", " "):
            raise UnusualError
        text = text.strip(" ")
        items.append(_value(text) if text else None)
    return items


def _value(text: str) -> Any:
    """One value that ends with its line, without blanks around it."""
    first = text[0]
    if first not in _NOT_PLAIN:
        if ": " in text or " #" in text or text[-1] == ":":
            raise UnusualError
        return None if text in NULLS else text
    if first == "[" and text[-1] == "]":
        return _list(text[1:-1].strip(" "))
    if first == "{" and text[-1] == "}":
        return _map(text[1:-1].strip(" "))
    if not _QUOTED.fullmatch(text):
        raise UnusualError
    return _scalar(text)


def _list(inner: str) -> list[str | None]:
    if len(inner) <= LONGEST_KEPT:
        with suppress(UnusualError):  # commas in quotes, other blanks, or nothing
            return [_item(text) for text in inner.split(", ")]
    if inner and not _ITEMS.fullmatch(inner):
        raise UnusualError
    return [_scalar(item) for item in _ONE_ITEM.findall(inner)]


@lru_cache(maxsize=256)
def _item(text: str) -> str | None:
    if not _ONE_ITEM.fullmatch(text):
        raise UnusualError
    return _scalar(text)


def _map(inner: str) -> dict[str, str | None]:
    try:
        if len(inner) > LONGEST_KEPT:
            raise UnusualError
        parts = [_known_part(part) for part in parts_of(inner)]
    except UnusualError:  # it is long, or has other blanks, or cannot be read
        if inner and not _PARTS.fullmatch(inner):
            raise
        parts = [(name, _scalar(item)) for name, item in _ONE_PART.findall(inner)]
    values = dict(parts)
    if len(values) != len(parts):
        raise UnusualError
    return values


def parts_of(inner: str) -> list[str]:
    """The parts of a map, as far as can be told at a glance: `read_part` tells."""
    return _next().split(inner) if '"' in inner or "'" in inner else inner.split(", ")


@cache
def _next() -> re.Pattern[str]:
    """Finds where a part of a map may begin that has commas in quotes before it."""
    return re.compile(", (?=[A-Za-z_][A-Za-z0-9_]*: )")


def read_part(text: str) -> tuple[str, str | None]:
    """The name and the value of one part of a map; raise UnusualError where it is none."""
    part = _ONE_PART.fullmatch(text)
    if not part:
        raise UnusualError
    name, item = part.groups()
    return name, _scalar(item)


_known_part = lru_cache(maxsize=256)(read_part)
"""The same of what many notes say: a day, a person, a method."""


def _scalar(text: str) -> str | None:
    """Plain text, or text in quotes."""
    if text[0] == '"':
        inner = text[1:-1]
        return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    return None if text in NULLS else text
