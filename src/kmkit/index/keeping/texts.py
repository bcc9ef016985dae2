"""The texts of the notes, and the full text that is made of them."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kmkit.errors import Cannot
from kmkit.index.card import Card, card
from kmkit.index.keeping.refresh import RACY
from kmkit.index.keeping.searched import below, searched
from kmkit.index.search.engine import Broken, Engine
from kmkit.index.search.values import Entry
from kmkit.places import read_plain
from kmkit.trail.git import Git


class Write(Protocol):
    """Runs a change of the index, alone and in one step; a ``brief`` one waits in no line."""

    def __call__(
        self, write: Callable[[sqlite3.Connection], object], *, brief: bool = False
    ) -> None:
        """Run ``write``."""


def body(root: Path, note: Card, *, revised: bool) -> str:
    """What stands below the front matter of the version that stands; '' where nothing is there.

    ``revised``: that is not the file's, but the one that is in force.
    """
    try:
        if revised and note.in_force:
            data = Git.near(root).blob(note.in_force.blob)
        else:
            data = read_plain(f"{root}/{note.path}")
    except (OSError, Cannot):
        return ""
    return below(data)


def fresh_words(
    index: Callable[[], sqlite3.Connection],
    root: Path,
    folder: Path | None,
    write: Write,
    *,
    lasting: bool = True,
) -> Engine:
    """The full text in ``folder``, with every note as it stands; in memory where it must be.

    Unless ``lasting``, what was changed a moment ago is not written: it is read again next time.
    """
    waiting = index().execute("SELECT count(*) FROM unread").fetchone()[0]
    if folder and not lasting and 0 < waiting <= _FEW and (found := _aside(index(), root, folder)):
        return found
    engine = Engine.open(folder)
    if not waiting and not engine.empty:
        return engine
    if not engine.kept:
        engine = Engine.open(None)
        engine.update((), _entries(index(), root))
        return engine

    def take_in(tables: sqlite3.Connection) -> None:
        """Put in what waits, or all there is."""
        numbers = [row[0] for row in tables.execute("SELECT n FROM unread")]
        everything = engine.empty or len(numbers) > _MANY
        if everything:
            engine.clear()
        try:
            gone = () if everything else numbers  # in an empty index nothing has to go
            engine.update(gone, _entries(tables, root, None if everything else numbers))
        except Broken:
            engine.clear()
            engine.update((), _entries(tables, root))
        tables.execute("DELETE FROM unread")

    try:
        write(take_in, brief=waiting <= _FEW and not engine.empty)
    except (Broken, Cannot, OSError):  # the disk is full, or another process writes for long
        engine = Engine.open(None)
        engine.update((), _entries(index(), root))
    return engine


def _aside(tables: sqlite3.Connection, root: Path, folder: Path) -> Engine | None:
    """The full text with what waits, which is not kept; None where that would not do."""
    racy = f"SELECT 1 FROM unread JOIN notes USING (n) WHERE seen = 'file {RACY}' LIMIT 1"
    if not tables.execute(racy).fetchone():
        return None
    with suppress(Broken, OSError):
        engine = Engine.aside(folder)
        if engine and not engine.empty:
            numbers = [row[0] for row in tables.execute("SELECT n FROM unread")]
            engine.update(numbers, _entries(tables, root, numbers))
            return engine
    return None


_FEW = 100
"""So many changed notes are taken in within a moment."""
_MANY = 20_000
"""From so many changed notes on, all are put in anew."""


def _entries(
    tables: sqlite3.Connection, root: Path, numbers: Iterable[int] | None = None
) -> Iterator[Entry]:
    """The notes with these numbers as they are searched; all of them for None."""
    return entries(tables, lambda note, revised: body(root, note, revised=revised), numbers)


def entries(
    tables: sqlite3.Connection,
    read: Callable[[Card, bool], str],
    numbers: Iterable[int] | None = None,
) -> Iterator[Entry]:
    """The same, where ``read`` gives the text of a note, and of one that is being revised."""
    wanted = "SELECT n, coalesce(shown, card), shown IS NOT NULL, language, state"
    wanted += " FROM notes JOIN cards USING (n)"
    if numbers is None:
        rows: Iterable[sqlite3.Row] = tables.execute(wanted)
    else:
        rows = (
            row for n in numbers for row in tables.execute(f"{wanted} WHERE n = ?", (n,)).fetchall()
        )
    for n, text, revised, language, state in rows:
        note = card(n, text)
        yield Entry(n, *searched(note, read(note, bool(revised)), language, state))
