"""The index of a knowledge base: what its files and its trail say, ready to be asked.

It is kept in the git directory and brought up to the files whenever it is opened.
Where it cannot be kept, the same tables are made in memory: slower, never wrong.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kmkit.errors import Cannot, KmkitError
from kmkit.index.keeping.opening import Opened, TooEarly, Track, untracked
from kmkit.index.keeping.schema import Values, original, stored
from kmkit.index.keeping.worktree import Asked
from kmkit.index.listed import Listed
from kmkit.index.rules import Rules
from kmkit.period import Period
from kmkit.trail.git import Git

if TYPE_CHECKING:  # lines are listed without cards, whose classes take a while to make
    from kmkit.index.card import Card, Profile, Use
    from kmkit.index.search.engine import Engine
    from kmkit.index.stale import Stale
    from kmkit.kb import KnowledgeBase
    from kmkit.note.kind import Kind
    from kmkit.note.records import Record
    from kmkit.trail.event import Event


class Index:
    """What the files and the trail of one knowledge base say, as they stand."""

    circle = ""
    """Whom it is told, '' for people of the house: see `kmkit.audience.known`."""
    wide = False
    """Whether that is a circle beyond the narrowest; then nobody is in it."""

    def __init__(self, opened: Opened, *, today: date) -> None:
        self._opened = opened
        self.root = opened.root
        self.today = today
        self.unmoved = False  # whether it was up to the files when it was opened
        self.unmerged = frozenset[str]()  # the files of which a merge left several versions

    @classmethod
    def open(
        cls,
        root: Path,
        *,
        today: date,
        track: Track = untracked,
        meanwhile: "Callable[[Index], object] | None" = None,
        asked: Asked | None = None,
    ) -> "Index":
        """The index of the knowledge base at ``root``, brought up to its files.

        ``track`` is handed what is read of the files, and how many there are. ``meanwhile`` may
        ask the index as it was left while git looks for what has changed; what it was told holds
        where the index is ``unmoved``. ``asked``: git was asked already. Raises Cannot where the
        settings cannot be read.
        """
        opened = Opened(root, track, asked, brief=meanwhile is not None)
        if meanwhile and opened.serves and opened.waits:
            with suppress(TooEarly, KmkitError, sqlite3.DatabaseError):
                meanwhile(cls(opened, today=today))
        index = cls(opened, today=today)
        index.unmoved = opened.settle() and not opened.unmerged
        index.unmerged = opened.unmerged
        return index

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *error: object) -> None:
        self._opened.close()

    # What it rests on

    @property
    def rules(self) -> Rules:
        """What the settings say."""
        return self._opened.rules

    @property
    def kinds(self) -> "Mapping[str, Kind]":
        """Every kind of note that has a template, by name."""
        return self._opened.grounds.kinds

    @property
    def head(self) -> str:
        """The commit that the files and the trail were compared with, '' without one."""
        return self._opened.head

    @property
    def git(self) -> Git:
        """The repository; Cannot where there is none."""
        return self._opened.git or Git.find(self.root)

    @cached_property
    def kb(self) -> "KnowledgeBase":
        """The knowledge base itself: for reading a note whole, and for changing one."""
        from datetime import datetime, time

        from kmkit.kb import KnowledgeBase

        moment = datetime.combine(self.today, time(12)).astimezone()
        return KnowledgeBase(self.root, now=moment)

    def query(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that a question to the tables of `kmkit.index.keeping.schema` gives."""
        return self._opened.query(sql, values)

    # Notes

    def select(
        self, where: str = "1", values: Values = (), *, order: str = "path"
    ) -> Iterator[Listed]:
        """The notes that a condition on the table ``notes`` asks for, as lists show them."""
        from kmkit.index.card import card
        from kmkit.index.dates import due_date

        wanted = "n, coalesce(shown, card), stands, revised, captured, due, latest, card"
        sql = f"SELECT {wanted} FROM notes JOIN cards USING (n) WHERE {where} ORDER BY {order}"
        ahead = self.tomorrow.isoformat()
        for n, text, state, revised, captured, due, latest, own in self.query(sql, values):
            day = date.fromisoformat(due) if due else None
            if latest > ahead:  # what is said of days to come does not count yet
                day = due_date(card(n, own), self.rules, self.today)
            yield Listed(
                one := card(n, text),
                state,
                bool(revised),
                day is not None and day < self.today,
                day,
                date.fromisoformat(captured) if captured else None,
                one.path in self.unmerged,
            )

    def cards(self, where: str = "1", values: Values = ()) -> "Iterator[Card]":
        """The notes that a condition on the table ``notes`` asks for, as their files stand."""
        from kmkit.index.card import card

        sql = f"SELECT n, card FROM notes JOIN cards USING (n) WHERE {where} ORDER BY path"
        return (card(n, text) for n, text in self.query(sql, values))

    def numbers(self, where: str = "1", values: Values = ()) -> list[int]:
        """The numbers of the notes that a condition asks for."""
        return [row[0] for row in self.query(f"SELECT n FROM notes WHERE {where}", values)]

    def count(self, where: str = "1", values: Values = ()) -> int:
        """How many notes a condition asks for."""
        return int(next(self.query(f"SELECT count(*) FROM notes WHERE {where}", values))[0])

    @property
    def tomorrow(self) -> date:
        """The last day that is not ahead: it is tomorrow somewhere already."""
        return self.today + timedelta(days=1)

    @cached_property
    def ahead(self) -> "tuple[Card, ...]":
        """The notes of which something is said of days to come, which does not count yet.

        Their ``due``, ``since`` and ``waits`` in the tables are those of the last of these days.
        """
        later = "n IN (SELECT n FROM notes WHERE latest > ?)"
        return tuple(self.cards(later, (self.tomorrow.isoformat(),)))

    def get(self, n: int) -> Listed | None:
        """The note of a row, None where there is none."""
        return next(self.select("n = ?", (n,)), None)

    def by_id(self, id: str) -> "Card | None":
        """The note with an id, as its file stands; of several the last by path."""
        found = list(self.cards("id = ?", (id,))) if id else []
        return found[-1] if found else None

    def resolve(self, ref: str, *, folder: Path | None = None) -> "Card":
        """The note that ``ref`` means: an id, a unique part of one, or a path.

        UsageError names the candidates where it means several, and near ids where it means none.
        """
        from kmkit.note.finding import as_path, pick, read_ids

        if path := as_path(self.root, ref, folder):
            if found := next(self.cards("path = ?", (stored(str(path)),)), None):
                return found
            raise Cannot(f"{path} is no note.", "Notes are the Markdown files below notes/.")
        wanted = ref.strip().casefold()
        near = self._ids("instr(id, ?)", (wanted,)) if wanted else {}
        ids = near or self._ids("id != ''")
        for id, paths in read_ids(self.root, self._without_id()).items():
            ids[id] = (*ids.get(id, ()), *paths)
        return next(self.cards("path = ?", (stored(pick(ref, ids)),)))

    def _without_id(self) -> Iterator[PurePosixPath]:
        """The files whose id an error hides: a note that has to be mended is found by it too."""
        rows = self.query("SELECT path FROM notes WHERE id = '' AND errors ORDER BY +path")
        return (PurePosixPath(original(path)) for (path,) in rows)

    def _ids(self, where: str, values: Values = ()) -> dict[str, tuple[str, ...]]:
        """Ids, and the paths of the files that hold each."""
        found: dict[str, tuple[str, ...]] = {}
        for id, path in self.query(f"SELECT id, path FROM notes WHERE {where}", values):
            found[id] = (*found.get(id, ()), path)
        return found

    def fingerprint(self, n: int, *, standing: bool = False) -> str:
        """The fingerprint of a note's file, or of the version that stands, '' without that."""
        column = "stands_print" if standing else "print"
        row = next(self.query(f"SELECT {column} FROM cards WHERE n = ?", (n,)), None)
        return str(row[0]) if row else ""

    def tails(self, tail: str) -> int:
        """How many ids end with these four characters."""
        return self.count("substr(id, -4) = ?", (tail,))

    def text(self, n: int) -> str:
        """What stands below the front matter of the version that stands."""
        return self._opened.text(n)

    # Records

    @cached_property
    def people(self) -> "dict[str, Profile]":
        """The people of people/, by e-mail in lower case; of two with one address the first."""
        from kmkit.index.card import profile

        found: dict[str, Profile] = {}
        for person in (profile(*row) for row in self._records("person")):
            found.setdefault(person.email, person)
        return found

    @cached_property
    def uses(self) -> "tuple[Use, ...]":
        """What is told of uses of the notes; not what is only planned."""
        from kmkit.index.card import use

        return tuple(one for row in self._records("application") if (one := use(*row)))

    def records(self, kind: str) -> "tuple[Record, ...]":
        """The records of a kind, by path; see `filed`."""
        return tuple(record for _, record in self.filed(kind))

    def filed(self, kind: str) -> "tuple[tuple[str, Record], ...]":
        """The records of a kind, each behind the path of its file."""
        from kmkit.note.records import KINDS

        read = KINDS[kind].model_validate_json
        return tuple((path, read(text)) for path, text in self._records(kind))

    def _records(self, kind: str) -> Iterator[tuple[Any, ...]]:
        """The paths of the records of a kind, and their fields as JSON."""
        sql = "SELECT path, card FROM records WHERE kind = ? AND card NOT NULL ORDER BY path"
        return self.query(sql, (kind,))

    def broken(self, *, records: bool = False, standing: bool = False) -> list[str]:
        """The files that cannot be read without an error, with ``records`` people and uses too."""
        found = [row[0] for row in self.query("SELECT path FROM notes WHERE errors ORDER BY path")]
        if standing:  # notes whose version in force git has not
            sql = "SELECT path FROM notes WHERE n IN (SELECT n FROM marks WHERE name = 'lost')"
            found = sorted({*found, *(row[0] for row in self.query(sql))})
        if records:
            sql = "SELECT path FROM records WHERE errors ORDER BY path"
            found += [row[0] for row in self.query(sql)]
        return found

    # What follows from them

    def stale(self, within: Period = Period()) -> "list[Stale]":
        """The notes that need a person, by owner; with what comes due ``within``."""
        from kmkit.index.candidates import stale_of

        return stale_of(self, within)

    def steps(self, where: str = "1", values: Values = ()) -> "Iterator[Event]":
        """The steps that a condition on the table ``events`` asks for, in full, oldest first."""
        return self._opened.trail(where, values)

    def trail(self, where: str = "1", values: Values = ()) -> "list[Event]":
        """Like `steps`, all at once: of a note, of a few days."""
        return list(self.steps(where, values))

    def told(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Like `query`, of the table ``events``, which is brought up to HEAD first."""
        self._opened.bring_up_trail()
        return self.query(sql, values)

    def remembered(self, what: str, make: Callable[[], object]) -> str:
        """What ``make`` gives, as text; made once a day for each state of the history."""
        return self._opened.remembered(what, self.today.isoformat(), make)

    @property
    def words(self) -> "Engine":
        """The full text of the notes."""
        return self._opened.words()
