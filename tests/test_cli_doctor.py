import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.trail import commit as trail_commit
from kmkit.trail import safely
from kmkit.trail.holder import holding
from kmkit.trail.journal import place
from tests.conftest import Run, at, captured
from tests.cut_off import assert_sound, forked, git

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")


def cut_off(kb: KnowledgeBase, step: str) -> None:
    """A reassignment that is killed at ``step`` of the commit."""

    def die(*args: object) -> None:
        os._exit(137)

    def work() -> None:
        setattr(trail_commit, step, die)
        at(kb).move("reassign", next(kb.notes()), Request(owner="cy@example.org"))

    assert os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1]) == 137


def test_nothing_is_left(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    for args in ((), ("--mend",)):
        ran = run(kb.root, "doctor", *args)
        assert (ran.code, ran.out) == (0, "")
        assert ran.err == "Nothing is left behind here.\n"


def test_a_move_that_happened_is_named_and_finished_on_request(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb, "[/red] Fuel")
    cut_off(kb, "put")
    before = git(kb.root, "status", "--porcelain", "--untracked-files=all")
    ran = run(kb.root, "doctor")
    assert ran.code == 1
    move, lock, copy = ran.out.splitlines()
    assert "A move was cut off halfway: reassign: [/red] Fuel." in move
    assert "left its lock on git's index behind" in lock
    assert "1 file behind" in copy
    assert all(line.endswith("Run kmkit doctor --mend.") for line in (move, lock, copy))
    assert git(kb.root, "status", "--porcelain", "--untracked-files=all") == before
    ran = run(kb.root, "doctor", "--mend")
    assert (ran.code, ran.out) == (0, "")
    assert "its move is finished now: reassign: [/red] Fuel." in ran.err
    assert kb.read(note.path).owner == "cy@example.org"
    assert_sound(kb)


def test_a_move_that_did_not_happen_is_named_and_cleared_away(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    cut_off(kb, "held")
    ran = run(kb.root, "doctor")
    assert ran.code == 1
    assert "cut off before it happened" in ran.out
    ran = run(kb.root, "doctor", "--mend")
    assert ran.code == 0
    assert "had made ready is removed" in ran.err
    assert kb.read(note.path).owner == "ana@example.org"
    assert_sound(kb)


def test_the_next_command_that_writes_says_that_it_finished_a_move(
    kb: KnowledgeBase, run: Run
) -> None:
    captured(kb, "A")
    other = captured(kb, "Other")
    cut_off(kb, "put_index")
    retire = ("retire", other.id, "--because", "No use.")
    ran = run(kb.root, *retire)
    assert ran.code == 3
    assert "its move is finished now: reassign: A." in ran.err
    assert "give your command again" in ran.err
    assert run(kb.root, *retire).code == 0
    assert_sound(kb)


def test_a_lock_of_git_is_named_and_left(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    lock = kb.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    for args in ((), ("--mend",)):
        ran = run(kb.root, "doctor", *args)
        assert ran.code == 1
        assert "It is not kmkit's. If no git command is running, remove that file." in ran.out
        assert lock.read_bytes() == b""


def test_a_damaged_journal_is_named(kb: KnowledgeBase, run: Run) -> None:
    place(kb.git).write_text("{", "utf-8")
    ran = run(kb.root, "doctor")
    assert ran.code == 1
    assert "The journal of a move that was cut off is damaged" in ran.out
    assert "kmkit doctor --mend" in run(kb.root, "capture", "T", "-m", "x", "--no-input").err
    ran = run(kb.root, "doctor", "--mend")
    assert (ran.code, ran.out) == (0, "")
    assert "journal-main.damaged. Nobody knows what the move had still to do" in ran.err
    assert place(kb.git).with_suffix(".damaged").read_text("utf-8") == "{"
    assert run(kb.root, "capture", "T", "-m", "x", "--no-input").code == 0


def test_a_second_damaged_journal_does_not_overwrite_the_first(kb: KnowledgeBase, run: Run) -> None:
    names = ("journal-main.damaged", "journal-main-2.damaged", "journal-main-3.damaged")
    for number, name in enumerate(names):
        place(kb.git).write_text("{" * (number + 1), "utf-8")
        ran = run(kb.root, "doctor", "--mend")
        assert ran.code == 0
        assert f"is put aside as {place(kb.git).with_name(name)}. Nobody" in ran.err
    kept = {path.name: path.read_text("utf-8") for path in place(kb.git).parent.glob("*.damaged")}
    assert kept == dict(zip(names, ("{", "{{", "{{{"), strict=True))


def test_a_lock_on_the_branch_is_told_in_one_sentence_with_the_way(
    kb: KnowledgeBase, run: Run
) -> None:
    captured(kb)
    lock = kb.git.common_dir / f"{kb.git.branch()}.lock"
    lock.touch()
    ran = run(kb.root, "capture", "T", "-m", "x", "--no-input")
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out) == (4, "")
    assert first.startswith(f"git cannot move {kb.git.branch()}: cannot lock ref")
    assert second == "Run kmkit doctor, which names what is in the way."
    assert f"{lock} exists since" in run(kb.root, "doctor").out
    lock.unlink()
    tree = kb.git.text("rev-parse", "HEAD^{tree}")
    (kb.git.common_dir / "objects" / tree[:2] / tree[2:]).unlink()
    ran = run(kb.root, "capture", "T", "-m", "x", "--no-input")
    assert (ran.code, ran.out) == (4, "")
    assert "\nRun git fsck, or get a fresh clone" in ran.err


def test_a_damaged_tip_is_told(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    tip = kb.git.tip()
    (kb.git.common_dir / "objects" / tip[:2] / tip[2:]).unlink()
    said = (
        "git could not read the history: bad object HEAD.\n"
        "Run git fsck, or get a fresh clone with its whole history (in CI: fetch-depth: 0).\n"
    )
    for command in (
        ("doctor",),
        ("doctor", "--mend"),
        ("audit",),
        ("capture", "T", "-m", "x", "--no-input"),
        ("narrow", str(note.path), "--level", "internal", "--no-input"),
        ("log", note.id),
    ):
        ran = run(kb.root, *command)
        assert (ran.code, ran.out, ran.err) == (4, "", said), command
    assert note.title in run(kb.root, "show", note.id).out  # reading needs no history
    assert note.id in run(kb.root, "list").out


def test_a_branch_whose_file_holds_nonsense_has_begun_all_the_same(
    kb: KnowledgeBase, run: Run
) -> None:
    note = captured(kb)
    (kb.git.common_dir / kb.git.branch()).write_text("0123\n", "utf-8")
    for command in (("doctor",), ("audit",), ("capture", "T", "-m", "x", "--no-input")):
        ran = run(kb.root, *command)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err.startswith("git could not read the history: ")
        assert "Run git fsck" in ran.err
    assert note.title in run(kb.root, "show", note.id).out


def test_the_process_that_holds_the_lock_for_long_is_named(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/proc/locks").exists():
        pytest.skip("this system does not tell who holds a lock")
    captured(kb)
    monkeypatch.setattr(safely, "PATIENCE", 0.1)
    begun, over = os.pipe(), os.pipe()

    def hang() -> None:
        with safely.kmkit_lock(kb.git.common_dir):
            os.write(begun[1], b"x")
            os.read(over[0], 1)

    pid = forked(hang)
    os.read(begun[0], 1)
    ran = run(kb.root, "doctor")
    os.write(over[1], b"x")
    os.waitpid(pid, 0)
    assert ran.code == 3
    assert f"at work for long: process {pid}, begun 20" in ran.err
    assert "if it hangs, end that process" in ran.err
    assert holding(kb.git.common_dir / "kmkit" / "lock") is None


def powerless(kb: KnowledgeBase, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs kmkit as somebody whom permissions hold back, which root is not."""
    less: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("only setpriv takes root's power away")
        gone = "-dac_override,-dac_read_search"
        less = ["setpriv", f"--bounding-set={gone}", f"--inh-caps={gone}"]
    command = [*less, sys.executable, "-m", "kmkit", "-C", str(kb.root), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_where_nothing_may_be_written_it_still_looks(kb: KnowledgeBase) -> None:
    note = captured(kb)
    folders = [kb.git.git_dir / "kmkit", (kb.root / note.path).parent]
    lock, journal = folders[0] / "lock", place(kb.git)
    try:
        folders[1].chmod(0o555)
        done = powerless(kb, "capture", "T", "-m", "x", "--no-input")
        assert done.returncode == 4
        assert ".md cannot be written: Permission denied.\n" in done.stderr
        assert f"permissions of the folder {folders[1]}." in done.stderr
        assert ".kmkit-" not in done.stderr
        lock.chmod(0o444)
        folders[0].chmod(0o555)
        done = powerless(kb, "doctor")
        assert (done.returncode, done.stderr) == (0, "Nothing is left behind here.\n")
        folders[0].chmod(0o755)
        journal.write_text("{}", "utf-8")
        journal.chmod(0)
        done = powerless(kb, "doctor")
        assert done.returncode == 4
        assert f"cannot be read: {journal}: Permission denied.\n" in done.stderr
    finally:
        for folder in folders:
            folder.chmod(0o755)
        lock.chmod(0o644)
