"""How the audit asks git: objects in their order, and an end that never hangs."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.trail.audit.asking import _object, ask, objects, opened
from kmkit.trail.git import Git
from kmkit.trail.program import Stream, read_whole


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
    words = "git could not read the history: ambiguous argument 'nowhere'"
    with pytest.raises(Cannot, match=words):
        ask(git, "rev-list", "nowhere")
    with opened(git, ["rev-list", "nowhere"]) as process:
        assert process.output.read() == b""
    with pytest.raises(Cannot, match=words):
        read_whole(process)
    with opened(git, ["rev-list", "--all"], stdin=subprocess.DEVNULL) as process:
        pass
    read_whole(process)
    assert capfd.readouterr() == ("", "")


def test_a_git_that_is_left_early_is_gone_and_no_failure(git: Git) -> None:
    name = put(git, b"x" * 10_000_000)
    with suppress(ZeroDivisionError), opened(git, ["cat-file", "blob", name]) as process:
        assert len(process.output.read(10)) // 0
    assert process.returncode == -signal.SIGKILL or os.name == "nt"
    assert process.words == ""
    with pytest.raises(Cannot, match="git could not read the history: it was stopped"):
        read_whole(process)


def test_what_git_says_is_heard_in_plain_english_through_any_noise(
    git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("LANGUAGE", "de")
    with pytest.raises(Cannot, match="the history: ambiguous argument 'nowhere': unknown"):
        ask(git, "rev-list", "nowhere")


def test_however_much_it_says_nobody_waits(git: Git) -> None:
    """More than a pipe holds, before it prints anything."""
    talk = "import sys; sys.stderr.write('noise\\n' * 100_000 + 'fatal: at last\\n')"
    with Stream([sys.executable, "-c", f"{talk}; print(1); sys.exit(1)"], os.environ) as process:
        assert process.output.read().strip() == b"1"
    with pytest.raises(Cannot, match="the history: at last"):
        read_whole(process)


@pytest.mark.parametrize("at", [20, -2000])
def test_a_damaged_object_is_told_in_the_words_of_git(git: Git, at: int) -> None:
    """Also where git finds out only after it has said the size, and some of the content."""
    name = put(git, b"".join(b"%d\n" % number**3 for number in range(50_000)))
    place = git.top / ".git" / "objects" / name[:2] / name[2:]
    place.chmod(0o600)
    data = bytearray(place.read_bytes())
    data[at : at + 16] = bytes(16)
    place.write_bytes(data)
    with (
        objects(git) as fetch,
        pytest.raises(Cannot, match=rf"({name[:12]}|history): .*(inflate|header)"),
    ):
        next(fetch([name]))


def test_a_git_that_ended_is_not_told_as_an_object_that_is_not_there(git: Git) -> None:
    with opened(git, ["cat-file", "--no-such-option"]) as reader, pytest.raises(Cannot) as said:
        _object(reader, reader.output, "a" * 40)
    assert said.value.message.startswith("git could not read the history: unknown option")
