"""The branch of the ledger: read and added to without a checkout, and shared through the remote.

Files only ever grow by lines, so what two machines wrote is brought together by keeping both.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from kmkit.errors import Cannot, Refused
from kmkit.lifecycle.person import Person
from kmkit.reach.ledger_runs import united
from kmkit.trail.branch import harden_branch
from kmkit.trail.commit import who_and_when
from kmkit.trail.git import Entry, Git
from kmkit.trail.objects import write_commit
from kmkit.trail.receiving import LEDGER
from kmkit.trail.safely import writing

_MARK = "outbox: "
"""How the message of every commit of the ledger begins."""
_RETRIES = 8
SILENT = 60
"""Seconds without a byte after which a remote over http is given up."""
PATIENCE = 600
"""Seconds after which any other is."""


class Behind(Exception):
    """Another machine was first: the ledger has moved on since it was looked at."""


class Branch:
    """The ledger's branch in one repository, and the one of its remote."""

    def __init__(
        self, git: Git, actor: Callable[[], Person], *, now: datetime, remote: str = ""
    ) -> None:
        self._git, self._actor, self._now, self.remote = git, actor, now, remote
        short = LEDGER.removeprefix("refs/heads/")
        self._theirs = f"refs/remotes/{remote}/{short}" if remote else ""

    @property
    def tip(self) -> str:
        """The commit that the branch is at here, '' where there is none."""
        return self._git.tip(LEDGER)

    def files(self, under: str = "", *, at: str = "") -> dict[str, str]:
        """The path of every file below a folder, and git's name of its content."""
        try:
            return self._git.tracked(at or self.tip, under)
        except Cannot:
            return {}

    def lines(self, blobs: Sequence[str]) -> list[list[str]]:
        """The lines of the contents that git calls ``blobs``."""
        asked = "".join(f"{blob}\n" for blob in blobs).encode()
        told = self._git.run("cat-file", "--batch", "--buffer", stdin=asked) if blobs else b""
        found: list[list[str]] = []
        while told:
            header, _, told = told.partition(b"\n")
            size = int(header.rsplit(b" ", 1)[1])
            found.append(told[:size].decode("utf-8", "replace").splitlines())
            told = told[size + 1 :]
        return found

    # Adding to it

    def add(self, files: Mapping[str, Sequence[str]], why: str) -> str:
        """Commit lines that are added to files, here; the commit."""
        made = self._made(self.tip, files, why)
        self._move(made, self.tip)
        return made

    def add_first(self, files: Mapping[str, Sequence[str]], why: str) -> str:
        """Commit lines, at the remote first; `Behind` where another machine was first there.

        Without a remote, here. Cannot where the remote cannot be reached or does not take it.
        """
        if not self.remote:
            return self.add(files, why)
        before = self.tip
        made = self._made(before, files, why)
        try:
            self._pushed(made)
        except Cannot as error:
            self.fetch()
            theirs = self._git.tip(self._theirs)
            if self._contains(theirs, made):  # it arrived, and only the answer was lost
                return made
            if self.tip != before:
                raise Behind from None
            raise error
        self._move(made, before)
        return made

    def _made(self, tip: str, files: Mapping[str, Sequence[str]], why: str) -> str:
        """A commit on ``tip`` with lines added to files; nobody sees it yet."""
        there = self.files(at=tip) if tip else {}
        known = [path for path in files if path in there]
        before = dict(zip(known, self.lines([there[path] for path in known]), strict=True))
        entries = {
            path: self._blob(united(before.get(path, []), lines)) for path, lines in files.items()
        }
        env = who_and_when(self._actor(), self._now)
        return write_commit(self._git, tip, entries, f"{_MARK}{why}\n", env)

    def _blob(self, lines: Sequence[str]) -> Entry:
        data = "".join(f"{line}\n" for line in lines).encode()
        made = self._git.run("hash-object", "-w", "--no-filters", "--stdin", stdin=data)
        return Entry("100644", made.decode().strip())

    def _move(self, new: str, old: str) -> None:
        """Move the branch, to stay there when the power fails; Refused where it left ``old``."""
        self._free()
        try:
            self._git.run(
                "update-ref", "--create-reflog", "-m", "kmkit outbox", LEDGER, new,
                old or "0" * len(new),
            )  # fmt: skip
        except Cannot:
            if self.tip == old:
                raise
            raise Refused("The ledger of letters was changed meanwhile.", "Try again.") from None
        with writing():
            harden_branch(self._git, LEDGER)

    def _free(self) -> None:
        """Remove git's lock of the branch that a power cut left: what is in it proves it ours.

        To be called while no other command sends letters here.
        """
        lock = self._git.common_dir / f"{LEDGER}.lock"
        with suppress(OSError, Cannot):
            name = lock.read_text("ascii", "replace").strip()
            if self._git.tip(name) and self._message(name).startswith(_MARK):
                lock.unlink(missing_ok=True)

    def _message(self, commit: str) -> str:
        return self._git.text("log", "-1", "--format=%s", "--end-of-options", commit, "--")

    # Sharing it

    def fetch(self) -> None:
        """Take over what the remote has; Cannot where it cannot be reached."""
        if not self.remote:
            return
        self._ask(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
            "--prune", "--no-recurse-submodules", "--end-of-options", self.remote,
            f"+{LEDGER}*:{self._theirs}*",
        )  # fmt: skip
        self._join(self._git.tip(self._theirs))

    def push(self) -> None:
        """Bring to the remote what was added here; Cannot where it cannot be reached."""
        for _ in range(_RETRIES if self.remote else 0):
            tip = self.tip
            if not tip or tip == self._git.tip(self._theirs):
                return
            try:
                self._pushed(tip)
                return
            except Cannot:
                self.fetch()
                if self.tip == tip and self._git.tip(self._theirs) != tip:
                    raise

    @property
    def ahead(self) -> bool:
        """Whether something was added here that the remote does not have yet."""
        if not self.remote or not self.tip:
            return False
        return not self._contains(self._git.tip(self._theirs), self.tip)

    def _ask(self, *args: str) -> None:
        """Run git, which asks the remote; Cannot where that does not answer."""
        slow = {"GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": str(SILENT)}
        self._git.run(*args, env=slow, patience=PATIENCE)

    def _pushed(self, commit: str) -> None:
        self._ask(
            "push", "--quiet", "--no-follow-tags", "--end-of-options", self.remote,
            f"{commit}:{LEDGER}",
        )  # fmt: skip
        self._git.run("update-ref", self._theirs, commit)

    def _join(self, theirs: str) -> None:
        """Go on from what the remote has, with what was added here and is not there."""
        ours = self.tip
        if not theirs or self._contains(ours, theirs):
            return
        if not ours or self._contains(theirs, ours):
            self._move(theirs, ours)
            return
        there, here = self.files(at=theirs), self.files(at=ours)
        mine = {path: blob for path, blob in here.items() if there.get(path) != blob}
        added = dict(zip(mine, self.lines(list(mine.values())), strict=True))
        why = "what was written down here meanwhile"
        self._move(self._made(theirs, added, why) if added else theirs, ours)

    def _contains(self, tip: str, commit: str) -> bool:
        """Whether ``commit`` is ``tip``, or comes before it."""
        if not tip or not commit:
            return False
        return tip == commit or not self._git.text("rev-list", "-n1", commit, f"^{tip}", "--")


def remote_of(git: Git) -> str:
    """The remote through which the ledger is shared: the branch's own, else origin, else the only
    one; '' where there is none.

    Refused where it is not clear which.
    """
    names = git.text("remote").split()
    if not names:
        return ""
    branch = git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1)).removeprefix("refs/heads/")
    own = git.config(f"branch.{branch}.remote") if branch else ""
    if own in names:
        return own
    if "origin" in names or len(names) == 1:
        return "origin" if "origin" in names else names[0]
    raise Refused(
        f"There are several remotes ({', '.join(names)}), and none is called origin.",
        "Say which one this branch goes with: git branch --set-upstream-to=REMOTE/BRANCH.",
    )
