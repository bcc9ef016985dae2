"""Two people at once, and somebody who presses Ctrl-C: the old state or the new one, never less."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kmkit.errors import KmkitError
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.trail.git import Git
from tests.conftest import ANA, APPROVE, BEN, CY, at, captured

MOVE = """
print("ready", flush=True)
from kmkit.cli import main
main()
"""


def command(root: Path, *args: str, who: str = "ben") -> "subprocess.Popen[str]":
    env = {
        **os.environ,
        "GIT_AUTHOR_NAME": who.title(),
        "GIT_AUTHOR_EMAIL": f"{who}@example.org",
        "KMKIT_TODAY": "2026-11-21",
    }
    return subprocess.Popen(
        [sys.executable, "-c", MOVE, "-C", str(root), *args],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_people_move_two_notes_at_once(kb: KnowledgeBase) -> None:
    notes = [captured(kb, f"Lesson {number}") for number in range(8)]
    people = (BEN, CY)

    def work(number: int) -> str:
        mine = at(kb, people[number % 2])
        return mine.move("validate", mine.resolve(notes[number].id), APPROVE).commit

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(work, range(8)))
    assert len(set(made)) == 8
    assert {note.state for note in kb.notes()} == {"validated"}
    assert kb.git.text("rev-list", "--count", "HEAD") == str(1 + 8 + 8)
    assert kb.git.text("status", "--porcelain") == ""
    for note in kb.notes():
        assert kb.claim(note).state == "validated"


def test_two_processes_move_the_same_note_at_once(kb: KnowledgeBase) -> None:
    note = captured(kb)
    approve = ("validate", note.id, "--method", "peer-review", "--approve", "--because", "Fine.")
    both = [command(kb.root, *approve, who=who) for who in ("ben", "cy")]
    said = [process.communicate()[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes == [0, 3], said
    refusal = next(text for process, text in zip(both, said, strict=True) if process.returncode)
    assert "changed" in refusal or "needs a note that is" in refusal
    assert "Traceback" not in "".join(said)
    assert len(kb.read(note.path).fields.verdicts) == 1
    assert kb.claim(note).verdicts == kb.read(note.path).fields.verdicts


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_move_is_done_or_not_done(kb: KnowledgeBase, number: int) -> None:
    note = captured(kb)
    chance = random.Random(7)
    interrupted = 0
    for turn in range(12):
        before = kb.read(note.path)
        tip = kb.git.tip()
        to = ("cy" if before.owner.startswith("ana") else "ana") + "@example.org"
        process = command(kb.root, "reassign", note.id, "--to", to, who="ana")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.6))
        process.send_signal(number)
        _, said = process.communicate()
        assert "Traceback" not in said, said
        after = kb.read(note.path)
        moved = kb.git.tip() != tip
        interrupted += process.returncode != 0
        assert (after.data != before.data) == moved, turn
        assert kb.claim(after).owner == after.owner
        assert kb.git.text("status", "--porcelain") == "", turn
        assert not (kb.git.git_dir / "index.lock").exists()
        assert not list(kb.root.rglob(".kmkit-*"))
    assert interrupted, "no turn was interrupted in time"


def test_a_full_disk_leaves_the_old_state(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = captured(kb)
    tip = kb.git.tip()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KmkitError, match="No space left"):
        at(kb, BEN).move("validate", note, APPROVE)
    monkeypatch.undo()
    assert Git(kb.root).tip() == tip
    assert kb.read(note.path).data == note.data
    assert kb.git.text("status", "--porcelain") == ""


def test_a_note_that_changed_on_disk_meanwhile_is_not_overwritten(kb: KnowledgeBase) -> None:
    note = captured(kb)
    (kb.root / note.path).write_bytes(note.data + b"\nMy own words.\n")
    with pytest.raises(KmkitError, match="changed"):
        kb.move("retire", note, Request(because="No use."))
    assert (kb.root / note.path).read_bytes().endswith(b"My own words.\n")
    assert at(kb, ANA).git.text("rev-list", "--count", "HEAD") == "2"
