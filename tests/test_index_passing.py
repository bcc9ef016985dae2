"""What was changed a moment ago is told, and written down once it has settled."""

import os
import time
from pathlib import Path

import pytest

from kmkit.index.book import Index
from kmkit.index.search import parse
from kmkit.index.search.engine import Engine
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import captured
from tests.note_material import TODAY


@pytest.fixture
def note(kb: KnowledgeBase) -> Note:
    """A note among others, in an index that is up to date."""
    captured(kb, "Boats need two engines")
    note = captured(kb)
    with Index.open(kb.root, today=TODAY) as index:
        assert index.words.kept
    return note


def written(kb: KnowledgeBase) -> dict[Path, bytes]:
    """The files of the index."""
    files = (file for file in (kb.git.git_dir / "kmkit").rglob("*") if file.is_file())
    return {file: file.read_bytes() for file in files if file.suffix != ".lock"}


def told(kb: KnowledgeBase, word: str) -> tuple[list[str], list[str]]:
    """The titles that are listed, and those that are found by a word, as a listing asks."""
    with Index.open(kb.root, today=TODAY, meanwhile=str) as index:
        found = index.words.search(parse(word)).hits
        titles = {card.n: card.title for card in index.cards()}
        return sorted(titles.values()), [titles[hit.n] for hit in found]


def change(kb: KnowledgeBase, note: Note) -> Path:
    """Write another title and another word into the note's file."""
    file = kb.root / note.path
    text = file.read_text(encoding="utf-8").replace("Order fuel early", "Order diesel")
    file.write_text(text.replace("The roads closed.", "The ferries sank."), encoding="utf-8")
    return file


def test_a_change_a_moment_ago_is_told_and_not_written(kb: KnowledgeBase, note: Note) -> None:
    before = written(kb)
    change(kb, note)
    assert told(kb, "ferries") == (["Boats need two engines", "Order diesel"], ["Order diesel"])
    assert told(kb, "roads")[1] == ["Boats need two engines"]
    if os.access("/dev/shm", os.W_OK):
        assert written(kb) == before


def test_a_change_that_has_settled_is_written(kb: KnowledgeBase, note: Note) -> None:
    before = written(kb)
    change(kb, note)
    time.sleep(2.1)
    assert told(kb, "ferries")[1] == ["Order diesel"]
    after = written(kb)
    assert after != before
    assert told(kb, "ferries")[1] == ["Order diesel"]
    assert written(kb) == after


def test_who_stays_longer_writes_at_once(kb: KnowledgeBase, note: Note) -> None:
    change(kb, note)
    with Index.open(kb.root, today=TODAY) as index:
        assert index.words.kept
        assert not list(index.query("SELECT n FROM unread"))


def test_a_note_that_is_gone_is_not_found(kb: KnowledgeBase, note: Note) -> None:
    (kb.root / note.path).unlink()
    assert told(kb, "roads")[1] == ["Boats need two engines"]


def test_where_nothing_can_be_put_aside_it_is_written(
    kb: KnowledgeBase, note: Note, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kmkit.index.search.store._MEMORY", tmp_path / "nowhere")
    change(kb, note)
    assert told(kb, "ferries")[1] == ["Order diesel"]
    with Index.open(kb.root, today=TODAY, meanwhile=str) as index:
        assert index.words.kept


def test_what_another_version_made_is_not_put_aside(kb: KnowledgeBase, note: Note) -> None:
    (mark,) = (kb.git.git_dir / "kmkit").glob("index-*/kmkit-version")
    made = Engine.aside(mark.parent)
    assert made is None or not made.kept
    mark.write_text("another", encoding="ascii")
    assert Engine.aside(mark.parent) is None
