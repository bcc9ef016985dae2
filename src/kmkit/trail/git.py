"""What stands in a repository: where its folders are, its branch, its commits, its settings."""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot, Refused
from kmkit.lifecycle.person import Person
from kmkit.trail import trees
from kmkit.trail.program import Program, Stream, read_whole


class Entry(NamedTuple):
    """What git has at a path: in a tree, or in the index."""

    mode: str
    sha: str
    skipped: bool = False
    """Outside the sparse checkout."""


class Git(Program):
    """One work tree of one repository; or, where ``bare``, a repository without files."""

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
                found.__dict__["_places"] = (found.top / ".git", found.top / ".git")
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
        ident = self.text("var", "GIT_AUTHOR_IDENT", ok=(0, 1, 128))
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
        name = self._head() or self.text("symbolic-ref", "-q", "HEAD", ok=(0, 1))
        if not name:
            raise Refused(
                "HEAD is detached: there is no branch to record this on.", "Run git switch BRANCH."
            )
        return name

    def _head(self) -> str:
        """The branch that the file HEAD names, '' where git itself has to be asked."""
        try:
            said = (self.git_dir / "HEAD").read_text("ascii")
            name = said.removeprefix("ref: ").rstrip("\n")
            plain = said.startswith("ref: refs/heads/") and name != "refs/heads/.invalid"
            return name if plain and (self.common_dir / name).read_bytes()[:4] != b"ref:" else ""
        except (OSError, ValueError):
            return ""

    def tip(self, ref: str = "HEAD") -> str:
        """The commit that ``ref`` points at, '' where there is none yet.

        Cannot where HEAD or a branch has one that cannot be read.
        """
        wanted = f"{ref}^{{commit}}"
        if self._answers and (found := self._answers.read(wanted)):
            return found.name
        verify = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        name = self.text(*verify, wanted, ok=(0, 1, 128))
        if not name and (ref == "HEAD" or ref.startswith("refs/heads/")):
            file = self.common_dir / (self._head() if ref == "HEAD" else ref)
            if file.is_file() or self.text(*verify, ref, ok=(0, 1, 128)):
                self._read(ref)
        return name

    def _read(self, ref: str) -> None:
        """Cannot, with git's words, where the commit of a branch that has begun is not there."""
        args = ("-c", "core.commitGraph=false", "rev-list", "--max-count=1", ref, "--")
        with Stream(self.command(args), self.environment()) as stream:
            stream.output.read()
        read_whole(stream)

    def entry(self, commit: str, path: str) -> Entry | None:
        """What ``commit`` has at ``path``, or None."""
        return self.entries(commit, path).get(path)

    def entries(self, commit: str, *paths: str) -> dict[str, Entry]:
        """What ``commit`` has at each of the ``paths``; those where it has nothing are left out."""
        if not commit:
            return {}
        if self._answers:
            there = trees.found(self._answers.read, commit, paths)
            return {path: Entry(*entry) for path, entry in there.items()}
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
            # it can come from a note, and could be an option
            if not re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", name):
                raise Cannot(f"'{name}' is no object of git.")
            if not self._answers:
                return self.run("cat-file", "blob", name)
            found = self._answers.read(name)
            if found and found.kind == "blob":
                return found.data
            raise Cannot(f"git has no version {name}.")
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

    def configure(self, key: str, value: str) -> None:
        """Set a setting of git's configuration here, to stay so when the power fails."""
        from kmkit.trail.safely import harden  # takes long to import, and most only read

        self.run("config", "--local", key, value)
        place = self.common_dir / "config"
        harden([place, place.parent])

    def signs(self) -> bool:
        """Whether commits are to be signed here."""
        answer = self.text("config", "--type=bool", "--get", "commit.gpgsign", ok=(0, 1))
        return answer == "true"

    def remote_url(self) -> str:
        """The address of the remote ``origin``, '' where there is none."""
        if not self.config("remote.origin.url"):
            return ""
        import git  # takes long to import, and only a digest with links asks for this

        try:
            with git.Repo(self.top) as repository:
                return str(repository.remotes["origin"].url)
        except (git.GitError, LookupError, ValueError, OSError):
            return ""
