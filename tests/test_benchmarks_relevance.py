"""The measurement of the search: its figures are right, and its lessons become real notes."""

import json
from pathlib import Path

import pytest

from benchmarks.relevance.__main__ import table, worst
from benchmarks.relevance.judged import Query, Worth, average, halves, queries, worth
from benchmarks.relevance.lessons import entries, lay, read_lessons
from benchmarks.relevance.rivals import fts5, kmkit
from kmkit.index.search import Engine
from tests.conftest import Run

FIELDS = ("abstract_text", "driving_event_text", "lesson_text", "recommendation_text")
ROWS = (
    ("12", "Leak &amp; Check", "", "A fitting leaked.\n# Not a heading", "Check for leaks.", ""),
    ("7", 'Say "fuel": order/early', "Fuel was late.", "", "", "Order fuel in May."),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = []
    for number, title, *texts in ROWS:
        row: dict[str, object] = {"lesson_number": number, "title": title}
        row |= {"lesson_date": "1999-05-04", "nasa_topics": ["None", "Fuel"]}
        row |= dict(zip(FIELDS, texts, strict=True))
        lines.append(json.dumps(row) + "\n")
    path = tmp_path / "lessons.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_the_judged_set_is_whole() -> None:
    asked = queries()
    assert len(asked) >= 60
    assert len({query.text for query in asked}) == len(asked)
    assert all(2 in query.grades.values() for query in asked)
    tuned, held = halves(asked)
    assert sorted(tuned + held) == sorted(asked)
    assert {query.style for query in tuned} == {query.style for query in held}


def test_what_a_list_is_worth() -> None:
    grades = {1: 2, 2: 1, 3: 1}
    assert worth([1, 2, 3], grades) == Worth(1.0, 1.0)
    assert worth([], grades) == Worth(0.0, 0.0)
    assert worth([9, 1], grades).recall == pytest.approx(1 / 3)
    assert worth([9, 1], grades).ndcg == pytest.approx(2 / 1.58496 / (2 + 1 / 1.58496 + 0.5), 1e-4)
    assert worth([9] * 10 + [1], grades).ndcg == 0
    found = average(lambda text: [1] if text == "a" else [], [Query("a", "", {1: 2}),
                                                              Query("b", "", {1: 2})])  # fmt: skip
    assert found == Worth(0.5, 0.5)


def test_lessons_are_searched(file: Path) -> None:
    notes = list(entries(read_lessons(file)))
    assert [(note.n, note.title, note.topics) for note in notes] == [
        (12, "Leak & Check", ("Fuel",)),
        (7, 'Say "fuel": order/early', ("Fuel",)),
    ]
    engine = Engine.open(None)
    engine.update((), notes)
    asked = [Query("leaking fitting", "words", {12: 2}), Query("order fuel", "words", {7: 2})]
    rivals = {"kmkit": kmkit(engine), "FTS5": fts5(notes, "OR")}
    shown = table(rivals, asked)
    assert shown.splitlines()[2].split() == ["kmkit"] + ["1.000"] * 6
    assert shown.splitlines()[3].split() == ["FTS5"] + ["1.000"] * 6
    assert worst(rivals["kmkit"], asked).startswith("1.00  leaking fitting\n      found 12**")


def test_lessons_become_notes_that_the_trail_proves(file: Path, tmp_path: Path, run: Run) -> None:
    lay(read_lessons(file), tmp_path / "kb")
    checked = run(tmp_path / "kb", "check")
    assert (checked.code, checked.out) == (0, "")
    assert "0 findings" in run(tmp_path / "kb", "audit").err
    listed = run(tmp_path / "kb", "list", "--sort", "title").out.splitlines()[1:]
    assert [line.split("\t")[1:4] for line in listed] == [
        ["Leak & Check", "lesson", "validated"],
        ['Say "fuel": order/early', "lesson", "validated"],
    ]
