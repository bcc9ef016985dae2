import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kmkit.cli.formats import Findings
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import BEN, Run, at, captured, disseminated
from tests.terminal import CONTROLS, on_terminal

LATER = "2027-11-22"
"""A year and a day after the tests' notes went out."""


def reasons(text: str) -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return [(row[2], row[4]) for row in rows]


def test_nothing_is_stale(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    ran = run(kb.root, "review", "--stale")
    assert (ran.code, reasons(ran.out), ran.err) == (0, [], "No note needs a person.\n")


def test_a_year_later(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    assert run(kb.root, "review", "--stale", today="2027-11-21").code == 0
    ran = run(kb.root, "review", "--stale", today=LATER)
    assert ran.code == 1
    assert reasons(ran.out) == [("Order fuel early", "overdue")]
    assert "1 note of 1 owner" in ran.err


def test_due_soon_is_listed_and_never_fails(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    ran = run(kb.root, "review", "--stale", "--within", "P30D", today="2027-11-01")
    assert ran.code == 0
    assert reasons(ran.out) == [("Order fuel early", "due-soon")]
    assert reasons(run(kb.root, "review", "--stale", today="2027-11-01").out) == []


def test_grace(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    within = run(kb.root, "review", "--stale", "--grace", "P30D", today="2027-12-21")
    assert within.code == 0
    assert reasons(within.out) == [("Order fuel early", "overdue")]
    assert run(kb.root, "review", "--stale", "--grace", "30 days", today="2027-12-22").code == 1


def test_of_one_owner(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    captured(at(kb, BEN), "Boats")
    every = run(kb.root, "review", "--stale", today=LATER)
    assert reasons(every.out) == [("Order fuel early", "overdue"), ("Boats", "waiting")]
    one = run(kb.root, "review", "--stale", "--owner", "BEN@example.org", today=LATER)
    assert reasons(one.out) == [("Boats", "waiting")]
    mine = run(kb.root, "review", "--stale", "--owner", "me", today=LATER, who=BEN)
    assert mine.out == one.out
    assert run(kb.root, "review", "--stale", "--owner", "cy@example.org", today=LATER).code == 0


def test_from_the_files_alone(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    """A shallow clone, and even a copy without git, say the same."""
    note = disseminated(kb)
    draft = note.data.replace(b"Text of results.", b"Fuel was late.")
    kb.move("edit", note, Request(because="It was not so."), data=draft)
    said = run(kb.root, "review", "--stale", today=LATER)
    assert reasons(said.out) == [("Order fuel early", "overdue"), ("Order fuel early", "waiting")]
    clone, copy = tmp_path / "clone", tmp_path / "copy"
    subprocess.run(["git", "clone", "-q", "--depth", "1", kb.root.as_uri(), str(clone)], check=True)
    shutil.copytree(kb.root, copy, ignore=shutil.ignore_patterns(".git"))
    assert run(clone, "review", "--stale", today=LATER) == said
    assert run(copy, "review", "--stale", today=LATER) == said


def test_a_broken_note_is_stale_and_hides_nobody(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    bad = captured(kb, "Boats")
    file = kb.root / bad.path
    file.write_text(file.read_text("utf-8").replace("gathered:", "gathered: ["), "utf-8")
    ran = run(kb.root, "review", "--stale", today=LATER)
    assert ("Order fuel early", "overdue") in reasons(ran.out)
    assert "unreadable" in [code for _, code in reasons(ran.out)]
    assert str(bad.path) in ran.err


@pytest.mark.parametrize("fmt", list(Findings))
def test_formats(kb: KnowledgeBase, run: Run, fmt: str) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "review", "--stale", "--format", fmt, today=LATER)
    assert ran.code == 1
    assert "overdue" in ran.out
    if fmt == "json":
        found = json.loads(ran.out)
        assert found["schema"] == "kmkit.stale/1"
        assert found["notes"][0]["reasons"][0]["since"] == "2027-11-21"
        assert run(kb.root, "review", "--stale", "--json", today=LATER).out == ran.out
    elif fmt in ("gitlab", "sarif"):
        assert str(note.path) in ran.out
        json.loads(ran.out)
    elif fmt == "junit":
        assert ElementTree.fromstring(ran.out).get("failures") == "1"
    elif fmt == "github":
        assert ran.out.startswith(f"::error file={note.path},line=")


def test_within_the_grace_a_finding_only_warns(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    ran = run(kb.root, "review", "--stale", "--grace", "P30D", "--format", "github", today=LATER)
    assert ran.code == 0
    assert ran.out.startswith("::warning ")


@pytest.mark.parametrize(
    ("args", "mend"),
    [
        (["--within", "soon"], "P30D"),
        (["--grace", "P"], "P30D"),
        (["--format", "gihub"], "github"),
    ],
)
def test_what_makes_no_sense(kb: KnowledgeBase, run: Run, args: list[str], mend: str) -> None:
    ran = run(kb.root, "review", "--stale", *args)
    assert ran.code == 2
    assert mend in ran.err


def test_on_a_terminal_by_owner(kb: KnowledgeBase) -> None:
    disseminated(kb, "[/red] Fuel\u202e")
    captured(at(kb, BEN), "Boats")
    shown = on_terminal(kb.root, "review", "--stale", today=LATER)
    assert shown.index("ana@example.org") < shown.index("[/red] Fuel")
    assert shown.index("[/red] Fuel") < shown.index("ben@example.org") < shown.index("Boats")
    assert "\u202e" not in shown
    assert not set(CONTROLS) & set(shown)


def test_a_broken_report_is_named_for_it_may_contradict(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    kb.apply(note, where="Delta", outcome="did-not-help", because="No roads.")
    ran = run(kb.root, "review", "--stale")
    assert (ran.code, reasons(ran.out)) == (1, [("Order fuel early", "contradicted")])
    [report] = (kb.root / "records" / "application").glob("*.md")
    report.write_text(report.read_text("utf-8").replace("outcome:", "outcome: ["), "utf-8")
    assert report.name in run(kb.root, "review", "--stale").err
