"""Bringing the index up to the files: what was changed is read again, nothing else is."""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.index.keeping.schema import original
from kmkit.index.keeping.worktree import Looking, WorkTree, ours, walked

RACY = "-"
"""What is said of a file that was changed so lately that it can change again and look the same."""
_MOMENT = 2_000_000_000
"""For so many nanoseconds that can be."""

_READING = (
    "hashlib",
    "kmkit.note.model",
    "kmkit.note.reading",
    "kmkit.note.references",
    "kmkit.note.names",
    "kmkit.note.checks",
    "kmkit.lifecycle.fingerprint",
    "kmkit.index.card",
    "kmkit.index.carding",
    "kmkit.index.keeping.entering",
    "kmkit.index.keeping.writing",
    "kmkit.index.keeping.filling",
)
"""What files are read with, in small pieces."""


def prepare(idle: Callable[[], bool]) -> None:
    """Import what files are read with, as long as there is nothing else to do."""
    for name in _READING:
        if not idle():
            return
        import_module(name)


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


def stat_of(path: Path | str) -> str:
    """What the file system says of a file that changes when its content does, '' without one."""
    try:
        return said_of(Path(path).stat())
    except OSError:
        return ""


def said_of(found: os.stat_result) -> str:
    """The same, of what it says.

    The time of its last change of any sort is in it, which nobody can put back.
    """
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < _MOMENT:
        return RACY
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
