"""The file that the index is kept in: opened, made anew where it is missing, broken or foreign."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from weakref import WeakSet
from zlib import crc32

from kmkit.index.keeping.schema import finish, laid_out, lay_out
from kmkit.trail.git import Git

_PATIENCE = 10.0
"""Seconds to wait while another process writes."""
HURRY = 2000
"""Milliseconds to wait for those who read; who reads has to have more patience than that."""
_MOMENT = 50
"""Milliseconds after which whoever has little to write waits in line."""
_BROKEN = (sqlite3.DatabaseError, ValueError, OSError)


class Connection(sqlite3.Connection):
    """One of which the others of this process know."""

    place: Path | None = None
    """Its file, where it is kept in one that others read as well."""
    changing = False
    """Whether it is in the middle of a change."""


_KNOWN: WeakSet[Connection] = WeakSet()


def place_of(git_dir: Path, root: Path) -> Path:
    """Where the index of the knowledge base at ``root`` is kept, in the git directory."""
    name = crc32(os.fsencode(os.path.realpath(root)))  # hashlib takes longer to import than to use
    return git_dir / "kmkit" / f"index-{name:08x}.sqlite"


def place_near(git: Git | None, root: Path) -> Path | None:
    """The same; None in a sparse checkout, where git tells not what is there, and without git."""
    if git is None or (git.git_dir / "info" / "sparse-checkout").exists():
        return None
    return place_of(git.git_dir, root)


def opened(place: Path) -> Connection | None:
    """The index that is kept there, with a reading begun; None where there is none of ours."""
    if not place.is_file():
        return None
    index = None
    try:
        index = connected(f"{place.absolute().as_uri()}?mode=rw")
        index.place = place
        _KNOWN.add(index)
        index.execute("BEGIN")
        told = laid_out(index) and index.execute("SELECT count(*) FROM meta").fetchone()[0]
        if told and _whole(place):
            return index
    except _BROKEN:
        pass
    if index:
        index.close()
    return None


def lock(place: Path | None) -> AbstractContextManager[object]:
    """Held while a process writes; not held, and no harm done, where it cannot be had."""
    if place is None:
        return nullcontext()
    from filelock import FileLock, Timeout

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(f"{place}.lock", timeout=60).acquire()
    except (Timeout, OSError):
        return nullcontext()


@contextmanager
def in_turn(index: Connection, place: Path | None, *, brief: bool) -> Iterator[None]:
    """A change of the index is begun, when those who came before have ended theirs.

    A ``brief`` one does not look for a line where nobody writes: what makes one takes longer.
    """
    _let_go(index)
    index.execute(f"PRAGMA busy_timeout = {_MOMENT if brief else HURRY}")
    if brief:
        with suppress(sqlite3.OperationalError):
            index.execute("BEGIN IMMEDIATE")
    with nullcontext() if index.in_transaction else lock(place):
        index.execute(f"PRAGMA busy_timeout = {HURRY}")
        if not index.in_transaction:
            index.execute("BEGIN IMMEDIATE")
        index.changing = True
        try:
            yield
        finally:
            index.changing = False


def _let_go(index: Connection) -> None:
    """End what this process itself reads of the file elsewhere: it would wait for itself."""
    for other in [*_KNOWN]:
        if other is not index and other.place == index.place and not other.changing:
            with suppress(sqlite3.ProgrammingError):  # it is closed, or another thread's
                if other.in_transaction:
                    other.execute("COMMIT")


def _whole(place: Path) -> bool:
    """Whether the file is as long as it says: of a page that was cut off SQLite reads zeros."""
    with place.open("rb") as stream:
        head = stream.read(32)
    size = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    return pages * (65536 if size == 1 else size) == place.stat().st_size


def connected(address: str) -> Connection:
    """A connection that commits when told to, and reads text that is not UTF-8 as well."""
    index = sqlite3.connect(
        address, uri=True, timeout=_PATIENCE, isolation_level=None, factory=Connection
    )
    index.execute("PRAGMA cache_size = -16384")
    index.execute("PRAGMA temp_store = MEMORY")
    return index


def made(place: Path | None, fill: Callable[[sqlite3.Connection], object]) -> Connection:
    """A new index that holds what ``fill`` puts into it, kept at ``place`` where it can be."""
    index, part = begun(place)
    try:
        lay_out(index)
        index.execute("BEGIN")
        if part:  # the full text of another index would not do
            index.execute("INSERT INTO meta VALUES ('words', ?)", (os.urandom(4).hex(),))
        fill(index)
        finish(index)
        index.execute("COMMIT")
    except BaseException:
        index.close()
        if part:
            part.unlink(missing_ok=True)
        raise
    return kept(index, part, place) if part and place else index


def begun(place: Path | None) -> tuple[Connection, Path | None]:
    """A new, empty index, and its file beside ``place``; in memory where none can be made."""
    if place:
        part = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            for left in place.parent.glob(f"{place.name}.[0-9]*"):  # of processes that were killed
                left.unlink(missing_ok=True)
            if not place.exists():
                dropped(place)
            index = connected(f"{part.absolute().as_uri()}?mode=rwc")
            index.execute("PRAGMA journal_mode = OFF")  # nobody sees it before it is whole
            index.execute("PRAGMA synchronous = OFF")
            return index, part
        except (OSError, sqlite3.Error):
            pass
    return connected("file::memory:"), None


def kept(index: Connection, part: Path, place: Path) -> Connection:
    """Put an index that is whole in its place, in one step; the connection to go on with.

    Where the place cannot be written, it is used once and nobody else sees it.
    """
    try:
        descriptor = os.open(part, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        # What an earlier index left there when its process was killed is not this one's.
        place.with_name(f"{place.name}-journal").unlink(missing_ok=True)
        if os.name == "nt":  # an open file cannot be renamed there
            index.close()
        part.replace(place)
    except OSError:
        if os.name == "nt":
            return connected(f"{part.absolute().as_uri()}?mode=rw")
        with suppress(OSError):
            part.unlink()
        return index
    index.close()
    return opened(place) or connected("file::memory:")


def dropped(place: Path) -> None:
    """Take away an index that cannot be used, and its full text."""
    import shutil  # with all sorts of compression, which take long to import

    for path in (place, place.with_name(f"{place.name}-journal")):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    for folder in place.parent.glob(f"{place.stem}.*"):
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
