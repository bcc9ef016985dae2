"""``release``, ``narrow``, ``reassign``, ``retire``, ``reopen``: each as a person runs it."""

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import BEN, Run, captured, disseminated, validated
from tests.sitting import sitting


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["release", "NOTE"], 2, "--level is missing"),
        (["release", "NOTE", "--level", "domestic"], 2, "--because is missing"),
        (["release", "NOTE", "--level", "public", "--because", "x"], 3, "There is no level"),
        (["release", "NOTE", "--level", "internal", "--because", "x"], 3, "not wider"),
        (["release", "NOTE", "--level", "international", "--because", "x"], 3, "expert-review"),
        (["release", "zzzz"], 2, "There is no note 'zzzz'"),
        (["narrow", "NOTE"], 2, "--level is missing"),
        (["narrow", "NOTE", "--level", "domestic"], 3, "kmkit release"),
        (["reassign", "NOTE"], 2, "--to is missing"),
        (["reassign", "NOTE", "--to", "the boss"], 2, "no e-mail address"),
        (["reassign", "NOTE", "--to", "ana@example.org"], 3, "owns the note already"),
        (["retire", "NOTE"], 2, "--because is missing"),
        (["retire", "NOTE", "--superseded-by", "zzzz"], 2, "There is no note 'zzzz'"),
        (["retire", "NOTE", "--superseded-by", "NOTE"], 3, "replaced by itself"),
        (["reopen", "NOTE"], 2, "--because is missing"),
        (["reopen", "NOTE", "--because", " \t"], 2, "--because is missing"),
    ],
)
def test_what_is_missing_or_refused(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    note = validated(kb)
    ran = run(kb.root, *[note.short if part == "NOTE" else part for part in args])
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert kb.read(note.path).data == note.data


@pytest.mark.parametrize(
    "args",
    [
        ["release", "--level", "domestic", "--because", "x"], ["narrow", "--level", "internal"],
        ["reassign", "--to", "cy@example.org"], ["retire", "--because", "x"],
    ],
)  # fmt: skip
def test_others_are_told_whom_to_ask(kb: KnowledgeBase, run: Run, args: list[str]) -> None:
    note = validated(kb, level="domestic")
    ran = run(kb.root, args[0], note.short, *args[1:], who=BEN)
    assert ran.code == 3
    assert "Ask ana@example.org" in ran.err


def test_wider_and_narrower_again(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "release", note.short, "--level", "domestic", "--because", "No names.")
    assert ran.code == 0
    assert kb.read(note.path).level == "domestic"
    assert run(kb.root, "narrow", note.short, "--level", "internal").code == 0
    assert kb.read(note.path).level == "internal"


def test_another_owner(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    assert run(kb.root, "reassign", note.short, "--to", " Ben@Example.org ").code == 0
    assert kb.read(note.path).owner == "ben@example.org"


def test_retired_and_taken_up_again(kb: KnowledgeBase, run: Run) -> None:
    note, heir = disseminated(kb), captured(kb, "Heir")
    ran = run(kb.root, "retire", note.short, "--superseded-by", heir.short)
    assert ran.code == 0
    assert kb.read(note.path).fields.superseded_by == heir.id
    ben = run(kb.root, "reopen", note.short, "--because", "x", who=BEN)
    assert ben.code == 3
    assert run(kb.root, "reopen", note.short, "--because", "The heir fell.").code == 0
    after = kb.read(note.path)
    assert (after.state, after.fields.superseded_by) == ("captured", None)


def test_reopened_with_and_without_the_old_version(kb: KnowledgeBase, run: Run) -> None:
    kept, gone = disseminated(kb, "Kept"), disseminated(kb, "Gone")
    run(kb.root, "reopen", kept.short, "--because", "New law.")
    run(kb.root, "reopen", gone.short, "--because", "Wrong.", "--withdraw")
    assert kb.read(kept.path).fields.in_force
    assert kb.read(gone.path).fields.in_force is None


@pytest.mark.parametrize(
    ("verb", "talk", "state"),
    [
        ("release", [("Which level", "domestic\n"), ("Why", "No names.\n")], "validated"),
        ("retire", [("Why", "Old.\n")], "retired"),
        ("reopen", [("Why", "Old.\n")], "captured"),
        ("reassign", [("Who owns", "ben@example.org\n")], "validated"),
    ],
)
def test_asked_at_the_terminal(
    kb: KnowledgeBase, verb: str, talk: list[tuple[str, str]], state: str
) -> None:
    note = validated(kb)
    sat = sitting(kb.root, verb, note.short, talk=talk)
    assert sat.code == 0, sat.screen
    assert kb.read(note.path).state == state


@pytest.mark.parametrize(
    "args",
    [
        ["release", "--level", "domestic", "--because", "x"], ["narrow", "--level", "internal"],
        ["reassign", "--to", "cy@example.org"], ["retire", "--because", "x"],
        ["reopen", "--because", "x"],
    ],
)  # fmt: skip
def test_a_dry_run_changes_nothing(kb: KnowledgeBase, run: Run, args: list[str]) -> None:
    note = validated(kb)
    if args[0] == "narrow":
        wide = Request(level="domestic", because="x")
        note = kb.move("release", note, wide).note
    ran = run(kb.root, args[0], note.short, *args[1:], "--dry-run")
    assert ran.code == 0
    assert ran.err.startswith("Would ")
    assert "Next" not in ran.err
    assert kb.read(note.path).data == note.data
