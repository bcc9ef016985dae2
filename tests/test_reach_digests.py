"""The digest of a whole knowledge base: the example, replayed commit by commit."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.reach.digests import digest_of
from kmkit.text import one_line
from kmkit.views.digest_render import FORMATS, render

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
