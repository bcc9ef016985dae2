"""Writing into the index what was read of the files."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from kmkit.errors import Cannot
from kmkit.index.dates import worded
from kmkit.index.keeping.entering import Entered, Recorded
from kmkit.index.keeping.refresh import RACY, Read, stat_of
from kmkit.index.keeping.schema import stored
from kmkit.index.keeping.worktree import Looking, WorkTree, ours

_COLUMNS = 26
"""Of the table ``notes``."""
_NOTE = f"INSERT OR REPLACE INTO notes VALUES ({', '.join('?' * _COLUMNS)})"


class Writer:
    """One refresh of an index, within a transaction that somebody else ends."""

    def __init__(
        self, index: sqlite3.Connection, tree: WorkTree | None, looking: Looking | None
    ) -> None:
        self._index = index
        self._looking = looking
        self._last = index.execute("SELECT coalesce(max(n), 0) FROM notes").fetchone()[0]
        self._new = self._last == 0
        self._missed = {path for (path,) in index.execute("SELECT path FROM gone")}
        away = self._missed - set(map(stored, tree.dirty if tree else ()))
        self._settled = [path for path in away if ours(path)]  # HEAD does not have them

    def write(self, found: Iterable[Read], named: Mapping[str, str]) -> None:
        """Put the rows of every file that was read in the place of those it had.

        ``named``: git's name of each file in HEAD, '' where it has none or another.
        """
        unlike: list[Read] = []
        self._index.executemany("DELETE FROM gone WHERE path = ?", [(p,) for p in self._settled])
        for read in found:
            wanted = named.get(read.path, "")
            if read.rows is not None and wanted and read.sight.sha != wanted:
                unlike.append(read)  # a filter of git's, or a change since
            else:
                self._put(read, as_committed=bool(wanted))
        for read, same in zip(unlike, self._same(unlike, named), strict=True):
            self._put(read, as_committed=same)

    def _same(self, reads: list[Read], named: Mapping[str, str]) -> list[bool]:
        """Whether each file is HEAD's once git's filters are applied to it."""
        asked = [read for read in reads if "\n" not in read.path] if self._looking else []
        if not asked or self._looking is None:
            return [False] * len(reads)
        try:
            names = dict(zip(asked, self._looking.names(r.path for r in asked), strict=True))
        except Cannot:  # one of them is gone by now
            return [False] * len(reads)
        still = {r: stat_of(self._looking.root / r.path) == r.sight.stat != RACY for r in asked}
        return [names.get(read) == named[read.path] and still.get(read, False) for read in reads]

    def _put(self, read: Read, *, as_committed: bool) -> None:
        try:
            self._enter(read, as_committed=as_committed)
        except UnicodeEncodeError:  # a name or a text has halves of characters in it
            path = stored(read.path)
            self._forget(self._number(path))
            self._enter(Read(path, read.sight, _whole(read.rows)), as_committed=as_committed)

    def _enter(self, read: Read, *, as_committed: bool) -> None:
        path, rows = read.path, read.rows
        seen = f"blob {read.sight.sha}" if as_committed else f"file {read.sight.stat}"
        if isinstance(rows, Entered) and not rows.cards[3]:
            seen = f"file {RACY}"  # git has not the version in force: it may fetch it
        if rows and path in self._missed:
            self._index.execute("DELETE FROM gone WHERE path = ?", (path,))
        if isinstance(rows, Entered):
            self._note(path, seen, rows)
        elif isinstance(rows, Recorded):
            row = (path, seen, *rows)
            self._index.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        else:
            self._drop(path)

    def _note(self, path: str, seen: str, rows: Entered) -> None:
        n = 0 if self._new else self._number(path)
        if n:
            self._forget(n)
        else:
            self._last += 1
            n = self._last
        do = self._index
        do.execute(_NOTE, (n, path, seen, *rows.columns, *_line(rows.columns)))
        do.execute("INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?)", (n, *rows.cards))
        do.executemany("INSERT INTO marks VALUES (?, ?, ?)", [(*mark, n) for mark in rows.marks])
        do.executemany("INSERT INTO links VALUES (?, ?, ?)", [(n, *link) for link in rows.links])
        problems = [(n, *problem) for problem in rows.problems]
        do.executemany("INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)", problems)
        do.execute("INSERT OR IGNORE INTO unread VALUES (?)", (n,))

    def _number(self, path: str) -> int:
        row = self._index.execute("SELECT n FROM notes WHERE path = ?", (path,)).fetchone()
        return int(row[0]) if row else 0

    def _forget(self, n: int) -> None:
        for table in ("cards", "marks", "links", "problems"):
            self._index.execute(f"DELETE FROM {table} WHERE n = ?", (n,))

    def _drop(self, path: str) -> None:
        if n := self._number(path):
            self._forget(n)
            self._index.execute("DELETE FROM notes WHERE n = ?", (n,))
            self._index.execute("INSERT OR IGNORE INTO unread VALUES (?)", (n,))
        self._index.execute("DELETE FROM records WHERE path = ?", (path,))
        self._index.execute("INSERT OR IGNORE INTO gone VALUES (?)", (path,))


def _line(columns: tuple[str | int, ...]) -> tuple[str, str]:
    """The two parts of a listing's line: up to the state, and behind it."""
    id, title, _, kind, owner, level, _, _, _, stands, revised, _, _, due, *_ = columns
    head = f"{id}\t{title}\t{kind}\t{worded(str(stands), revised=bool(revised), overdue=False)}"
    return head, f"\t{owner}\t{level}\t{due}\n"


def _whole(rows: Entered | Recorded | None) -> Entered | Recorded | None:
    """The rows with halves of characters written out: in cards as JSON does, so nothing is lost."""
    if isinstance(rows, Recorded):
        id, note = stored(rows.id), stored(rows.note)
        return rows._replace(kind=stored(rows.kind), id=id, note=note, card=_in_json(rows.card))
    if rows is None:
        return None
    card, shown, *prints = rows.cards
    return Entered(
        _each(rows.columns),
        (_in_json(card), _in_json(shown) if shown else None, *prints),
        tuple(map(_each, rows.marks)),
        tuple(map(_each, rows.links)),
        tuple(map(_each, rows.problems)),
    )


def _each(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(stored(value) if isinstance(value, str) else value for value in values)


def _in_json(text: str | None) -> Any:
    return text and text.encode("utf-8", "backslashreplace").decode()
