"""Only a rewording that was recorded can be confirmed as the same meaning."""

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import APPROVE, BEN, at
from tests.test_kb_history import begun
from tests.test_kb_resolving import faults, git

OLD, NEW = b"Text of lessons.", b"The text of lessons."


def approved(kb: KnowledgeBase) -> Note:
    return at(kb, BEN).move("validate", begun(kb), APPROVE).note


def by_hand(kb: KnowledgeBase, note: Note) -> Note:
    (kb.root / note.path).write_bytes(note.data.replace(OLD, NEW))
    git(kb, "commit", "-qam", "A word")
    return kb.read(note.path)


def test_a_text_that_a_hand_changed_is_not_confirmed(kb: KnowledgeBase) -> None:
    note = by_hand(kb, approved(kb))
    with pytest.raises(Refused, match="changed without kmkit edit --reword") as refused:
        at(kb, BEN).move("same-meaning", note)
    assert f"kmkit edit {note.short} --reword" in refused.value.mend
    assert [rule for rule, _ in faults(kb)] == ["changed-after-approval"]
    with pytest.raises(Refused, match=r"^The substance that stands was not approved") as refused:
        kb.move("format", note)
    assert "--same-meaning" not in str(refused.value)


def test_the_way_that_the_refusal_names_leads_on(kb: KnowledgeBase) -> None:
    note = approved(kb)
    changed = by_hand(kb, note)
    (kb.root / note.path).write_bytes(note.data)
    git(kb, "commit", "-qam", "As it was approved")
    note = kb.read(note.path)
    reworded = kb.move("reword", note, Request(because="Clearer."), data=changed.data).note
    assert at(kb, BEN).move("same-meaning", reworded).note.state == "validated"
    assert faults(kb) == []


def test_or_it_is_judged_anew(kb: KnowledgeBase) -> None:
    note = by_hand(kb, approved(kb))
    again = kb.move("reopen", note, Request(because="A word.")).note
    assert again.state == "captured"
    at(kb, BEN).move("validate", again, APPROVE)
    assert faults(kb) == []
