"""Catalogues of translated messages: gettext's .po files, read as they are, without a build step.

A small reader of our own, because it is done in a few milliseconds and asks for no library; what
a catalogue must hold is tested with Babel.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "languages"
_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[\d\])?[ ]+)?"(.*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t"}


class Catalogue(NamedTuple):
    """The messages of one language."""

    messages: Mapping[str, tuple[str, ...]]
    """Message in English -> what it is in this language: one text, or one for each plural form."""
    form: Callable[[int], int]
    """Which plural form fits a number, from 0."""


ENGLISH = Catalogue({}, lambda number: int(number != 1))
"""What everything falls back to: the messages themselves."""


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of our languages; `ENGLISH` where there is none."""
    path = _FOLDER / f"{language}.po"
    return read_catalogue(path.read_text(encoding="utf-8")) if path.is_file() else ENGLISH


def read_catalogue(text: str) -> Catalogue:
    """The catalogue in the ``text`` of a .po file; what is fuzzy or not translated is left out."""
    messages: dict[str, tuple[str, ...]] = {}
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        said = _entry(block)
        if said and (not messages or all(said[1])):
            messages[said[0]] = said[1]
    head = "".join(messages.pop("", ()))
    plural = re.search(r"plural=([^;\n]+)", head)
    return Catalogue(messages, c2py(plural[1]) if plural else ENGLISH.form)


def _entry(block: str) -> tuple[str, tuple[str, ...]] | None:
    """A message and its translations."""
    texts: list[tuple[str, str]] = []
    for line in block.split("\n"):
        if line.startswith("#, ") and "fuzzy" in line:
            return None
        if found := _LINE.fullmatch(line.strip()):
            part = _ESCAPE.sub(_unescaped, found[2])
            if found[1]:
                texts.append((found[1], part))
            elif texts:
                texts[-1] = (texts[-1][0], texts[-1][1] + part)
    said = tuple(text for name, text in texts if name == "msgstr")
    return (texts[0][1], said) if said else None


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[1])
