"""The marks that git leaves in a file where it could not merge."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from kmkit.note.problem import Flaw
from kmkit.text import as_typed

_OPENS, _CLOSES = re.compile(r"<{7} "), re.compile(r">{7} ")
_PARTS = re.compile(r"={7}\s*")
_FENCE = re.compile(r" {0,3}(?:`{3}|~{3})")
_MARK = b"<<<<<<< "


def marks(text: str) -> list[tuple[int, int]]:
    """First and last line, from 1, of each place that git marked."""
    found: list[tuple[int, int]] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if _OPENS.match(line):
            start = number
        elif _CLOSES.match(line):
            found.append((start or 1, number))
            start = 0
    return found + ([(start, start)] if start else [])


def conflict(data: bytes, path: PurePath) -> Flaw | None:
    """That the file is in conflict, and where; None where no whole mark of git stands in it.

    Marks that somebody quotes, between two fences of code, are no conflict.
    """
    found = places(data)
    if not found:
        return None
    message = f"The file is in conflict: git's marks stand in the lines {spelled(found)}."
    return Flaw(found[0][0], 1, "merge-conflict", message, f"Run kmkit resolve {as_typed(path)}.")


def places(data: bytes) -> list[tuple[int, int]]:
    """First and last line of each place in a file that is in conflict and not quoted there."""
    if _MARK not in data:
        return []
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    return [place for place in marks(text) if _whole(lines, *place)]


def spelled(found: Iterable[tuple[int, int]]) -> str:
    """The lines of places, as ``17-21, 30-34``."""
    return ", ".join(f"{first}-{last}" for first, last in found)


def agreed(text: str) -> str:
    """The text without the places that git marked: what both sides have."""
    lines = text.split("\n")
    for first, last in reversed(marks(text)):
        del lines[first - 1 : last]
    return "\n".join(lines)


def _whole(lines: list[str], first: int, last: int) -> bool:
    """Whether both sides stand there, and not between fences of code."""
    fences = sum(bool(_FENCE.match(line)) for line in lines[:first])
    return fences % 2 == 0 and any(_PARTS.fullmatch(line) for line in lines[first:last])
