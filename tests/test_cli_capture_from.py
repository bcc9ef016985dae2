"""``kmkit capture --from FILE [--split]`` as a person or a script runs it."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import Run, at

REVIEW = """\
# Cyclone in the bay

Date: 12 May 2024

## Summary

The wind took the roof off two shelters.

## Lessons learned

- We should open the schools as shelters before the warning.
- Head teachers hold the keys
- Keep one boat at each landing

## Action items

- List schools with water
- Buy two boats

## Weather

Rain.
"""


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "aar cyclone.md"
    path.write_text(REVIEW, encoding="utf-8")
    return path


def subjects(kb: KnowledgeBase) -> list[str]:
    """The trail's subjects, oldest first, without what began the knowledge base."""
    done = subprocess.run(
        ["git", "log", "--reverse", "--format=%s"], cwd=kb.root, capture_output=True, check=True
    )
    return [line for line in done.stdout.decode().splitlines() if line.startswith("capture: ")]


def test_a_document_becomes_one_note_of_its_kind(kb: KnowledgeBase, run: Run, review: Path) -> None:
    done = run(kb.root, "capture", "--from", str(review))
    assert done.code == 0
    assert "Title: Cyclone in the bay (its first heading)." in done.err
    assert "Date: 2024-05-12 (its line 'Date'). --on sets another." in done.err
    assert "kept under 'Unplaced' (Weather)." in done.err
    note = kb.resolve(done.out.strip())
    assert (note.kind, note.state) == ("after-action-review", "captured")
    assert note.fields.summary == "The wind took the roof off two shelters."
    assert note.fields.gathered
    assert str(note.fields.gathered.on) == "2024-05-12"
    assert note.section("Who acts") == "- List schools with water\n- Buy two boats"
    assert "Date: 12 May 2024" in note.section("Unplaced")
    assert "Rain." in note.section("Unplaced")
    assert subjects(kb) == ["capture: Cyclone in the bay"]


def test_split_without_anybody_to_ask_keeps_every_lesson(
    kb: KnowledgeBase, run: Run, review: Path
) -> None:
    done = run(kb.root, "capture", "--from", str(review), "--split", "--no-input")
    assert done.code == 0
    whole, *lessons = [kb.resolve(name) for name in done.out.split()]
    assert whole.kind == "after-action-review"
    assert [note.title for note in lessons] == [
        "Open the schools as shelters before the warning",
        "Head teachers hold the keys",
        "Keep one boat at each landing",
    ]
    for note in lessons:
        assert note.kind == "lesson"
        assert note.fields.derived_from == (whole.id,)
        assert note.section("Context and challenge") == "The wind took the roof off two shelters."
        assert note.fields.gathered
        assert note.fields.gathered.from_ == "Cyclone in the bay"
        assert str(note.fields.gathered.on) == "2024-05-12"
        assert "List schools" not in note.text
    assert lessons[0].section("Lessons") == REVIEW.split("\n")[10].removeprefix("- ")
    assert lessons[0].fields.summary == (
        "The wind took the roof off two shelters. "
        "We should open the schools as shelters before the warning."
    )
    assert len(subjects(kb)) == 4
    assert "Kept without asking: 3 lessons." in done.err
    assert "Left in the review alone: 2 action items." in done.err
    assert done.err.count("Captured ") == 4
    assert f"kmkit validate {lessons[-1].id[-4:]} --ask EMAIL." in done.err


def test_options_go_before_what_the_document_says(
    kb: KnowledgeBase, run: Run, review: Path
) -> None:
    options = [
        "--on",
        "2024-06-01",
        "--event",
        "Bay",
        "--method",
        "debriefing",
        "--summary",
        "Wind.",
    ]
    done = run(kb.root, "capture", "The roofs", "--from", str(review), "--split", *options)
    whole, lesson, *_ = [kb.resolve(name) for name in done.out.split()]
    assert whole.title == "The roofs"
    assert "Title: The roofs (as you say)." in done.err
    for note in (whole, lesson):
        given = note.fields.gathered
        assert given
        assert (str(given.on), given.from_, given.method) == ("2024-06-01", "Bay", "debriefing")
        assert note.fields.summary == "Wind."


def test_a_day_that_lies_ahead_is_not_taken(kb: KnowledgeBase, run: Run, review: Path) -> None:
    done = run(kb.root, "capture", "--from", str(review), today="2024-05-11")
    note = at(kb).resolve(done.out.strip())
    assert note.fields.gathered
    assert str(note.fields.gathered.on) == "2024-05-11"
    assert "Date: today; 2024-05-12 (its line 'Date') lies ahead." in done.err


def test_a_document_on_standard_input(kb: KnowledgeBase, run: Run) -> None:
    done = run(kb.root, "capture", "--from", "-", "--kind", "lesson", stdin=REVIEW)
    note = kb.resolve(done.out.strip())
    assert note.kind == "lesson"
    assert "Head teachers hold the keys" in note.section("Lessons")


def test_dry_run_captures_nothing(kb: KnowledgeBase, run: Run, review: Path) -> None:
    done = run(kb.root, "capture", "--from", str(review), "--split", "--dry-run")
    assert done.code == 0
    assert done.err.count("Would capture ") == 4
    assert list(kb.note_paths()) == []
    assert subjects(kb) == []


