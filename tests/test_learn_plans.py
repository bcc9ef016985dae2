"""Plans: what a timeline means, and how far each action has come."""

from datetime import date

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.learn.plans import ends
from tests.conftest import BEN, Run, captured
from tests.cut_off import git

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("timeline", "last"),
    [
        ("3/2027", date(2027, 3, 31)),
        ("02 / 2028", date(2028, 2, 29)),
        ("Q2 2027", date(2027, 6, 30)),
        ("2027", date(2027, 12, 31)),
        ("2027-03-15", date(2027, 3, 15)),
        ("1 March 2027", date(2027, 3, 1)),
        ("ongoing", None),
        ("TBC", None),
        ("", None),
    ],
)
def test_the_last_day_that_a_timeline_means(timeline: str, last: date | None) -> None:
    assert ends(timeline, TODAY) == last


@pytest.mark.parametrize("timeline", ["soon", "13/2027", "31/12/2027", "3/27"])
def test_what_is_no_timeline(timeline: str) -> None:
    with pytest.raises(ValueError, match=r"2026-11-21|month|range|day"):
        ends(timeline, TODAY)


def test_a_plan_from_its_beginning_to_what_came_of_it(run: Run, kb: KnowledgeBase) -> None:
    note = captured(kb)
    made = run(kb.root, "new", "plan", "--set", "name=Plan 2027", "--no-input")
    path = made.out.strip()
    add = ("plan", path, "--add")
    assert run(kb.root, *add, "Film it", "--when", "Q2 2027", "--group", "capture").code == 0
    assert run(kb.root, *add, "Brown bags", "--when", "ongoing", "--by", BEN.email).code == 0
    early = ("--when", "3/2026", "--group", "access")
    assert run(kb.root, *add, "Search", *early).code == 2  # it is past
    assert run(kb.root, *add, "Search", *early, today="2026-01-09").code == 0
    lines = [line.split("\t") for line in run(kb.root, "plan").out.splitlines()[1:]]
    assert [(line[0], line[3], line[6]) for line in lines] == [
        ("capture", "Film it", "open"),
        ("access", "Search", "overdue"),
        ("other", "Brown bags", "ongoing"),
    ]
    late = run(kb.root, "plan", "--overdue")
    assert (late.code, late.out.count("Search"), late.out.count("Film")) == (1, 1, 0)
    assert run(kb.root, "plan", "--mine", who=BEN).out.count("\n") == 2
    done = run(kb.root, "plan", path, "--done", "3", "--note", note.id[-4:])
    assert done.code == 0, done.err
    assert run(kb.root, "plan", "--overdue").code == 0
    assert f"done_on: 2026-11-21, notes: [{note.id}]" in (kb.root / path).read_text()
    assert git(kb.root, "log", "-1", "--format=%s") == "done: Plan 2027"
    again = run(kb.root, "plan", path, "--done", "3")
    assert (again.code, "is done since 2026-11-21" in again.err) == (3, True)
    assert run(kb.root, "check").code == 0
    assert run(kb.root, "plan", path, "--add", "x", "--when", "soon").code == 2
    assert run(kb.root, "plan", path, "--done", "9").code == 2
    assert run(kb.root, "plan", "--add", "x").code == 2


def test_a_session_and_what_came_of_it(run: Run, kb: KnowledgeBase) -> None:
    from icalendar import Calendar

    note = captured(kb)
    new = ("new", "event", "--no-input", "--set")
    past = run(kb.root, *new, "name=Brown bag", "--set", "on=2026-11-18").out.strip()
    coming = run(kb.root, *new, "name=Fair, with drums", "--set", "on=2027-03-01").out.strip()
    told = run(kb.root, "event", past, "--attendance", "14", "--captured", note.id)
    assert told.code == 0, told.err
    assert "Brown bag\tbrown-bag\tana@example.org\t14\t1" in run(kb.root, "event").out
    early = run(kb.root, "event", coming, "--attendance", "3")
    assert (early.code, "Tell what came of it afterwards" in early.err) == (3, True)
    place = kb.root.parent / "s.ics"
    assert run(kb.root, "event", "--ics", str(place)).code == 0
    (only,) = Calendar.from_ical(place.read_bytes()).walk("VEVENT")
    assert only["SUMMARY"] == "Fair, with drums"
    assert only.decoded("DTSTART") == date(2027, 3, 1)
    assert run(kb.root, "event", "--attendance", "3").code == 2
    assert run(kb.root, "check").code == 0
