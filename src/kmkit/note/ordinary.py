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
from typing import Any

from kmkit.note.loaded import MAX_FRONT, NULLS, unwanted
from kmkit.note.problem import Place

_NAME = "([A-Za-z_][A-Za-z0-9_]{0,63}):"
_LINE = re.compile(rf"^(?:{_NAME}|( *)-)(?: +([^ \n][^\n]*)| *)$", re.MULTILINE)
"""The name, or how far an entry is indented; and the value."""
_NOT_PLAIN = frozenset("-?:,[]{}#&*!|>'\"%@`")
"""What begins with one of these is not plain text."""

_INSIDE = r"[^ ,:?#\[\]{}'\"\n]"
_WORDS = rf"(?![-&*!|>%@`]){_INSIDE}++(?:[: ]{_INSIDE}++)*+"
"""Plain text in brackets: words with one blank between them."""
_DOUBLE = r'"[^"\\]*+(?:\\["\\][^"\\]*+)*+"'
_SINGLE = r"'[^']*+(?:''[^']*+)*+'"
_ITEM = f"({_WORDS}|{_DOUBLE}|{_SINGLE})"
_PART = f"{_NAME} +{_ITEM}"

_QUOTED = re.compile(f"{_DOUBLE}|{_SINGLE}")
_ESCAPE = re.compile(r"\\(.)")
_ONE_ITEM, _ITEMS = re.compile(_ITEM), re.compile(f"{_ITEM}(?: *, *{_ITEM})*+")
_ONE_PART, _PARTS = re.compile(_PART), re.compile(f"{_PART}(?: *, *{_PART})*+")


class _UnusualError(Exception):
    """The front matter is not ordinary."""


def values_of(front: str) -> dict[str, Any] | None:
    """The values of ordinary front matter: text, None, lists and dicts; None where it is not."""
    if len(front) > MAX_FRONT // 4:  # a character has up to four bytes
        return None
    if "\r" in front:
        front = front.replace("\r\n", "\n")
    shown = front.replace("\n", "")
    if not shown.isprintable() and ("\t" in shown or "\r" in shown or unwanted().search(shown)):
        return None
    lines = _LINE.findall(front)
    if not lines or len(lines) != front.count("\n") + (front[-1] != "\n"):
        return None
    try:
        return _fields(lines)
    except _UnusualError:
        return None


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


def _fields(lines: list[tuple[str, str, str]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    opened = ""  # the field that a list may stand below
    items: list[Any] = []
    margin = ""
    for name, indent, text in lines:
        if name:
            if name in values:
                raise _UnusualError
            values[name] = _value(text) if text else None
            opened = "" if text else name
        elif not opened:
            raise _UnusualError
        else:
            if values[opened] is None:
                items = values[opened] = []
                margin = indent
            elif indent != margin:
                raise _UnusualError
            items.append(_value(text) if text else None)
    return values


def _value(text: str) -> Any:
    """One value that ends with its line."""
    text = text.rstrip(" ")
    first = text[0]
    if first not in _NOT_PLAIN:
        if ": " in text or " #" in text or text[-1] == ":":
            raise _UnusualError
        return None if text in NULLS else text
    if first == "[" and text[-1] == "]":
        return _list(text[1:-1].strip(" "))
    if first == "{" and text[-1] == "}":
        return _map(text[1:-1].strip(" "))
    if not _QUOTED.fullmatch(text):
        raise _UnusualError
    return _scalar(text)


def _list(inner: str) -> list[str | None]:
    if inner and not _ITEMS.fullmatch(inner):
        raise _UnusualError
    return [_scalar(item) for item in _ONE_ITEM.findall(inner)]


def _map(inner: str) -> dict[str, str | None]:
    if inner and not _PARTS.fullmatch(inner):
        raise _UnusualError
    parts = _ONE_PART.findall(inner)
    values = {name: _scalar(item) for name, item in parts}
    if len(values) != len(parts):
        raise _UnusualError
    return values


def _scalar(text: str) -> str | None:
    """Plain text, or text in quotes."""
    if text[0] == '"':
        inner = text[1:-1]
        return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    return None if text in NULLS else text
