from pathlib import Path

import pytest

from kmkit.index.book import Index
from kmkit.index.nearby.links import ORPHAN, Link, Tie, all_links, around, links_of
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import NOW, captured


class Five:
    """A review, two lessons drawn from it, a note that links to one in its text, a lone one."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.review = captured(kb, "Review of the flood")
        self.first = captured(kb, "First lesson", derived_from=[self.review.id])
        self.second = captured(
            kb, "Second lesson", derived_from=[self.review.id, "20200101-x-9999"]
        )
        name = Path(str(self.first.path)).name
        body = f"See [it]({name}) and [nothing](none.md), [itself](../2026/other.md#a).\n"
        self.linking = kb.capture({"title": "Linking", "sources": ["anonymous"]}, body).note
        self.lone = captured(kb, "Lone")


@pytest.fixture
def five(kb: KnowledgeBase) -> Five:
    return Five(kb)


def opened(kb: KnowledgeBase) -> Index:
    return Index.open(kb.root, today=NOW.date())


def row(index: Index, note: Note) -> int:
    return index.resolve(note.id).n


def test_links_are_found_from_both_ends(kb: KnowledgeBase, five: Five) -> None:
    with opened(kb) as index:
        review, first, second, linking = (
            row(index, note) for note in (five.review, five.first, five.second, five.linking)
        )
        drawn = [Link(first, "derived_from", review), Link(second, "derived_from", review)]
        text = Link(linking, "link", first)
        assert sorted(all_links(index)) == sorted([*drawn, text])
        assert sorted(links_of(index, review)) == sorted(drawn)
        assert sorted(links_of(index, first)) == sorted([drawn[0], text])


def test_a_note_and_what_is_so_many_links_away(kb: KnowledgeBase, five: Five) -> None:
    with opened(kb) as index:
        names = {row(index, note): name for name, note in vars(five).items()}
        n = row(index, five.linking)
        steps = [sorted(names[m] for m in around(index, n, depth)) for depth in range(5)]
    assert steps == [
        ["linking"],
        ["first", "linking"],
        ["first", "linking", "review"],
        ["first", "linking", "review", "second"],
        ["first", "linking", "review", "second"],
    ]


def test_orphans_are_notes_in_use_without_any_link(kb: KnowledgeBase, five: Five) -> None:
    with opened(kb) as index:
        assert [one.card.id for one in index.select(ORPHAN)] == [five.lone.id]
    retired = kb.resolve(five.lone.id)
    kb.root.joinpath(retired.path).write_bytes(
        retired.data.replace(b"state: captured", b"state: retired")
    )
    with opened(kb) as index:
        assert list(index.select(ORPHAN)) == []


def test_a_note_that_names_itself_or_nothing_is_an_orphan(kb: KnowledgeBase) -> None:
    note = captured(kb, "Alone")
    path = kb.root / note.path
    text = path.read_text("utf-8").replace("owner:", f"repeats: [{note.id}, gone]\nowner:")
    path.write_text(f"{text}\n[me]({path.name})\n", "utf-8")
    with opened(kb) as index:
        assert index.numbers(ORPHAN) == [row(index, note)]
        assert list(all_links(index)) == []


@pytest.mark.parametrize(
    "field", ["derived_from", "supersedes", "superseded_by", "repeats", "link"]
)
def test_every_link_is_told_from_both_sides(field: str) -> None:
    assert str(Tie(field, True)) != str(Tie(field, False))
