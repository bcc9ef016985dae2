import json

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import APPROVE, BEN, Run, at, captured, disseminated
from tests.terminal import CONTROLS, on_terminal


def revised(kb: KnowledgeBase) -> Note:
    """A disseminated note of which a revision is under way."""
    note = disseminated(kb)
    draft = note.data.replace(b"Text of results.", b"Fuel was late.")
    return kb.move("edit", note, Request(because="It was not so."), data=draft).note


def test_plain_in_a_pipe(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(kb.root, "show", note.id[-4:])
    assert ran.code == 0
    assert ran.out.startswith("# Order fuel early\n\nstate: captured\nkind: lesson\n")
    assert "owner: ana@example.org\n" in ran.out
    assert "## Lessons\n\nSign contracts early.\n" in ran.out
    assert ran.err == ""


def test_the_approved_version_is_shown_while_it_is_being_revised(
    kb: KnowledgeBase, run: Run
) -> None:
    note = revised(kb)
    ran = run(kb.root, "show", note.id)
    assert "Text of results." in ran.out
    assert "Fuel was late." not in ran.out
    assert "state: disseminated, being revised" in ran.out
    assert f"kmkit show {note.id[-4:]} --draft" in ran.err
    assert run(kb.root, "show", note.id, "--in-force").out == ran.out
    draft = run(kb.root, "show", note.id, "--draft")
    assert "Fuel was late." in draft.out
    assert "state: captured, a revision" in draft.out
    assert run(kb.root, "show", note.id, "--draft", "--in-force").code == 2


def test_overdue_stands_beside_the_state(kb: KnowledgeBase, run: Run) -> None:
    note = kb.move("confirm", disseminated(kb), Request(because="Checked.")).note
    ran = run(kb.root, "show", note.id, today="2028-01-01")
    assert "state: maintained, overdue\n" in ran.out
    assert "due: 2027-11-21\n" in ran.out


def test_raw_is_the_file(kb: KnowledgeBase, run: Run) -> None:
    note = revised(kb)
    assert run(kb.root, "show", note.id, "--raw", "--draft").out.encode() == note.data
    standing = run(kb.root, "show", note.id, "--raw").out
    assert "Text of results." in standing
    assert standing.startswith("---\nid: ")


def test_json(kb: KnowledgeBase, run: Run) -> None:
    note = revised(kb)
    found = json.loads(run(kb.root, "show", note.id, "--json").out)
    assert found["schema"] == "kmkit.note/1"
    assert (found["state"], found["being_revised"]) == ("disseminated", True)
    assert {"heading": "Results", "text": "Text of results."} in found["sections"]
    draft = json.loads(run(kb.root, "show", note.id, "--json", "--draft").out)
    assert {"heading": "Results", "text": "Fuel was late."} in draft["sections"]


def test_a_broken_note_is_shown_as_far_as_it_can_be_read(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    file = kb.root / note.path
    file.write_text(file.read_text("utf-8").replace("kind: lesson", "kind: [lesson"), "utf-8")
    ran = run(kb.root, "show", str(note.path))
    assert ran.code == 0
    assert "Sign contracts early." in ran.out
    assert "kmkit check" in ran.err


def test_which_note(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Fuel one")
    captured(kb, "Fuel two")
    assert run(kb.root, "show", "fuel-t").code == 0
    several = run(kb.root, "show", "fuel")
    assert several.code == 2
    assert "fuel-one" in several.err
    assert "fuel-two" in several.err
    assert run(kb.root, "show", "zzzz").code == 2


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_terminal_the_text_is_laid_out_and_cannot_act(kb: KnowledgeBase, columns: int) -> None:
    body = (
        "## Context and challenge\n\nThe **roads** closed [/red] \x1b[2J \u202e"
        "[here](https://example.org/log).\n\n<!-- guidance -->\n\n<div>Kept.</div>\n\n"
        "## Lessons\n\n- Sign `early`.\n"
    )
    note = kb.capture({"title": "[bold]Fuel\x1b]0;owned\x07[/bold]"}, body).note
    shown = on_terminal(kb.root, "show", note.id, columns=columns)
    assert "[bold]Fuel" in shown
    assert "[/red]" in shown
    assert "**roads**" not in shown
    assert "https://example.org/log" in shown
    assert "Kept." in shown
    assert "guidance" not in shown
    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown
    assert "\u202e" not in shown
    assert not set(CONTROLS) & set(shown)
    raw = on_terminal(kb.root, "show", note.id, "--raw", columns=columns)
    assert "\x1b" not in raw
    assert "\u202e" not in raw


def test_only_approvals_of_what_stands_are_shown(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    at(kb, BEN).move("validate", note, APPROVE)
    changed = (kb.root / note.path).read_bytes() + b"\nAnd pay them.\n"
    (kb.root / note.path).write_bytes(changed)
    assert "approved:" not in run(kb.root, "show", note.short).out
    (kb.root / note.path).write_bytes(changed.removesuffix(b"\nAnd pay them.\n"))
    assert "approved: 2026-11-21 by ben@example.org" in run(kb.root, "show", note.short).out
