"""What git says of the files now: which differ from HEAD, and what HEAD has."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.trail.git import Git

FOLDERS = ("notes", "people", "records")
"""Where the files are that the index holds, below the knowledge base."""
_BELOW = tuple(f"{name}/" for name in FOLDERS)
_LINK, _MODULE = "120000", "160000"


class WorkTree(NamedTuple):
    """The work tree as git sees it at one moment; paths are relative to the knowledge base."""

    head: str
    """The commit, '' where there is none yet."""
    dirty: frozenset[str]
    """Files that may differ from HEAD's: changed, staged, new, ignored, or gone."""
    unmerged: frozenset[str] = frozenset()
    """Those of them of which a merge left several versions in git's index."""


class Looking:
    """A question to git that is answered while other work goes on."""

    def __init__(self, git: Git, root: Path) -> None:
        self.git = git
        self.root = root
        self.prefix = below(git.top, root)
        wanted = ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all"]
        wanted += ["--ignored=matching", "--no-renames", "--ignore-submodules=dirty", "--"]
        wanted += [f"{self.prefix}{folder}" for folder in FOLDERS]
        try:
            self._asked = subprocess.Popen(
                git.command(wanted),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git.environment(),
            )
        except FileNotFoundError:
            raise Cannot("git is not installed.", "Install git.") from None

    @property
    def done(self) -> bool:
        """Whether git has said all."""
        return self._asked.poll() is not None

    def answer(self) -> WorkTree:
        """What git says; Cannot where it fails."""
        listing, _ = self._asked.communicate()
        if self._asked.returncode:
            raise Cannot("git status failed.", "Run git status to see why.")
        head = ""
        dirty: set[str] = set()
        unmerged: set[str] = set()
        for row in os.fsdecode(listing).split("\0"):
            if row.startswith("# branch.oid "):
                head = row[13:] if row[13:] != "(initial)" else ""
            elif row[:1] in _FIELDS:
                *said, path = row.split(" ", _FIELDS[row[0]])
                folder = path.endswith("/") or _MODULE in said
                above = folder and self.prefix.startswith(path)  # all of it is ignored
                path = "" if above else path.removeprefix(self.prefix)
                dirty.update(walked(self.root, path) if folder else [path])
                unmerged.update([path] if row[0] == "u" else [])
        return WorkTree(head, *(frozenset(filter(ours, found)) for found in (dirty, unmerged)))

    def committed(self, commit: str, since: str = "") -> dict[str, str]:
        """The files of ``commit`` and git's name of each; with ``since`` only what differs.

        Of a file that is gone since then, or that is a link, the name is ''. Raises Cannot where
        ``since`` is no longer there.
        """
        folders = [f"{self.prefix}{folder}" for folder in FOLDERS]
        if not since:
            listing = self.git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *folders)
            rows = [row.partition("\t") for row in os.fsdecode(listing).split("\0") if row]
            found = [(path, head[:6], head.rpartition(" ")[2]) for head, _, path in rows]
        else:
            wanted = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev"]
            listing = self.git.run(*wanted, since, commit, "--", *folders)
            fields = os.fsdecode(listing).split("\0")
            pairs = zip(fields[0::2], fields[1::2], strict=False)
            heads = ((path, head.split(" ")) for head, path in pairs)
            found = [(path, head[1], head[3]) for path, head in heads]
        start = len(self.prefix)
        return {
            path[start:]: "" if mode in (_LINK, "000000") else sha
            for path, mode, sha in found
            if mode == _MODULE or ours(path[start:])
        }

    def names(self, paths: Iterable[str]) -> list[str]:
        """git's name of each file as it stands, with the filters of its path applied."""
        listing = "".join(f"{self.prefix}{path}\n" for path in paths)
        made = self.git.run("hash-object", "--stdin-paths", stdin=os.fsencode(listing))
        return made.decode().split()


_FIELDS = {"1": 8, "u": 10, "?": 1, "!": 1}
"""How a row of `git status` begins, and how many blanks stand before its path."""


def below(top: Path, root: Path) -> str:
    """The path of ``root`` from ``top``, with a slash behind it; '' where they are one."""
    inside = os.path.relpath(os.path.realpath(root), os.path.realpath(top)).replace(os.sep, "/")
    return "" if inside == "." else f"{inside}/"


def ours(path: str) -> bool:
    """Whether the index holds the file at ``path``, relative to the knowledge base."""
    return path.endswith(".md") and path.startswith(_BELOW) and "/." not in path


def walked(root: Path, folder: str = "") -> Iterator[str]:
    """Every file below ``folder`` that the index holds; all of them where none is named."""
    for start in [folder] if folder else FOLDERS:
        for here, folders, files in os.walk(root / start):
            folders[:] = [name for name in folders if not name.startswith(".")]
            place = os.path.relpath(here, root).replace(os.sep, "/")
            yield from (path for name in files if ours(path := f"{place}/{name}"))


Asked = tuple[Git | None, Looking | None]
"""The repository, and the question to it what has changed; None where there is none."""


def looked_at(root: Path) -> Asked:
    """The repository, and the question to it what has changed; None where there is none."""
    try:
        git = Git.near(root)
        return git, Looking(git, root)
    except Cannot:
        return None, None


def answered(looking: Looking | None) -> tuple[WorkTree | None, Looking | None]:
    """What git answers; nothing where it cannot: then all files are looked at."""
    if looking:
        with suppress(Cannot):
            return looking.answer(), looking
    return None, None
