"""kill -9 at every step: the next command leaves the old state or the new one, never a third."""

import errno
import json
import os
import random
import re
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from kmkit.errors import Cannot, KmkitError, Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.trail import branch, journal, safely
from kmkit.trail import commit as trail_commit
from kmkit.trail.branch import Held
from kmkit.trail.git import Git
from kmkit.trail.holder import Holder, signed, signer, this_process
from kmkit.trail.recovery import examine, mend, recover
from tests.conftest import ANA, BEN, at, captured
from tests.cut_off import (
    assert_sound,
    cut_off,
    finished,
    forked,
    git,
    needs_fork,
    next_command,
    to_the_other,
)

ROUND = 60
KILLS = int(os.environ.get("KMKIT_TEST_KILLS", ROUND))
"""At random times; each round begins anew, for a long history makes each look at it slow."""
TO_CY = Request(owner="cy@example.org")


@needs_fork
def test_a_move_that_is_killed_at_any_step_is_done_or_not_done(kb: KnowledgeBase) -> None:
    note, other = captured(kb), captured(kb, "Another")
    halfway, step, alive = 0, 0, True
    while alive:
        step += 1
        before = kb.read(note.path)
        wish = to_the_other(before)
        tip = Git(kb.root).tip()
        alive = cut_off(partial(at(kb).move, "reassign", before, wish), step)
        moved = Git(kb.root).tip() != tip
        told = next_command(kb, other)
        halfway += bool(told)
        assert_sound(kb)
        after = kb.read(note.path)
        assert after.owner == (wish.owner if moved else before.owner), step
        assert (after.data == before.data) is not moved
    assert step > 30
    assert halfway >= 3


