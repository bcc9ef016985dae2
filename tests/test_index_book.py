"""The index is worth nothing: damaged, locked, raced or gone, the answers are the same."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.trail.git import Git
from tests.conftest import ANA, BEN, NOW, Run, at, captured, validated
from tests.index_tables import same_as_anew

SEEDS = range(int(os.environ.get("KMKIT_FLIPS", "12")))
ASKED = (["list"], ["status"], ["review", "--stale"], ["search", "fuel"], ["log", "boats"])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A knowledge base with a few notes and a short history; not to be changed."""
    root = tmp_path_factory.mktemp("made") / "kb"
    kb = lay(root, name="Test Agency", now=NOW, actor=ANA, first_note=False).kb
    validated(kb)
    validated(kb, "Boats")
    captured(kb, "Radios")
    return kb


@pytest.fixture
def own(made: KnowledgeBase, tmp_path: Path) -> KnowledgeBase:
    """A copy of it, to be changed."""
    root = tmp_path / "kb"
    shutil.copytree(made.root, root)
    Git(root).run("update-index", "--refresh", "-q")  # the copies have other times than git knows
    return KnowledgeBase(root, now=NOW, actor=ANA)


def answers(run: Run, root: Path) -> list[tuple[int, str]]:
    """What kmkit says, which must be no mistake of its own."""
    found = [run(root, *asked) for asked in ASKED]
    assert all(ran.code in (0, 1) for ran in found), found
    return [(ran.code, ran.out) for ran in found]


def place_of(kb: KnowledgeBase) -> Path:
    [place] = kb.git.git_dir.glob("kmkit/index-*.sqlite")
    return place


def words_of(kb: KnowledgeBase) -> Path:
    [folder] = [p for p in kb.git.git_dir.glob("kmkit/index-*") if p.is_dir()]
    return folder


def foreign(place: Path) -> None:
    place.unlink()
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE notes (n)")


def old(place: Path) -> None:
    with sqlite3.connect(place) as index:
        index.execute("PRAGMA user_version = 7")


def other_tables(place: Path) -> None:
    with sqlite3.connect(place) as index:
        index.execute("DROP TABLE cards")


def half_written(place: Path) -> None:
    with sqlite3.connect(place) as index:
        index.execute("DELETE FROM meta")


def folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def a_text(place: Path) -> None:
    place.write_text("This is no index.\n" * 500, encoding="utf-8")


def zeros(place: Path) -> None:
    place.write_bytes(bytes(place.stat().st_size))


def cut(share: float, place: Path) -> None:
    os.truncate(place, int(place.stat().st_size * share))


def journal_of_another(place: Path) -> None:
    """What a killed process left of an index that is no longer there."""
    index = sqlite3.connect(place, isolation_level=None)
    index.execute("PRAGMA cache_size = 1")
    index.execute("BEGIN IMMEDIATE")
    index.execute("UPDATE notes SET title = 'wrong ' || hex(zeroblob(9000))")
    journal = place.with_name(f"{place.name}-journal")
    kept = journal.read_bytes()
    index.execute("ROLLBACK")
    index.close()
    assert kept
    journal.write_bytes(kept)
    place.write_text("This is no index.\n", encoding="utf-8")


DAMAGE: list[Callable[[Path], None]] = [
    foreign, old, other_tables, half_written, folder, a_text, zeros, journal_of_another,
    lambda place: place.unlink(), lambda place: os.truncate(place, 0),
    *(partial(cut, share) for share in (0.001, 0.05, 0.3, 0.7, 0.97)),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(DAMAGE)))
def test_a_damaged_index_changes_no_answer(number: int, own: KnowledgeBase, run: Run) -> None:
    before = answers(run, own.root)
    DAMAGE[number](place_of(own))
    assert answers(run, own.root) == before
    captured(own, "Pumps")
    same_as_anew(own.root)


@pytest.mark.parametrize("seed", SEEDS)
def test_bytes_that_turned_bring_no_traceback(seed: int, own: KnowledgeBase, run: Run) -> None:
    """SQLite does not see each one of them; but nothing breaks, and the audit does not ask it."""
    answers(run, own.root)
    chance, place = random.Random(seed), place_of(own)
    data = bytearray(place.read_bytes())
    for _ in range(chance.choice([1, 10, 200])):
        data[chance.randrange(chance.choice([100, 4096, len(data)]))] = chance.randrange(256)
    place.write_bytes(data)
    for asked in ASKED:
        ran = run(own.root, *asked)
        assert "mistake of its own" not in ran.err, (asked, ran.err)
    assert run(own.root, "audit").code == 0


