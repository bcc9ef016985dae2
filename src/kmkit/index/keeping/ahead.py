"""The trail of a new index, read by another process while the files are read."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kmkit.errors import Cannot
from kmkit.index.keeping.helping import helpers, helping
from kmkit.index.keeping.told import InLine, Row, added, in_line, put_in, sealed
from kmkit.trail.git import Git

if TYPE_CHECKING:
    from concurrent.futures import Future


class Ahead:
    """What a new index is to hold besides the files: their words, and the trail."""

    def __init__(self, git: Git, head: str, words: Path | None) -> None:
        self.words = words
        """The folder for its full text, which is made at the same time."""
        self._git, self._head = git, head
        self._pool = helpers(1, helping)
        self._read: Future[InLine] | None = None
        if self._pool:
            self._read = self._pool.submit(in_line, git, head, ())
        self._rows: Iterator[Row] = iter(())
        self._over = self._pool is None

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def put(self, index: sqlite3.Connection, *, rest: bool = False) -> None:
        """Put a part of what has been read into the tables, so that nobody has to wait.

        ``rest``: wait until all is read, and put all of it in.
        """
        if self._over or self._pool is None:
            return
        try:
            if self._read and (rest or self._read.done()):
                self._rows = added(self._git, (), self._read.result())
                self._read = None
                self._pool.shutdown(wait=False)  # it holds as much as it gave
            if not self._read:
                count = put_in(index, self._rows if rest else islice(self._rows, _PART))
                self._over = rest or count < _PART
                if self._over:
                    sealed(index, self._git, self._head)
        except (Cannot, BrokenExecutor):  # whoever asks for the trail reads it, or is told
            self._over = True


_PART = 3000
"""Steps that are put in at a time."""
