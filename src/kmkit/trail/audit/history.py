"""One pass over history: every commit since the anchor, what it changed, and what stood there.

Three git processes at most, however long the history is, and nothing in the clone's configuration
changes what they say: no replaced objects, no grafts, no commit-graph, no mailmap, no renames.
"""

import os
import queue
import subprocess
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, NamedTuple

from kmkit.errors import Cannot
from kmkit.trail.git import Git

FILE_MODES = ("100644", "100755")
"""How git writes plain files in trees."""
_BUFFER = 256 * 1024
"""Bytes that are read from a process at once."""
_CHUNK = 256
"""Commits whose objects are asked for at once."""


class Change(NamedTuple):
    """One path that a commit changed, against its first parent in the range."""

    path: str
    mode: str
    """'' where the path is gone."""
    blob: str
    """'' where the path is gone."""


class Commit(NamedTuple):
    """One commit, with all that the audit needs of it."""

    sha: str
    parents: tuple[str, ...]
    """All of them, as the commit itself names them."""
    raw: bytes
    changes: tuple[Change, ...]
    blobs: Mapping[str, bytes]
    """Content of the changed files, by their name."""


@dataclass(frozen=True)
class Range:
    """The commits to go through: those that the tip has and the first has not."""

    count: int
    waist: str
    """A commit some way before the tip that every later one grew out of; the first or the tip
    itself where there is no other."""
    outside: bool
    """Some commit has a parent that is not gone through: a branch that left before the first."""
    uses: Counter[str]
    """How often a commit is a parent of one that does not follow it at once."""
    pairs: IO[bytes] = field(repr=False)
    """A line for each commit, oldest first: its name, and the parent to compare it with."""


def deaf(git: Git, args: Sequence[str]) -> list[str]:
    """The command line of a git that sees the objects as they are, whatever the clone says."""
    command = git.command(args)
    settings = ("core.commitGraph=false", "log.showSignature=false", "log.mailmap=false",
                "advice.graftFileDeprecated=false")  # fmt: skip
    options = [part for setting in settings for part in ("-c", setting)]
    return [command[0], "--no-replace-objects", *options, *command[1:]]


def blind(git: Git) -> dict[str, str]:
    """The environment of such a git."""
    return git.environment({"GIT_GRAFT_FILE": os.devnull, "GIT_NO_REPLACE_OBJECTS": "1"})


def ask(git: Git, *args: str) -> bytes:
    """What such a git prints; Cannot where it fails."""
    done = subprocess.run(deaf(git, args), capture_output=True, env=blind(git), check=False)
    if done.returncode:
        raise Cannot(f"git {args[0]} failed.", "Run git fsck.")
    return done.stdout


def recent_to(git: Git, since: str, tip: str) -> set[str] | None:
    """The commits of the tip that ``since`` does not have; None, which is all, without one."""
    if not since:
        return None
    return set(ask(git, "rev-list", tip, f"^{since}", "--").decode().split())


@contextmanager
def commits_since(git: Git, first: str, tip: str, lag: int = 0) -> Iterator[Range]:
    """The commits of the tip that ``first`` does not have, parents before children.

    ``lag``: how many commits before the tip the waist is to be, at the least.
    """
    with tempfile.TemporaryFile() as pairs:
        range_ = _listed(git, first, tip, lag, pairs)
        pairs.seek(0)
        yield range_


def _listed(git: Git, first: str, tip: str, lag: int, pairs: IO[bytes]) -> Range:
    """What there is to go through; ``pairs`` are written."""
    places = {bytes.fromhex(first): 0}
    uses: Counter[str] = Counter()
    last: deque[tuple[str, int]] = deque([(first, 0)], maxlen=4 * lag + 1)
    before, outside = first, False
    args = ["rev-list", "--topo-order", "--reverse", "--parents", tip, f"^{first}", "--"]
    with _open(git, args) as listing:
        for number, line in enumerate(_stream(listing), 1):
            sha, *parents = line.decode().split()
            inside = [one for one in parents if bytes.fromhex(one) in places]
            outside = outside or len(inside) < len(parents)
            uses.update(one for one in inside if one != before)
            pairs.write(f"{sha} {inside[0]}\n".encode() if inside else f"{sha}\n".encode())
            last.append((sha, min((places[bytes.fromhex(one)] for one in inside), default=number)))
            places[bytes.fromhex(sha)] = number
            before = sha
    _ended(listing)
    count = len(places) - 1
    return Range(count, _waist(last, count, lag), outside, uses, pairs)


def _waist(last: Sequence[tuple[str, int]], count: int, lag: int) -> str:
    """The last commit, ``lag`` before the tip, that none of the later ones reaches behind.

    ``last`` are the last commits, each with the number of its lowest parent.
    """
    found = last[-1][0]
    lowest = count
    for back, (sha, parent) in enumerate(reversed(last)):
        if lowest >= count - back:
            found = sha
            if back >= lag:
                break
        lowest = min(lowest, parent)
    return found


