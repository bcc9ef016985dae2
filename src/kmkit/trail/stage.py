"""git's index: made anew on a copy, put in its place at once."""

import hashlib
import os
import secrets
import shutil
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.trail.git import Entry, Git
from kmkit.trail.objects import harden_objects
from kmkit.trail.safely import COPY, replace, writing


@contextmanager
def new_index(git: Git, entries: Mapping[str, Entry]) -> Iterator[Path]:
    """A copy of the index in which ``entries`` stand as committed."""
    copy = git.git_dir / f"{COPY}{secrets.token_hex(6)}"
    try:
        standing = git.git_dir / "index"
        if standing.exists():
            with writing():
                _copied(standing, copy)
        rows = b"".join(
            b"%s %s\t%s\0" % (entry.mode.encode(), entry.sha.encode(), os.fsencode(path))
            for path, entry in entries.items()
        )
        given = {"GIT_INDEX_FILE": str(copy)}
        git.run("update-index", "-z", "--add", "--index-info", stdin=rows, env=given)
        yield copy
    finally:
        for left in (copy, copy.with_name(f"{copy.name}.lock")):  # git's, where it was killed
            left.unlink(missing_ok=True)


def stage(git: Git, path: str) -> None:
    """Stage the file at ``path``, to stay so when the power fails; that ends a conflict."""
    git.run("add", "--", path)
    staged = git.index_entry(path)
    harden_objects(git, [staged.sha] if staged else [], [git.git_dir / "index"])


def put_index(
    git: Git, index: Path, entries: Mapping[str, Entry], files: Mapping[str, bytes] | None = None
) -> None:
    """Make the copy ``index`` the index, noting in it how the files of ``entries`` look on disk.

    Without that note git would read them once more. ``files``: what was written to each of them.
    """
    if not files or not _noted(git, index, entries, files):
        paths = [path for path in entries if (git.top / path).exists()]
        with suppress(Cannot):
            git.run("add", "--refresh", "--", *paths, env={"GIT_INDEX_FILE": str(index)})
    replace(index, git.git_dir / "index")


def _noted(git: Git, index: Path, entries: Mapping[str, Entry], files: Mapping[str, bytes]) -> bool:
    """Whether the looks of the files could be put into the index without git.

    git writes an index of 100,000 files in a tenth of a second; here some bytes of it are changed.
    Nothing is where a file holds something else by now, or the index is of another format than
    git's usual one, or not a copy of its own.
    """
    if os.name == "nt" or index.stat().st_nlink > 1:
        return False
    held = bytearray(index.read_bytes())
    looks = {}
    for path, entry in entries.items():
        at = _place(held, path, entry)
        if at < 0 or (look := _look(git.top / path, entry, files[path])) is None:
            return False
        looks[at] = look
    for at, look in looks.items():
        held[at : at + len(look)] = look
    make = hashlib.sha256 if len(next(iter(entries.values())).sha) == 64 else hashlib.sha1
    end = len(held) - make().digest_size
    if any(held[end:]):  # all zeros where git is told to write no sum
        looks[end] = make(memoryview(held)[:end]).digest()
    with writing(), index.open("r+b") as stream:
        for at, data in looks.items():
            stream.seek(at)
            stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return True


_BEFORE = 40
"""Bytes that stand before the object's name in an entry of an index: how the file looks."""


def _place(index: bytes | bytearray, path: str, entry: Entry) -> int:
    """Where an entry begins in an index, -1 where it cannot be told for certain."""
    name, sha = os.fsencode(path), bytes.fromhex(entry.sha)
    flags = min(len(name), 0xFFF).to_bytes(2, "big")
    at = index.find(sha + flags + name + b"\0") - _BEFORE
    mode = int(entry.mode, 8).to_bytes(4, "big")
    plain = index[4:8] in (b"\0\0\0\2", b"\0\0\0\3")
    return at if plain and at >= 0 and index[at + 24 : at + 28] == mode else -1


def _look(place: Path, entry: Entry, data: bytes) -> bytes | None:
    """How a file that holds ``data`` looks, as git writes it; None where it does not hold that."""
    try:
        stat = place.lstat()
        if place.read_bytes() != data:
            return None
    except OSError:
        return None
    times = [*divmod(stat.st_ctime_ns, 10**9), *divmod(stat.st_mtime_ns, 10**9)]
    rest = [stat.st_dev, stat.st_ino, int(entry.mode, 8), stat.st_uid, stat.st_gid, stat.st_size]
    return struct.pack(">10I", *(number & 0xFFFFFFFF for number in (*times, *rest)))


def _copied(standing: Path, copy: Path) -> None:
    """The index under another name: git writes a changed one anew, and the standing one stays."""
    try:
        os.link(standing, copy)
    except OSError:  # a file system without links
        shutil.copy2(standing, copy)
