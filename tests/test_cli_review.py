"""``kmkit review``: one answer by option, and the walk through what is due."""

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import BEN, CY, Run, at, captured, disseminated
from tests.editor import editor
from tests.sitting import sitting

LATER = "2027-11-25"
"""When what went out on 2026-11-21 is due."""


def state(kb: KnowledgeBase, note: Note) -> str:
    return kb.read(note.path).state


def test_confirmed_by_option(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "review", note.short, "--confirm", "--because", "Fuel log.", today=LATER)
    assert ran.code == 0
    assert "disseminated → maintained" in ran.err
    review = kb.read(note.path).fields.reviewed
    assert review
    assert (str(review.on), review.because) == (LATER, "Fuel log.")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], 2, "--stale"),
        (["NOTE"], 2, "--confirm"),
        (["--confirm", "--because", "x"], 2, "Which note?"),
        (["NOTE", "--confirm"], 2, "--because is missing"),
        (["NOTE", "--confirm", "--defer", "2026-12-01"], 2, "exclude each other"),
        (["NOTE", "--defer", "soon"], 2, "is no date"),
        (["NOTE", "--defer", "2026-12-31"], 3, "thirty days at most"),
        (["NOTE", "--defer", "2026-11-21"], 3, "Give a day after today"),
        (["NOTE", "--within", "P30D"], 2, "Add --stale"),
        (["--json"], 2, "Add --stale"),
        (["NOTE", "--stale"], 2, "leave --stale out"),
        (["zzzz", "--confirm", "--because", "x"], 2, "There is no note 'zzzz'"),
    ],
)
def test_what_is_not_understood_or_refused(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "review", *[note.short if part == "NOTE" else part for part in args])
    assert ran.code == code
    assert said in ran.err
    assert kb.read(note.path).data == note.data


def test_only_owner_backup_or_manager_and_only_what_went_out(kb: KnowledgeBase, run: Run) -> None:
    note, new = disseminated(kb), captured(kb, "New")
    answer = ("--confirm", "--because", "x")
    assert "Ask ana@example.org" in run(kb.root, "review", note.short, *answer, who=BEN).err
    early = run(kb.root, "review", new.short, *answer)
    assert early.code == 3
    assert "'New' is captured" in early.err


def test_put_off_once(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    assert run(kb.root, "review", note.short, "--defer", "2026-12-20").code == 0
    again = run(kb.root, "review", note.short, "--defer", "2026-12-21")
    assert again.code == 3
    assert "put off before, until 2026-12-20" in again.err


def test_the_walk_takes_one_line_for_each_note(kb: KnowledgeBase) -> None:
    notes = [disseminated(kb, title) for title in ("One", "Two", "Three", "Four", "Five")]
    talk = [
        ("? ", "what\n"), ("? ", "c\n"), ("? ", "c Asked the drivers.\n"),
        ("? ", "r: the law is gone\n"), ("? ", "h nobody\n"), ("? ", "h cy@example.org\n"),
        ("? ", "d 2029-01-01\n"), ("? ", "d\n"), ("? ", "e\n"), ("Why?", "New law.\n"),
    ]  # fmt: skip
    env = editor("Text of results", "What came of it")
    sat = sitting(kb.root, "review", talk=talk, today=LATER, env=env)
    assert sat.code == 0, sat.screen
    assert "(1 of 5)" in sat.screen
    assert "overdue:" in sat.screen
    assert "c REASON confirms" in sat.screen
    assert "Say what you checked it against behind the letter: c …" in sat.screen
    assert "'nobody' is no e-mail address" in sat.screen
    assert "thirty days at most" in sat.screen
    after = [kb.read(note.path) for note in notes]
    assert sorted(note.state for note in after) == [
        "captured", "disseminated", "disseminated", "maintained", "retired",
    ]  # fmt: skip
    assert sum(note.owner == CY.key for note in after) == 1
    assert sum(note.fields.deferred is not None for note in after) == 1


def test_others_notes_are_not_mine(kb: KnowledgeBase) -> None:
    disseminated(kb)
    sat = sitting(kb.root, "review", talk=[], who=BEN, today=LATER)
    assert (sat.code, sat.screen) == (0, "None of your notes is due.\n")


@pytest.mark.parametrize(("keys", "code"), [("q\n", 0), ("quit\n", 0), ("\x04", 130)])
def test_leaving_the_walk(kb: KnowledgeBase, keys: str, code: int) -> None:
    note = disseminated(kb)
    sat = sitting(kb.root, "review", talk=[("? ", keys)], today=LATER)
    assert sat.code == code
    assert kb.read(note.path).data == note.data


def test_one_note_that_is_not_due_can_be_answered_too(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    sat = sitting(kb.root, "review", note.short, talk=[("? ", "confirm: read again\n")])
    assert "is not due" in sat.screen
    assert state(kb, note) == "maintained"


def test_a_stand_in_walks_too(kb: KnowledgeBase) -> None:
    note = disseminated(kb, backup="ben@example.org")
    sat = sitting(kb.root, "review", talk=[("? ", "c Checked.\n")], who=BEN, today=LATER)
    assert sat.code == 0
    assert state(at(kb, BEN), note) == "maintained"
