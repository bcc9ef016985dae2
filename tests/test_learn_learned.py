"""Learned, not just identified: verified by somebody else, it helped, nobody met it again."""

from datetime import date
from typing import Any

import pytest

from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.learn.learned import learned
from kmkit.note.model import Note
from tests.conftest import captured, disseminated
from tests.index_material import write_record

SEEN = {"on": "2026-11-20", "by": "ben@example.org", "evidence": "Log"}


def applied(kb: KnowledgeBase, note: Note, **more: Any) -> None:
    """A use of the note that was verified and helped, where ``more`` does not say otherwise."""
    given: dict[str, Any] = {
        "status": "verified", "note": note.id, "in": "Coast road", "by": "ana@example.org",
        "on": "2026-11-10", "changed": "SOP 4, paragraph 2", "outcome": "helped", "verified": SEEN,
    }  # fmt: skip
    fields = {name: value for name, value in (given | more).items() if value is not None}
    folder = kb.root / "records" / "application"
    number = len(list(folder.glob("*"))) if folder.exists() else 0
    write_record(folder / f"20261101-use-{number:04}.md", fields)


def state(kb: KnowledgeBase, note: Note) -> tuple[bool, str]:
    with Index.open(kb.root, today=kb.today) as index:
        found = learned(index, [note.id])[note.id]
    return found.learned, " ".join(found.reasons)


def test_a_note_is_learned_when_a_use_was_verified_and_helped(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    assert state(kb, note) == (False, "Nobody has applied it.")
    applied(kb, note)
    is_so, why = state(kb, note)
    assert is_so
    assert "Coast road; ben@example.org verified it by Log, 2026-11-20" in why
    with Index.open(kb.root, today=kb.today) as index:
        (only,) = learned(index).values()
    assert (only.note, only.since) == (note.id, date(2026, 11, 20))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"status": "done", "verified": None}, "nobody else has verified"),
        ({"outcome": "did-not-help"}, "did not help"),
        ({"outcome": "no-difference"}, "no difference"),
        ({"verified": {**SEEN, "by": "ANA@example.org"}}, "nobody else has verified"),
        ({"reported_by": "ben@example.org"}, "nobody else has verified"),
        ({"verified": {**SEEN, "on": "2026-11-10"}}, "nobody else has verified"),
        ({"changed": None}, "nobody else has verified"),
        (
            {"status": "no-action", "outcome": None, "verified": None, "because": "x"},
            "dropped, or it was found not to apply",
        ),
        (
            {"status": "planned", "outcome": None, "verified": None, "action": "x",
             "due": "2027-01-01"}, "planned in Coast road",
        ),
    ],
)  # fmt: skip
def test_less_than_that_is_not_enough(kb: KnowledgeBase, more: dict[str, Any], why: str) -> None:
    note = disseminated(kb)
    applied(kb, note, **more)
    is_so, said = state(kb, note)
    assert not is_so
    assert why in said


def test_a_lesson_that_was_captured_again_afterwards_was_not_learned(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    applied(kb, note)
    captured(kb, "The same again, before", repeats=[note.id], id="20261101-before-aaaa")
    assert state(kb, note)[0]
    captured(kb, "The same again, after", repeats=[note.id])
    is_so, said = state(kb, note)
    assert not is_so
    assert said.startswith("The lesson was captured again: The same again, after (2026")
