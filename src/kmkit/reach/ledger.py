"""The ledger of letters: what was meant to go to whom, and what came of it.

It is the branch ``kmkit-outbox``: one small file a run. A run is written down, and shared through
the remote, before its first letter goes out; so another process and another machine see it, and
send nothing twice. Addresses are in it as keyed hashes alone.

``Ledger(kb).last("remind", email)`` says when somebody was last written to. To send:
`kmkit.reach.sending`.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from kmkit.errors import Cannot, Refused
from kmkit.kb import KnowledgeBase
from kmkit.reach import ledger_journal as journals
from kmkit.reach.ledger_branch import Behind, Branch, remote_of
from kmkit.reach.ledger_journal import Journal
from kmkit.reach.ledger_keys import Keys
from kmkit.reach.ledger_runs import (
    SENT,
    UNKNOWN,
    Intent,
    Run,
    Tried,
    What,
    ended_line,
    read_run,
    recorded_line,
    took_line,
    tried_line,
)
from kmkit.trail.safely import writing

_PATIENCE = 2.0
"""Seconds to wait for a process that was killed: what it started can hold its lock for a moment."""
_OFFLINE = (
    "Try again once it can be reached. With --offline it goes out all the same; another machine "
    "that does not know of it can then send the same letters again."
)


class Ledger:
    """The ledger of one knowledge base.

    ``key``: the key that several machines share, '' for one of this machine alone. ``offline``:
    the remote is left alone.
    """

    def __init__(self, kb: KnowledgeBase, *, key: str = "", offline: bool = False) -> None:
        self._kb, self._given, self._git = kb, key, kb.git
        remote = "" if offline else remote_of(self._git)
        self._branch = Branch(self._git, lambda: kb.actor, now=kb.now, remote=remote)

    @property
    def now(self) -> datetime:
        """The clock."""
        return self._kb.now

    @cached_property
    def keys(self) -> Keys:
        """The key of the marks."""
        return Keys(self._git.common_dir, self._given)

    @cached_property
    def machine(self) -> str:
        """What the ledger calls this clone."""
        return self.keys.machine()

    def mark(self, email: str) -> str:
        """How the ledger names an address."""
        return self.keys.mark(email)

    @cached_property
    def kb_id(self) -> str:
        """What Message-IDs of this knowledge base derive from: the same in every clone of it."""
        root = self._git.text("rev-list", "--first-parent", "--max-parents=0", "HEAD", "--")
        return f"{root} {self._path('')}"

    # Looking

    def fetch(self) -> None:
        """Take over what other machines wrote; Cannot where the remote cannot be reached."""
        try:
            self._branch.fetch()
        except Cannot as error:
            raise Cannot(
                f"The remote {self._branch.remote} cannot be asked what was sent already: "
                f"{error.message}",
                _OFFLINE,
            ) from None

    def runs(self, what: What | None = None, *, since: datetime | None = None) -> list[Run]:
        """The runs of one kind of letters, or all; begun ``since`` then; the newest first."""
        under = self._path(what.folder if what else "outbox")
        first = _stamp(since) if since else ""
        files = {
            path: blob
            for path, blob in self._branch.files(under).items()
            if path.endswith(".jsonl") and PurePosixPath(path).name >= first
        }
        lines = self._branch.lines(list(files.values()))
        found = (read_run(told, path) for path, told in zip(files, lines, strict=True))
        return sorted(found, key=lambda run: run.id, reverse=True)

    def last(self, kind: str, email: str, *, since: datetime | None = None) -> datetime | None:
        """When somebody was last sent a letter of a kind (digest, remind), as far as is known.

        A letter that nobody knows the fate of counts, and so does every run of a machine with
        another key: it may have gone to anybody. ``since``: older runs are not looked at.
        """
        mark = self.mark(email)
        for run in self.runs(since=since):
            if run.intent.what.kind != kind:
                continue
            came = run.of(mark)
            active = run.active and mark in run.intent.to
            reached = active or (came is not None and came.kind in (SENT, UNKNOWN))
            if reached or run.intent.key != self.keys.name:
                return run.intent.at
        return None

    def knows(self, run: Run) -> bool:
        """Whether the marks of a run are those of the key that is here."""
        return run.intent.key == self.keys.name

    @property
    def shared(self) -> bool:
        """Whether the remote has all that was written down here."""
        return not self._branch.ahead

    # Writing down

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Holds the ledger: one process of this repository sends at a time."""
        place = self._git.common_dir / "kmkit"
        with writing():
            place.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place / "outbox.lock", timeout=_PATIENCE)
        try:
            lock.acquire()
        except Timeout:
            raise Refused(
                "Another kmkit command sends letters here.", "Wait for it: kmkit outbox."
            ) from None
        try:
            self._settle()
            yield
        finally:
            lock.release()

    def intent(self, what: What, to: Sequence[str], **told: object) -> Intent:
        """What a new run of letters to these addresses is to send; see `Intent` for the rest."""
        before = len(self._branch.files(self._path(what.folder)))
        return Intent(
            run=f"{_stamp(self._kb.now)}-{before:04d}-{secrets.token_hex(4)}",
            what=what,
            at=self._kb.now,
            machine=self.machine,
            key=self.keys.name,
            to=tuple(sorted(set(map(self.mark, to)))),
            **told,  # type: ignore[arg-type]
        )

    def begin(self, intent: Intent) -> Run:
        """Write down, here and at the remote, what is about to be sent.

        `Behind` where another machine wrote something down meanwhile: look at it, then decide.
        """
        self._first(intent, intent.line(), f"{_said(intent)}, to {len(intent.to)}")
        return Run(intent, holder=intent.machine, held=intent.at)

    def take(self, run: Run, to: Sequence[str] = ()) -> Run:
        """Write down that this machine goes on with a run; `Behind` where another was first.

        ``to``: the recipients, where the run's marks are those of a key that is not here; all of
        them count as not written to.
        """
        marks = [] if self.knows(run) else sorted(set(map(self.mark, to)))
        line = took_line(self._kb.now, self.machine, self.keys.name, marks)
        self._first(run.intent, line, f"{_said(run.intent)}, taken up")
        return self.again(run)

    @contextmanager
    def journal(self, run: Run) -> Iterator[Journal]:
        """The journal of a run that is being sent."""
        with journals.opened(self._journal(run)) as journal:
            yield journal

    def note(self, run: Run, came: Mapping[str, Tried], *, ended: bool = False) -> Run:
        """Write down here what came of letters, and that the work on the run has ended."""
        told = [tried_line(self._kb.now, self.machine, came)] if came else []
        if ended:
            told.append(ended_line(self._kb.now, self.machine))
        if told:
            why = f"{_said(run.intent)}, {'ended' if ended else 'under way'}"
            self._branch.add({self._path(run.intent.path): told}, why)
        if ended:
            journals.forget(self._journal(run))
        active = run.active and not ended
        return replace(run, tried={**run.tried, **came}, active=active)

    def record(self, run: Run, notes: Sequence[str]) -> Run:
        """Write down here that it is recorded on notes that the letters brought them."""
        line = recorded_line(self._kb.now, self.machine, notes)
        self._branch.add({self._path(run.intent.path): [line]}, f"{_said(run.intent)}, recorded")
        return replace(run, recorded=run.recorded.union(notes))

    def share(self) -> bool:
        """Bring what was written down here to the remote; whether that has it now."""
        try:
            self._branch.push()
        except (Cannot, Refused):
            return False
        return True

    def again(self, run: Run) -> Run:
        """The run as the ledger has it now."""
        path = self._path(run.intent.path)
        return read_run(self._branch.lines([self._branch.files(path)[path]])[0], path)

    def _first(self, intent: Intent, line: str, why: str) -> None:
        try:
            self._branch.add_first({self._path(intent.path): [line]}, why)
        except Cannot as error:
            mend = error.mend or (_OFFLINE if self._branch.remote else "")
            raise Refused(f"{error.message} Nothing was sent.", mend) from None

    def _settle(self) -> None:
        """Fold into the branch what journals of earlier processes tell."""
        folder = journals.place(self._git.common_dir, "x").parent
        left = {path.stem: path for path in sorted(folder.glob("*.jsonl"))}
        for run in self.runs() if left else ():
            if path := left.get(run.id):
                came = journals.read(path)
                self.note(run, {m: t for m, t in came.items() if run.of(m) != t})
                journals.forget(path)

    def _journal(self, run: Run) -> Path:
        return journals.place(self._git.common_dir, run.id)

    def _path(self, path: str) -> str:
        return self._kb.repo_path(PurePosixPath(path))


def _stamp(at: datetime) -> str:
    """A moment as the name of a file begins; sorted as text, it is sorted by time."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _said(intent: Intent) -> str:
    """A run in a commit's subject; no names of people."""
    return " ".join(filter(None, (*intent.what, intent.run)))


__all__ = ["Behind", "Intent", "Ledger", "Run", "Tried", "What"]
