"""Moving a branch: held first, and moved only at a word that a process cut off cannot give."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kmkit.errors import Cannot
from kmkit.trail.git import Git
from kmkit.trail.safely import harden

SETTLES = 5000
"""Milliseconds to wait for a move of a branch that has begun."""


class Held:
    """A branch that git holds still for us, to be moved from one commit to another."""

    def __init__(self, git: Git, branch: str, new: str, process: "subprocess.Popen[bytes]") -> None:
        self._git, self._branch, self._new, self._process = git, branch, new, process

    def go(self) -> None:
        """Move it, to stay there when the power fails; Cannot where git does not."""
        said = b""
        with suppress(OSError):
            said = _told(self._process, b"commit\n")
        complaint = _ended(self._process)
        if said != b"commit: ok\n" and self._git.tip(self._branch) != self._new:
            raise Cannot(f"git did not move {self._branch}: {complaint or 'it was stopped'}.")
        harden_branch(self._git, self._branch)


def harden_branch(git: Git, branch: str) -> None:
    """Have the name of a branch on the disk; git itself does it for what is in its file."""
    heads = git.common_dir / "refs" / "heads"
    place = git.common_dir / branch
    harden(folder for folder in place.parents if folder.is_relative_to(heads))


@contextmanager
def held(git: Git, branch: str, new: str, old: str, message: str) -> Iterator[Held | None]:
    """The branch, held at ``old`` ('': not begun) and ready to move to ``new``.

    None where it no longer is at ``old``. git's process lets it go unmoved when ours ends.
    """
    log = "kmkit " + message.split("\n", 1)[0]
    args = ["update-ref", "--create-reflog", "-m", log, "--stdin"]
    zero = "0" * len(new)
    process = subprocess.Popen(
        git.command(args),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=git.environment(),
    )
    try:
        wish = f"start\nupdate {branch} {new} {old or zero}\nprepare\n"
        ready = _told(process, wish.encode(), lines=2)
        if ready.endswith(b"prepare: ok\n"):
            yield Held(git, branch, new, process)
            return
        complaint = _ended(process)
        if git.tip(branch) == old:
            why = complaint.partition("\n")[0].removeprefix("prepare: ").rstrip(".")
            mend = "Run kmkit doctor, which names what is in the way."
            raise Cannot(f"git cannot move {branch}: {why}.", mend)
        yield None
    finally:
        _ended(process)


def settled(git: Git, branch: str) -> str:
    """The commit that ``branch`` is at, after every move of it that has begun has ended."""
    wish = f"start\n{f'verify {branch} {git.tip(branch)}'.rstrip()}\nprepare\n"
    with suppress(Cannot):  # it moved just now: then that move has ended
        patience = f"core.filesRefLockTimeout={SETTLES}"
        git.run("-c", patience, "update-ref", "--stdin", stdin=wish.encode())
    return git.tip(branch)


def left_locks(git: Git, branch: str, new: str) -> list[Path]:
    """git's own locks that stay when its process is killed while it holds ``branch`` for ``new``.

    What is in the branch's lock proves whose it is; the one of HEAD is empty, and as old.
    """
    lock, head = git.common_dir / f"{branch}.lock", git.git_dir / "HEAD.lock"
    try:
        if lock.read_text("ascii", "replace").strip() != new:
            return []
        with suppress(FileNotFoundError):
            there = head.stat()
            if there.st_size == 0 and abs(there.st_mtime - lock.stat().st_mtime) < 1:
                return [lock, head]
    except FileNotFoundError:
        return []
    return [lock]


def holds(git: Git, branch: str, commit: str) -> bool:
    """Whether ``commit`` is where ``branch`` is, or comes before it."""
    tip = git.tip(branch)
    if not tip or not git.tip(commit):
        return False
    return tip == commit or not git.text("rev-list", "-n1", commit, f"^{tip}")


def _told(process: "subprocess.Popen[bytes]", words: bytes, lines: int = 1) -> bytes:
    """What git answers."""
    stdin, stdout = _pipes(process)
    with suppress(BrokenPipeError):
        stdin.write(words)
        stdin.flush()
    return b"".join(stdout.readline() for _ in range(lines))


def _ended(process: "subprocess.Popen[bytes]") -> str:
    """End git's process, which gives up what it was not told to do; its complaint, if any."""
    stdin, stdout = _pipes(process)
    with suppress(OSError):
        stdin.close()
    said = process.stderr.read() if process.stderr and not process.stderr.closed else b""
    for pipe in (stdout, process.stderr):
        if pipe:
            pipe.close()
    process.wait()
    return said.decode("utf-8", "replace").removeprefix("fatal: ").strip().rstrip(".")


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout
