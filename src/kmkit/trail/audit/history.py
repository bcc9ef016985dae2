"""One pass over history: every commit since the anchor, what it changed, and what stood there.

Three git processes at a time, one of them anew for each ten thousand commits. Nothing in the
clone's configuration changes what they say: no replaced objects, no grafts, no commit-graph, no
mailmap, no renames.
"""

import os
import posixpath
import re
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, NamedTuple

from kmkit.trail.audit.asking import Fetch, ask, objects, opened
from kmkit.trail.git import Git
from kmkit.trail.program import read_whole

FILE_MODES = ("100644", "100755")
"""How git writes plain files in trees."""
BLOCK = 256
"""Commits that git is asked for at once, the newest first: of git's packs that takes less time."""


_PIECE = 40
"""Blocks whose differences one git process tells."""


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
    leads_back: bool
    """The history of the tip contains the first."""
    uses: Counter[str]
    """How often a commit is a parent of one that does not follow it at once."""
    pairs: IO[bytes]
    """A line for each commit: its name, and the parent to compare it with.

    Oldest block first, and in each the newest commit."""

    def begin(self, done: int) -> IO[bytes]:
        """The pairs from the block on in which the first ``done`` end.

        Something else may have read of the same file, so nothing that was read ahead counts.
        """
        if not self.pairs.seekable():
            return self.pairs  # a second process is told them, from the first on
        self.pairs.flush()
        os.lseek(self.pairs.fileno(), 0, os.SEEK_SET)
        pairs = open(self.pairs.fileno(), "rb", closefd=False)  # noqa: SIM115 (it is not ours)
        for _ in range(done - done % BLOCK):
            pairs.readline()
        return pairs


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
        yield _listed(git, first, tip, lag, pairs)


def _listed(git: Git, first: str, tip: str, lag: int, pairs: IO[bytes]) -> Range:
    """What there is to go through; ``pairs`` are written."""
    places = {bytes.fromhex(first): 0}
    uses: Counter[str] = Counter()
    last: deque[tuple[str, int]] = deque([(first, 0)], maxlen=4 * lag + 1)
    before, outside, leads_back = first, False, first == tip
    apart: set[str] = set()
    block: list[bytes] = []
    args = ["rev-list", "--topo-order", "--reverse", "--parents", tip, f"^{first}", "--"]
    with opened(git, args) as listing:
        for number, line in enumerate(listing.output, 1):
            sha, *parents = line.decode().split()
            if parents == [before]:  # as of most
                inside, lowest = parents, number - 1
            else:
                inside = [one for one in parents if bytes.fromhex(one) in places]
                outside = outside or len(inside) < len(parents)
                uses.update(one for one in inside if one != before)
                lowest = min((places[bytes.fromhex(one)] for one in inside), default=number)
            if outside:
                inside = rooted(sha, inside, apart)
            leads_back = leads_back or first in inside
            block.append(f"{sha} {inside[0]}\n".encode() if inside else f"{sha}\n".encode())
            if len(block) == BLOCK:
                pairs.writelines(reversed(block))
                block.clear()
            last.append((sha, lowest))
            places[bytes.fromhex(sha)] = number
            before = sha
    read_whole(listing)
    pairs.writelines(reversed(block))
    count = len(places) - 1
    return Range(count, _waist(last, count, lag), outside, leads_back, uses, pairs)


def rooted(sha: str, parents: list[str], apart: set[str]) -> list[str]:
    """The parents of a commit that have a line back to the first commit, or all where none has.

    Of what the others hold nothing is known but what they changed. ``apart`` are the commits
    without such a line; ``sha`` is added where it is one.
    """
    if found := [one for one in parents if one not in apart]:
        return found
    apart.add(sha)
    return parents


def _waist(last: Sequence[tuple[str, int]], count: int, lag: int) -> str:
    """The last commit, ``lag`` before the tip, that none of the later ones reaches behind.

    ``last`` are the last commits, each with the number of its lowest parent.
    """
    lowest = count
    for back, (sha, parent) in enumerate(reversed(last)):
        if lowest >= count - back:  # as it is of the very last
            found = sha
            if back >= lag:
                break
        lowest = min(lowest, parent)
    return found


