"""Opening the index: what is kept is looked at, and brought up to the files where they moved on."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kmkit.errors import Cannot
from kmkit.index.keeping import store
from kmkit.index.keeping.digest import digest
from kmkit.index.keeping.refresh import RACY, prepare, stale_paths, stat_of
from kmkit.index.keeping.schema import Values
from kmkit.index.keeping.worktree import Asked, Looking, WorkTree, answered, looked_at
from kmkit.index.rules import Rules

if TYPE_CHECKING:
    from kmkit.index.keeping.ahead import Ahead
    from kmkit.index.keeping.grounds import Grounds
    from kmkit.index.search.engine import Engine
    from kmkit.trail.event import Event

Track = Callable[[Iterable[Any], int], Iterable[Any]]
"""Is handed what is being read, and how many files there are."""


def untracked(files: Iterable[Any], count: int) -> Iterable[Any]:
    """Nobody watches."""
    return files


class TooEarly(Exception):
    """Something would have to be written, and git has not yet answered what has changed."""


class Opened:
    """The tables of one knowledge base, and where they are kept; fresh once they are settled."""

    def __init__(
        self, root: Path, track: Track = untracked, asked: Asked | None = None, brief: bool = False
    ) -> None:
        self.root = root
        self._track = track
        self._settled = False
        self.whole = False
        """Whether a new one is to hold the trail and the full text from the beginning."""
        self._brief = brief  # closed again in a moment: whoever wants to write waits so long
        self.git, self._asked = asked or looked_at(root)
        self._place = store.place_near(self.git, root)
        self._digest = digest(root)
        self._tree: WorkTree | None = None
        self.unmerged = frozenset[str]()  # what a merge left several versions of
        self._looking: Looking | None = None
        index = store.opened(self._place) if self._place else None
        self.serves = index is not None and self._made_by(index)
        if index:
            self._index = index

    @property
    def waits(self) -> bool:
        """Whether git has still to answer what has changed."""
        return self._asked is not None and not self._asked.done

    def settle(self) -> bool:
        """Wait for git's answer, and bring the index up to the files; whether it was already."""
        if self.serves:
            prepare(lambda: self.waits)
        self._tree, self._looking = answered(self._asked)
        self.unmerged = self._tree.unmerged if self._tree else self.unmerged
        self._settled = True
        try:
            if not hasattr(self, "_index"):
                self._index = self._anew()
            return self._bring_up() and self.serves
        except sqlite3.DatabaseError:  # it was damaged where one could not see it at first
            self._mend()
            return False

    def close(self) -> None:
        """Let go of the file."""
        self._index.close()

    def _bring_up(self) -> bool:
        """Bring the index up to the files; whether they have not changed since it was made."""
        if self._said(self._index, "digest") != self._digest:
            self._mend()
        elif self._behind(self._index):
            self._writing(self._write, brief=self._said(self._index, "head") == self.head)
        else:
            return True
        return False

    def _made_by(self, index: sqlite3.Connection) -> bool:
        """Whether this kmkit made the index, by the settings as they are."""
        with suppress(sqlite3.DatabaseError):
            return self._said(index, "digest") == self._digest
        return False

    def _behind(self, index: sqlite3.Connection) -> bool:
        """Whether the files have moved on since."""
        if self._said(index, "head") != self.head:
            return True
        return bool(stale_paths(index, self.root, self._tree, self._looking))

    @property
    def head(self) -> str:
        """The commit that the files were compared with, '' without one."""
        if not self._settled:
            return self._said(self._index, "head")
        return self._tree.head if self._tree else ""

    def _anew(self) -> store.Connection:
        """An index made from nothing, and kept where it can be."""
        with store.lock(self._place):
            if self._place is None:
                return store.made(None, self._fill)
            if index := self._made_meanwhile(self._place):
                return index
            try:
                return store.made(self._place, self._fill)
            except sqlite3.DatabaseError:  # the disk is full
                return store.made(None, self._fill)

    def _made_meanwhile(self, place: Path) -> store.Connection | None:
        """What another process made while this one waited, if it serves."""
        index = store.opened(place)
        if index is None or self._made_by(index):
            return index
        index.close()
        return None

    def _fill(self, index: sqlite3.Connection) -> None:
        """Put into a new index what it is to hold."""
        from kmkit.index.keeping.ahead import Ahead

        if self.whole and self.git and self.head:
            with Ahead(self.git, self.head, self._folder(index)) as ahead:
                self._write(index, ahead)
        else:
            self._write(index)

    def _write(self, index: sqlite3.Connection, ahead: "Ahead | None" = None) -> bool:
        """Read what has changed, for the tables; whether to keep what need not be read again."""
        from kmkit.index.keeping.entering import Entering
        from kmkit.index.keeping.filling import fill

        words = ahead is not None and ahead.words is not None
        entering = Entering(self.root, self._grounds(index), words=words)
        paths = stale_paths(index, self.root, self._tree, self._looking)
        settled = self._said(index, "head") != self.head
        fill(index, entering, (self._tree, self._looking), paths, self._track, ahead)
        told = {"digest": self._digest, "head": self.head, "rules": entering.rules.packed()}
        told["grounds"] = entering.grounds.packed()
        index.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", told.items())
        return settled or not self._brief or any(stat_of(self.root / p) != RACY for p in paths)

    def _grounds(self, index: sqlite3.Connection) -> "Grounds":
        """By what notes are read; what is kept of it serves while the settings are the same."""
        from kmkit.index.keeping.grounds import Grounds, grounds_of

        kept = self._said(index, "grounds")
        if kept and self._said(index, "digest") == self._digest:
            return Grounds.unpacked(Rules.unpacked(self._said(index, "rules")), kept)
        from kmkit.kb import KnowledgeBase

        return grounds_of(KnowledgeBase(self.root))

    @cached_property
    def grounds(self) -> "Grounds":
        """By what notes are read."""
        return self._grounds(self._index)

    @cached_property
    def rules(self) -> Rules:
        """What the settings say."""
        return Rules.unpacked(self._said(self._index, "rules"))

    def query(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that a question gives; a damaged index is made anew and asked again."""
        try:
            asked = self._index.execute(sql, values)
            rows = asked.fetchmany(256)
        except sqlite3.DatabaseError:
            self._mend()
            asked = self._index.execute(sql, values)
            rows = asked.fetchmany(256)
        while rows:
            yield from rows
            try:
                rows = asked.fetchmany(256)
            except sqlite3.DatabaseError:
                raise self._damaged() from None

    def _damaged(self) -> Cannot:
        """Take away an index that was found damaged when part of its answer was given."""
        if self._place:
            store.dropped(self._place)
        return Cannot("The index was damaged.", "Run the command again: it is made anew.")

    def _mend(self) -> None:
        """Make anew an index that is damaged, or of other settings."""
        if not self._settled:
            raise TooEarly
        self._index.close()
        if self._place:
            store.dropped(self._place)
        self._index = self._anew()
        if self._behind(self._index):  # another process made it, a moment ago
            self._writing(self._write)

    @staticmethod
    def _said(index: sqlite3.Connection, key: str) -> str:
        row = index.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def text(self, n: int) -> str:
        """What stands below the front matter of the version that stands."""
        from kmkit.index.card import card
        from kmkit.index.keeping.texts import body

        sql = "SELECT coalesce(shown, card), shown IS NOT NULL FROM cards WHERE n = ?"
        row = next(self.query(sql, (n,)), None)
        return body(self.root, card(n, row[0]), revised=bool(row[1])) if row else ""

    def bring_up_trail(self) -> None:
        """Have the table of events hold all steps up to HEAD."""
        from kmkit.index.keeping.told import bring_up, told_up_to

        git = self.git
        if git is None:
            return
        if self._tree is None and self._settled and git.tip():  # Cannot where git refuses
            raise Cannot("git could not tell what has changed here.", "Run git status to see why.")
        if told_up_to(self._index, git) == self.head:
            return
        self._writing(lambda index: bring_up(index, git, self.head))

    def trail(self, where: str, values: Values) -> "Iterator[Event]":
        """The steps that a condition on the table ``events`` asks for, in full, oldest first."""
        from kmkit.index.keeping.told import steps

        if self.git is not None:
            self.bring_up_trail()
            yield from steps(self._index, self.git, where, values)

    def remembered(self, what: str, day: str, make: Callable[[], object]) -> str:
        """What ``make`` gave for this HEAD on this day, as text."""
        key = f"{self.head} {day} "
        said = self._said(self._index, what)
        if not said.startswith(key):
            said = f"{key}{make()}"
            row = (what, said)
            self._writing(lambda i: i.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row))
        return said.removeprefix(key)

    def words(self) -> "Engine":
        """The full text, with every note as it stands."""
        from kmkit.index.keeping.texts import fresh_words

        folder, index = self._folder(self._index), lambda: self._index
        return fresh_words(index, self.root, folder, self._writing, lasting=not self._brief)

    def _folder(self, index: sqlite3.Connection) -> Path | None:
        """Where the full text of an index is kept; None where it is not."""
        name = self._said(index, "words") if self._place else ""
        return self._place.with_suffix(f".{name}") if self._place and name else None

    def _writing(
        self, write: Callable[[sqlite3.Connection], object], *, brief: bool = False
    ) -> None:
        """Change the index; a copy in memory of one that cannot be written.

        Where ``write`` gives False, the change lasts until the index is closed or written again.
        ``brief``: it takes so little time that nobody is made to wait in line for it.
        """
        if not self._settled:
            raise TooEarly
        index = self._index
        if index.in_transaction:
            index.execute("COMMIT")
        try:
            with store.in_turn(index, self._place, brief=brief):
                if write(index) is not False:
                    index.execute("COMMIT")
        except (sqlite3.OperationalError, OSError):
            if index.in_transaction:
                index.execute("ROLLBACK")
            copy = store.connected("file::memory:")
            index.backup(copy)
            index.close()
            self._index = copy
            write(copy)
        except BaseException:
            if index.in_transaction:
                index.execute("ROLLBACK")
            index.execute("BEGIN")
            raise
        if not self._index.in_transaction:
            self._index.execute("BEGIN")
