"""Bringing the index up to the files: what was changed is read again, nothing else is."""

import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kmkit.errors import Cannot
from kmkit.index.keeping.schema import original
from kmkit.index.keeping.worktree import Looking, WorkTree, ours, walked
from kmkit.places import read_plain
from kmkit.trail.names import blob_name

if TYPE_CHECKING:
    from kmkit.index.keeping.entering import Entered, Entering, Recorded
    from kmkit.index.keeping.grounds import Grounds

RACY = "-"
"""What is said of a file that was changed so lately that it can change again and look the same."""
_MOMENT = 2_000_000_000
"""For so many nanoseconds that can be."""
_FEW = 300
"""Files that are read sooner by this process than others are started."""
_SHARE = 200
"""Files that another process reads at a time."""


class Sight(NamedTuple):
    """A file as it was read: git's name of it, and what the file system says of it."""

    sha: str
    stat: str


class Read(NamedTuple):
    """A file, and the rows that the index has of it; None where the file is gone."""

    path: str
    sight: Sight
    rows: "Entered | Recorded | None"


def stale_paths(
    index: sqlite3.Connection, root: Path, tree: WorkTree | None, looking: Looking | None
) -> dict[str, str]:
    """The files that have to be read again, with git's name of each in HEAD where it has one.

    Without git all files are looked at.
    """
    if tree is None or looking is None:
        return dict.fromkeys([*_held(index), *walked(root)], "")
    known = dict(index.execute("SELECT key, value FROM meta WHERE key = 'head'")).get("head", "")
    found: dict[str, str] = {}
    if tree.head != known:
        for path, sha in _differing(index, looking, known, tree.head).items():
            inside = [] if ours(path) else walked(root, path)
            found |= dict.fromkeys([path, *inside], sha)
    rows = index.execute("SELECT path, seen FROM notes WHERE seen >= 'file' AND seen < 'filf'")
    seen = {original(path): said for path, said in rows}
    rows = index.execute("SELECT path, seen FROM records WHERE seen LIKE 'file%'")
    seen |= {original(path): said for path, said in rows}
    away = [original(path) for (path,) in index.execute("SELECT path FROM gone")]
    seen |= {path: "file " for path in away if ours(path)}
    modules = {inside for path in away if not ours(path) for inside in walked(root, path)}
    for path in {*tree.dirty, *modules, *seen} - found.keys():
        stat = stat_of(root / path)
        if stat == RACY or seen.get(path) != f"file {stat}":
            found[path] = ""
    return found


def _differing(
    index: sqlite3.Connection, looking: Looking, since: str, head: str
) -> Mapping[str, str]:
    """The files in which two commits differ; all there are where one of the two is not there."""
    if since and head:
        with suppress(Cannot):  # it was thrown away
            return looking.committed(head, since)
    return dict.fromkeys(_held(index), "") | (looking.committed(head) if head else {})


def _held(index: sqlite3.Connection) -> list[str]:
    """The files that the index has."""
    rows = index.execute("SELECT path FROM notes UNION SELECT path FROM records")
    return [original(path) for (path,) in rows]


def stat_of(path: Path) -> str:
    """What the file system says of a file that changes when its content does, '' without one.

    The time of its last change of any sort is in it, which nobody can put back.
    """
    try:
        found = path.stat()
    except OSError:
        return ""
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < _MOMENT:
        return RACY
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def read_all(entering: "Entering", paths: Mapping[str, str]) -> Iterator[Read]:
    """Every file of ``paths`` as rows of the index; many are read by several processes."""
    if len(paths) <= _FEW or (os.cpu_count() or 1) < 2:
        for path, sha in paths.items():
            yield _read(entering, path, sha)
        return
    from concurrent.futures import ProcessPoolExecutor

    listed = list(paths.items())
    shares = [listed[at : at + _SHARE] for at in range(0, len(listed), _SHARE)]
    ways = (entering.root, entering.grounds)
    with ProcessPoolExecutor(os.cpu_count(), initializer=_prepare, initargs=ways) as pool:
        running = deque(pool.submit(_share, share) for share in shares[:8])
        for share in [*shares[8:], *[[]] * len(running)]:
            yield from running.popleft().result()
            if share:
                running.append(pool.submit(_share, share))


_READERS: "dict[None, Entering]" = {}
"""What a process reads by that was started to help."""


def _prepare(root: Path, grounds: "Grounds") -> None:
    from threading import Thread

    from kmkit.index.keeping.entering import Entering

    Thread(target=_end_with_it, daemon=True).start()
    _READERS[None] = Entering(root, grounds)


def _end_with_it() -> None:
    """End this process with the one it helps, or it would wait for work for ever."""
    from multiprocessing import parent_process

    if helped := parent_process():
        helped.join()
        os._exit(1)


def _share(share: Iterable[tuple[str, str]]) -> list[Read]:
    return [_read(_READERS[None], path, sha) for path, sha in share]


def _read(entering: "Entering", path: str, sha: str) -> Read:
    """One file; Cannot of its opening becomes a problem of the note."""
    place = Path(f"{entering.root}/{path}")  # to join them as paths takes three times as long
    before = stat_of(place)
    data: bytes | Cannot
    try:
        data = read_plain(place)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        if (gone and not place.is_symlink()) or place.is_dir():
            return Read(path, Sight("", ""), None)
        why = f"There is no file {path}." if gone else f"{path} cannot be read: {error.strerror}."
        data = Cannot(why)
    name = blob_name(data, len(sha)) if isinstance(data, bytes) else ""
    note = path.startswith("notes/")
    rows = entering.note(path, data) if note else entering.record(path, data)
    return Read(path, Sight(name, before), rows)
