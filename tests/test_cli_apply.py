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


def test_one_step_at_a_time_and_of_an_application(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    for args, code, said in (
        (["x", "--done", "--drop"], 2, "--done and --drop exclude each other"),
        (["zzzz", "--drop", "--because", "x"], 2, "There is no application 'zzzz'"),
        (["--drop", "--because", "x"], 2, "Which application?"),
        ([note.short, "--action", "x", "--outcome", "helped"], 2, "Leave one out"),
        ([note.short, "--action", "x", "--in", "y", "--no-input"], 2, "--due is missing"),
        ([note.short, "--action", "x", "--in", "y", "--due", "soon"], 2, "no date"),
    ):
        ran = run(kb.root, "apply", *args)
        assert (ran.code, ran.out) == (code, ""), args
        assert said in ran.err, args


def test_what_is_planned_can_be_planned_anew_and_dropped(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    args = ["--in", "Coast", "--action", "Sign early", "--due", "2026-12-01"]
    made = run(kb.root, "apply", note.short, *args).out.strip()
    place = kb.root / made
    short = place.stem[-4:]
    before = place.read_bytes()
    dry = run(kb.root, "apply", short, "--drop", "--because", "x", "--dry-run")
    assert (dry.code, place.read_bytes()) == (0, before)
    nothing = run(kb.root, "apply", short, "--replan", "--because", "x")
    assert (nothing.code, "--due DATE or --by EMAIL" in nothing.err) == (2, True)
    ran = run(
        kb.root, "apply", short, "--replan", "--due", "2026-12-24", "--by", "ben@example.org",
        "--because", "Ben has time.",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert b"by: ben@example.org\ndue: 2026-12-24\n" in place.read_bytes()
    assert run(kb.root, "apply", short, "--drop", "--because", "No road.").code == 0
    assert b"status: dropped\n" in place.read_bytes()
    again = run(kb.root, "apply", short, "--done", "--changed", "policy.toml", "--outcome",
                "helped", "--because", "x")  # fmt: skip
    assert (again.code, "is dropped" in again.err) == (3, True)


def test_who_did_it_cannot_call_it_verified_by_hand(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    made = run(
        kb.root, "apply", note.short, "--in", "Coast", "--outcome", "helped", "--because", "So.",
        "--changed", "Fuel procedure, paragraph 4", "--on", "2026-11-01",
    ).out.strip()  # fmt: skip
    place = kb.root / made
    seen = '{on: 2026-11-20, by: Ana@Example.org, evidence: "Log"}'
    text = place.read_text("utf-8").replace("by: ana@", f"verified: {seen}\nby: ana@")
    place.write_text(text.replace("kind: app", "status: verified\nkind: app"), "utf-8")
    kb.git.run("commit", "--quiet", "--all", "--message", "Verified")
    ran = run(kb.root, "check")
    assert ran.code == 1
    line = next(n for n, row in enumerate(place.read_text("utf-8").split("\n"), 1) if seen in row)
    assert f"{made}:{line}:" in ran.out
    assert "verified-by-doer: verified.by: ana@example.org did or reported it" in ran.out
    assert "learned: not yet" in run(kb.root, "show", note.short).out
