"""What the last audit came to, kept in the git directory so that the next begins where it ended.

A file of SQLite for each way to audit a knowledge base. It may be deleted at any time; whatever is
odd about it (damaged, of another kmkit, not to be written to) leads to a whole audit, never to
another verdict. It is data of this repository: it proves nothing to anybody else.
"""

import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import kmkit
from kmkit.resources import templates_dir
from kmkit.trail.audit.findings import Counted, Finding
from kmkit.trail.audit.history import recent_to
from kmkit.trail.audit.lines import DamagedError, value_of
from kmkit.trail.audit.report import Report
from kmkit.trail.git import Git
from kmkit.trail.program import installed

FOLDER = "kmkit/audit"
"""Below the git directory that all work trees share."""
LAG = 500
"""A branch may have left the history this many commits ago and is still judged by itself."""
_LAYOUT = 1
"""Changes with the tables."""
_TABLES = """
    CREATE TABLE facts (name TEXT PRIMARY KEY, line TEXT NOT NULL);
    CREATE TABLE notes (page INT, name BLOB, line BLOB, PRIMARY KEY (page, name));
    CREATE TABLE paths (page INT, name BLOB, line BLOB, PRIMARY KEY (page, name));
    CREATE TABLE gone (page INT, name BLOB, line BLOB, PRIMARY KEY (page, name));
"""
_PAGED = ("notes", "paths", "gone")
_PATIENCE = 0.5
"""Seconds to wait for another process that writes; then it is left to that one."""
_MOST = 6
"""Files that are kept, for as many ways to audit."""


_ROOMS = ("config", "lifecycle", "note", "note/records", "trail", "trail/audit", "trail/signing")


Writes = Literal["always", "sound", "never"]
"""When what an audit came to is kept: always, only without a finding, never."""


class Told(NamedTuple):
    """What the audit said of one tip."""

    findings: tuple[Finding, ...]
    """Those that were not made good."""
    checked: int
    mended: int
    proofs: Counter[Counted]


class Kept:
    """What is kept of one way to audit: this knowledge base, from this anchor, asking for this."""

    def __init__(
        self,
        git: Git,
        prefix: str,
        anchor: str,
        *,
        signatures: bool,
        required: bool,
        writes: Writes = "always",
    ) -> None:
        self.writes = writes
        ways = (
            prefix,
            anchor,
            signatures,
            required,
            bool(find_spec("cryptography")),
            installed("gpg", git.top),
        )
        named = json.dumps([_LAYOUT, _program(), sys.version, sqlite3.sqlite_version, *ways])
        self.folder = git.common_dir / FOLDER
        self.file = self.folder / f"{sha256(named.encode()).hexdigest()[:32]}.sqlite"

    def told(self, tip: str) -> Told | None:
        """What was said of ``tip``, where it is the one that was audited last."""
        try:
            with self.open() as facts:
                values = value_of(facts.line("told"))
            return _told(values) if values["tip"] == tip else None
        except (DamagedError, LookupError, TypeError, ValueError):
            return None

    @contextmanager
    def open(self) -> Iterator["Facts"]:
        """What is kept, as it stands now, whatever others write; DamagedError else, or without."""
        try:
            place = f"{self.file.as_uri()}?mode=ro"
            with closing(sqlite3.connect(place, uri=True)) as file:
                file.execute("BEGIN")
                yield Facts(file)
        except sqlite3.Error:
            raise DamagedError from None

    def begin(self, fill: "Callable[[Facts], None]") -> None:
        """Keep what ``fill`` writes, and nothing else."""
        from kmkit.trail.safely import harden, replace  # takes long to import, and most only read

        draft = self.folder / f"{self.file.stem}.{os.getpid()}.sqlite"
        with suppress(OSError, sqlite3.Error):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                with closing(sqlite3.connect(draft)) as file:
                    file.executescript(f"PRAGMA journal_mode = OFF; {_TABLES}")
                    fill(Facts(file))
                    file.commit()
                harden([draft])
                # in this order: what a writer left half done looks whole without its journal
                self.file.unlink(missing_ok=True)
                Path(f"{self.file}-journal").unlink(missing_ok=True)
                replace(draft, self.file)
            finally:
                draft.unlink(missing_ok=True)
            self._sweep()

    def go_on(self, since: str, fill: "Callable[[Facts], None]") -> None:
        """Keep what ``fill`` changes, unless what was ``told`` is not what was read before."""
        with (
            suppress(DamagedError, OSError, sqlite3.Error),
            closing(sqlite3.connect(self.file, timeout=_PATIENCE)) as file,
        ):
            file.execute("BEGIN IMMEDIATE")
            if (facts := Facts(file)).line("told") == since:
                fill(facts)
                file.commit()

    def _sweep(self) -> None:
        """Forget the ways to audit that were not used for the longest time."""
        files = sorted(self.folder.glob("*.sqlite"), key=lambda file: file.stat().st_mtime)
        for file in files[:-_MOST]:
            file.unlink()


