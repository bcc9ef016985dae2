"""Reading the history: commits, the versions of one file, and the moves of notes."""

import io
import re
from collections.abc import Generator, Iterator, Sequence
from subprocess import DEVNULL
from typing import IO, NamedTuple

from kmkit.errors import Cannot
from kmkit.trail.event import Event, parse
from kmkit.trail.git import Git
from kmkit.trail.program import Stream, read_whole

_CHANGE = re.compile(r":+[0-7]{6} ")
"""How ``git log --raw`` begins a file's change; a path can begin with a colon, too."""


class Step(NamedTuple):
    """One commit in the history of one file, and its blobs; '' where the file was not there."""

    commit: str
    old: tuple[str, ...]
    """One for each parent: a merge has several."""
    new: str


class Node(NamedTuple):
    """One commit in the history of some files."""

    commit: str
    parents: tuple[str, ...]
    """The nearest commits of that history that lead here."""
    blobs: dict[str, str]
    """What it has at each path where a parent of it has something else; '' for nothing."""
    made: set[str]
    """The paths where a parent of it has nothing."""


def commits(
    git: Git, *revisions: str, grep: str = "", oldest_first: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Every commit of ``revisions``, children before parents, with its raw object.

    ``oldest_first``: parents before children.

    One process lists and one prints, however long the history is.
    """
    wanted = [*_LITTLE, "rev-list", "--topo-order"]
    wanted += ["--reverse"] if oldest_first else []
    if grep:
        wanted += ["--fixed-strings", f"--grep={grep}"]
    with (
        _open(git, [*wanted, "--end-of-options", *revisions, "--"]) as listing,
        _open(git, [*_LITTLE, "cat-file", "--batch", "--buffer"], stdin=listing.output) as reader,
    ):
        yield from _batch(reader.output)
    read_whole(listing, reader)


def listed(git: Git, head: str, *past: str) -> Generator[bytes, None, None]:
    """The commits of ``head``, without the ``past``, as git lists them: pieces of whole records.

    A record is a commit's name, its header, an empty line and its message, of which each line is
    set in by four blanks and has none at its end; a NUL ends it. The newest come first, as long as
    they are one line: whoever takes them ends where there is a merge. Each commit is read once, by
    one process after another, none of which takes much memory.
    """
    wanted = [*_LITTLE, "rev-list", "--header", "--encoding=none", f"--max-count={_MOST}"]
    last, skip = head, "--skip=0"
    while last:
        name, count, rest = b"", 0, b""
        with _open(git, [*wanted, skip, "--end-of-options", last, *past, "--"]) as listing:
            while piece := listing.output.read(_PIECE):
                whole, end, begun = piece.rpartition(b"\0")
                if end:
                    rest += whole
                    name = rest[rest.rfind(b"\0") + 1 :].partition(b"\n")[0]
                    count += rest.count(b"\0") + 1
                    yield rest + end
                    rest = b""
                rest += begun
        read_whole(listing)
        last, skip = name.decode() if count == _MOST else "", "--skip=1"


_PIECE = 1 << 15
"""Bytes that are taken from git at a time."""
_MOST = 100_000
"""Commits that one process lists."""
_LITTLE = ("-c", "core.packedGitWindowSize=1m", "-c", "core.packedGitLimit=16m")
"""So much of a pack is enough for git to read commits in their order, and takes no longer."""


def named(git: Git, shas: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The commits with these names, in their order, each with its raw object."""
    for at in range(0, len(shas), _SHARE):
        asked = "".join(f"{sha}\n" for sha in shas[at : at + _SHARE]).encode()
        yield from _batch(io.BytesIO(git.run("cat-file", "--batch", "--buffer", stdin=asked)))


_SHARE = 10_000
"""Commits that are read at a time."""


def _batch(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The objects that ``git cat-file --batch`` prints."""
    while header := stream.readline():
        sha, *kind = header.decode().split()
        if len(kind) != 2:  # 'missing', in a damaged repository
            raise Cannot(f"git has no commit {sha}, which its history names.", "Run git fsck.")
        yield sha, stream.read(int(kind[1]) + 1)[:-1]


def history(git: Git, path: str, *, ordered: bool = False) -> Iterator[Step]:
    """The commits that changed the file at ``path``, newest first, followed through renames.

    A merge counts where its file is that of none of its parents. ``ordered``: no
    commit before one that grew out of it, whatever their dates say, which takes longer.
    """
    if not git.tip():
        return
    order = ("--topo-order",) if ordered else ()
    how = ("--follow", "-c", "--format=%x01%H")
    with _open(git, [*_LOG, *order, *how, "HEAD", "--", path]) as listing:
        commit = ""
        for field in _fields(listing.output):
            if field.startswith("\1"):
                commit = field[1:]
            elif _CHANGE.match(field):
                *names, status = field.lstrip(":").split(" ")
                *old, new = (_name(sha) for sha in names[len(names) // 2 :])
                copied = status.startswith("C")
                yield Step(commit, ("",) if copied else tuple(old), new)
                if copied:  # from another note, whose history is not this one's
                    return
    read_whole(listing)


def nodes(git: Git, paths: Sequence[str], since: str = "") -> list[Node]:
    """The commits that changed what stands at one of ``paths``, and every merge, parents first.

    No branch is left out where others have the same. Links and submodules count as no change.
    ``since``: without what is older than that commit.
    """
    range_ = ["HEAD", *([f"^{since}^@"] if since else [])]
    found: dict[str, Node] = {}
    with _open(git, [*_LOG, *_EVERY_LINE, *range_, "--", *paths]) as listing:
        fields = _fields(listing.output)
        for field in fields:
            if field.startswith("\1"):  # of a merge once for each parent
                commit, *parents = field[1:].split()
                node = found.setdefault(commit, Node(commit, tuple(parents), {}, set()))
            elif _CHANGE.match(field):
                path, (_, mode, old, new, _) = next(fields), field.split(" ")
                if mode in _FILES:
                    node.blobs[path] = _name(new)
                    node.made.update(() if _name(old) else (path,))
    read_whole(listing)
    return list(found.values())


def removed(git: Git, shas: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stood in a parent of one of the commits, and not in it: each path, and its blob."""
    wanted = ["diff-tree", "--stdin", "-r", "-m", "--diff-filter=D", "--no-renames", "-z"]
    asked = "".join(f"{sha}\n" for sha in shas).encode()
    said = git.run(*wanted, "--raw", "--no-abbrev", "--no-commit-id", stdin=asked)
    fields = _fields(io.BytesIO(said))
    for field in fields:
        if _CHANGE.match(field):
            yield next(fields), field.split(" ")[2]


_LOG = (
    *("-c", "log.showSignature=false", "-c", "log.follow=false", "-c", "log.showRoot=true"),
    *("log", "--raw", "--no-abbrev", "-z", "--no-ext-diff", "--no-textconv"),
)
_EVERY_LINE = (
    *("--full-history", "--parents", "--topo-order", "--reverse"),
    *("--diff-merges=separate", "--no-renames", "--format=%x01%H %P"),
)
_FILES = ("000000", "100644", "100755")


def _name(sha: str) -> str:
    """An object's name, '' for the one of zeros that stands for none."""
    return sha if sha.strip("0") else ""


def events(git: Git, note: str = "", *, revisions: Sequence[str] = ("HEAD",)) -> list[Event]:
    """The moves in the history, oldest first; of one note where ``note`` is its id."""
    if not git.tip():
        return []
    grep = f"Kmkit-Note: {note}" if note else ""
    found = [parse(sha, raw) for sha, raw in commits(git, *revisions, grep=grep)]
    return [e for e in reversed(found) if e is not None and (not note or e.note == note)]


def _fields(stream: IO[bytes]) -> Iterator[str]:
    """The fields of a stream that a NUL ends, as they come."""
    rest = b""
    while chunk := stream.read1(65536) if hasattr(stream, "read1") else stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from (field.decode("utf-8", "surrogateescape").strip("\n") for field in whole)
    if rest.strip():
        yield rest.decode("utf-8", "surrogateescape").strip("\n")


def _open(git: Git, args: Sequence[str], stdin: IO[bytes] | int = DEVNULL) -> Stream:
    """A git process whose output is read as it comes."""
    # to write commit by commit takes twice as long
    return Stream(git.command(args), git.environment({"GIT_FLUSH": "0"}), stdin)
