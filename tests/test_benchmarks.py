"""What is measured on is what it is said to be."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.clock import Taken, megabytes
from benchmarks.histories import WAITING, write
from benchmarks.index import Row, table
from benchmarks.prose import COMMON, RARE
from tests.conftest import Run

NOTES = 300


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one of the knowledge bases to measure on."""
    folder = tmp_path_factory.mktemp("made") / "kb"
    write(folder, NOTES)
    return folder


def test_the_audit_and_the_checks_find_nothing(made: Path, run: Run) -> None:
    today = last_day(made)
    audited = run(made, "audit", today=today)
    assert (audited.code, audited.out) == (0, "")
    checked = run(made, "check", today=today)
    assert (checked.code, checked.out) == (0, "")


def last_day(root: Path) -> str:
    done = subprocess.run(
        ["git", "log", "-1", "--format=%cs"],
        cwd=root, check=True, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    return done.stdout.strip()


def test_it_holds_what_is_looked_for(made: Path, run: Run) -> None:
    today = last_day(made)
    assert len(run(made, "list", today=today).out.splitlines()) == NOTES + 1
    files = [path.read_text() for path in made.glob("notes/*/*.md")]
    assert sum(f" {RARE} " in text for text in files) == 2
    assert sum(f" {COMMON} " in text for text in files) == NOTES * 96 // 100
    waiting = run(made, "list", "--state", "captured", today=today)
    assert len(waiting.out.splitlines()) == WAITING + 1
    overdue = run(made, "list", "--stale", "--state", "not:captured", today=today)
    assert 1 < len(overdue.out.splitlines()) < (NOTES - WAITING) // 5


def test_a_ratio_over_its_bar_is_marked() -> None:
    floor = Taken(0.1, 0.05)
    rows = [
        Row("list", Taken(0.12, 0.1), "git", floor, 1.3),
        Row("log", Taken(0.2, 0.06), "git", floor, 1.3),
    ]
    lines = table(rows, {"list": 301.0, "log": 299.0}).splitlines()
    assert [line.endswith("over") for line in lines] == [
        *(False, False, True),
        *(False, False, True, False),
    ]
    assert lines[1].split()[-3:] == ["1.20", "2.00", "1.3"]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux's /proc")
def test_memory_of_all_processes_together(tmp_path: Path) -> None:
    one = "import time; x = b'x' * 40_000_000; time.sleep(0.5)"
    two = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {one!r}])"
    code = f"x = b'x' * 40_000_000; {two}"
    from benchmarks.clock import KMKIT

    found = megabytes((KMKIT[0], "-c", code), cwd=tmp_path)
    assert 80 < found < 200
