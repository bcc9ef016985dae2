"""A note's file: read whatever it holds, composed anew, one NUL away from being no text."""

from datetime import date
from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.file import compose, read
from kmkit.note.model import Gathered, Section
from kmkit.note.problem import Place, Problem
from kmkit.period import Period
from kmkit.resources import example_kb

PATH = PurePosixPath("notes/2026/n.md")
LESSON = """---
id: 20261121-order-fuel-before-the-roads-close-x7k2
title: Order fuel before the roads close
kind: lesson
state: captured
owner: Logistics.Lead@example.org
level: internal
summary: Fuel contracts signed after the first warning arrived nine days late.
topics: [procurement, logistics]
gathered: {on: 2026-11-20, method: after-action-review, by: f@example.org, from: "Flood, north"}
sources: [anonymous]
evidence:
  - annex/2026-fuel-log.xlsx
review_every: P1Y
---

Before all.

## Context and challenge

Roads close.
"""


def test_the_note_of_the_design_is_read_whole() -> None:
    note = read(LESSON.encode(), PATH)
    assert note.problems == ()
    assert note.data == LESSON.encode()
    assert note.text == LESSON
    assert (note.id[-4:], note.title, note.kind, note.state, note.level) == (
        "x7k2",
        "Order fuel before the roads close",
        "lesson",
        "captured",
        "internal",
    )
    assert note.owner == "logistics.lead@example.org"
    assert note.fields.gathered == Gathered(
        on=date(2026, 11, 20),
        method="after-action-review",
        by="f@example.org",
        from_="Flood, north",
    )
    assert note.preamble == "Before all."
    assert note.sections == (Section("Context and challenge", "Roads close.", 19),)
    assert note.section("context AND challenge") == "Roads close."
    assert note.section("Lessons") == ""
    assert note.places["gathered.from"] == Place(10, 82)


def test_a_note_with_nothing_in_it_still_has_a_name() -> None:
    note = read(b"", PATH)
    assert (note.id, note.title, note.kind, note.state, note.owner, note.level) == (
        "notes/2026/n.md",
        "n",
        "",
        "",
        "",
        "",
    )
    assert [problem.rule for problem in note.problems] == ["no-front-matter"]


def test_one_flaw_does_not_take_the_other_fields_away() -> None:
    note = read(LESSON.replace("level: internal", "level: a\nlevel: b").encode(), PATH)
    assert [problem.rule for problem in note.problems] == ["duplicate-key"]
    assert note.level == ""
    assert note.fields.review_every == Period(months=12)
    assert note.sections


def test_a_problem_is_one_line_that_an_editor_can_jump_to() -> None:
    note = read(LESSON.replace("owner:", "ownr:").encode(), PATH)
    assert [str(problem) for problem in note.problems] == [
        "notes/2026/n.md:6:1: unknown-field: There is no field 'ownr'. Did you mean owner?"
    ]
    assert note.problem("a-rule", "It is so.", at="gathered.on", warning=True) == Problem(
        "notes/2026/n.md", 10, 16, "a-rule", "It is so.", "", "warning"
    )
    assert note.place("verdicts.0.on") == Place(1, 1)
    assert str(note.problem("a-rule", "It is so.")) == "notes/2026/n.md:1:1: a-rule: It is so."


def test_the_shipped_examples_are_read_without_a_problem() -> None:
    root = example_kb()
    paths = sorted(root.glob("notes/**/*.md"))
    assert len(paths) >= 12
    for path in paths:
        assert read(path.read_bytes(), PurePosixPath(path.name)).problems == (), path


def test_a_new_note_looks_like_the_one_of_the_design() -> None:
    note = read(LESSON.encode(), PATH)
    fields = {name: getattr(note.fields, name) for name in reversed(type(note.fields).model_fields)}
    fields["owner"] = "Logistics.Lead@example.org"
    assert compose(fields, LESSON.split("---\n")[2]).decode() == LESSON


def test_a_new_note_without_body_or_fields_is_readable() -> None:
    assert compose({}, "") == b"---\n\n---\n"
    assert (
        compose({"title": "a", "topics": (), "unit": None}, "\r\n\r\n") == b"---\ntitle: a\n---\n"
    )
    assert read(compose({}, ""), PATH).problems == ()
    assert compose({"title": "a"}, "x\r\ny\rz") == b"---\ntitle: a\n---\n\nx\ny\nz\n"


@given(
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    parts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=3),
    body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_composed_reads_back(title: str, parts: list[str], body: str) -> None:
    note = read(compose({"title": title, "sources": parts, "x_map": {"on": title}}, body), PATH)
    assert note.problems == ()
    assert note.fields.title == title
    assert note.fields.sources == tuple(parts)
    assert note.raw.get("x_map", {}) == ({"on": title} if title else {})
    written = note.text.split("\n---\n", 1)[1].strip()
    assert written == body.replace("\r\n", "\n").replace("\r", "\n").strip()
