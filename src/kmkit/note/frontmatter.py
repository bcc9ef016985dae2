"""Front matter: cutting it from the body, and reading it.

`split` cuts a file into front matter and body without losing a character; `load` reads the front
matter.
"""

import re
from typing import NamedTuple

from kmkit.note.loaded import MAX_FRONT, Loaded
from kmkit.note.ordinary import place_of as ordinary_place
from kmkit.note.ordinary import values_of
from kmkit.note.problem import Flaw, Place

__all__ = ["MAX_FRONT", "Document", "Loaded", "decoded", "load", "places_of", "split"]

_BREAK = re.compile(r"\r\n|\n|\r")
_OPEN = re.compile(r"---[ \t]*(\r\n|\n|\r|\Z)")
_CLOSE = re.compile(r"[\n\r](---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_CLOSE_LF = re.compile(r"\n(---|\.\.\.)[ \t]*(?:\n|\Z)")
"""The same in a text without carriage returns, found several times as fast."""
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))+")


class Document(NamedTuple):
    """A file's text in its exact pieces; the fence lines are between them."""

    front: str
    """The YAML between the fences, with its last line break."""
    front_line: int
    body: str
    body_line: int
    newline: str
    """How its first line ends."""
    front_at: int = 0
    """Where ``front`` begins in the text."""


def decoded(data: bytes) -> tuple[str, list[Flaw]]:
    """The text of a file's bytes, and where it is not UTF-8."""
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        above = _BREAK.split(data[: error.start].decode("utf-8"))
        message = f"The file is not UTF-8: byte 0x{data[error.start]:02X} stands here."
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            message = "The file is UTF-16, not UTF-8."
        mend = "Save it as UTF-8."
        flaw = Flaw(len(above), len(above[-1]) + 1, "not-utf-8", message, mend)
        return data.decode("utf-8", errors="replace"), [flaw]


def split(text: str) -> tuple[Document, list[Flaw]]:
    """Cut a file's text at its fences; what cannot be cut is all body."""
    flaws: list[Flaw] = []
    if text.startswith("---\n") and "\r" not in text:  # as most are
        end = text.find("\n---", 3)
        if end > 0 and text.startswith("\n", end + 4) and text.find("\n...", 3, end) < 0:
            front = text[4 : end + 1]
            return Document(front, 2, text[end + 5 :], 3 + front.count("\n"), "\n", 4), flaws
    at = 0
    if text.startswith("\ufeff"):
        at = 1
        mend = "Save the file as UTF-8 without BOM."
        flaws.append(Flaw(1, 1, "bom", "The file begins with an invisible byte-order mark.", mend))
    line = 1
    if (blank := _BLANK_LINES.match(text, at)) and text.startswith("---", blank.end()):
        message = "Front matter must begin in the first line of the file."
        flaws.append(Flaw(1, 1, "no-front-matter", message, "Delete the blank lines above it."))
        at = blank.end()
        line += _breaks(blank[0])
    newline = first[0] if (first := _BREAK.search(text)) else "\n"
    opening = _OPEN.match(text, at)
    if not opening:
        message = "The file has no front matter: its first line is not '---'."
        mend = "Put '---', the fields and another '---' at the top."
        flaws.append(Flaw(line, 1, "no-front-matter", message, mend))
        return Document("", line, text[at:], line, newline, at), flaws
    start = opening.end()
    closing = (_CLOSE if "\r" in text else _CLOSE_LF).search(text, start - 1)
    if not closing:
        message = "The front matter is not closed: no second line '---' follows."
        mend = "Put a line '---' after the last field."
        flaws.append(Flaw(line, 1, "unclosed-fence", message, mend))
        return Document("", line + 1, text[start:], line + 1, newline, start), flaws
    front = text[start : closing.start(1)]
    end_line = line + 1 + _breaks(front)
    if closing[1] == "...":
        message = "'...' does not close front matter here."
        flaws.append(Flaw(end_line, 1, "unclosed-fence", message, "Write '---' instead."))
    return Document(front, line + 1, text[closing.end() :], end_line + 1, newline, start), flaws


def load(front: str, *, first_line: int = 1) -> Loaded:
    """Read front matter: the ordinary quickly, the rest strictly, and both to the same effect."""
    values = values_of(front)
    if values is None:
        return _strictly(front, first_line)
    return Loaded(values, [], lambda: _strictly(front, first_line).where)


def place_of(text: str, name: str) -> Place | None:
    """Where the value of a field stands in the text of a file; None where strict reading tells."""
    document, _ = split(text)
    return ordinary_place(document.front, name, document.front_line)


def _strictly(front: str, first_line: int) -> Loaded:
    from kmkit.note.yamlread import load as load_strictly

    return load_strictly(front, first_line=first_line)


def places_of(text: str) -> dict[str, Place]:
    """Where the value of each field, part and entry stands in the text of a file."""
    document, _ = split(text)
    return _strictly(document.front, document.front_line).where.places


def _breaks(text: str) -> int:
    """How many line breaks stand in ``text``."""
    return len(_BREAK.findall(text)) if "\r" in text else text.count("\n")
