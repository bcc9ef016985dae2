"""Progress on stderr of a terminal, where work lasts longer than a second."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note

T = TypeVar("T")

_PATIENCE = 1.0
"""Seconds before anything is shown."""
_EVERY = 0.1
"""Seconds between two changes of what is shown."""


def watched(items: Iterable[T], doing: str, total: int = 0) -> Iterator[T]:
    """The items; while they take long, a line says how many are done: ``Reading 12 of 90``.

    ``total``: how many they are, where they do not know it themselves.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    total = total or (len(items) if isinstance(items, Sized) else 0)
    whole = f" of {total}" if total else ""
    shown, next_time = "", time.monotonic() + _PATIENCE
    try:
        for done, item in enumerate(items, 1):
            yield item
            if time.monotonic() >= next_time:
                shown = f"{doing} {done}{whole} …"
                sys.stderr.write(f"\r{shown}")
                sys.stderr.flush()
                next_time = time.monotonic() + _EVERY
    finally:
        if shown:
            sys.stderr.write("\r" + " " * len(shown) + "\r")
            sys.stderr.flush()


def notes_where(kb: "KnowledgeBase", where: str, *values: str) -> "list[Note]":
    """The notes that a condition on the index's table ``notes`` asks for.

    Those in conflict are left out, and named on stderr, and so are those whose file says other than
    their history: nothing can be done with them now.
    """
    from kmkit.cli.screen import in_conflict, not_proved
    from kmkit.index.astray import astray
    from kmkit.index.book import Index
    from kmkit.index.conflicts import conflicts

    with Index.open(kb.root, today=kb.today) as index:
        torn = conflicts(index)
        left_out = {card.path for card in torn}
        paths = [card.path for card in index.cards(where, values) if card.path not in left_out]
        off = [card for card in astray(index) if card.path in paths]
    in_conflict(torn)
    not_proved(off)
    left_out = {card.path for card in off}
    return [kb.read(PurePosixPath(path)) for path in paths if path not in left_out]
