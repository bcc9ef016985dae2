"""How the audit asks git: objects in their order, and an end that never hangs."""

import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.trail.audit.asking import ask, ended, objects, opened
from kmkit.trail.git import Git


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """An empty repository."""
    git = Git(tmp_path)
    git.run("init", "-q")
    return git


def put(git: Git, data: bytes) -> str:
    """Store an object; its name."""
    return git.run("hash-object", "-w", "--stdin", stdin=data).decode().strip()


def test_objects_come_in_the_order_in_which_they_are_asked_for(git: Git) -> None:
    texts = [b"", b"\n", b"one\ntwo", b"\0\n\0", b"f" * 300_000]
    names = [put(git, text) for text in texts]
    with objects(git) as fetch:
        first, second = fetch(names), fetch(names[::-1])
        assert [*first, *second] == [*texts, *texts[::-1]]
        assert [*fetch([])] == []
        assert next(fetch([names[2]])) == texts[2]


@pytest.mark.parametrize("name", ["f" * 40, "nonsense"])
def test_what_is_missing_is_named_with_a_way_out(git: Git, name: str) -> None:
    with objects(git) as fetch, pytest.raises(Cannot, match=f"no object {name[:12]}"):
        next(fetch([name]))


def test_whoever_leaves_early_waits_for_nothing(git: Git) -> None:
    names, running = [put(git, b"x" * 100_000)] * 3000, threading.active_count()
    with suppress(ZeroDivisionError), objects(git) as fetch:
        first, _ = fetch(names), fetch(names)  # while git says the first, the second must wait
        assert len(next(first)) // 0
    assert threading.active_count() == running


def test_a_git_that_fails_says_nothing_itself(git: Git, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Cannot, match="git rev-list failed"):
        ask(git, "rev-list", "nowhere")
    with opened(git, ["rev-list", "nowhere"]) as process:
        pass
    with pytest.raises(Cannot, match="whole history"):
        ended(process)
    with opened(git, ["rev-list", "--all"], stdin=subprocess.DEVNULL) as process:
        pass
    ended(process)
    assert capfd.readouterr() == ("", "")
