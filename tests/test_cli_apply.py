"""``kmkit apply``: open to everybody."""

from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.person import Person
from tests.conftest import Run, disseminated
from tests.sitting import sitting

STRANGER = Person("สมชาย ใจดี", "somchai@elsewhere.org")


def test_anybody_records_a_use(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    note = disseminated(kb)
    (tmp_path / "log.csv").write_text("1\n", "utf-8")
    ran = run(
        kb.root, "apply", note.short, "--in", "Flood\n2027", "--outcome", "did-not-help",
        "--because", "The pumps were dry.\n---\nKmkit-Move: retire", "--on", "2026-11-01",
        "--evidence", "https://example.org/x", "--attach", str(tmp_path / "log.csv"),
        who=STRANGER,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    (record,) = kb.applications
    assert ran.out == f"records/application/{record.id}.md\n"
    assert (record.note, record.outcome, record.by) == (note.id, "did-not-help", STRANGER.key)
    assert record.in_ == "Flood 2027"
    assert [event.move for event in kb.events()][-1] == "apply"
    assert kb.read(note.path).data == note.data
    assert note.title in run(kb.root, "review", "--stale").out


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--outcome", "helped", "--because", "x"], 2, "--in is missing"),
        (["--in", "x", "--because", "x"], 2, "--outcome is missing"),
        (["--in", "x", "--outcome", "helped"], 2, "--because is missing"),
        (["--in", "x", "--outcome", "helpd", "--because", "x"], 2, "Did you mean helped?"),
        (["--in", "x", "--outcome", "zzz", "--because", "x"], 2, "helped, no-difference"),
        (["--in", "\u200b", "--outcome", "helped", "--because", "x"], 2, "missing"),
        (["--in", "x", "--outcome", "helped", "--because", "x", "--on", "2030-01-01"], 2, "future"),
        (["--in", "x", "--outcome", "helped", "--because", "x", "--attach", "no"], 2, "no file no"),
    ],
)
def test_what_is_missing_or_wrong(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "apply", note.short, *args)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert kb.applications == []


def test_a_dry_run_writes_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    ran = run(
        kb.root, "apply", note.short, "--in", "x", "--outcome", "helped", "--because", "x",
        "--dry-run",
    )  # fmt: skip
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("Would record")
    assert not (kb.root / "records").exists()


def test_asked_at_the_terminal(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    sat = sitting(
        kb.root, "apply", note.short,
        talk=[("Where", "Flood\n"), ("What came of it", "helped\n"), ("Why", "On day one.\n")],
    )  # fmt: skip
    assert sat.code == 0
    assert kb.applications[0].because == "On day one."
