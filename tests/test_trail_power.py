"""A power cut at any moment: what was acknowledged stands, the rest happened or did not."""

import os
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.kb.resolving import resolve
from kmkit.trail import commit as trail_commit
from kmkit.trail import journal
from kmkit.trail.branch import Held
from kmkit.trail.git import Git
from kmkit.trail.recovery import mend
from tests.conftest import ANA, BEN, CY, at, captured
from tests.cut_off import KILLED, forked, git, to_the_other
from tests.power import NoDiskError, apart, why_not
from tests.power_cuts import Figures, series
from tests.test_kb_resolving import CROWD, approving, parted

CUTS = int(os.environ.get("KMKIT_TEST_POWER", "3"))
"""For each way in which the file system keeps its order."""
ORDERED = "noauto_da_alloc,data=ordered,commit=1"
WRITEBACK = "noauto_da_alloc,data=writeback,commit=1"
UNDELAYED = f"{WRITEBACK},nodelalloc"
"""With it a file can come back in its whole length, and hold nothing of what was written."""
WAYS = (ORDERED, UNDELAYED, WRITEBACK)[: 2 if CUTS < 10 else 3]

needs_a_disk = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
needs_fsync = pytest.mark.skipif(os.name == "nt", reason="Windows does it by other means")
Cuts = Callable[..., Figures]


@pytest.fixture
def cuts(tmp_path: Path) -> Cuts:
    """Makes cuts: how many, with which options of ext4, with care or without."""

    def make(number: int, options: str, seed: int = 0, *, careless: bool = False) -> Figures:
        enough = 1 if CUTS < 10 else number
        work = partial(
            series, tmp_path / "machine", number, options, seed, careless=careless, enough=enough
        )
        try:
            told = apart(lambda: asdict(work()))
        except NoDiskError as error:
            pytest.skip(f"no file system can be made and mounted here: {error}")
        figures = Figures(**told)
        print(f"{options}: {told | {'losses': len(figures.losses)}}", *figures.losses, sep="\n")
        return figures

    return make


@needs_a_disk
@pytest.mark.parametrize("options", WAYS)
def test_a_power_cut_loses_nothing_that_was_acknowledged(cuts: Cuts, options: str) -> None:
    figures = cuts(CUTS, options)
    assert figures.cuts == CUTS
    assert figures.losses == []
    assert figures.acknowledged
    assert figures.halfway or CUTS < 10


@needs_a_disk
def test_the_same_cuts_lose_moves_where_nothing_is_forced_to_the_disk(cuts: Cuts) -> None:
    assert cuts(max(8, CUTS // 3), WRITEBACK, careless=True).losses


# What is forced to the disk, and when


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The files and folders that were, by inode, in their order."""
    inodes: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        inodes.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return inodes


def inodes(*places: Path) -> set[int]:
    return {place.stat().st_ino for place in places}


@needs_fsync
@pytest.mark.parametrize("branch", ["main", "works/roads/2027"])
def test_what_an_editor_left_is_on_the_disk_before_the_move(
    kb: KnowledgeBase, synced: list[int], monkeypatch: pytest.MonkeyPatch, branch: str
) -> None:
    note = captured(kb)
    git(kb.root, "branch", "-M", branch)
    git(kb.root, "pack-refs", "--all")
    place, go = kb.root / note.path, Held.go
    place.write_bytes(note.data + b"\nThe river was high.\n")

    def moves(self: Held) -> None:
        assert inodes(place, place.parent) <= set(synced)
        synced.clear()
        go(self)

    monkeypatch.setattr(Held, "go", moves)
    found = kb.read(note.path)
    kb.move("edit", found, data=found.data)
    heads = kb.git.common_dir / "refs" / "heads"
    folders = [heads, *(heads / part for part in ("works", "works/roads") if branch != "main")]
    assert inodes(*folders) <= set(synced)


@needs_fsync
def test_what_a_recovery_finds_in_place_is_on_the_disk_before_the_journal_goes(
    kb: KnowledgeBase, synced: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    note = captured(kb)

    def die(*args: object) -> None:
        os._exit(KILLED)

    def work() -> None:
        setattr(trail_commit, "put_index", die)  # noqa: B010
        at(kb).move("reassign", note, to_the_other(note))

    os.waitpid(forked(work), 0)
    place, forget = kb.root / note.path, journal.forget

    def forgets(repository: Git) -> None:
        assert inodes(place, place.parent, kb.git.git_dir) <= set(synced)
        forget(repository)

    monkeypatch.setattr(journal, "forget", forgets)
    assert "finished" in mend(kb.git)[0]
    assert not journal.place(kb.git).exists()


@needs_fsync
def test_a_resolved_note_is_staged_on_the_disk(kb: KnowledgeBase, synced: list[int]) -> None:
    note = captured(kb)
    assert "CONFLICT" in parted(kb, note, approving(kb, BEN, CROWD), approving(kb, CY, CROWD))
    synced.clear()
    resolve(kb, kb.read(note.path))
    name = git(kb.root, "rev-parse", f":{note.path}")
    blob = kb.git.common_dir / "objects" / name[:2] / name[2:]
    git_dir = kb.git.git_dir
    wanted = (kb.root / note.path, blob, blob.parent, git_dir / "index", git_dir)
    assert inodes(*wanted) <= set(synced)


@needs_fsync
def test_a_new_knowledge_base_is_on_the_disk(tmp_path: Path, synced: list[int]) -> None:
    kb = lay(tmp_path / "works" / "kb", actor=ANA).kb
    git_dir = kb.git.git_dir
    # git's diary, what can be made anew, and that of which git takes care itself
    apart = {git_dir / name for name in ("logs", "kmkit", "index", "refs/heads/main")}
    standing = {path for path in git_dir.rglob("*") if not apart & {path, *path.parents}}
    assert inodes(tmp_path, tmp_path / "works", kb.root, git_dir, *standing) <= set(synced)
    assert git_dir / "config" in standing
