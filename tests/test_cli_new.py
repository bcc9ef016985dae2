"""``kmkit new``: a record of any kind."""

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.records import EventRecord, Person, Plan
from tests.conftest import CY, Run, at, captured
from tests.editor import editor
from tests.sitting import sitting


def test_without_a_kind_the_kinds_are_listed(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "new")
    assert ran.code == 0
    rows = dict(line.split("\t", 1) for line in ran.out.splitlines()[1:])
    assert rows["question"].endswith("kmkit new question")
    assert rows["application"].endswith("kmkit apply NOTE")


def test_the_fields_of_a_kind(kb: KnowledgeBase, run: Run) -> None:
    lines = run(kb.root, "new", "event", "--fields").out.splitlines()
    assert "attendance\t\thow many came; a number, no names" in lines
    assert "name\tyes\twhat it is called" in lines


def test_an_event_by_options(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(
        kb.root, "new", "event", "--set", "name=Radio\nlunch", "--set", "on=2026-12-01",
        "--set", "attendance=14", "--set", f"captured={note.id}", "-m", "Twelve asked.", who=CY,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    text = (kb.root / ran.out.strip()).read_text(encoding="utf-8")
    assert "on: 2026-12-01\n" in text
    assert "attendance: 14\n" in text
    assert text.endswith("---\n\nTwelve asked.\n")
    (event,) = at(kb).records(EventRecord)
    assert (event.name, event.attendance, event.by) == ("Radio lunch", 14, CY.key)
    assert event.session == "brown-bag"  # as its template says


def test_a_plan_with_its_actions(kb: KnowledgeBase, run: Run) -> None:
    action = '{what: "Ask Cy, today", focal_point: cy@example.org, timeline: "Q2 2027"}'
    ran = run(kb.root, "new", "plan", "--set", "name=2027", "--set", f"actions={action}")
    assert ran.code == 0, ran.err
    (plan,) = at(kb).records(Plan)
    assert (plan.actions[0].what, plan.standing) == ("Ask Cy, today", "0 of 1 done")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["plam"], 2, "Did you mean plan?"),
        (["application"], 2, "kmkit apply NOTE"),
        (["person"], 2, "Add --set name='…' --set email='…'"),
        (["person", "--set", "name"], 2, "has no '='"),
        (["person", "--set", "nmae=x"], 2, "Did you mean name?"),
        (["person", "--set", "name=x", "--set", "name=y"], 2, "given twice"),
        (["person", "--set", "name=x", "--set", "email=x"], 3, "no e-mail address"),
        (["event", "--set", "name=x", "--set", "on=tomorrow"], 2, "no date"),
        (["event", "--set", "name=x", "--set", "attendance=many"], 3, "attendance"),
        (["plan", "--set", "name=x", "--set", "actions={what: [}"], 2, "--set"),
        (["plan", "--set", "name=x", "--set", "actions={wat: y}"], 3, "Did you mean what?"),
    ],
)
def test_what_is_missing_or_wrong_in_one_sentence(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    tip = kb.git.tip()
    ran = run(kb.root, "new", *args, "--no-input")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert kb.git.tip() == tip


def test_in_the_editor_what_is_needed_stands_there_to_be_filled_in(
    kb: KnowledgeBase, run: Run
) -> None:
    what = "actions:\\n  - {what: Meet, focal_point: cy@example.org}"
    written = editor("^name:$", "name: Drivers", "^actions:$", what)
    ran = run(kb.root, "new", "plan", "--edit", env=written)
    assert ran.code == 0, ran.err
    (plan,) = at(kb).records(Plan)
    assert (plan.name, plan.actions[0].what) == ("Drivers", "Meet")
    ran = run(kb.root, "new", "plan", "--edit", env=editor())
    assert ran.code == 3
    assert "name is missing" in ran.err
    assert len(at(kb).records(Plan)) == 1


def test_a_dry_run_says_what_would_be(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "new", "plan", "--set", "name=2027", "--dry-run")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Would record: new plan: 2027.\n"
    assert not (kb.root / "records").exists()


def test_what_the_kind_needs_is_asked_for_on_a_terminal(kb: KnowledgeBase) -> None:
    sat = sitting(
        kb.root, "new", "person",
        talk=[("name, as the person", "Zoë Ba\n"), ("email, the address", "zoe@example.org\n")],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert [person.name for person in at(kb).records(Person)] == ["Zoë Ba"]


def test_on_a_terminal_the_day_of_a_session_is_asked_for(kb: KnowledgeBase) -> None:
    sat = sitting(
        kb.root, "new", "event",
        talk=[("name, what it is called", "Radio lunch\n"), ("on, the day it is", "2026-12-24\n")],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert [str(event.on) for event in at(kb).records(EventRecord)] == ["2026-12-24"]
