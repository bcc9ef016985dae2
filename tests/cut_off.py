"""Commands that are killed, at a given step or from outside, and what stands afterwards."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from kmkit.trail.git import Git
from kmkit.trail.recovery import at_work
from tests.conftest import at

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
KILLED = 137


def forked(work: Callable[[], None]) -> int:
    """Run ``work`` in a child process; the number of the child."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def cut_off(work: Callable[[], object], step: int) -> bool:
    """Whether a child that does ``work`` came to its ``step``-th change of anything, and ended."""

    def until() -> None:
        left = step

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def one(*args: Any, **kwargs: Any) -> Any:
                nonlocal left
                left -= 1
                if left == 0:
                    os._exit(KILLED)
                return real(*args, **kwargs)

            return one

        for owner, name in (
            (os, "replace"), (os, "link"), (os, "fsync"), (os, "mkdir"), (Path, "unlink"),
            (Git, "run"), (subprocess, "Popen"),
        ):  # fmt: skip
            setattr(owner, name, counted(getattr(owner, name)))
        work()

    _, status = os.waitpid(forked(until), 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED)
    return code == KILLED


def next_command(kb: KnowledgeBase, note: Note) -> list[str]:
    """Move ``note``, once more where a move had to be finished first; what was said of that."""
    told = finished(kb)
    found = kb.resolve(note.id)
    at(kb).move("reassign", found, to_the_other(found))
    return told


def finished(kb: KnowledgeBase) -> list[str]:
    """What a command says that finds something unfinished, before it does its own work."""
    try:
        with at_work(kb.git):
            return []
    except Refused as refusal:
        return [refusal.message]


def to_the_other(note: Note) -> Request:
    """That a note be given to whom it does not belong."""
    return Request(owner=("cy" if note.owner.startswith("ana") else "ana") + "@example.org")


def git(root: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *args], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def assert_sound(kb: KnowledgeBase, *, status: str = "", told: bool = True) -> None:
    """Files, index and history agree, the trail says what they say, and nothing of ours lies about.

    ``status`` is what a user changed, as git tells it; ``told``: the trail tells of every note.
    """
    assert git(kb.root, "status", "--porcelain", "--untracked-files=all") == status
    left = [*kb.root.rglob(".kmkit-*"), *(kb.root / ".git").glob("index.*")]
    left += [*(kb.root / ".git" / "kmkit").glob("journal*")]
    assert not left
    for note in () if status or not told else kb.notes():
        assert kb.claim(note).state == note.state
        assert kb.claim(note).owner == note.owner
