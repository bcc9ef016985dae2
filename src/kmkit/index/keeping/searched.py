"""A note as it is searched: what stands in its file, and of its card what is searched too."""

import re

from kmkit.index.card import Card
from kmkit.index.keeping.schema import stored
from kmkit.lifecycle.states import State
from kmkit.text import comments_end

_OPEN = re.compile(rb"---[ \t]*\r?\n")
_CLOSE = re.compile(rb"\n---[ \t]*\r?(?=\n|\Z)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

Words = tuple[str, str, tuple[str, ...], str, str, bool]
"""What `kmkit.index.search.Entry` has behind the number; to import that takes a while."""


def below(data: bytes) -> str:
    """What stands in a file below its front matter."""
    front = _OPEN.match(data)
    end = _CLOSE.search(data, front.end() - 1) if front else None
    return data[end.end() if end else 0 :].decode("utf-8", "replace").strip()


def searched(note: Card, text: str, language: str, state: str) -> Words:
    """A note as it is searched, of the card of the version that stands and its ``text``."""
    said = _uncommented(text)
    return (
        stored(note.title),
        stored(note.summary),
        tuple(map(stored, note.topics)),
        stored(f"{said}\n{note.matters_to}" if note.matters_to else said),
        language,
        state == State.RETIRED,
    )


def _uncommented(text: str) -> str:
    """``text`` without its comments."""
    end = comments_end(text)
    return _COMMENT.sub("", text[:end]) + text[end:] if end else text
