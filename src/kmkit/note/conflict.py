"""The marks that git leaves in a file where it could not merge."""

import re
from pathlib import PurePath

from kmkit.note.problem import Flaw

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
    if _MARK not in data:
        return None
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    places = [place for place in marks(text) if _whole(lines, *place)]
    if not places:
        return None
    where = ", ".join(f"{first}-{last}" for first, last in places)
    message = f"The file is in conflict: git's marks stand in the lines {where}."
    return Flaw(places[0][0], 1, "merge-conflict", message, f"Run kmkit resolve '{path}'.")


def _whole(lines: list[str], first: int, last: int) -> bool:
    """Whether both sides stand there, and not between fences of code."""
    fences = sum(bool(_FENCE.match(line)) for line in lines[:first])
    return fences % 2 == 0 and any(_PARTS.fullmatch(line) for line in lines[first:last])
