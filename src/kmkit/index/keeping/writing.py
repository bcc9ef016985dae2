"""Writing into the index what was read of the files."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat

from kmkit.errors import Cannot
from kmkit.index.keeping.entering import Entered
from kmkit.index.keeping.refresh import RACY, stat_of
from kmkit.index.keeping.schema import stored
from kmkit.index.keeping.sheets import Read, Row, Sheet, Unlike, Wanted, sheet_of, written_out
from kmkit.index.keeping.worktree import Looking, WorkTree, ours

_INTO = {"notes": 26, "cards": 5, "marks": 3, "links": 3, "problems": 7, "records": 7}
"""The tables of what stands in files, and the columns of each."""
_INSERT = {
    name: f"INSERT OR REPLACE INTO {name} VALUES ({', '.join('?' * columns)})"
    for name, columns in _INTO.items()
}
_OF_NOTES = ("cards", "marks", "links", "problems")


class Writer:
    """One refresh of an index, within a transaction that somebody else ends."""

    def __init__(
        self, index: sqlite3.Connection, tree: WorkTree | None, looking: Looking | None
    ) -> None:
        self._index = index
        self._looking = looking
        self._last: int = index.execute("SELECT coalesce(max(n), 0) FROM notes").fetchone()[0]
        self._new = not index.execute("SELECT 1 FROM meta WHERE key = 'digest'").fetchone()
        self._missed = {path for (path,) in index.execute("SELECT path FROM gone")}
        away = self._missed - set(map(stored, tree.dirty if tree else ()))
        self._settled = [path for path in away if ours(path)]  # HEAD does not have them

    def numbered(self, paths: Mapping[str, str]) -> Iterator[Wanted]:
        """The files that are to be read, with git's name of each in HEAD where it has one."""
        for path, sha in paths.items():
            yield Wanted(self._number(path) if path.startswith("notes/") else 0, path, sha)

    def write(self, reads: Iterable[Read]) -> None:
        """Put in files of which nobody knows what git has."""
        files = [
            (Wanted(self._number(r.path) if isinstance(r.rows, Entered) else 0, r.path, ""), r)
            for r in reads
        ]
        for _ in self.taken([sheet_of(files)]):
            pass

    def taken(self, sheets: Iterable[Sheet]) -> Iterator[Row | None]:
        """Put the rows of files in the place of those they had.

        The files go by meanwhile: notes as they are searched where that was wanted, or None.
        """
        unlike: list[Unlike] = []
        self._index.executemany("DELETE FROM gone WHERE path = ?", [(p,) for p in self._settled])
        for sheet in sheets:
            try:
                self._put(sheet, new=self._new)
            except UnicodeEncodeError:  # a name or a text has halves of characters in it
                self._put(written_out(sheet), new=False)
            unlike += map(Unlike._make, sheet.unlike)
            yield from sheet.words
            yield from repeat(None, len(sheet.paths) - len(sheet.words))
        for one in self._filtered(unlike):
            row = (f"blob {one.sha}", stored(one.path))
            for table in ("notes", "records"):
                self._index.execute(f"UPDATE {table} SET seen = ? WHERE path = ?", row)

    def _put(self, sheet: Sheet, *, new: bool) -> None:
        do = self._index
        numbers = [row[:1] for row in sheet.notes]
        for table in () if new else _OF_NOTES:
            do.executemany(f"DELETE FROM {table} WHERE n = ?", numbers)
        for table, insert in _INSERT.items():
            do.executemany(insert, getattr(sheet, table))
        if not self._new:  # all of a new one are unread: then the full text is made anew as well
            do.executemany("INSERT OR IGNORE INTO unread VALUES (?)", numbers)
        if self._missed:
            back = {row[1] for row in sheet.notes} | {row[0] for row in sheet.records}
            do.executemany("DELETE FROM gone WHERE path = ?", [(p,) for p in back & self._missed])
        for path in map(stored, sheet.gone):
            self._drop(path)

    def _number(self, path: str) -> int:
        """The number of a note's row, a new one where it has none."""
        if n := 0 if self._new else self._known(stored(path)):
            return n
        self._last += 1
        return self._last

    def _known(self, path: str) -> int:
        row = self._index.execute("SELECT n FROM notes WHERE path = ?", (path,)).fetchone()
        return int(row[0]) if row else 0

    def _drop(self, path: str) -> None:
        if n := self._known(path):
            for table in (*_OF_NOTES, "notes"):
                self._index.execute(f"DELETE FROM {table} WHERE n = ?", (n,))
            self._index.execute("INSERT OR IGNORE INTO unread VALUES (?)", (n,))
        self._index.execute("DELETE FROM records WHERE path = ?", (path,))
        self._index.execute("INSERT OR IGNORE INTO gone VALUES (?)", (path,))

    def _filtered(self, unlike: list[Unlike]) -> Iterator[Unlike]:
        """Those that are HEAD's once git's filters are applied to them."""
        asked = [one for one in unlike if "\n" not in one.path]
        if not asked or self._looking is None:
            return
        try:
            names = self._looking.names(one.path for one in asked)
        except Cannot:  # one of them is gone by now
            return
        for one, name in zip(asked, names, strict=True):
            stat = stat_of(f"{self._looking.root}/{one.path}")
            if name == one.wanted and stat == one.stat != RACY:
                yield one
