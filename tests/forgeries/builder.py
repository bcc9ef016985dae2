"""Histories for the audit, made with real git: legal moves by kmkit, forged commits by plumbing."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple, TypedDict, Unpack

from kmkit.config import parse_policy
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Context, Request
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.moves import MOVES
from kmkit.lifecycle.person import Person
from kmkit.note.file import read
from kmkit.note.kinds import load_kind
from kmkit.note.model import Note
from kmkit.trail.event import compose
from kmkit.trail.fold import fold
from kmkit.trail.git import Git
from kmkit.trail.log import events
from kmkit.trail.telling import subject, trailers
from tests.conftest import NOW
from tests.signing_keys import SshKey, ssh_key, ssh_sign, with_signature

Same = Callable[[bytes], bytes]
ASK = Request(because="Checked against the log.")
NOTHING: Mapping[str, bytes] = MappingProxyType({})
LINK, SUBMODULE = "120000", "160000"


class Entry(NamedTuple):
    """Something else than a plain file in a tree."""

    mode: str
    data: bytes
    """Of a submodule: the name of a commit."""


Files = Mapping[str, bytes | Entry | None]
"""What a commit changes; None removes a file."""


class Options(TypedDict, total=False):
    """How a commit is made; all can be left out."""

    on: str
    """The branch that it goes on top of, and that then points at it."""
    parents: Sequence[str]
    tree: str
    """The commit whose tree is changed; the first parent by default."""
    when: datetime
    key: SshKey
    """Signs it, in place of the author's own."""
    sign: bool
    change: Same
    """Is applied to the raw commit, once it is signed."""


class Forged(NamedTuple):
    """A move as kmkit would write it, whether or not it would be allowed."""

    data: bytes
    message: str