def walk(
    git: Git,
    range_: Range,
    paths: Sequence[str],
    wanted: Callable[[str], bool],
    done: int = 0,
) -> Generator[Commit, None, None]:
    """The commits of the range but for the first ``done``, oldest first, with what they changed
    below ``paths``.

    ``wanted`` says of which files the content is to be read.
    """
    compare = ["diff-tree", "--stdin", "--always", "--root", "-r", "-z", "--raw", "--no-abbrev",
               "--no-renames", "--no-ext-diff", "--no-textconv",
               "--ignore-submodules=none"]  # fmt: skip
    if top := posixpath.commonpath(paths):  # to look for each path by itself takes git longer
        compare += ["--", top]
    known = done % BLOCK
    with objects(git) as fetch:
        for pairs in _pieces(range_.begin(done)):
            with opened(git, compare, stdin=pairs) as diffs:
                blocks = _asked(_changes(_split(diffs.output), paths), wanted, fetch)
                ahead = next(blocks, None)
                while ahead:
                    steps, found = ahead
                    ahead = next(blocks, None)  # git finds them while these are read
                    commits = [_commit(step, found) for step in steps]
                    commits.reverse()
                    yield from commits[known:]
                    known = 0
            read_whole(diffs)


def _pieces(left: IO[bytes]) -> Iterator[IO[bytes]]:
    """The pairs that are left, some blocks at a time: git keeps every commit that it has read."""
    while lines := list(islice(left, _PIECE * BLOCK)):
        with tempfile.TemporaryFile() as pairs:
            pairs.writelines(lines)
            pairs.seek(0)
            yield pairs


_Step = tuple[str, tuple[Change, ...], list[str]]
"""A commit, what it changed, and the contents that are wanted of it."""


def _asked(
    steps: Iterator[tuple[str, tuple[Change, ...]]], wanted: Callable[[str], bool], fetch: "Fetch"
) -> Iterator[tuple[list[_Step], Iterator[bytes]]]:
    """One block at a time, with what git answers of its commits."""
    while block := list(islice(steps, BLOCK)):
        names: list[str] = []
        taken: list[_Step] = []
        for sha, changes in block:
            blobs = [c.blob for c in changes if plain_file(c) and wanted(c.path)]
            names += [sha, *blobs]
            taken.append((sha, changes, blobs))
        yield taken, fetch(names)


def _commit(step: _Step, found: Iterator[bytes]) -> Commit:
    """A commit, of what git answers of it next."""
    sha, changes, blobs = step
    raw = next(found)
    content = {blob: next(found) for blob in blobs}
    return _new(Commit, (sha, parents_of(raw), raw, changes, content))


_new = tuple.__new__
"""Makes a named tuple of its values, in half the time that calling its class takes."""


def tree_at(git: Git, commit: str, paths: Sequence[str]) -> Iterator[Change]:
    """Every file that stands in ``commit`` below ``paths``."""
    listing = ask(git, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    for row in listing.split(b"\0"):
        if row:
            head, _, path = row.partition(b"\t")
            mode, _, sha = head.decode().split(" ")
            yield Change(path.decode("utf-8", "surrogateescape"), mode, sha)


_PARENTS = re.compile(rb"tree [^\n]*\n((?:parent [^\n]*\n)*)")


def parents_of(raw: bytes) -> tuple[str, ...]:
    """The parents that a raw commit names below its tree; git takes no other line for one."""
    found = _PARENTS.match(raw)
    return tuple(found[1].decode().split()[1::2]) if found else ()


def plain_file(change: Change) -> bool:
    """Whether a file stands at the path, and no link or submodule."""
    return change.mode in FILE_MODES


def _changes(
    fields: Iterator[bytes], paths: Sequence[str]
) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """The fields of ``diff-tree --stdin -z --raw``, a commit at a time, below ``paths``."""
    below = tuple(f"{path}/" for path in paths)
    sha = ""
    rows: list[Change] = []
    for text in fields:
        if not text.startswith(b":"):
            if sha:
                yield sha, tuple(rows)
            sha, rows = text.decode(), []
            continue
        path = next(fields).decode("utf-8", "surrogateescape")
        if not path.startswith(below) and path not in paths:
            continue
        _, mode, _, new, _ = text.decode().split(" ")
        rows.append(_new(Change, (path, "", "") if mode == "000000" else (path, mode, new)))
    if sha:
        yield sha, tuple(rows)


def _split(stream: IO[bytes]) -> Iterator[bytes]:
    """The fields of a stream, each ended by NUL."""
    rest = b""
    while chunk := stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
