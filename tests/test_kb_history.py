"""Where a note stands once branches were merged: each by its own moves, and none read twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kmkit.errors import Refused
from kmkit.index.problems import problems as found
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, CY, DEE, at
from tests.test_audience_seeing import seen_by
from tests.test_kb_resolving import faults, git, mended, parted

WHY = Request(because="The tank was sold.")
REJECT = Request(verdict="reject", method="peer-review", because="No.")
Steps = list[tuple[str, Person]]
APPROVED: Steps = [("validate", CY)]
ENDED: Steps = [("retire", ANA)]
AGAIN: Steps = [*ENDED, ("reopen", ANA)]
REVISED: Steps = [("validate", BEN), ("reopen", ANA)]


BODY = "".join(
    f"## {name}\n\nText of {name.lower()}.\n\n"
    for name in ("Context and challenge", "Solution and actions", "Results", "Lessons")
)


def begun(kb: KnowledgeBase) -> Note:
    fields = {"title": "Order fuel", "summary": "Sign early.", "topics": ["fuel"],
              "matters_to": "Drivers.", "level": "domestic"}  # fmt: skip
    return kb.capture(fields, BODY).note


def walked(kb: KnowledgeBase, steps: Steps, since: int = 1) -> Callable[[Note], Note]:
    def walk(note: Note) -> Note:
        for day, (verb, who) in enumerate(steps, since):
            seen = at(kb, who, kb.now + timedelta(days=day))
            note = seen.move(verb, note, APPROVE if verb == "validate" else WHY).note
        return note

    return walk


def problems(kb: KnowledgeBase) -> list[str]:
    """The rules of what is wrong with the files."""
    return [problem.rule for problem in found(kb) if problem.severity == "error"]


def merged(kb: KnowledgeBase, note: Note) -> Note:
    """The note, merged by git alone where it can, else by field."""
    if git(kb, "diff", "--name-only", "--diff-filter=U"):
        return mended(kb, note).note
    git(kb, "commit", "-q", "--no-edit")
    kb.forget()
    return kb.read(note.path)


def test_an_approved_note_that_a_branch_took_up_again_is_judged_anew(kb: KnowledgeBase) -> None:
    note = walked(kb, APPROVED)(begun(kb))
    parted(kb, note, walked(kb, [("format", ANA)], since=2), walked(kb, AGAIN, since=2))
    note = merged(kb, note)
    assert (note.state, note.fields.verdicts, note.fields.in_force) == ("captured", (), None)
    assert kb.claim(note).verdicts == ()
    assert at(kb, DEE).move("validate", note, APPROVE).note.state == "validated"
    assert faults(kb) == []


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "state", "then"),
    [
        (APPROVED, AGAIN, "validated", "format"),
        ([*APPROVED, ("format", ANA)], [("validate", BEN), *AGAIN], "formatted", "disseminate"),
        (APPROVED, [*REVISED, *AGAIN], "validated", "format"),
        ([*APPROVED, ("reopen", ANA), ("validate", DEE)], AGAIN, "validated", "format"),
        (ENDED, AGAIN, "retired", "reopen"),
        (ENDED, [("validate", BEN), *AGAIN], "retired", "reopen"),
        ([*APPROVED, *ENDED], AGAIN, "retired", "reopen"),
        (APPROVED, REVISED, "captured", "validate"),
        ([*APPROVED, ("format", ANA)], REVISED, "captured", "validate"),
    ],
)
def test_what_branches_made_of_a_note_goes_on(
    kb: KnowledgeBase, first: Steps, second: Steps, state: str, then: str, turned: bool
) -> None:
    note = begun(kb)
    sides = [walked(kb, second), walked(kb, first, since=5)]
    parted(kb, note, sides[turned], sides[not turned])
    note = merged(kb, note)
    assert note.state == kb.claim(note).state == state
    assert faults(kb) == []
    seen = at(kb, DEE if then == "validate" else ANA, kb.now + timedelta(days=9))
    request = APPROVE if then == "validate" else Request(because="So.", channel="weekly-digest")
    seen.move(then, note, request)
    assert faults(kb) == []


def test_readers_see_what_one_branch_approved_and_another_took_up_again(kb: KnowledgeBase) -> None:
    note = begun(kb)
    parted(kb, note, walked(kb, AGAIN), walked(kb, [*APPROVED, ("format", ANA)]))
    note = merged(kb, note)
    seen = seen_by(kb)
    assert [(one.state, one.note.id) for one in seen.notes.values()] == [("formatted", note.id)]
    assert seen.problems == []


def test_readers_see_the_version_that_a_revision_left_in_force(kb: KnowledgeBase) -> None:
    note = begun(kb)
    parted(kb, note, walked(kb, APPROVED), walked(kb, REVISED))
    note = merged(kb, note)
    assert note.fields.in_force
    (shown,) = seen_by(kb).notes.values()
    assert (shown.state, shown.being_revised) == ("validated", True)
    rejected = at(kb, DEE).move("validate", note, REJECT)
    assert rejected.note.state == "validated"
    assert [entry.by for entry in rejected.note.fields.verdicts] == [BEN.email]
    assert faults(kb) == []


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("again", [[("reopen", ANA)], AGAIN], ids=["revised", "taken up again"])
def test_a_new_round_of_one_branch_stands_beside_what_another_did(
    kb: KnowledgeBase, again: Steps, turned: bool
) -> None:
    note = walked(kb, [*REVISED, ("validate", CY)])(begun(kb))

    def narrowed(there: Note) -> Note:
        return kb.move("narrow", there, Request(because="Names.", level="internal")).note

    sides = [walked(kb, [*again, ("validate", DEE)], since=6), narrowed]
    parted(kb, note, sides[turned], sides[not turned])
    note = merged(kb, note)
    assert (note.state, note.level) == ("validated", "internal")
    assert [entry.by for entry in note.fields.verdicts] == [DEE.email]
    assert faults(kb) == []
    assert kb.move("format", note).note.state == "formatted"


def test_a_merge_by_hand_widens_nothing_that_a_branch_narrowed(kb: KnowledgeBase) -> None:
    note = at(kb, BEN).move("validate", begun(kb), APPROVE).note

    def narrowed(there: Note) -> Note:
        return kb.move("narrow", there, Request(because="Names.", level="internal")).note

    parted(kb, note, walked(kb, [("format", ANA)]), narrowed)
    place = kb.root / note.path
    place.write_bytes(write_fields(kb.read(note.path), {"level": "domestic", "state": "formatted"}))
    git(kb, "commit", "-qam", "Merge")
    kb.forget()
    note = kb.read(note.path)
    assert (note.level, kb.claim(note).level) == ("domestic", "internal")
    assert list(seen_by(kb).notes) == []
    assert [rule for rule, _ in faults(kb)] == ["merge-lost-move"]
    with pytest.raises(Refused, match="level: domestic, its history level: internal"):
        kb.move("disseminate", note, Request(channel="weekly-digest"))


def test_a_merge_by_hand_approves_no_text_of_the_other_side(kb: KnowledgeBase) -> None:
    note = begun(kb)

    def reworded(there: Note) -> Note:
        data = there.data.replace(b"Text of lessons", b"Text of errors")
        return at(kb, CY).move("edit", there, WHY, data=data).note

    parted(kb, note, reworded, walked(kb, [("validate", BEN), ("format", ANA)]))
    git(kb, "commit", "-q", "--no-edit")  # git sees nothing in it
    kb.forget()
    note = kb.read(note.path)
    assert (note.state, "errors" in note.text) == ("formatted", True)
    (shown,) = seen_by(kb).notes.values()
    assert "errors" not in shown.note.text
    with pytest.raises(Refused):
        kb.move("disseminate", note, Request(channel="weekly-digest"))


def test_an_owner_that_a_branch_gave_and_took_back_is_left_as_it_was(kb: KnowledgeBase) -> None:
    note = begun(kb)

    def given(*owners: Person) -> Callable[[Note], Note]:
        def give(there: Note) -> Note:
            for day, owner in enumerate(owners, len(owners)):
                seen = at(kb, ANA, kb.now + timedelta(days=day))
                there = seen.move("reassign", there, Request(because="So.", owner=owner.email)).note
            return there

        return give

    parted(kb, note, given(CY), given(CY, ANA))
    note = merged(kb, note)
    assert note.owner == kb.claim(note).owner == CY.email
    assert faults(kb) == []
    at(kb, BEN).move("validate", note, APPROVE)


def test_a_state_by_hand_after_a_merge_is_no_branch(kb: KnowledgeBase) -> None:
    note = begun(kb)
    parted(kb, note, walked(kb, APPROVED), walked(kb, AGAIN))
    note = merged(kb, note)
    (kb.root / note.path).write_bytes(write_fields(note, {"state": "disseminated"}))
    git(kb, "commit", "-qam", "By hand")
    note = kb.read(note.path)
    assert kb.claim(note).state == "validated"
    with pytest.raises(Refused, match="says state: disseminated, its history state: validated"):
        kb.move("confirm", note, WHY)


def test_a_text_that_a_merge_put_under_an_approval_is_judged_anew(kb: KnowledgeBase) -> None:
    note = begun(kb)

    def reworded(there: Note) -> Note:
        data = there.data.replace(b"Text of lessons", b"Text of errors")
        return at(kb, CY).move("edit", there, WHY, data=data).note

    parted(kb, note, reworded, walked(kb, APPROVED))
    git(kb, "commit", "-q", "--no-edit")  # git sees nothing in it
    kb.forget()
    assert [rule for rule, _ in faults(kb)] == ["mixed-merge"]
    again = kb.move("reopen", kb.read(note.path), WHY).note
    assert at(kb, DEE).move("validate", again, APPROVE).note.state == "validated"
    assert faults(kb) == []


def test_what_one_branch_returned_and_another_approved_is_not_approved(kb: KnowledgeBase) -> None:
    note = begun(kb)
    back = Request(method="peer-review", verdict="return", because="Which harbour?")

    def returned(there: Note) -> Note:
        return at(kb, DEE).move("validate", there, back).note

    parted(kb, note, returned, walked(kb, APPROVED))
    note = merged(kb, note)
    assert (note.state, len(note.fields.verdicts)) == ("captured", 2)
    assert faults(kb) == []
    assert at(kb, DEE).move("validate", note, APPROVE).note.state == "validated"
    assert faults(kb) == []


CROWD = Request(method="crowd", verdict="approve", because="Seen.")


@pytest.mark.parametrize("turned", [False, True])
def test_an_approval_goes_on_beside_one_by_another_method(kb: KnowledgeBase, turned: bool) -> None:
    note = begun(kb)

    def counted(there: Note) -> Note:
        return at(kb, DEE).move("validate", there, CROWD).note

    sides = [counted, walked(kb, APPROVED)]
    parted(kb, note, sides[turned], sides[not turned])
    note = merged(kb, note)
    assert note.state == "validated"
    assert [entry.by for entry in note.fields.verdicts] == [CY.email, DEE.email]
    assert (problems(kb), faults(kb)) == ([], [])
    note = kb.move("format", note).note
    with pytest.raises(Refused, match="expert-review"):
        kb.move("release", note, Request(because="All.", level="international"))
    assert faults(kb) == []


@pytest.mark.parametrize("turned", [False, True])
def test_a_return_by_another_method_stands_as_well(kb: KnowledgeBase, turned: bool) -> None:
    note = begun(kb)

    def returned(there: Note) -> Note:
        back = Request(method="crowd", verdict="return", because="Which harbour?")
        return at(kb, DEE, kb.now + timedelta(days=3)).move("validate", there, back).note

    sides = [returned, walked(kb, APPROVED)]
    parted(kb, note, sides[turned], sides[not turned])
    note = merged(kb, note)
    assert note.state == "captured"
    with pytest.raises(Refused, match="goes by crowd"):
        at(kb, BEN).move("validate", note, APPROVE)
    with pytest.raises(Refused, match="nothing is settled"):
        kb.move("settle", note)
    for who in (DEE, BEN):
        note = at(kb, who).move("validate", note, CROWD).note
    assert note.state == "captured"
    assert (problems(kb), faults(kb)) == (["future-date"], [])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("way", ["narrow", "put back"])
def test_a_release_that_one_branch_took_back_is_found_after_the_merge(
    kb: KnowledgeBase, turned: bool, way: str
) -> None:
    note = walked(kb, [*APPROVED, ("format", ANA)])(begun(kb))
    why = Request(because="Names.", level="internal")
    note = kb.move("narrow", note, why).note

    def released(day: int) -> Callable[[Note], Note]:
        wide = Request(because="All of us.", level="domestic")
        return lambda there: (
            at(kb, ANA, kb.now + timedelta(days=day)).move("release", there, wide).note
        )

    def taken_back(there: Note) -> Note:
        there = released(8)(there)
        return at(kb, ANA, kb.now + timedelta(days=9)).move("narrow", there, why).note

    sides = [taken_back, released(10)]
    parted(kb, note, sides[turned], sides[not turned])
    note = merged(kb, note)
    assert [rule for rule, _ in faults(kb)] == ["merge-lost-move"]
    if way == "narrow" and kb.claim(note).level == note.level:
        kb.move("narrow", note, why)
    else:
        (kb.root / note.path).write_bytes(write_fields(note, {"level": "internal"}))
        git(kb, "commit", "-qam", "As it was")
    kb.forget()
    note = kb.read(note.path)
    assert faults(kb) == []
    assert note.level == kb.claim(note).level == "internal"
    assert kb.move("disseminate", note, Request(channel="weekly-digest")).note.level == "internal"
    assert faults(kb) == []
