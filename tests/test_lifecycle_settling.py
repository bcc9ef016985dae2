"""A quorum that a merge completed, and a proof that was lost: the moves settle and renew."""

from typing import Any

import pytest

from kmkit.errors import Refused
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.moves import choose, objections
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.states import State
from kmkit.note.file import read, write_fields
from kmkit.note.model import InForce, Note, Verdict
from kmkit.trail.event import Event
from kmkit.trail.fold import fold
from tests.lifecycle_material import (
    EDITOR,
    EXPERT,
    MANAGER,
    OWNER,
    PEER,
    POLICY,
    SCRIBE,
    SECOND,
    STRANGER,
    THIRD,
    Walk,
    context_of,
    note_of,
    print_of,
    said,
    verdict,
)
from tests.test_trail_fold import APPROVAL, BLOB, CAPTURE, FORMAT, REVISE, event

PRINT = print_of(note_of())


def crowd(*people: Person, **more: Any) -> tuple[Verdict, ...]:
    """Verdicts of several people on the text of the usual note."""
    return tuple(verdict(who, method="crowd", fingerprint=PRINT, **more) for who in people)


def settling(
    trail: tuple[Verdict, ...],
    actor: Person = OWNER,
    filed: tuple[Verdict, ...] | None = None,
    **fields: Any,
) -> str:
    """What is said against settling, '' where it is allowed."""
    note = note_of(verdicts=trail if filed is None else filed, **fields)
    context = context_of(note, actor, verdicts=trail)
    return said(objections(choose("settle", note, context), note, context))


def test_approvals_that_reach_the_quorum_are_settled_by_owner_or_contributor() -> None:
    whole = crowd(PEER, SECOND, THIRD)
    assert settling(whole) == ""
    assert settling(whole, PEER) == ""
    assert "'settle' is for the role contributor or the note's owner" in settling(whole, STRANGER)


def test_too_few_approvals_are_counted() -> None:
    assert "The quorum is not reached: 2 of 3 approvals" in settling(crowd(PEER, SECOND))
    assert "The quorum is not reached: 1 of 3" in settling(crowd(PEER, PEER))
    answer = settling(())
    assert "The quorum is not reached: 0 of 1" in answer
    assert "verdicts" not in answer  # that none is there was said in one sentence


def test_a_return_that_stands_blocks() -> None:
    back = crowd(EDITOR, verdict="return")
    answer = settling((*crowd(PEER, SECOND, THIRD), *back))
    assert "ed@example.org returned it, so nothing is settled." in answer


def test_approvals_of_another_text_do_not_count() -> None:
    others = tuple(verdict(who, method="crowd") for who in (PEER, SECOND, THIRD))
    assert "The quorum is not reached" in settling(others)


def test_approvals_that_the_file_lacks_are_told() -> None:
    whole = crowd(PEER, SECOND, THIRD)
    assert "approvals that the file lacks" in settling(whole, filed=whole[:2])


def test_what_is_settled_is_whole() -> None:
    assert "The field 'summary' is missing" in settling(crowd(PEER, SECOND, THIRD), summary=None)


def test_the_widest_level_asks_for_an_expert() -> None:
    assert "needs an expert-review" in settling(crowd(PEER, SECOND, THIRD), level="international")
    expert = verdict(EXPERT, method="expert-review", fingerprint=PRINT, topic="logistics")
    assert settling((expert,), level="international") == ""


def test_an_approval_by_somebody_who_wrote_the_text_elsewhere_does_not_count() -> None:
    answer = settling(crowd(PEER, SECOND, SCRIBE))
    assert "sam@example.org wrote this substance and cannot validate it." in answer


def test_settling_adds_no_verdict_and_takes_the_state_that_was_in_force() -> None:
    whole = crowd(PEER, SECOND, THIRD)
    for in_force, state in ((None, "validated"), (InForce(blob="a" * 40, state="formatted"), "")):
        note = note_of(verdicts=whole, in_force=in_force)
        context = context_of(note, OWNER, verdicts=whole)
        after = read(choose("settle", note, context).effect(note, context), note.path)
        assert after.state == (state or "formatted")
        assert after.fields.verdicts == whole
        assert after.fields.in_force is None