class Facts:
    """An open file of what is kept; DamagedError where it cannot be read."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file

    def line(self, name: str) -> str:
        """The line of that name."""
        for (line,) in self._all("SELECT line FROM facts WHERE name = ?", name):
            return str(line)
        raise DamagedError

    def row(self, table: str, page: int, name: str) -> Any:
        """One line of a page; KeyError where there is none."""
        query = f"SELECT line FROM {table} WHERE page = ? AND name = ?"
        for (line,) in self._all(query, page, _bytes(name)):
            return _text(line)
        raise KeyError(name)

    def rows(self, table: str, page: int) -> Iterator[tuple[str, Any]]:
        """Every line of a page, with its name."""
        query = f"SELECT name, line FROM {table} WHERE page = ?"
        for name, line in self._all(query, page):
            yield _text(name), _text(line)

    def size(self, page: int) -> int:
        """How many notes a page tells of."""
        query = "SELECT count(*) FROM notes WHERE page = ?"
        return int(next(self._all(query, page))[0])

    def _all(self, query: str, *values: object) -> Iterator[Any]:
        try:
            yield from self.file.execute(query, values)
        except sqlite3.Error:
            raise DamagedError from None

    # Writing, within a transaction

    def empty(self, page: int) -> None:
        """Take out everything of a page."""
        for table in _PAGED:
            self.file.execute(f"DELETE FROM {table} WHERE page = ?", (page,))

    def put(self, table: str, page: int, lines: Iterable[tuple[str, str | None]]) -> None:
        """Put lines into a page, in place of those of the same name."""
        query = f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)"
        rows = ((page, _bytes(name), _bytes(line)) for name, line in lines)
        self.file.executemany(query, rows)

    def tell(self, lines: Mapping[str, str]) -> None:
        """Put lines that stand for themselves."""
        self.file.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", lines.items())


def _bytes(text: str | None) -> bytes | None:
    """A text as it is kept: a path can hold what is no character."""
    return None if text is None else text.encode("utf-8", "surrogatepass")


def _text(kept: Any) -> Any:
    """A kept text."""
    try:
        return kept.decode("utf-8", "surrogatepass") if isinstance(kept, bytes) else kept
    except UnicodeDecodeError:
        raise DamagedError from None


def _told(values: Any) -> Told:
    return Told(
        tuple(Finding(*finding) for finding in values["findings"]),
        values["checked"],
        values["mended"],
        Counter(values["proofs"]),
    )


def repeated(git: Git, kept: Kept, anchor: str, tip: str, since: str) -> Report | None:
    """The report of a tip that was audited last, note by note left out; None of another."""
    told = None if git.shallow else kept.told(tip)
    if told is None:
        return None
    recent = recent_to(git, since, tip)
    findings = tuple(one for one in told.findings if one.within(recent))
    return Report(findings, (), told.checked, anchor, tip, told.mended, told.proofs)


def _program() -> str:
    """A mark of this program's own files: with another kmkit, nothing that was kept counts."""
    home = Path(kmkit.__file__).parent
    files = [home, *(home / name for name in _ROOMS), templates_dir() / "notes"]
    marks = [
        (entry.name, (stat := entry.stat()).st_size, stat.st_mtime_ns)
        for folder in files
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
        if entry.is_file()
    ]
    return f"{kmkit.__version__} {marks}"
