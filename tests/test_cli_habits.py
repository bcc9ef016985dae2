import json
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import Run, validated
from tests.terminal import on_terminal


def test_habits_are_counted_in_status_and_shown_by_audit(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "audit", "--habits")
    assert (ran.code, ran.out) == (0, "")
    assert "stands out" in ran.err
    assert "habits" not in run(kb.root, "status").out
    for number in range(5):
        validated(kb, f"Lesson {number}")
    ran = run(kb.root, "status")
    assert "habits\t\t2\t\tkmkit audit --habits\n" in ran.out
    assert "ben@" not in ran.out
    assert json.loads(run(kb.root, "status", "--json").out)["habits_worth_a_look"] == 2
    ran = run(kb.root, "audit", "--habits")
    assert ran.code == 0
    assert [line.split("\t")[:3] for line in ran.out.splitlines()] == [
        ["habit", "who", "times"],
        ["bulk", "ben@example.org", "5"],
        ["quick-approval", "ben@example.org", "5"],
    ]
    assert "no faults" in ran.err
    found = json.loads(run(kb.root, "audit", "--habits", "--json").out)
    assert found["schema"] == "kmkit.habits/1"
    assert [len(habit["notes"]) for habit in found["habits"]] == [5, 5]


def test_on_a_terminal(kb: KnowledgeBase) -> None:
    for number in range(5):
        validated(kb, f"Lesson {number}")
    shown = on_terminal(kb.root, "status")
    assert "Habits worth a look: 2; kmkit audit --habits" in shown
    assert "ben@" not in shown


def test_half_a_history_tells_no_habits(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    validated(kb)
    kb.git.run("clone", "-q", "--depth=1", kb.root.as_uri(), str(tmp_path / "shallow"))
    ran = run(tmp_path / "shallow", "audit", "--habits")
    assert (ran.code, ran.out) == (4, "")
    assert "This clone is shallow" in ran.err
    assert "fetch-depth: 0" in ran.err


HABITS_TAKE = [
    ["x7k2"], ["--since", "HEAD"], ["--format", "sarif"], ["--format", "junit"],
    ["--anchor", "HEAD"], ["--pin"], ["--require-signatures"], ["--records"], ["--no-cache"],
    ["--accept-rewrite"], ["--explain", "unread"], ["--output", "habits.json"],
]  # fmt: skip


@pytest.mark.parametrize("more", HABITS_TAKE)
def test_what_habits_do_not_take_is_refused(kb: KnowledgeBase, run: Run, more: list[str]) -> None:
    ran = run(kb.root, "audit", "--habits", *more)
    assert (ran.code, ran.out) == (2, "")
    assert "--habits" in ran.err
