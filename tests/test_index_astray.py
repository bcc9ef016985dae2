"""Notes whose file says other than their trail: nothing is offered that would be refused."""

import json
from collections.abc import Callable

import pytest

from kmkit.errors import Cannot, Refused
from kmkit.index.astray import ENDS, astray
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.moves import MOVES
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, Run, at, captured, disseminated, formatted, validated
from tests.test_kb_undone import forged

WHY = Request(because="The law changed.")


def reverted(kb: KnowledgeBase) -> None:
    """Take back what was done last."""
    kb.git.run("revert", "--no-edit", "HEAD")
    kb.forget()


def found(kb: KnowledgeBase) -> list[str]:
    with Index.open(kb.root, today=kb.today) as index:
        return [card.id for card in astray(index)]


def retired(kb: KnowledgeBase) -> Note:
    return kb.move("retire", formatted(kb), WHY).note


def released(kb: KnowledgeBase) -> Note:
    return kb.move("release", formatted(kb), Request(because="Ask us.", level="domestic")).note


def reopened(kb: KnowledgeBase) -> Note:
    return kb.move("reopen", disseminated(kb), WHY).note


def confirmed(kb: KnowledgeBase) -> Note:
    return kb.move("confirm", disseminated(kb), WHY).note


def given_on(kb: KnowledgeBase) -> Note:
    return kb.move("reassign", validated(kb), Request(because="She leaves.", owner=BEN.email)).note


MADE: list[Callable[[KnowledgeBase], Note]] = [
    validated, formatted, disseminated, retired, released, reopened, confirmed, given_on,
]  # fmt: skip


@pytest.mark.parametrize("made", MADE)
def test_what_was_taken_back_is_found_as_long_as_moves_are_refused(
    kb: KnowledgeBase, made: Callable[[KnowledgeBase], Note]
) -> None:
    captured(kb, "Another")
    note = made(kb)
    assert found(kb) == []
    reverted(kb)
    assert found(kb) == [note.id]
    with pytest.raises(Refused, match="its history"):
        kb.move("narrow", kb.read(note.path), Request(level="internal"))
    reverted(kb)
    assert found(kb) == []


def test_the_verbs_are_those_of_the_lifecycle() -> None:
    verbs = {m.verb for m in MOVES if any(start != end for start, end in m.steps())}
    ends = {verb: {end for m in MOVES if m.verb == verb for _, end in m.steps()} for verb in verbs}
    assert {verb: set(states) for verb, states in ENDS.items()} == ends


def test_status_offers_nothing_that_would_be_refused(kb: KnowledgeBase, run: Run) -> None:
    kb.move("ask", captured(kb, "Another"), Request(to=BEN.email))
    note = captured(kb, "First of all")
    kb.move("ask", note, Request(to=BEN.email))
    at(kb, BEN).move("validate", kb.read(note.path), APPROVE)
    reverted(kb)
    ran = run(kb.root, "status", who=BEN)
    assert f"next\tNot as its history says: 1 note.\t\t\tkmkit audit {note.short}\n" in ran.out
    assert "next\tTo be validated: 1 note.\t" in ran.out
    assert ran.out.count("mine\tasked\t") == 1
    assert f"kmkit validate {note.short}" not in ran.out
    assert "taken back by" in run(kb.root, "log", note.short).out
    assert note.id in run(kb.root, "audit", note.short).out
    left = f"The note First of all ({note.short}) is not as its history says, and is left out; see"
    ran = run(kb.root, "validate", "--queue", "--json", who=BEN)
    assert [one["title"] for one in json.loads(ran.out)["notes"]] == ["Another"]
    assert f"{left} kmkit audit {note.short}.\n" in ran.err
    reverted(kb)
    ran = run(kb.root, "status")
    assert "history" not in ran.out
    assert "next\tTo be made ready for readers: 1 note.\t" in ran.out


def test_several_and_what_waits_for_their_owner(kb: KnowledgeBase, run: Run) -> None:
    notes = [formatted(kb, title) for title in ("One", "Two")]
    for note in notes:
        kb.move("retire", note, WHY)
        reverted(kb)
    ran = run(kb.root, "status", today="2028-01-01")
    assert "next\tNot as their history says: 2 notes.\t\t\tkmkit audit\n" in ran.out
    assert "Ready to go out" not in ran.out
    mine = [row.split("\t") for row in ran.out.splitlines() if row.startswith("mine\t")]
    assert {row[4] for row in mine} == {f"kmkit audit {note.short}" for note in notes}
    said = ", ".join(note.short for note in sorted(notes, key=lambda one: str(one.path)))
    ran = run(kb.root, "disseminate", "--all", "--channel", "weekly-digest", "--dry-run")
    assert f"2 notes are not as their histories say ({said}), and are left out" in ran.err


def test_a_forged_approval_that_was_taken_back_is_no_hindrance(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    forged(kb, note, ANA)
    reverted(kb)
    assert found(kb) == []
    assert "next\tTo be validated: 1 note.\t" in run(kb.root, "status").out
    assert at(kb, BEN).move("validate", kb.read(note.path), APPROVE).note.state == "validated"


def test_a_hand_that_has_not_committed_is_another_matter(kb: KnowledgeBase) -> None:
    note = validated(kb)
    text = note.text.replace("state: validated", "state: captured")
    (kb.root / note.path).write_text(text, "utf-8")
    assert found(kb) == []


def test_a_history_that_cannot_tell_hides_no_note(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    validated(kb)
    reverted(kb)

    def damaged(*asked: object) -> None:
        raise Cannot("An object is missing.")

    monkeypatch.setattr(Index, "steps", damaged)
    assert found(kb) == []
    monkeypatch.undo()
    near = kb.root.parent / "shallow"
    kb.git.run("clone", "-q", "--depth=1", f"file://{kb.root}", str(near))
    assert found(KnowledgeBase(near, now=kb.now)) == []
    assert "To be validated: 1 note." in run(near, "status").out
