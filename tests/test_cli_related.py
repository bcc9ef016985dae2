"""``kmkit related``: near notes, backlinks, lessons captured again, orphans."""

import json

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import NOW, Run, at
from tests.terminal import on_terminal
from tests.test_startup import HEAVY, loaded

NOTE_FIELDS = {
    *("id", "path", "title", "kind", "state", "being_revised", "overdue", "due", "captured"),
    *("owner", "backup", "level", "topics", "summary", "matters_to", "unit", "language"),
    "in_conflict",
}
PUMPS = "Diesel pumps seized because sand from the river entered the filters near Kampot bridge."


def said(kb: KnowledgeBase, title: str, body: str, **fields: object) -> Note:
    return kb.capture({"title": title, "sources": ["anonymous"], **fields}, body).note


@pytest.fixture
def notes(kb: KnowledgeBase) -> list[Note]:
    """A lesson, one that is drawn from it, one that says it again, and one by itself."""
    first = said(at(kb, now=NOW.replace(year=2025)), "Pumps and sand", PUMPS, topics=["pumps"])
    drawn = said(kb, "Filters\tneed\x1b[31m cleaning", "Weekly.", derived_from=[first.id])
    again = said(kb, "Sand again", f"{PUMPS} Once more.", topics=["pumps"])
    return [first, drawn, again, said(kb, "Alone", "Ministers met.")]


def test_a_pipe_gets_a_line_for_each_note(kb: KnowledgeBase, run: Run, notes: list[Note]) -> None:
    ran = run(kb.root, "related", notes[0].short)
    first, *lines = ran.out.splitlines()
    assert first == "id\ttitle\tkind\tstate\tscore\twhy"
    assert [line.split("\t")[0] for line in lines] == [notes[1].id, notes[2].id]
    assert all(line.count("\t") == 5 for line in lines)
    assert "\x1b" not in ran.out
    assert lines[0].endswith("\tdrawn from this note")
    assert "both about pumps" in lines[1]
    assert (ran.code, ran.err) == (0, "2 notes are near 'Pumps and sand'.\n")


def test_the_limit_says_what_it_hides(kb: KnowledgeBase, run: Run, notes: list[Note]) -> None:
    ran = run(kb.root, "related", notes[0].id, "--limit", "1")
    assert len(ran.out.splitlines()) == 2
    assert "2 notes are near 'Pumps and sand'; 1 shown, --limit 2 shows all." in ran.err


def test_a_terminal_gets_short_names(kb: KnowledgeBase, notes: list[Note]) -> None:
    screen = on_terminal(kb.root, "related", notes[0].short, columns=120)
    assert notes[1].short in screen
    assert notes[1].id not in screen
    assert "drawn from this note" in screen


def test_the_schema_of_related(kb: KnowledgeBase, run: Run, notes: list[Note]) -> None:
    told = json.loads(run(kb.root, "related", notes[0].id, "--json").out)
    assert told["schema"] == "kmkit.related/1"
    assert told["note"]["id"] == notes[0].id
    drawn, again = told["related"]
    assert drawn["links"] == [{"field": "derived_from", "direction": "from"}]
    assert again["links"] == []
    assert again["shared_topics"] == ["pumps"]
    assert again["shared_words_count"] >= len(again["shared_words"]) > 3
    assert again["likeness"] > 0.3
    assert again["id"] == notes[2].id
    more = "score likeness links through shared_topics shared_words shared_words_count why"
    assert set(again) == {*NOTE_FIELDS, *more.split()}


def test_backlinks_alone(kb: KnowledgeBase, run: Run, notes: list[Note]) -> None:
    ran = run(kb.root, "related", notes[0].id, "--backlinks")
    assert [line.split("\t")[0] for line in ran.out.splitlines()] == ["id", notes[1].id]
    assert ran.err == "1 note points to 'Pumps and sand'.\n"
    ran = run(kb.root, "related", notes[1].id, "--backlinks")
    assert ran.err.startswith("No note points to 'Filters need")


def test_lessons_that_were_captured_again(kb: KnowledgeBase, run: Run, notes: list[Note]) -> None:
    ran = run(kb.root, "related", "--repeats")
    assert [line.split("\t")[:4] for line in ran.out.splitlines()] == [
        ["lesson", "captured", "after", "note"],
        ["1", "2025-11-21", "", notes[0].id],
        ["1", "2026-11-21", "12 months later", notes[2].id],
    ]
    assert ran.err.startswith("1 lesson captured more than once.")
    told = json.loads(run(kb.root, "related", "--repeats", "--json").out)
    assert told["schema"] == "kmkit.repeats/1"
    (lesson,) = told["lessons"]
    assert set(lesson["notes"][0]) == {*NOTE_FIELDS, "on", "named", "sameness"}
    assert [one["on"] for one in lesson["notes"]] == ["2025-11-21", "2026-11-21"]


def test_orphans(kb: KnowledgeBase, run: Run, notes: list[Note]) -> None:
    ran = run(kb.root, "related", "--orphans")
    ids = [line.split("\t")[0] for line in ran.out.splitlines()]
    assert ids == ["id", *sorted((notes[2].id, notes[3].id))]
    assert ran.err == "2 notes with no link from or to another.\n"
    told = json.loads(run(kb.root, "related", "--orphans", "--json").out)
    assert told["schema"] == "kmkit.notes/1"
    assert len(told["notes"]) == 2


def test_an_empty_knowledge_base(kb: KnowledgeBase, run: Run) -> None:
    assert run(kb.root, "related", "--repeats").err == "No lesson was captured twice.\n"
    ran = run(kb.root, "related", "--orphans")
    assert ran.err == "Every note in use is linked with another.\n"


@pytest.mark.parametrize(
    "args",
    [(), ("x", "--orphans"), ("--repeats", "--orphans"), ("--backlinks",), ("nothing-like-it",)],
)
def test_what_makes_no_sense_is_a_usage_error(
    kb: KnowledgeBase, run: Run, args: tuple[str, ...]
) -> None:
    ran = run(kb.root, "related", *args)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("args", [("related", "alone"), ("related", "--orphans"), ("graph",)])
def test_with_a_warm_index_nothing_heavy_is_imported(
    kb: KnowledgeBase, run: Run, notes: list[Note], args: tuple[str, ...]
) -> None:
    for _ in range(2):
        assert run(kb.root, *args).code == 0
    assert not HEAVY & loaded("-C", str(kb.root), *args)