@needs_fork
def test_a_capture_with_a_file_that_is_killed_at_any_step(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    step, alive = 0, True
    attached = tmp_path / "fuel.csv"
    attached.write_text("litres\n9\n", "utf-8")

    def work() -> None:
        at(kb).capture({"title": f"Lesson {step}"}, "## Lessons\n\nOne.\n", attach=[attached])

    while alive:
        step += 1
        tip, count = Git(kb.root).tip(), len(list(kb.notes()))
        alive = cut_off(work, step)
        moved = Git(kb.root).tip() != tip
        finished(kb)
        assert_sound(kb)
        assert len(list(kb.notes())) == count + moved
        assert len(list((kb.root / "annex").rglob("*.csv"))) == count + moved
    assert step > 40


def loop(kb: KnowledgeBase, name: str, said: int) -> None:
    """Give a note to one and the other for ever, telling each commit once it is acknowledged."""
    mine = at(kb)
    while True:
        note = mine.resolve(name)
        made = mine.move("reassign", note, to_the_other(note)).commit
        os.write(said, f"{made}\n".encode())


@needs_fork
@pytest.mark.parametrize("seed", range(-(-KILLS // ROUND)))
def test_kill_9_at_random_times(kb: KnowledgeBase, seed: int) -> None:
    note, other = captured(kb), captured(kb, "Another")
    chance = random.Random(seed)
    halfway, acknowledged = 0, set[str]()
    for _ in range(ROUND):
        hear, say = os.pipe()
        child = forked(partial(loop, kb, note.id, say))
        os.close(say)
        time.sleep(chance.uniform(0.01, 0.16))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(hear) as stream:
            acknowledged |= set(stream.read().split())
        halfway += bool(signer(kb.git.git_dir / "index.lock"))
        next_command(kb, other)
        assert_sound(kb)
    print(f"{ROUND} kills, {halfway} of them halfway, {len(acknowledged)} moves acknowledged")
    assert halfway, "no kill came in the middle of a move"
    assert acknowledged
    assert acknowledged <= set(git(kb.root, "rev-list", "HEAD").split())
    assert git(kb.root, "fsck", "--no-dangling", "--no-progress") == ""


# A move cut off after its branch moved


def halfway(kb: KnowledgeBase, at_step: str = "put") -> None:
    """Give the note to Cy, and die when the branch has moved and the file has not."""

    def die(*args: object) -> None:
        os._exit(137)

    def work() -> None:
        setattr(trail_commit, at_step, die)
        note = next(kb.notes())
        at(kb).move("reassign", note, TO_CY)

    tip = Git(kb.root).tip()
    os.waitpid(forked(work), 0)
    assert Git(kb.root).tip() != tip


@needs_fork
def test_the_next_command_finishes_it_and_says_so(kb: KnowledgeBase) -> None:
    note, other = captured(kb), captured(kb, "Z")
    halfway(kb)
    assert kb.read(note.path).owner == "ana@example.org"
    with pytest.raises(Refused, match="its move is finished now: reassign: Order fuel") as raised:
        at(kb).move("retire", other, Request(because="No use."))
    assert "give your command again" in raised.value.mend
    assert kb.read(note.path).owner == "cy@example.org"
    assert_sound(kb)
    at(kb).move("retire", other, Request(because="No use."))


@needs_fork
def test_it_is_finished_from_git_where_the_new_file_is_gone(kb: KnowledgeBase) -> None:
    note = captured(kb)
    halfway(kb)
    [temporary] = kb.root.rglob("notes/**/.kmkit-*")
    temporary.unlink()
    [told] = mend(kb.git)
    assert "finished" in told
    assert kb.read(note.path).owner == "cy@example.org"
    assert_sound(kb)


@needs_fork
def test_what_the_user_wrote_since_stays(kb: KnowledgeBase) -> None:
    note = captured(kb)
    halfway(kb)
    mine = note.data + b"\nMy own words.\n"
    (kb.root / note.path).write_bytes(mine)
    told = mend(kb.git)
    assert told[1] == f"{note.path} was changed since, and stays as it is."
    assert (kb.root / note.path).read_bytes() == mine
    assert_sound(kb, status=f"M {note.path}")
    assert git(kb.root, "diff", "--cached", "--name-only") == ""


@needs_fork
def test_what_the_user_staged_since_stays(kb: KnowledgeBase) -> None:
    note = captured(kb)
    halfway(kb)
    (kb.root / ".git" / "index.lock").unlink()  # as git advises
    (kb.root / note.path).write_bytes(note.data + b"\nMy own words.\n")
    git(kb.root, "add", str(note.path))
    staged = git(kb.root, "ls-files", "-s", str(note.path))
    mend(kb.git)
    assert git(kb.root, "ls-files", "-s", str(note.path)) == staged


@needs_fork
def test_a_later_commit_has_the_say(kb: KnowledgeBase) -> None:
    note = captured(kb)
    halfway(kb)
    (kb.root / ".git" / "index.lock").unlink()
    (kb.root / note.path).write_bytes(note.data + b"\nMy own words.\n")
    git(kb.root, "commit", "-q", "-a", "-m", "by hand")
    told = mend(kb.git)
    assert told[1].endswith("stays as it is.")
    assert (kb.root / note.path).read_bytes() == note.data + b"\nMy own words.\n"
    assert git(kb.root, "status", "--porcelain") == ""


@needs_fork
def test_on_another_branch_no_file_is_touched(kb: KnowledgeBase) -> None:
    note = captured(kb)
    halfway(kb)
    (kb.root / ".git" / "index.lock").unlink()
    git(kb.root, "branch", "side", "HEAD~1")
    git(kb.root, "symbolic-ref", "HEAD", "refs/heads/side")
    assert len(mend(kb.git)) == 1
    assert (kb.root / note.path).read_bytes() == note.data
    assert git(kb.root, "status", "--porcelain") == ""


@needs_fork
def test_git_that_was_killed_too_is_mended_on_request_alone(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, tip = captured(kb), kb.git.tip()
    monkeypatch.setattr(branch, "SETTLES", 50)

    def die(self: Held) -> None:
        self._process.kill()
        self._process.wait()
        os._exit(137)

    def work() -> None:
        setattr(Held, "go", die)  # noqa: B010
        at(kb).move("reassign", note, TO_CY)

    os.waitpid(forked(work), 0)
    left = {path.name for path in (kb.root / ".git").rglob("*.lock")}
    assert left == {"index.lock", "HEAD.lock", "main.lock"}
    with pytest.raises(Refused, match="git was cut off while it moved refs/heads/main"):
        at(kb).move("reassign", note, TO_CY)
    assert any("its locks are left" in one.message for one in examine(kb.git))
    mend(kb.git)
    assert examine(kb.git) == []
    assert (kb.git.tip(), kb.read(note.path).data) == (tip, note.data)
    at(kb).move("reassign", note, TO_CY)
    assert_sound(kb)


@needs_fork
@pytest.mark.parametrize("name", ["HEAD.lock", "refs/heads/main.lock"])
def test_a_lock_of_git_on_a_branch_is_named_and_left(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(branch, "SETTLES", 50)
    captured(kb)
    halfway(kb)
    lock = kb.root / ".git" / name
    lock.write_bytes(b"")
    mend(kb.git)
    [left] = examine(kb.git)
    assert str(lock) in left.message
    assert "not kmkit's" in left.mend
    assert lock.exists()


@needs_fork
def test_a_linked_work_tree_has_a_journal_of_its_own(kb: KnowledgeBase, tmp_path: Path) -> None:
    note, other = captured(kb), captured(kb, "Z")
    git(kb.root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "main"))
    there = KnowledgeBase(tmp_path / "main", now=kb.now, actor=ANA)
    halfway(there)
    assert journal.place(there.git).name == "journal-tree-main.json"
    assert journal.place(kb.git).name == "journal-main.json"
    assert [left.mend for left in examine(kb.git)] == ["Run kmkit doctor --mend there."]
    assert next_command(kb, other) == []
    [told] = mend(there.git)
    assert "finished" in told
    assert git(there.root, "status", "--porcelain") == ""
    assert there.read(note.path).owner == "cy@example.org"


def test_a_file_that_cannot_be_put_leaves_the_old_state(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    attached = tmp_path / "fuel.csv"
    attached.write_text("litres\n", "utf-8")
    captured(kb, "Another")
    tip, real, calls = kb.git.tip(), os.replace, []

    def fails(source: Path, target: Path) -> None:
        if target.suffix in (".md", ".csv"):
            calls.append(target)
            if len(calls) == 2:
                raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(Cannot, match="cannot be written: Permission denied"):
        kb.capture({"title": "Two files"}, "## Lessons\n\nOne.\n", attach=[attached])
    monkeypatch.undo()
    assert len(calls) == 2
    assert kb.git.tip() == tip
    assert_sound(kb)


@pytest.mark.skipif(os.name == "nt", reason="Windows does it by other means")
def test_each_step_is_on_the_disk_before_the_next(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = captured(kb)
    synced: list[int] = []
    real, go = os.fsync, Held.go
    objects = kb.git.common_dir / "objects"
    before = set(objects.rglob("*"))

    def fsync(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    def moves(self: Held) -> None:
        new = set(objects.rglob("*")) - before
        assert sum(path.is_file() for path in new) == 5  # the note, three trees, the commit
        journal_of = journal.place(kb.git)
        [temporary] = kb.root.rglob("notes/**/.kmkit-*")
        for path in (*new, objects, journal_of, journal_of.parent, temporary):
            assert path.stat().st_ino in synced, path
        synced.clear()
        go(self)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Held, "go", moves)
    at(kb).move("reassign", note, TO_CY)
    branches, folder = kb.git.common_dir / "refs" / "heads", (kb.root / note.path).parent
    git_dir = kb.git.git_dir
    order = [branches, folder, git_dir / "index", git_dir, journal.place(kb.git).parent]
    assert synced == [path.stat().st_ino for path in order]


def test_an_index_that_cannot_be_put_leaves_the_old_state(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, real = captured(kb), os.replace

    def fails(source: Path, target: Path) -> None:
        if target.name == "index":
            raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    tip = kb.git.tip()
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(Cannot, match="index cannot be written: Permission denied"):
        at(kb).move("reassign", note, TO_CY)
    monkeypatch.undo()
    assert (kb.git.tip(), kb.read(note.path).data) == (tip, note.data)
    assert_sound(kb)


# Locks


def lock_of(kb: KnowledgeBase) -> Path:
    return kb.git.git_dir / "index.lock"


def gone() -> Holder:
    """A process that ended."""
    child = forked(lambda: None)
    os.waitpid(child, 0)
    return this_process()._replace(pid=child)


@needs_fork
def test_the_lock_of_a_process_that_is_gone_is_taken_over(kb: KnowledgeBase) -> None:
    note = captured(kb)
    lock_of(kb).write_text(f"kmkit 0123456789abcdef {json.dumps(gone())}\n", "utf-8")
    at(kb, ANA).move("reassign", note, TO_CY)
    assert_sound(kb)


def test_a_number_that_was_given_out_again_is_no_running_process() -> None:
    first = this_process()._replace(pid=1)
    if first.started:
        assert not first.runs
    assert first._replace(started="").runs or os.name == "nt"
    assert not this_process().runs
    assert first._replace(host="elsewhere").runs


def test_what_is_not_kmkits_is_nobody_elses_to_remove(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = captured(kb)
    monkeypatch.setattr(safely, "PATIENCE", 0.1)
    other = this_process()._replace(host="elsewhere")
    for content in (b"", b"DIRC\0\0", b"kmkit", b"kmkit x [1]", b"kmkit a " + b"9" * 4000):
        lock_of(kb).write_bytes(content)
        assert signer(lock_of(kb)) is None
        with pytest.raises(Refused, match="git is at work here"):
            at(kb).move("reassign", note, TO_CY)
        assert lock_of(kb).read_bytes() == content
    theirs = f"kmkit 0123456789abcdef {json.dumps(other)}\n".encode()
    lock_of(kb).write_bytes(theirs)
    with pytest.raises(Refused, match="on another machine") as raised:
        at(kb).move("reassign", note, TO_CY)
    assert "doctor --mend" in raised.value.mend
    assert lock_of(kb).read_bytes() == theirs
    mend(kb.git)
    at(kb).move("reassign", note, TO_CY)
    assert_sound(kb)


def test_a_lock_that_another_process_put_in_place_of_ours_stays(kb: KnowledgeBase) -> None:
    with safely.git_lock(lock_of(kb)):
        lock_of(kb).unlink()
        lock_of(kb).write_bytes(b"")
    assert lock_of(kb).read_bytes() == b""
    assert signed() != signed()


@needs_fork
def test_a_move_of_another_machine_is_finished_on_request_alone(kb: KnowledgeBase) -> None:
    captured(kb)
    halfway(kb)
    told = json.loads(journal.place(kb.git).read_text("utf-8"))
    told[0][1] = "elsewhere"
    journal.place(kb.git).write_text(json.dumps(told), "utf-8")
    with pytest.raises(Refused, match="on elsewhere is halfway"):
        recover(kb.git)
    assert "finished" in mend(kb.git)[0]
    assert_sound(kb)


def test_a_damaged_journal_is_named(kb: KnowledgeBase) -> None:
    note = captured(kb)
    for text in ("", "{}", "[1,2,3,4,5]", '[["a","b"],1,2,3,[[1]]]'):
        journal.place(kb.git).write_text(text, "utf-8")
        with pytest.raises(Cannot, match=r"is damaged: .*journal-main\.json"):
            at(kb, BEN).move("reassign", note, TO_CY)


def test_nothing_is_left_and_nothing_to_mend(kb: KnowledgeBase) -> None:
    captured(kb)
    assert examine(kb.git) == []
    assert mend(kb.git) == []


# A disk that is full, a folder that is read-only


def outcome(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_fork
@pytest.mark.parametrize("room", [0, 30, 100, 160, 300, 500, 650, 800, 1000])
def test_where_a_file_cannot_grow_nothing_is_changed(kb: KnowledgeBase, room: int) -> None:
    note, other = captured(kb), captured(kb, "Another")
    tip = kb.git.tip()

    def work() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        try:
            at(kb).move("reassign", note, TO_CY)
        except KmkitError:
            os._exit(3)

    code = outcome(forked(work))
    assert code in (0, 3)
    assert (kb.git.tip() != tip) == (code == 0)
    assert (kb.read(note.path).data != note.data) == (code == 0)
    assert_sound(kb)
    assert next_command(kb, other) == []
    assert code == 3 or room >= 500


@pytest.mark.parametrize(
    ("error", "way"),
    [
        (errno.ENOSPC, "Make room on its disk and try again; nothing was changed."),
        (errno.EROFS, "Its disk is mounted for reading alone."),
        (errno.EACCES, "Look at the permissions of the folder "),
        (errno.EIO, ""),
    ],
)
def test_what_could_not_be_written_is_named_with_the_way_out(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, error: int, way: str
) -> None:
    """Also where the system names no file: it does not once one is open."""
    note = captured(kb)

    def fails(stream: object, data: bytes) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("kmkit.trail.safely._whole", fails)
    with pytest.raises(Cannot) as said:
        at(kb).move("reassign", note, TO_CY)
    assert re.match(r"/.*\.(md|lock) cannot be written: ", said.value.message)
    assert said.value.mend.startswith(way)
    assert bool(way) == bool(said.value.mend)
    assert kb.read(note.path).data == note.data


@needs_fork
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("folder", ["notes/2026", ".git", ".git/objects", ".git/refs/heads"])
def test_where_a_folder_is_read_only_nothing_is_changed(kb: KnowledgeBase, folder: str) -> None:
    note, tip = captured(kb), kb.git.tip()
    (kb.root / folder).chmod(0o500)
    try:
        with pytest.raises(KmkitError):
            at(kb).move("reassign", note, TO_CY)
    finally:
        (kb.root / folder).chmod(0o700)
    assert (kb.git.tip(), kb.read(note.path).data) == (tip, note.data)
    assert_sound(kb)