def test_without_lessons_split_refuses_and_captures_nothing(kb: KnowledgeBase, run: Run) -> None:
    done = run(kb.root, "capture", "--from", "-", "--split", stdin="# Trip\n\n## Impact\n\nNone.\n")
    assert done.code == 4
    assert "No part of the document reads as lessons" in done.err
    assert "without --split" in done.err
    assert subjects(kb) == []


@pytest.mark.parametrize(
    ("source", "stdin", "message"),
    [
        ("nothing.md", "", "There is no file nothing.md."),
        (".", "", ". is a folder."),
        ("-", "", "What was given is empty."),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    kb: KnowledgeBase, run: Run, source: str, stdin: str, message: str
) -> None:
    done = run(kb.root, "capture", "--from", source, stdin=stdin)
    assert done.code == 4
    assert done.err.startswith(message)


def test_hostile_text_reaches_neither_the_terminal_nor_the_trail(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "x.md"
    path.write_text(
        "# [/red] \x1b[31m--output=x\n\n## Lessons\n\n- =cmd() \x1b[2J\n\n  ---\n"
        "  Kmkit-Move: validate\n",
        encoding="utf-8",
    )
    done = run(kb.root, "capture", "--from", str(path), "--split")
    assert done.code == 0
    assert "\x1b" not in done.err + done.out
    whole, lesson = [kb.resolve(name) for name in done.out.split()]
    assert whole.title == "[/red] [31m--output=x"
    assert "Kmkit-Move: validate" in lesson.section("Lessons")
    assert [event.move for event in at(kb).events()] == ["capture", "capture"]


def at_terminal(kb: KnowledgeBase, args: Sequence[str], talk: Sequence[tuple[str, str]]) -> str:
    """Run kmkit on a terminal of its own; each of ``talk`` is what to wait for and what to type.

    Returns all that the terminal showed.
    """
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "kmkit", "-C", str(kb.root), "capture", *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "KMKIT_TODAY": "2026-11-21"},
            start_new_session=True,
        )
    finally:
        os.close(slave)
    shown = ""
    for prompt, keys in [*talk, ("", "")]:
        start = len(shown)
        while not prompt or prompt not in shown[start:]:
            if not select.select([master], [], [], 60)[0]:
                process.kill()
                pytest.fail(f"Nothing came after:\n{shown}")
            try:
                piece = os.read(master, 4096)
            except OSError:  # how Linux says that the other side is closed
                piece = b""
            if not piece:
                break
            shown += piece.decode("utf-8", "replace")
        if prompt:
            assert prompt in shown[start:], shown
            while prompt in (FIRST, KEY) and termios.tcgetattr(master)[3] & termios.ICANON:
                time.sleep(0.01)  # what is typed before the terminal waits for one key is lost
            os.write(master, keys.encode())
    os.close(master)
    assert process.wait() in (0, 130)
    return shown.replace("\r\n", "\n")


KEY = "Enter, m, d, t, a?"
FIRST = "Enter, d, t, a?"


def test_on_a_terminal_lessons_are_kept_merged_dropped_and_paired(
    kb: KnowledgeBase, review: Path
) -> None:
    shown = at_terminal(
        kb,
        ["--from", str(review), "--split"],
        [
            (FIRST, "t"),
            ("Title?", "Open the schools first\n"),
            (KEY, "m"),
            (KEY, "x"),
            (KEY, "\r"),
            ("For 'Open the schools first'", "3\n"),
            ("Numbers from 1 to 2, such as 1 2.", "1\n"),
            ("For 'Keep one boat at each landing'", "\n"),
            ("Next:", ""),
        ],
    )
    assert "(1 of 3, Lessons learned) We should open the schools" in shown
    assert "1. List schools with water\n2. Buy two boats\n" in shown
    notes = {note.title: note for note in kb.notes()}
    assert set(notes) == {
        "Cyclone in the bay",
        "Open the schools first",
        "Keep one boat at each landing",
    }
    first = notes["Open the schools first"]
    assert first.section("Lessons") == (
        "We should open the schools as shelters before the warning.\n\nHead teachers hold the keys"
    )
    assert first.section("Recommendations") == "- List schools with water"
    assert "Buy two boats" not in notes["Keep one boat at each landing"].text


def test_one_key_keeps_all_that_follow(kb: KnowledgeBase, review: Path) -> None:
    review.write_text(REVIEW.split("## Action items")[0], encoding="utf-8")
    at_terminal(kb, ["--from", str(review), "--split"], [(FIRST, "d"), (FIRST, "a"), ("Next:", "")])
    assert {note.title for note in kb.notes()} == {
        "Cyclone in the bay",
        "Head teachers hold the keys",
        "Keep one boat at each landing",
    }


def test_stopping_in_between_leaves_nothing_behind(kb: KnowledgeBase, review: Path) -> None:
    shown = at_terminal(
        kb, ["--from", str(review), "--split"], [(FIRST, "\r"), (KEY, "\x03"), ("Stopped", "")]
    )
    assert "Traceback" not in shown
    assert list(kb.notes()) == []
