"""The only mouth to git: how a git process is started, and what stands in a repository.

Plumbing commands only. User text is never an option, hooks and helpers of the clone stay off, and
a failure becomes one sentence.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot, Refused
from kmkit.lifecycle.person import Person
from kmkit.trail.failing import complaint, way_out

OLDEST = (2, 38)
_SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.fsync=added,reference",  # what was acknowledged outlives a power cut
    "core.fsyncMethod=fsync",
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    "i18n.commitEncoding=UTF-8",
    "user.useConfigOnly=true",
)
_FOREIGN = frozenset(
    f"GIT_{name}"
    for name in (
        "DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "COMMON_DIR", "PREFIX", "NAMESPACE",
        "ALTERNATE_OBJECT_DIRECTORIES", "CEILING_DIRECTORIES",
    )
)  # fmt: skip
"""What a hook's environment says of another repository or index."""
_OPTIONS = tuple(part for setting in _SETTINGS for part in ("-c", setting))


_OBJECT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Entry(NamedTuple):
    """What git has at a path: in a tree, or in the index."""

    mode: str
    sha: str
    skipped: bool = False
    """Outside the sparse checkout."""


class Git:
    """One work tree of one repository; or, where ``bare``, a repository without files."""

    def __init__(self, top: Path, *, bare: bool = False) -> None:
        self.top = Path(os.path.abspath(top))
        self.bare = bare

    @classmethod
    def find(cls, folder: Path) -> "Git":
        """The repository that ``folder`` lies in; Cannot where there is none or it is bare."""
        probe = cls(folder)
        try:
            answer = probe.text("rev-parse", "--is-bare-repository", "--show-cdup")
        except Cannot as error:
            if "not a git repository" in str(error):
                raise Cannot(
                    f"{folder} is not in a git repository.", "Run git init or kmkit init."
                ) from None
            if "bare repository" not in str(error):
                raise
            answer = "true"
        bare, _, up = answer.partition("\n")
        if bare == "true":
            raise Cannot(
                "This repository is bare: it has no files to work on.", "Use a clone of it."
            )
        return cls((folder.resolve() / up).resolve() if up else folder)

    @classmethod
    def near(cls, folder: Path) -> "Git":
        """Like `find`, without starting git where a folder ``.git`` tells it all."""
        for place in (folder, *folder.parents):
            if (place / ".git" / "HEAD").is_file():
                found = cls(place)
                found.__dict__["_places"] = (place / ".git", place / ".git")
                return found
            if (place / ".git").exists():
                break
        return cls.find(folder)

    @classmethod
    def find_bare(cls, folder: Path) -> "Git":
        """The bare repository that ``folder`` is: its history can be read, it has no files.

        It has to be named itself: one that merely lies around in a work tree is nobody's choice.
        """
        folder = Path(os.path.abspath(folder))
        here = cls(folder, bare=True)
        if not (folder / "HEAD").is_file() or not (folder / "objects").is_dir():
            raise Cannot(f"{folder} is no bare repository.", "Name its folder, such as kb.git.")
        if here.text("rev-parse", "--is-bare-repository") != "true":
            raise Cannot(f"{folder} is part of a repository with files.", "Name the folder above.")
        return here

    def run(
        self,
        *args: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
        patience: float | None = None,
    ) -> bytes:
        """Run git with ``args`` in the top folder; return what it prints, Cannot where it fails.

        ``patience``: seconds after which git is ended, where it waits for somebody else.
        """
        try:
            done = subprocess.run(
                self.command(args),
                input=stdin,
                capture_output=True,
                env=self.environment(env),
                check=False,
                timeout=patience,
            )
        except subprocess.TimeoutExpired:
            raise Cannot(
                f"git {args[0]} got no answer in {patience:.0f} seconds.",
                "Look whether the remote can be reached: git ls-remote.",
            ) from None
        except FileNotFoundError:
            raise Cannot(
                "git is not installed.", f"Install git {OLDEST[0]}.{OLDEST[1]} or newer."
            ) from None
        if done.returncode not in ok:
            raise Cannot(complaint(args[0], done.stderr), way_out(args[0], done.stderr, self.top))
        return done.stdout

    def text(self, *args: str, ok: Sequence[int] = (0,)) -> str:
        """What git prints, as text without the last line break."""
        return self.run(*args, ok=ok).decode("utf-8", "replace").rstrip("\n")

    def command(self, args: Sequence[str]) -> list[str]:
        """The whole command line of git with ``args``."""
        place = [f"--git-dir={self.top}"] if self.bare else ["-C", str(self.top)]
        return ["git", *_OPTIONS, "--literal-pathspecs", "--no-pager", *place, *args]

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a git process: this repository and no other, plain English."""
        kept = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
        return {**kept, "LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", **(extra or {})}

    def new_enough(self) -> None:
        """Cannot where git is older than `OLDEST`."""
        words = self.text("version").split()
        numbers = (words[2] if len(words) > 2 else "0").split(".")
        if tuple(int(n) for n in numbers[:2] if n.isdigit()) < OLDEST:
            wanted = ".".join(str(n) for n in OLDEST)
            shown = words[2] if len(words) > 2 else "of an unknown version"
            raise Cannot(f"git {shown} is too old.", f"Install git {wanted} or newer.")

    # Where things are

    @cached_property
    def _places(self) -> tuple[Path, Path]:
        lines = self.text("rev-parse", "--git-dir", "--git-common-dir").split("\n")
        own, common = (Path(os.path.normpath(self.top / line)) for line in lines)
        return own, common

    @property
    def git_dir(self) -> Path:
        """This work tree's git directory: HEAD and the index are here."""
        return self._places[0]

    @property
    def common_dir(self) -> Path:
        """The git directory that all work trees share."""
        return self._places[1]

    @property
    def shallow(self) -> bool:
        """Whether part of the history is missing in this clone."""
        return (self.common_dir / "shallow").is_file()

    # What stands

    def identity(self) -> Person:
        """Who makes commits here; Cannot where git does not know."""
        try:
            ident = self.text("var", "GIT_AUTHOR_IDENT")
        except Cannot:
            ident = ""
        name, _, rest = ident.partition(" <")
        email = rest.partition(">")[0]
        if not name or "@" not in email:
            raise Cannot(
                "git does not know who you are.",
                "Run: git config --global user.name 'Your Name' and "
                "git config --global user.email you@example.org.",
            )
        return Person(name, email)

    def branch(self) -> str:
        """The full name of the branch that HEAD is on; Refused where HEAD is detached."""
        name = self.text("symbolic-ref", "-q", "HEAD", ok=(0, 1))
        if not name:
            raise Refused(
                "HEAD is detached: there is no branch to record this on.", "Run git switch BRANCH."
            )
        return name

    def tip(self, ref: str = "HEAD") -> str:
        """The commit that ``ref`` points at, '' where there is none yet."""
        return self.text(
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{ref}^{{commit}}",
            ok=(0, 1, 128),
        )

    def entry(self, commit: str, path: str) -> Entry | None:
        """What ``commit`` has at ``path``, or None."""
        return self.entries(commit, path).get(path)

    def entries(self, commit: str, *paths: str) -> dict[str, Entry]:
        """What ``commit`` has at each of the ``paths``; those where it has nothing are left out."""
        if not commit:
            return {}
        listing = self.run("ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", *paths)
        found = {}
        for row in filter(None, listing.split(b"\0")):
            about, path = row.split(b"\t", 1)
            mode, _, sha = about.decode().split(" ")
            found[os.fsdecode(path)] = Entry(mode, sha)
        return found

    def index_entry(self, path: str) -> Entry | None:
        """What the index has at ``path``, or None."""
        listing = self.run("ls-files", "-z", "-s", "-t", "--full-name", "--", path)
        for row in listing.split(b"\0"):
            if row:
                tag, mode, sha, _ = row.split(b"\t", 1)[0].decode().split(" ")
                return Entry(mode, sha, tag == "S")
        return None

    def hash(self, path: str, data: bytes, *, write: bool = False) -> str:
        """git's name of ``data`` as the file ``path``, with the filters of that path applied."""
        flags = ["-w"] if write else []
        made = self.run("hash-object", *flags, f"--path={path}", "--stdin", stdin=data)
        return made.decode().strip()

    def blob(self, name: str) -> bytes:
        """The content of the object ``name``; Cannot where this clone lacks it."""
        try:
            if not _OBJECT.fullmatch(name):  # it can come from a note, and could be an option
                raise Cannot(f"'{name}' is no object of git.")
            return self.run("cat-file", "blob", name)
        except Cannot:
            where = " This clone is shallow." if self.shallow else ""
            mend = "Run git fsck; a partial clone needs its remote within reach."
            if self.shallow:
                mend = "Run git fetch --unshallow."
            raise Cannot(f"git has no version {name[:12]}.{where}", mend) from None

    def tracked(self, commit: str, under: str) -> dict[str, str]:
        """Every path below ``under`` in ``commit``, with its blob."""
        if not commit:
            return {}
        listing = self.run(
            "ls-tree", "-r", "-z", "--full-tree", commit, "--", *([under] if under else [])
        )
        rows = (row.split(b"\t", 1) for row in listing.split(b"\0") if row)
        return {
            path.decode("utf-8", "surrogateescape"): head.decode().split(" ")[2]
            for head, path in rows
        }

    def config(self, key: str) -> str:
        """A setting of git's configuration, '' where it is not set."""
        return self.text("config", "--get", key, ok=(0, 1))

    def signs(self) -> bool:
        """Whether commits are to be signed here."""
        answer = self.text("config", "--type=bool", "--get", "commit.gpgsign", ok=(0, 1))
        return answer == "true"

    def remote_url(self) -> str:
        """The address of the remote ``origin``, '' where there is none."""
        import git  # takes long to import, and only a digest with links asks for this

        try:
            with git.Repo(self.top) as repository:
                return str(repository.remotes["origin"].url)
        except (git.GitError, LookupError, ValueError, OSError):
            return ""
