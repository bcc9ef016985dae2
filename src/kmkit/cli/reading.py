"""Reading all notes, with progress on stderr of a terminal where it lasts longer than a second."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TYPE_CHECKING, TypeVar

from kmkit.cli.screen import broken

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note

T = TypeVar("T")

_PATIENCE = 1.0
"""Seconds before anything is shown."""
_EVERY = 0.1
"""Seconds between two changes of what is shown."""


def watched(items: Iterable[T], doing: str) -> Iterator[T]:
    """The items; while they take long, a line says how many are done: ``Reading 12 of 90``."""
    if not sys.stderr.isatty():
        yield from items
        return
    whole = f" of {len(items)}" if isinstance(items, Sized) else ""
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


def notes_of(kb: "KnowledgeBase", *, records: bool = False) -> "list[Note]":
    """Every note; those with problems are among them, and named on stderr.

    With ``records`` people and applications with problems are named too, for what needs them.
    """
    notes = list(watched(kb.notes(), "Reading notes:"))
    found = [problem for note in notes for problem in note.problems]
    if records:
        found += [*kb.people_files.problems, *kb.application_files.problems]
    broken(found)
    return notes
