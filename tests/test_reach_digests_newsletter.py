"""The newsletter of a real knowledge base: the story, the open question, the note of a year ago."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.reach.digests import digest_of
from tests.digest_kb import Kb
from tests.digest_material import note

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

QUESTION = """\
---
id: 20261105-night-customs-q9z1
kind: question
text: Which port has a customs officer at night?
by: farah.siddiqui@example.org
on: 2026-11-05
level: {level}
---
"""


@pytest.fixture
def made(tmp_path: Path) -> Kb:
    """A knowledge base with a story of this month and notes of a year ago."""
    kb = Kb(tmp_path / "kb")
    kb.write("records/question/q.md", QUESTION.format(level="internal").encode())
    for day in range(14, 20):
        old = note("Do it again.", id=f"20251101-old-aa{day}", title=f"Old {day}")
        kb.step(old, on=f"2025-11-{day}", channel="weekly-digest")
    kb.step(note("x", id="20251101-other-week-bbbb"), on="2025-10-01", channel="weekly-digest")
    story = note("x", id="20261101-told-cccc", kind="story", title="Told", summary="They ran.")
    kb.step(story, on="2026-11-02", channel="unknown")
    return kb


def test_all_three_are_found_without_reading_every_note(made: Kb) -> None:
    found = digest_of(KnowledgeBase(made.root, now=NOW), since=date(2026, 11, 13)).digest
    assert found.year_ago is not None
    assert found.year_ago.note.title == "Old 19"
    assert found.ask is not None
    assert found.ask.text == "Which port has a customs officer at night?"


def test_another_circle_gets_none_of_them(made: Kb) -> None:
    found = digest_of(KnowledgeBase(made.root, now=NOW), to="domestic").digest
    assert (found.story, found.ask, found.year_ago) == (None, None, None)
    made.write("records/question/q.md", QUESTION.format(level="domestic").encode())
    made.git("add", ".")
    made.git("commit", "-q", "-m", "widen")
    assert digest_of(KnowledgeBase(made.root, now=NOW), to="domestic").digest.ask is not None


def test_a_story_of_this_month_is_found_where_nobody_is_known_to_have_heard_it(made: Kb) -> None:
    wide = note("x", id="20261101-wide-dddd", kind="story", title="Wide", summary="Everybody ran.",
                level="domestic")  # fmt: skip
    made.step(wide, on="2026-11-02", channel="unknown")
    found = digest_of(KnowledgeBase(made.root, now=NOW), to="domestic").digest
    assert found.story is not None
    assert found.story.title == "Wide"
    assert found.empty


def test_the_command_speaks_the_audiences_language(made: Kb) -> None:
    config = (made.root / "kmkit.toml").read_text(encoding="utf-8")
    config += '\n[audiences.ici]\nlevel = "internal"\nlanguage = "fr"\n'
    made.write("kmkit.toml", config.encode())
    done = made.run("digest", "--for", "ici", "--format", "text")
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "Ce que nous avons appris, du 14 au 20 novembre 2026" in text
    assert "QUI CONNAÎT LA RÉPONSE ?" in text.replace("\u00a0", " ")


def test_a_template_that_fails_writes_nothing(made: Kb) -> None:
    flaw = b"{{ digest.__class__ }}"
    made.write("templates/digest/blocks/greeting.html.j2", flaw)
    out = made.root / "week.html"
    done = made.run("digest", "--format", "html", "-o", os.fspath(out))
    assert done.returncode == 4
    assert not out.exists()
    said = done.stderr.decode()
    assert "templates/digest/blocks/greeting.html.j2:1: " in said
    assert "Mend the template, or remove it." in said
    assert "Traceback" not in said


def test_a_block_that_is_none_is_refused(made: Kb) -> None:
    config = (made.root / "kmkit.toml").read_text(encoding="utf-8")
    made.write("kmkit.toml", config.replace("[digest]", '[digest]\nblocks = ["notse"]').encode())
    with pytest.raises(Cannot, match="there is no block 'notse'"):
        digest_of(KnowledgeBase(made.root, now=NOW))
