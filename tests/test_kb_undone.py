"""A forged move that was taken back: kmkit's commands go on where the audit says that it counts."""

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, CY, DEE, at, captured, validated
from tests.test_kb_resolving import CROWD, faults, git


def forged(kb: KnowledgeBase, note: Note, who: Person, request: Request = APPROVE) -> None:
    """A validation in the name of somebody who may not give one: kmkit's own commit, by another."""
    at(kb, BEN).move("validate", note, request)
    git(kb, "commit", "-q", "--amend", "--no-edit", f"--author={who}")
    kb.forget()


def reverted(kb: KnowledgeBase, note: Note) -> Note:
    git(kb, "revert", "--no-edit", "HEAD")
    kb.forget()
    return kb.read(note.path)


@pytest.mark.parametrize("verb", ["edit", "retire", "validate"])
def test_a_note_goes_on_after_a_forged_approval_was_reverted(kb: KnowledgeBase, verb: str) -> None:
    note = captured(kb)
    forged(kb, note, ANA)
    assert faults(kb) != []
    note = reverted(kb, note)
    assert (note.state, faults(kb)) == ("captured", [])
    if verb == "validate":
        after = at(kb, DEE).move("validate", note, APPROVE).note
        assert [entry.by for entry in after.fields.verdicts] == [DEE.email]
    elif verb == "edit":
        at(kb, CY).move("edit", note, data=note.data.replace(b"Sign contracts", b"Sign papers"))
    else:
        kb.move("retire", note, Request(because="Nobody drives any more."))
    assert faults(kb) == []


def test_a_forged_verdict_that_was_reverted_makes_no_quorum(kb: KnowledgeBase) -> None:
    note = captured(kb, sources=["anonymous"])
    forged(kb, note, ANA, CROWD)
    note = reverted(kb, note)
    for who in (CY, DEE):
        note = at(kb, who).move("validate", note, CROWD).note
    assert (note.state, len(note.fields.verdicts), faults(kb)) == ("captured", 2, [])


def test_a_forged_approval_of_an_older_round_is_not_offered_again(kb: KnowledgeBase) -> None:
    note = validated(kb)
    kb.move("reopen", note, Request(because="New prices."))
    note = kb.read(note.path)
    forged(kb, note, ANA)
    note = reverted(kb, note)
    assert (note.state, faults(kb)) == ("captured", [])
    assert at(kb, DEE).move("validate", note, APPROVE).note.state == "validated"
    assert faults(kb) == []


def test_an_approval_that_counts_is_not_undone_by_a_revert(kb: KnowledgeBase) -> None:
    note = validated(kb)
    note = reverted(kb, note)
    assert [rule for rule, _ in faults(kb)] == ["state-without-move"]
    with pytest.raises(Refused, match="says state: captured, its history state: validated"):
        at(kb, DEE).move("validate", note, APPROVE)


def test_what_is_written_over_a_forged_approval_is_told_by_what_stood_before(
    kb: KnowledgeBase,
) -> None:
    note = captured(kb)
    forged(kb, note, ANA)
    (kb.root / note.path).write_bytes(write_fields(kb.read(note.path), {"state": "formatted"}))
    git(kb, "commit", "-qam", "By hand")
    with pytest.raises(Refused, match="says state: formatted, its history state: captured"):
        kb.move("disseminate", kb.read(note.path), Request(channel="weekly-digest"))


def test_nobody_is_told_to_write_a_forged_state(kb: KnowledgeBase) -> None:
    note = captured(kb)
    forged(kb, note, ANA)
    for state in ("formatted", "captured"):
        (kb.root / note.path).write_bytes(write_fields(kb.read(note.path), {"state": state}))
        git(kb, "commit", "-qam", "By hand")
        with pytest.raises(Refused) as refused:
            kb.move("retire", kb.read(note.path), Request(because="So."))
        assert "git revert" in refused.value.mend
    for commit in ("HEAD", "HEAD~2", "HEAD~4"):  # the last one first
        git(kb, "revert", "--no-edit", commit)
    kb.forget()
    assert faults(kb) == []
    kb.move("retire", kb.read(note.path), Request(because="So."))