def renewing(note: Note, actor: Person = PEER, **wishes: Any) -> str:
    """What is said against approving the note again, '' where it is allowed."""
    request = Request(**{"method": "peer-review", "because": "read again", **wishes})
    context = context_of(note, actor, request=request)
    return said(objections(choose("renew", note, context), note, context))


@pytest.mark.parametrize("state", [State.VALIDATED, State.FORMATTED])
def test_what_stands_is_approved_again_in_its_state(state: State) -> None:
    note = note_of(state=state, verdicts=(verdict(SECOND),))
    assert renewing(note) == ""
    context = context_of(note, request=Request(method="peer-review", because="read again"))
    after = read(choose("renew", note, context).effect(note, context), note.path)
    assert after.state == state
    assert [entry.by for entry in after.fields.verdicts] == [SECOND.email, PEER.email]
    assert after.fields.verdicts[-1].verdict == "approve"
    assert after.fields.verdicts[-1].fingerprint == PRINT


def test_only_others_with_the_role_and_the_method_approve_again() -> None:
    note = note_of(state="validated", verdicts=(verdict(SECOND),))
    assert "sam@example.org wrote this substance" in renewing(note, SCRIBE)
    assert "is not a reviewer here" in renewing(note, STRANGER)
    assert "The method is missing" in renewing(note, method="")
    assert "A reason is missing" in renewing(note, because=" ")
    wide = read(write_fields(note, {"level": "international"}), note.path)
    assert "needs an expert-review" in renewing(wide)


def test_a_state_is_kept_only_where_the_note_is_fit_for_it() -> None:
    note = note_of(state="disseminated", verdicts=(verdict(SECOND),))
    assert "The field 'disseminated' is missing" in renewing(note)


RENEW = event(
    "renew formatted -> formatted", SECOND, method="peer-review", verdict="approve",
    fingerprint="k1:b", level="domestic", owner=PEER.email,
)  # fmt: skip
SETTLE = event("settle captured -> validated", OWNER, fingerprint="k1:a")


def test_a_renewal_says_what_the_trail_has_lost() -> None:
    claim = fold([RENEW])
    assert (claim.state, claim.level, claim.owner) == ("formatted", "domestic", PEER.email)
    assert claim.captured == claim.settled == RENEW.commit
    assert claim.approved(POLICY) == {"k1:b"}
    assert claim.reached == "k1:b"


def test_a_renewal_ends_a_revision_and_forgets_nothing() -> None:
    claim = fold([CAPTURE, APPROVAL, FORMAT, REVISE._replace(from_state="formatted"), RENEW])
    assert claim.state == "formatted"
    assert claim.in_force is None
    assert claim.captured == CAPTURE.commit
    assert claim.scribe == SCRIBE.key


@pytest.mark.parametrize("change", [{"to_state": "validated"}, {"trailers": {}}])
def test_a_renewal_that_is_none_changes_nothing(change: dict[str, Any]) -> None:
    odd: Event = RENEW._replace(**change)
    assert fold([CAPTURE, odd]) == fold([CAPTURE])


def test_what_was_retired_stays_so() -> None:
    end = event("retire captured -> retired", MANAGER)
    assert fold([CAPTURE, end, RENEW]).state == State.RETIRED


def test_settling_leads_on_where_the_note_is_captured_and_only_there() -> None:
    begun = fold([CAPTURE])._replace(in_force=InForce(blob=BLOB, state="formatted"))
    claim = fold([SETTLE], begun)
    assert (claim.state, claim.settled, claim.in_force) == ("validated", SETTLE.commit, None)
    assert claim.verdicts == ()
    done = fold([CAPTURE, APPROVAL, FORMAT])
    assert fold([SETTLE], done) == done


def test_the_trail_of_a_settled_note_says_what_its_file_says() -> None:
    walk = Walk(note_of(sources=["anonymous"]))
    walk.move("capture", SCRIBE)
    for who in (PEER, SECOND):
        walk.move("validate", who, method="crowd", verdict="approve")
    with pytest.raises(Refused, match="2 of 3 approvals"):
        walk.move("settle", OWNER)
    walk.move("validate", THIRD, method="crowd", verdict="approve")
    assert walk.note.state == State.VALIDATED
    walk.move("renew", EDITOR, method="crowd", because="read again")
    assert walk.note.fields.verdicts == walk.claim.verdicts
