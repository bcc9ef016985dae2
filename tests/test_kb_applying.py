"""Applications: a record of its own, about a note, by anybody."""

from datetime import date
from pathlib import Path

import pytest

from kmkit.errors import UsageError
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.person import Person
from tests.conftest import at, disseminated

STRANGER = Person("Zed Other", "zed@elsewhere.example")


def test_anybody_may_tell_that_a_lesson_was_used(kb: KnowledgeBase, tmp_path: Path) -> None:
    note = disseminated(kb)
    (tmp_path / "minutes.txt").write_text("It held.\n", encoding="utf-8")
    path = at(kb, STRANGER).apply(
        note,
        where="Coast road, spring flood",
        outcome="helped",
        because="Fuel arrived\na day before the closure.",
        attach=[tmp_path / "minutes.txt"],
    )
    fresh = at(kb)
    (record,) = fresh.applications
    assert (record.note, record.in_, record.by) == (
        note.id,
        "Coast road, spring flood",
        STRANGER.email,
    )
    assert (record.outcome, record.on) == ("helped", kb.today)
    assert record.because == "Fuel arrived a day before the closure."
    assert record.evidence == (f"annex/{record.id}/minutes.txt",)
    event = fresh.events()[-1]
    assert (event.move, event.about, event.outcome) == ("apply", note.id, "helped")
    assert event.note == record.id == path.stem
    assert fresh.read(note.path).data == note.data
    assert kb.git.text("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"outcome": "maybe"}, "no outcome"),
        ({"where": "  "}, "--in"),
        ({"because": ""}, "--because"),
        ({"on": date(2027, 1, 1)}, "future"),
    ],
)
def test_what_is_missing_is_named(
    kb: KnowledgeBase, given: dict[str, str | date], words: str
) -> None:
    note = disseminated(kb)
    whole = {"where": "Here", "outcome": "helped", "because": "So."}
    with pytest.raises(UsageError, match=words):
        kb.apply(note, **{**whole, **given})  # type: ignore[arg-type]
    assert kb.applications == []


def test_a_dry_run_records_nothing(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    tip = kb.git.tip()
    dry = KnowledgeBase(kb.root, now=kb.now, actor=kb.actor, dry_run=True)
    dry.apply(note, where="Here", outcome="helped", because="So.")
    assert kb.git.tip() == tip
    assert not (kb.root / "records").exists()