def walk(
    git: Git, range_: Range, paths: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[Commit]:
    """The commits of the range, oldest first, with what they changed below ``paths``.

    ``wanted`` says of which files the content is to be read.
    """
    compare = ["diff-tree", "--stdin", "--always", "--root", "-r", "-z", "--raw", "--no-abbrev",
               "--no-renames", "--no-ext-diff", "--no-textconv", "--", *paths]  # fmt: skip
    with _open(git, compare, stdin=range_.pairs) as diffs, objects(git) as fetch:
        steps = _changes(_split(diffs.stdout))
        while chunk := list(islice(steps, _CHUNK)):
            names: list[str] = []
            for sha, changes in chunk:
                names += [sha, *(c.blob for c in changes if _readable(c) and wanted(c.path))]
            found = fetch(names)
            for sha, changes in chunk:
                raw = next(found)
                blobs = {c.blob: next(found) for c in changes if _readable(c) and wanted(c.path)}
                yield Commit(sha, parents_of(raw), raw, changes, blobs)
    _ended(diffs)


def tree_at(git: Git, commit: str, paths: Sequence[str]) -> Iterator[Change]:
    """Every file that stands in ``commit`` below ``paths``."""
    listing = ask(git, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    for row in listing.split(b"\0"):
        if row:
            head, _, path = row.partition(b"\t")
            mode, _, sha = head.decode().split(" ")
            yield Change(path.decode("utf-8", "surrogateescape"), mode, sha)


Fetch = Callable[[Sequence[str]], Iterator[bytes]]


@contextmanager
def objects(git: Git) -> Iterator[Fetch]:
    """A function that reads objects by their names, in their order, all by one process."""
    with _open(git, ["cat-file", "--batch"], stdin=subprocess.PIPE) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # a thread asks, so that git can answer before all is asked: neither waits for ever
        asker = threading.Thread(target=_ask_all, args=(reader.stdin, asked), daemon=True)
        asker.start()

        def fetch(names: Sequence[str]) -> Iterator[bytes]:
            asked.put("".join(f"{name}\n" for name in names).encode())
            for name in names:
                yield _object(reader.stdout, name)

        try:
            yield fetch
        finally:
            asked.put(b"")
            reader.stdout.close()
            asker.join()


def _ask_all(stream: IO[bytes], asked: "queue.SimpleQueue[bytes]") -> None:
    try:
        while names := asked.get():
            stream.write(names)
            stream.flush()
        stream.close()
    except OSError:  # git ended first, which the reader tells
        return


def _object(stream: IO[bytes] | None, name: str) -> bytes:
    assert stream is not None
    header = stream.readline().split()
    if len(header) != 3:
        raise Cannot(
            f"git has no object {name[:12]}: this clone is incomplete or damaged.",
            "Run git fsck, or get a fresh clone with its whole history (in CI: fetch-depth: 0).",
        )
    return stream.read(int(header[2]) + 1)[:-1]


def parents_of(raw: bytes) -> tuple[str, ...]:
    """The parents that a raw commit names."""
    head = raw.partition(b"\n\n")[0]
    return tuple(line[7:].decode() for line in head.split(b"\n") if line.startswith(b"parent "))


def _readable(change: Change) -> bool:
    return change.mode in FILE_MODES


def _changes(fields: Iterator[bytes]) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """The fields of ``diff-tree --stdin -z --raw``, a commit at a time."""
    sha = ""
    rows: list[Change] = []
    for text in fields:
        if not text.startswith(b":"):
            if sha:
                yield sha, tuple(rows)
            sha, rows = text.decode(), []
            continue
        _, mode, _, new, _ = text[1:].decode().split(" ")
        path = next(fields).decode("utf-8", "surrogateescape")
        gone = mode == "000000"
        rows.append(Change(path, "" if gone else mode, "" if gone else new))
    if sha:
        yield sha, tuple(rows)


def _split(stream: IO[bytes] | None) -> Iterator[bytes]:
    """The fields of a stream, each ended by NUL."""
    assert stream is not None
    rest = b""
    while chunk := stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


def _stream(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _open(
    git: Git, args: Sequence[str], stdin: IO[bytes] | int | None = None
) -> "subprocess.Popen[bytes]":
    """A git process whose output is read as it comes."""
    return subprocess.Popen(
        deaf(git, args),
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=blind(git),
        bufsize=_BUFFER,
    )


def _ended(process: "subprocess.Popen[bytes]") -> None:
    if process.returncode:
        raise Cannot("git could not read the whole history.", "Run git fsck.")
