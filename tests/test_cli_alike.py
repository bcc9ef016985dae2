"""What ``kmkit capture`` says of a lesson that is there already."""

from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import Run
from tests.editor import editor
from tests.sitting import sitting

LESSON = "Sign fuel contracts before the rains, and test every pump in the preparedness phase."
AGAIN = ("capture", "Contracts for fuel", "-m", "Sign fuel contracts before the rains begin.")


@pytest.fixture
def first(kb: KnowledgeBase) -> Note:
    body = f"## Context and challenge\n\nRoads closed.\n\n## Lessons\n\n{LESSON}\n"
    fields = {"title": "Order fuel early", "summary": LESSON, "sources": ["anonymous"]}
    return kb.capture(fields, body).note


def newest(kb: KnowledgeBase, first: Note) -> Note:
    (note,) = (note for note in kb.notes() if note.id != first.id)
    return note


def test_a_script_is_told_and_nothing_is_refused(kb: KnowledgeBase, run: Run, first: Note) -> None:
    ran = run(kb.root, *AGAIN)
    note = newest(kb, first)
    assert (ran.code, ran.out) == (0, f"{note.id}\n")
    says = f"1 note says something like this already: {first.short} (Order fuel early)."
    assert ran.err.startswith(says)
    assert f"kmkit edit NOTE --repeats {first.short}." in ran.err
    assert note.fields.repeats == ()


@pytest.mark.parametrize("option", ["--repeats", "--supersedes", "--derived-from"])
def test_what_is_linked_already_is_not_told(
    kb: KnowledgeBase, run: Run, first: Note, option: str
) -> None:
    ran = run(kb.root, *AGAIN, option, first.short)
    assert "already" not in ran.err
    if option == "--repeats":
        assert newest(kb, first).fields.repeats == (first.id,)


def test_another_lesson_raises_no_alarm(kb: KnowledgeBase, run: Run, first: Note) -> None:
    ran = run(kb.root, "capture", "Fuel theft", "-m", "Guard each pump and count the fuel at dawn.")
    assert ran.code == 0
    assert "already" not in ran.err


@pytest.mark.parametrize(
    ("keys", "repeats"), [(["\r"], 0), (["g"], 0), (["l"], 1), (["s", "l"], 1)]
)
def test_a_person_decides(kb: KnowledgeBase, first: Note, keys: list[str], repeats: int) -> None:
    sat = sitting(kb.root, *AGAIN, talk=[("(g)o on", key) for key in keys])
    assert sat.code == 0, sat.screen
    assert newest(kb, first).fields.repeats == (first.id,) * repeats
    assert ("test every pump" in sat.screen) == ("s" in keys)


def test_of_several_one_is_chosen(kb: KnowledgeBase, first: Note) -> None:
    second = kb.capture({"title": "Pumps", "sources": ["anonymous"]}, LESSON).note
    sat = sitting(kb.root, *AGAIN, talk=[("(g)o on", "l"), ("Which, 1 to 2?", "9\n"), ("?", "2\n")])
    assert sat.code == 0, sat.screen
    assert "2 notes say something like this already:" in sat.screen
    (note,) = (n for n in kb.notes() if n.id not in (first.id, second.id))
    assert len(note.fields.repeats) == 1
    assert f"repeats {note.fields.repeats[0][-4:]}" in sat.screen


def test_what_was_typed_in_a_sitting_is_kept_when_it_is_broken_off(
    kb: KnowledgeBase, first: Note
) -> None:
    talk = [("event", "x\n"), ("gathered?", "\n"), ("happened?", "Rain.\n"), ("do?", f"{LESSON}\n")]
    sat = sitting(kb.root, "capture", talk=[*talk, ("Title?", "Fuel\n"), ("(g)o on", "\x03")])
    assert sat.code == 130
    assert "Your text is kept in" in sat.screen
    assert [note.id for note in kb.notes()] == [first.id]


def test_the_editors_text_is_looked_at_too(kb: KnowledgeBase, first: Note) -> None:
    sat = sitting(
        kb.root, "capture", "Fuel contracts", "--edit", "-m", LESSON,
        talk=[("(g)o on", "l")], env=editor("Fuel contracts", "Contracts for fuel"),
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    note = newest(kb, first)
    assert (note.title, note.fields.repeats) == ("Contracts for fuel", (first.id,))


DOCUMENT = f"# Review\n\n## Lessons learned\n\n- {LESSON}\n- Keep one boat at each landing.\n"


def test_each_lesson_of_a_document_is_compared(
    kb: KnowledgeBase, run: Run, first: Note, tmp_path: Path
) -> None:
    (tmp_path / "review.md").write_text(DOCUMENT, "utf-8")
    ran = run(kb.root, "capture", "--from", str(tmp_path / "review.md"), "--split")
    assert ran.code == 0
    assert ran.err.count("says something like this already") == 1
    assert f"already: {first.short} (Order fuel early)." in ran.err


def test_a_lesson_of_a_document_is_linked(kb: KnowledgeBase, first: Note, tmp_path: Path) -> None:
    (tmp_path / "review.md").write_text(DOCUMENT, "utf-8")
    sat = sitting(
        kb.root, "capture", "--from", str(tmp_path / "review.md"), "--split",
        talk=[("Enter, d, t, a, l?", "l"), ("Enter, m, d, t, a?", "\r")],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert f"Said already: {first.short}" in sat.screen
    linked = [note.fields.repeats for note in kb.notes() if note.fields.derived_from]
    assert sorted(linked) == [(), (first.id,)]


def test_without_an_index_a_lesson_is_captured_all_the_same(
    kb: KnowledgeBase, run: Run, first: Note
) -> None:
    place = kb.root / ".git" / "kmkit"
    for old in place.glob("index-*"):
        if old.is_file():
            old.write_bytes(b"no index at all")
    ran = run(kb.root, *AGAIN)
    assert ran.code == 0
    assert newest(kb, first).title == "Contracts for fuel"