class History:
    """One knowledge base in one repository; every commit of it is a day after the one before."""

    def __init__(self, root: Path, *, signed: bool = False, day: int = 0) -> None:
        self.root = root
        self.git = Git(root)
        self.signed = signed
        self.day = day

    @classmethod
    def copy(cls, template: "History", root: Path) -> "History":
        """A copy that can be changed freely."""
        shutil.copytree(template.root, root, symlinks=True)
        return cls(root, signed=template.signed, day=template.day)

    # Legal moves

    def kb(self, who: Person) -> KnowledgeBase:
        """The knowledge base as ``who`` works with it, on the branch that is checked out."""
        if self.signed:
            self.run("config", "user.signingKey", str(key_of(who).file))
        return KnowledgeBase(self.root, now=self._next_day(), actor=who)

    def move(self, verb: str, name: str, who: Person, ask: Request = ASK) -> str:
        """A move by kmkit; the name of its commit."""
        kb = self.kb(who)
        return kb.move(verb, kb.resolve(name), ask).commit

    def write(self, text: str, files: Mapping[str, bytes | None], who: Person) -> str:
        """A plain commit by ``who``, signed where the history is, with the work tree after it."""
        made = self.commit(text, files, who=who)
        self.checkout()
        return made

    # What stands

    def tip(self, branch: str = "main") -> str:
        """The commit that a branch points at."""
        return self.git.tip(f"refs/heads/{branch}")

    def anchor(self) -> str:
        """The first commit."""
        return self.git.text("rev-list", "--max-parents=0", "main").split("\n")[-1]

    def path(self, name: str, branch: str = "main") -> str:
        """The path of the note whose id holds ``name``."""
        return next(p for p in self.git.tracked(self.tip(branch), "notes") if name in p)

    def data(self, path: str, branch: str = "main") -> bytes:
        """A file as a branch has it."""
        return self.git.run("cat-file", "blob", f"refs/heads/{branch}:{path}")

    def note(self, name: str, branch: str = "main") -> Note:
        """A note as a branch has it."""
        path = self.path(name, branch)
        return read(self.data(path, branch), PurePosixPath(path))

    # Plumbing

    def run(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] = {}) -> str:
        """git, with the configuration of this repository, whatever it is."""
        command = ["git", "-C", str(self.root), *args]
        full = {**os.environ, **env}
        done = subprocess.run(command, input=stdin, capture_output=True, env=full, check=False)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.decode().rstrip("\n")

    def checkout(self, branch: str = "main") -> None:
        """Put the work tree where a branch is."""
        self.run("checkout", "-q", "-f", branch)

    def fork(self, branch: str, at: str = "main") -> None:
        """A new branch."""
        self.run("branch", "-q", "-f", branch, at)

    def commit(self, message: str, files: Files, *, who: Person, **options: Unpack[Options]) -> str:
        """A commit with ``files`` changed on top of its first parent."""
        on = options.get("on", "main")
        parents = [p for p in options.get("parents", [self.tip(on)]) if p]
        tree = self._tree(options.get("tree") or (parents[0] if parents else ""), files)
        stamp = int((options.get("when") or self._next_day()).timestamp())
        ident = f"{who.name} <{who.email}> {stamp} +0000"
        head = [f"tree {tree}", *(f"parent {p}" for p in parents)]
        head += [f"author {ident}", f"committer {ident}"]
        raw = ("\n".join(head) + f"\n\n{message}").encode()
        key = options.get("key", key_of(who) if self.signed else None)
        if key and options.get("sign", True):
            raw = with_signature(raw, ssh_sign(raw, key))
        return self.put(options.get("change", bytes)(raw), on)

    def put(self, raw: bytes, on: str = "main") -> str:
        """Write a raw commit object and let the branch point at it."""
        options = ("-t", "commit", "-w", "--literally", "--stdin")
        made = self.run("hash-object", *options, stdin=raw)
        self.run("update-ref", f"refs/heads/{on}", made)
        return made

    def _tree(self, base: str, files: Files) -> str:
        """The tree of ``base`` with ``files`` changed."""
        index = self.root / ".git" / "forging"
        index.unlink(missing_ok=True)
        env = {"GIT_INDEX_FILE": str(index)}
        if base:
            self.run("read-tree", base, env=env)
        if files:
            rows = "".join(self._row(path, data) for path, data in files.items())
            self.run("update-index", "-z", "--add", "--index-info", stdin=rows.encode(), env=env)
        return self.run("write-tree", "--missing-ok", env=env)

    def _row(self, path: str, data: bytes | Entry | None) -> str:
        if data is None:
            return f"0 {'0' * 40}\t{path}\0"
        entry = data if isinstance(data, Entry) else Entry("100644", data)
        if entry.mode == SUBMODULE:
            return f"{entry.mode} {entry.data.decode()}\t{path}\0"
        sha = self.run("hash-object", "-w", "--stdin", "--no-filters", stdin=entry.data)
        return f"{entry.mode} {sha}\t{path}\0"

    def merged_tree(self, ours: str = "main", theirs: str = "side") -> str:
        """The tree of a textual merge; the test fails where git finds a conflict."""
        return self.run("merge-tree", "--write-tree", ours, theirs).split("\n")[0]

    def merge(
        self,
        who: Person,
        files: Files = NOTHING,
        *,
        message: str = "Merge branch 'side'\n",
        **options: Unpack[Options],
    ) -> str:
        """A merge of side into main: what git makes of the two, with ``files`` changed."""
        options = {"parents": [self.tip(), self.tip("side")], **options}
        if "tree" not in options:
            options["tree"] = self.merged_tree()
        return self.commit(message, files, who=who, **options)

    # Forged moves

    def imitate(
        self,
        row: str,
        name: str,
        who: Person,
        ask: Request = ASK,
        *,
        data: bytes | None = None,
        on: str = "main",
        print_: str = "",
    ) -> Forged:
        """What kmkit would write for a ``row`` of the table, if no guard looked at it."""
        committed = self.note(name, on)
        note = committed if data is None else read(data, committed.path)
        move = next(move for move in MOVES if move.key == row)
        context = self._context(note, committed, who, on, print_, ask)
        after = read(move.effect(note, context), note.path)
        lines = trailers(move, committed.state, after, context)
        return Forged(after.data, compose(subject(move, after), context.request.because, lines))

    def _context(
        self, note: Note, committed: Note, who: Person, on: str, print_: str, ask: Request
    ) -> Context:
        kb = KnowledgeBase(self.root, now=self._today(1))
        claim = fold(events(self.git, committed.id, revisions=(self.tip(on),)))
        policy = parse_policy(self.data("policy.toml", on).decode())
        kind = load_kind(note.kind, None)
        return Context(
            actor=who,
            today=kb.today,
            policy=policy,
            config=kb.config,
            kind=kind,
            request=ask,
            fingerprint=print_ or fingerprint(note, kind.guidance),
            verdicts=claim.verdicts,
            approved=claim.approved(policy),
            scribe=claim.scribe,
            blob=self.run("rev-parse", f"{on}:{committed.path}"),
            committed=committed,
            committed_fingerprint=fingerprint(committed, kind.guidance),
        )

    def forge(
        self,
        row: str,
        name: str,
        who: Person,
        ask: Request = ASK,
        *,
        edit: Same = bytes,
        say: Callable[[str], str] = str,
        files: Files = NOTHING,
        print_: str = "",
        **options: Unpack[Options],
    ) -> str:
        """Commit an imitated move; ``edit`` changes its file, ``say`` its message."""
        on = options.get("on", "main")
        made = self.imitate(row, name, who, ask, on=on, print_=print_)
        changed = {self.path(name, on): edit(made.data), **files}
        return self.commit(say(made.message), changed, who=who, **options)

    def rules(self, edit: Callable[[str], str], who: Person, **options: Unpack[Options]) -> str:
        """A plain commit that changes policy.toml."""
        text = edit(self.data("policy.toml", options.get("on", "main")).decode())
        return self.commit("Change the rules\n", {"policy.toml": text.encode()}, who=who, **options)

    # Days

    def _today(self, ahead: int = 0) -> datetime:
        return NOW + timedelta(days=self.day + ahead)

    def _next_day(self) -> datetime:
        self.day += 1
        return self._today()

    @property
    def today(self) -> date:
        """The day of the newest commit."""
        return self._today().date()


def key_of(who: Person) -> SshKey:
    """Somebody's key."""
    return ssh_key(who.key.partition("@")[0])
