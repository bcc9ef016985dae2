"""The digest of a whole knowledge base: the example, replayed commit by commit."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kmkit.index.book import Index
from kmkit.index.choosing.filters import Filter
from kmkit.kb import KnowledgeBase
from kmkit.reach import candidates
from kmkit.reach.candidates import few_of_days
from kmkit.reach.digests import digest_of
from kmkit.text import one_line
from kmkit.views.digest_render import FORMATS, render
from tests.conftest import disseminated, formatted

WEEKS = [date(2026, 11, 20) - timedelta(weeks=8 * n) for n in range(9)]


@pytest.fixture
def demo(history: Path) -> KnowledgeBase:
    """The example with its history."""
    return KnowledgeBase(history, now=datetime(2026, 11, 20, 12, tzinfo=UTC))


def test_the_last_week_has_something_in_every_block(demo: KnowledgeBase) -> None:
    made = digest_of(demo)
    assert made.problems == ()
    week = made.digest
    assert (week.level, week.since, week.until) == (
        "internal",
        date(2026, 11, 14),
        date(2026, 11, 20),
    )
    assert week.items
    assert week.stop
    assert {row.outcome for row in week.applied} == {"helped", "did-not-help"}
    assert week.question
    assert week.thanks


@pytest.mark.parametrize("level", ["domestic", "international"])
@pytest.mark.parametrize("name", ["readers", "stewards"])
def test_no_narrower_note_is_named_in_any_week(demo: KnowledgeBase, level: str, name: str) -> None:
    """Two months at a time, in every format: no title and no id of a note that must not get out."""
    policy = demo.policy
    hidden = [n for n in demo.notes() if policy.width(n.level) < policy.width(level)]
    assert hidden
    for until in WEEKS:
        made = digest_of(demo, to=level, since=until - timedelta(55), until=until, name=name)
        for fmt in FORMATS:
            text = one_line(render(made.digest, fmt)).casefold()
            for note in hidden:
                assert one_line(note.title).casefold() not in text
                assert note.id not in text


def test_what_a_wider_circle_reads_a_narrower_may_read(demo: KnowledgeBase) -> None:
    since = date(2025, 6, 1)
    seen = []
    for level in ("international", "domestic", "internal"):
        made = digest_of(demo, to=level, since=since).digest
        seen.append(len(made.items) + made.items_left_out)
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]


def test_the_same_history_gives_the_same_letter(demo: KnowledgeBase) -> None:
    again = KnowledgeBase(demo.root, now=demo.now)
    assert digest_of(again) == digest_of(demo)


@pytest.mark.parametrize("level", ["internal", "domestic", "international"])
@pytest.mark.parametrize("words", [(), ("topic:procurement",), ("kind:lesson",)])
def test_few_that_are_looked_at_make_the_same_letter(
    demo: KnowledgeBase, level: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Save for the thanks: who gave a note that is only counted is not named."""
    since, asked = date(2025, 6, 1), Filter.parse(words)
    every = digest_of(demo, to=level, since=since, asked=asked).digest
    monkeypatch.setattr(candidates, "LOOKED_AT", demo.config.digest.max_notes + 1)
    few = digest_of(demo, to=level, since=since, asked=asked).digest
    assert few == every._replace(thanks=few.thanks)
    assert set(few.thanks) <= set(every.thanks)


def test_of_many_new_notes_the_last_are_read_and_the_others_counted(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = disseminated(kb, "Fuel first")
    waiting = [formatted(kb, f"On its way {n}") for n in range(3)]
    new = [disseminated(kb, f"Fuel {n}") for n in range(6)]
    changed = kb.root / new[0].path
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\nBy hand.\n", encoding="utf-8")
    every = digest_of(kb).digest
    monkeypatch.setattr(candidates, "LOOKED_AT", 2)
    with Index.open(kb.root, today=kb.today) as index:
        days = few_of_days(index, kb.today, kb.today, 0)
        assert days.counted == {note.id for note in (first, *new[1:4])}
        assert days.found == {note.id for note in (new[0], *new[4:], *waiting[1:])}
        narrow = few_of_days(index, kb.today, kb.today, 1)
        assert (narrow.counted, narrow.found) == (frozenset(), {new[0].id})
        some = few_of_days(index, kb.today, kb.today, 0, {first.id, new[1].id, new[2].id})
        assert some.counted == {first.id}
    few = digest_of(kb).digest
    assert few.items[:2] == every.items[:2]
    assert few.items_left_out + len(few.items) == every.items_left_out + len(every.items)
