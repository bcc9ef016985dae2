"""Filling the tables of an index: with what stands in the files, and of a new one with all else."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from kmkit.errors import Cannot
from kmkit.index.keeping.entering import Entering
from kmkit.index.keeping.reading import read_all
from kmkit.index.keeping.sheets import Sheet
from kmkit.index.keeping.worktree import Looking, WorkTree
from kmkit.index.keeping.writing import Writer

if TYPE_CHECKING:
    from kmkit.index.keeping.ahead import Ahead
    from kmkit.index.keeping.opening import Track


def fill(
    index: sqlite3.Connection,
    entering: Entering,
    seen: tuple[WorkTree | None, Looking | None],
    paths: Mapping[str, str],
    track: "Track",
    ahead: "Ahead | None" = None,
) -> None:
    """Read the files at ``paths`` and put them into the tables; with ``ahead`` all the rest, too.

    ``paths``: with git's name of each in HEAD where it has one.
    """
    writer = Writer(index, *seen)

    def sheets() -> Iterator[Sheet]:
        """What is read of the files."""
        for sheet in read_all(entering, writer.numbered(paths), len(paths)):
            yield sheet
            if ahead:
                ahead.put(index)

    files = iter(track(writer.taken(sheets()), len(paths)))
    if ahead and ahead.words:
        from kmkit.index.search import Broken, Engine, Entry

        with suppress(Broken, Cannot, OSError):  # whoever searches makes it anew
            Engine.open(ahead.words).update((), (Entry(*note) for note in files if note))
    for _ in files:
        pass
    if ahead:
        ahead.put(index, rest=True)
