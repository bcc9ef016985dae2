"""What kmkit advises about a state that no history leads to can be done, and mends it."""

import re

import pytest

from kmkit.errors import Refused
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.file import read, write_fields
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, Run, at, captured, validated
from tests.test_kb_resolving import faults, git

WHY = ("--because", "Looked at it.")


def forged(kb: KnowledgeBase, state: str = "validated", *, commit: bool = True) -> Note:
    """A new note that nobody captured, with the verdicts of another."""
    model = validated(kb)
    name = "20261121-made-up-zz99"
    path = model.path.with_name(f"{name}.md")
    data = write_fields(model, {"id": name, "title": "Made up", "state": state})
    (kb.root / path).write_bytes(data)
    if commit:
        git(kb, "add", str(path))
        git(kb, "commit", "-qm", "A note")
    kb.forget()
    return kb.read(path)


def state_by_hand(kb: KnowledgeBase, *, commit: bool = True) -> Note:
    """A captured note that a hand called validated, with the verdicts of another."""
    model, note = validated(kb), captured(kb, "Watch the bridge")
    data = write_fields(note, {"state": "validated", "verdicts": model.fields.verdicts})
    (kb.root / note.path).write_bytes(data)
    if commit:
        git(kb, "commit", "-qam", "By hand")
    kb.forget()
    return kb.read(note.path)


def commands(said: str, short: str) -> set[str]:
    """The kmkit commands about a note that a text names, by their verbs."""
    return set(re.findall(rf"kmkit ([a-z]+) {short}", said))


def captured_by_hand(kb: KnowledgeBase, run: Run, note: Note) -> int:
    """What 'write captured, take verdicts out and run kmkit capture' comes to."""
    data = write_fields(note, {"state": "captured", "verdicts": None})
    (kb.root / note.path).write_bytes(data)
    return run(kb.root, "capture", str(note.path)).code


def test_a_note_that_was_made_up_is_not_to_be_reopened(kb: KnowledgeBase, run: Run) -> None:
    note = forged(kb)
    check = run(kb.root, "check").out
    assert "It says validated, and no capture of it stands in the history." in check
    assert commands(check, "zz99") == {"validate"}
    assert f"git rm {note.path}" in check
    stale = run(kb.root, "review", "--stale").out
    status = run(kb.root, "status").out
    assert commands(stale, "zz99") == commands(status, "zz99") == {"audit"}
    assert run(kb.root, "audit", "zz99").code == 1
    assert run(kb.root, "reopen", "zz99", *WHY).code == 3


def test_it_is_renewed_or_captured_or_taken_away(kb: KnowledgeBase, run: Run) -> None:
    note = forged(kb)
    git(kb, "branch", "renewed")
    git(kb, "branch", "gone")
    assert captured_by_hand(kb, run, note) == 0
    assert faults(kb) == []
    git(kb, "checkout", "-q", "renewed")
    assert run(kb.root, "validate", "zz99", "--renew", *WHY, who=BEN).code == 0
    assert faults(kb) == []
    git(kb, "checkout", "-q", "gone")
    git(kb, "rm", "-q", str(note.path))
    git(kb, "commit", "-qm", "Made up")
    assert faults(kb) == []


def test_a_file_that_git_does_not_know_is_captured(kb: KnowledgeBase, run: Run) -> None:
    note = forged(kb, commit=False)
    mend = f"Write 'state: captured', take 'verdicts' out and run kmkit capture {note.path}."
    check = run(kb.root, "check").out
    assert mend in check
    assert "--renew" not in check
    with pytest.raises(Refused) as refused:
        kb.move("reopen", note, Request(because="So."))
    assert refused.value.mend == mend
    assert captured_by_hand(kb, run, note) == 0
    assert faults(kb) == []


@pytest.mark.parametrize("state", ["captured", "retired"])
@pytest.mark.parametrize("verb", ["renew", "reopen", "narrow"])
def test_what_is_made_up_and_not_approved_is_captured_first(
    kb: KnowledgeBase, run: Run, state: str, verb: str
) -> None:
    note = forged(kb, state)
    with pytest.raises(Refused, match=r"^No capture of .* stands in the history") as refused:
        at(kb, BEN).move(verb, note, APPROVE)
    first = "Take" if state == "captured" else "Write 'state: captured', take"
    assert refused.value.mend == f"{first} 'verdicts' out and run kmkit capture {note.path}."
    assert captured_by_hand(kb, run, note) == 0
    assert faults(kb) == []


@pytest.mark.parametrize("commit", [False, True])
def test_a_state_that_a_hand_wrote_is_put_back(kb: KnowledgeBase, run: Run, commit: bool) -> None:
    note = state_by_hand(kb, commit=commit)
    for said in (run(kb.root, "check").out, run(kb.root, "status").out):
        assert commands(said, note.short) == {"audit"}
    assert run(kb.root, "reopen", note.short, *WHY).code == 3
    if commit:
        git(kb, "revert", "--no-edit", "HEAD")
    else:
        git(kb, "restore", "-SW", str(note.path))
    assert (faults(kb), run(kb.root, "check").code) == ([], 0)


def test_how_far_it_reaches_names_nothing_that_is_refused(kb: KnowledgeBase, run: Run) -> None:
    note = state_by_hand(kb)
    said = run(kb.root, "level", note.short, "domestic", "--explain")
    assert commands(said.out + said.err, note.short) == {"audit"}


def test_what_was_captured_and_changed_is_reopened(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    (kb.root / note.path).write_bytes(note.data.replace(b"early.", b"soon."))
    git(kb, "commit", "-qam", "A word")
    assert commands(run(kb.root, "check").out, note.short) == {"validate", "reopen"}
    assert commands(run(kb.root, "status").out, note.short) == {"reopen"}
    assert run(kb.root, "reopen", note.short, *WHY).code == 0


def test_what_branches_did_is_no_forgery(kb: KnowledgeBase) -> None:
    """The moves of both, one after another, lead elsewhere; the merge leads where the file is."""
    note = validated(kb)
    branch = git(kb, "branch", "--show-current").strip()
    git(kb, "checkout", "-qb", "side")
    kb.move("reopen", note, Request(because="New prices."))
    git(kb, "checkout", "-q", branch)
    git(kb, "merge", "-q", "--no-ff", "-s", "ours", "-m", "Ours", "side")
    (kb.root / note.path).write_bytes(note.data.replace(b"early.", b"soon."))
    with Index.open(kb.root, today=kb.today) as index:
        (row,) = index.stale()
    assert row.reasons[0].way == "kmkit reopen {note}"


def test_a_shallow_clone_cannot_tell(kb: KnowledgeBase, run: Run) -> None:
    note = forged(kb)
    clone = kb.root.parent / "clone"
    git(kb, "clone", "-q", "--depth=1", f"file://{kb.root}", str(clone))
    assert commands(run(clone, "check").out, note.short) == {"validate", "reopen"}


def test_own_verdicts_are_judged_anew_where_that_can_be(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    data = write_fields(note, {"sources": ["ben@example.org"]})
    (kb.root / note.path).write_bytes(data)
    git(kb, "commit", "-qam", "Ben gave it")
    check = run(kb.root, "check").out
    assert "own-verdict" in check
    assert commands(check, note.short) == {"reopen"}
    assert run(kb.root, "reopen", note.short, *WHY).code == 0
    assert read(data, note.path).state == "validated"
    assert ANA.key in kb.read(note.path).text
