"""What changed between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_WORDS = re.compile(r"\w+[ \t]*|[^\w\s][ \t]*|\s+")
"""A word has the blank behind it: blanks alone would be alike everywhere, and slow to compare."""
_AROUND = 2
"""Lines shown above and below a change."""


class Piece(NamedTuple):
    """A stretch of text that stayed, went or came."""

    text: str
    kind: str
    """'' for what stayed, '-' for what went, '+' for what came."""


def word_diff(before: str, after: str) -> list[Piece]:
    """The pieces of both texts around what changed; unchanged lines further away are left out.

    A text with lines that end in CRLF is compared as if they ended in LF.
    """
    old, new = _words(before), _words(after)
    pieces: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("".join(old[i1:i2]), ""))
            continue
        gone, came = "".join(old[i1:i2]), "".join(new[j1:j2])
        pieces += [Piece(gone, "-")] if gone else []
        pieces += [Piece(came, "+")] if came else []
    return [_shortened(piece, i, len(pieces)) for i, piece in enumerate(pieces)]


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.replace("\r\n", "\n"))


def _shortened(piece: Piece, place: int, count: int) -> Piece:
    """An unchanged piece with its first and last lines only."""
    lines = piece.text.split("\n")
    if piece.kind or len(lines) <= 2 * _AROUND + 1:
        return piece
    head = [] if place == 0 else lines[: _AROUND + 1]
    tail = [] if place == count - 1 else lines[-_AROUND - 1 :]
    return Piece("\n".join([*head, "…", *tail]), "")