def test_damaged_full_text_changes_no_answer(own: KnowledgeBase, run: Run) -> None:
    before = answers(run, own.root)
    for damage in (zeros, lambda p: p.unlink(), lambda p: os.truncate(p, 7)):
        for file in words_of(own).iterdir():
            if file.is_file() and file.stat().st_size:
                damage(file)
        assert answers(run, own.root) == before
    shutil.rmtree(words_of(own))
    assert answers(run, own.root) == before


def test_locked_by_another(own: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmkit.index.keeping.store._PATIENCE", 0.2)
    before = answers(run, own.root)
    for how in ("IMMEDIATE", "EXCLUSIVE"):
        held = sqlite3.connect(place_of(own), isolation_level=None)
        held.execute(f"BEGIN {how}")
        assert answers(run, own.root) == before
        captured(own, f"Pumps {how}")
        assert "Pumps" in run(own.root, "list").out
        held.execute("ROLLBACK")
        held.close()
        before = answers(run, own.root)
    same_as_anew(own.root)


def test_somebody_reads_for_long(own: KnowledgeBase, run: Run) -> None:
    """Such as ``kmkit list | less``: who has to bring up the index meanwhile does it in memory."""
    answers(run, own.root)
    reading = sqlite3.connect(place_of(own), isolation_level=None)
    reading.execute("BEGIN")
    assert reading.execute("SELECT count(*) FROM notes").fetchone() == (3,)
    captured(own, "Pumps")
    assert "Pumps" in run(own.root, "list").out
    assert reading.execute("SELECT count(*) FROM notes").fetchone() == (3,)
    reading.close()
    same_as_anew(own.root)


def test_deleted_while_it_is_read(own: KnowledgeBase, run: Run) -> None:
    from kmkit.index.book import Index

    answers(run, own.root)
    with Index.open(own.root, today=NOW.date()) as index:
        rows = index.select()
        next(rows)
        shutil.rmtree(own.git.git_dir / "kmkit")
        assert len(list(rows)) == 2
        assert len(index.stale()) == 0
        assert len(list(index.trail())) == 5
    assert len(run(own.root, "list").out.splitlines()) == 4


# Where it cannot be written


def as_nobody(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs kmkit as somebody who owns nothing."""
    if shutil.which("setpriv") is None or os.geteuid() != 0:
        pytest.skip("only root can become nobody, by setpriv")
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    trust = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}
    return subprocess.run(
        [*become, sys.executable, "-m", "kmkit", "-C", str(root), *arguments],
        env={**os.environ, **trust, "GIT_CONFIG_VALUE_0": "*", "KMKIT_TODAY": "2026-11-21",
             "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
             "GIT_AUTHOR_NAME": ANA.name, "GIT_AUTHOR_EMAIL": ANA.email},
        capture_output=True, encoding="utf-8", check=False, cwd="/",
    )  # fmt: skip


def open_to_all(root: Path) -> None:
    """Let everybody come to the folder, which is below those of this test run alone."""
    for path in (root, *root.parents):
        if path.stat().st_uid == os.geteuid() and path != Path("/tmp"):
            path.chmod(0o755)


def test_a_file_that_this_user_may_not_read(own: KnowledgeBase) -> None:
    open_to_all(own.root)
    place = own.root / "notes/closed.md"
    place.write_text("---\ntitle: Closed\n---\n", encoding="utf-8")
    place.chmod(0)
    ran = as_nobody(own.root, "list")
    assert (ran.returncode, len(ran.stdout.splitlines())) == (0, 5), ran.stderr
    assert "1 file has problems (notes/closed.md)" in ran.stderr


@pytest.mark.parametrize("there", [True, False])
def test_where_nothing_may_be_written(there: bool, own: KnowledgeBase, run: Run) -> None:
    open_to_all(own.root)
    before = answers(run, own.root)
    if not there:
        shutil.rmtree(own.git.git_dir / "kmkit")
    (own.root / "notes/new.md").write_text("---\ntitle: New\n---\n", encoding="utf-8")
    ran = as_nobody(own.root, "list")
    assert (ran.returncode, "mistake of its own" in ran.stderr) == (0, False), ran.stderr
    assert "New" in ran.stdout
    (own.root / "notes/new.md").unlink()
    for asked, (code, out) in zip(ASKED, before, strict=True):
        ran = as_nobody(own.root, *asked)
        assert (ran.returncode, ran.stdout) == (code, out), ran.stderr
    assert there == bool(list(own.git.git_dir.glob("kmkit/index-*.sqlite")))


def test_a_full_disk(own: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    try:
        before = answers(run, own.root)
        home = own.git.git_dir / "kmkit"
        shutil.rmtree(home)
        home.symlink_to(small)
        assert answers(run, own.root) == before
        captured(own, "Pumps")
        assert "Pumps" in run(own.root, "list").out
    finally:
        subprocess.run(["umount", "-l", small], check=True)


# Several at once


def kmkit(root: Path, *arguments: str) -> "subprocess.Popen[str]":
    """kmkit at work, with Ana's name."""
    return subprocess.Popen(
        [sys.executable, "-m", "kmkit", "-C", str(root), *arguments],
        env={**os.environ, "KMKIT_TODAY": "2026-11-21"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def test_many_make_the_first_index_at_once(own: KnowledgeBase, run: Run) -> None:
    shutil.rmtree(own.git.git_dir / "kmkit", ignore_errors=True)
    expected = len(run(own.root, "list").out.splitlines())
    shutil.rmtree(own.git.git_dir / "kmkit")
    running = [kmkit(own.root, "list") for _ in range(6)]
    for one in running:
        out, err = one.communicate(timeout=120)
        assert (one.returncode, len(out.splitlines())) == (0, expected), err
    left = sorted(p.name for p in (own.git.git_dir / "kmkit").glob("index-*.sqlite*"))
    assert len([name for name in left if not name.endswith(".lock")]) == 1, left
    same_as_anew(own.root)


def test_many_read_while_others_write(own: KnowledgeBase, run: Run) -> None:
    """Nobody fails, and nobody is told of fewer notes than there were when they asked."""
    asked = (["list"], ["status"], ["search", "fuel"], ["list"])
    readers: list[tuple[int, list[str], subprocess.Popen[str]]] = []
    for number in range(8):
        if number % 4 == 0:
            captured(own, f"Fuel {number}")
        at(own, BEN).move(
            "validate", captured(own, f"More {number}"),
            Request(method="peer-review", verdict="approve", because="Read."),
        )  # fmt: skip
        there = len(list(own.note_paths()))
        readers.append((there, asked[number % 4], kmkit(own.root, *asked[number % 4])))
    for there, said, one in readers:
        out, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
        if said == ["list"]:
            assert len(out.splitlines()) > there
    same_as_anew(own.root)


@pytest.fixture
def big(kb: KnowledgeBase) -> KnowledgeBase:
    """Enough notes that several processes read them."""
    text = validated(kb).data.replace(b"Order fuel early", b"Fuel, and much of it")
    for number in range(1500):
        place = kb.root / f"notes/{number % 9}/{number}.md"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(text.replace(b"-early-", b"-%d-" % number))
    return kb


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("after", [0.4, 0.8, 1.6])
def test_killed_while_it_is_made(after: float, big: KnowledgeBase) -> None:
    one = kmkit(big.root, "list")
    time.sleep(after)
    one.send_signal(signal.SIGKILL)
    one.communicate(timeout=120)
    for left in big.git.git_dir.glob("kmkit/*.lock"):
        FileLock(left).acquire(timeout=20).lock.release()  # none of its helpers holds it still
    two = kmkit(big.root, "list")
    out, err = two.communicate(timeout=120)
    assert (two.returncode, len(out.splitlines())) == (0, 1502), err


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for others")
def test_stopped_while_it_is_made(big: KnowledgeBase) -> None:
    one = kmkit(big.root, "list")
    time.sleep(0.8)
    one.send_signal(signal.SIGINT)
    _, err = one.communicate(timeout=120)
    assert one.returncode in (0, 130)
    assert "Traceback" not in err
    assert not list(big.git.git_dir.glob("kmkit/*.sqlite.[0-9]*"))


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_killed_while_it_is_brought_up(big: KnowledgeBase) -> None:
    for after in (0.4, 0.9):
        kmkit(big.root, "list").communicate(timeout=120)
        for place in (big.root / "notes/1").iterdir():
            place.write_bytes(place.read_bytes() + b"\nMore.\n")
        one = kmkit(big.root, "list")
        time.sleep(after)
        one.send_signal(signal.SIGKILL)
        one.communicate(timeout=120)
        same_as_anew(big.root)


# Opened twice by one process


def test_who_reads_it_does_not_keep_the_same_process_from_writing(own: KnowledgeBase) -> None:
    with Index.open(own.root, today=own.today) as outer:
        assert len([*outer.cards()]) == 3
        at(own).move("retire", own.resolve("radios"), Request(because="Outdated."))
        with Index.open(own.root, today=own.today) as inner:
            assert not inner.unmoved
        with Index.open(own.root, today=own.today) as again:
            assert again.unmoved  # what the inner one wrote was kept
        assert len([*outer.cards()]) == 3
