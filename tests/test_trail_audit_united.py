"""Verdicts of two sides that a merge puts in one order: what outweighs a return, and what not."""

from datetime import date
from typing import Any

import pytest

from kmkit.note.model import Dissemination, Fields, InForce, Verdict
from kmkit.trail.audit.compare import bare
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.lost import lost
from kmkit.trail.audit.united import (
    _of_a_side,
    _older,
    _outweighed,
    _too_wide,
    _undone,
    givers,
    held_of,
)
from kmkit.trail.fold import Claim
from tests.lifecycle_material import note_of
from tests.test_trail_audit_scene import policy, scene

DAY, TEXT = date(2026, 11, 21), "k1:" + "1" * 64


def verdict(by: str, said: str = "approve", because: str = "Read.") -> Verdict:
    given: Any = {"verdict": said, "method": "crowd", "fingerprint": TEXT, "because": because}
    return Verdict(on=DAY, by=f"{by}@example.org", **given)


def side(*verdicts: Verdict, moves: tuple[str, ...] = (), **claim: object) -> Known:
    """A captured note with these verdicts, which ``moves`` led to."""
    given = Claim(**{"state": "captured", "verdicts": verdicts, **claim})  # type: ignore[arg-type]
    trail = frozenset(enumerate(("capture", *moves)))
    return Known("n", "notes/n.md", "1", "lesson", TEXT, b"", "", given, trail=trail)


APPROVED, AGAIN, RETURNED = (
    verdict("ben"),
    verdict("ben", because="Again."),
    verdict("ben", "return"),
)
OTHER, ONCE_MORE = verdict("dee"), verdict("ben", "return", "Again.")


@pytest.mark.parametrize(
    ("given", "ours", "theirs", "outweighed"),
    [
        ((APPROVED, AGAIN), (APPROVED,), (AGAIN,), False),
        ((APPROVED, RETURNED), (APPROVED,), (RETURNED,), False),
        ((OTHER, APPROVED, RETURNED), (OTHER, APPROVED), (RETURNED,), False),
        ((RETURNED, APPROVED), (APPROVED,), (RETURNED,), True),
        ((RETURNED, APPROVED), (RETURNED, APPROVED), (), False),
        ((RETURNED, OTHER), (OTHER,), (RETURNED,), False),
        ((RETURNED, APPROVED, AGAIN), (RETURNED, APPROVED), (AGAIN,), True),
        ((OTHER, RETURNED, APPROVED), (OTHER, APPROVED), (RETURNED,), True),
        ((RETURNED, verdict("ben", "reject")), (RETURNED,), (verdict("ben", "reject"),), True),
        ((RETURNED, ONCE_MORE), (RETURNED,), (ONCE_MORE,), False),
    ],
)
def test_an_approval_behind_a_return_of_the_other_side(
    given: tuple[Verdict, ...],
    ours: tuple[Verdict, ...],
    theirs: tuple[Verdict, ...],
    outweighed: bool,
) -> None:
    fields, sides = Fields(verdicts=given), [side(*ours), side(*theirs)]
    assert _outweighed(fields, sides) is outweighed
    joined = set(given) == {*ours, *theirs}
    assert _of_a_side("verdicts", fields, sides[0], sides, sides) is (joined and not outweighed)


def test_the_same_entry_is_not_joined_twice() -> None:
    twice = Fields(verdicts=(OTHER, APPROVED, APPROVED))
    sides = [side(OTHER), side(APPROVED)]
    assert not _of_a_side("verdicts", twice, sides[0], sides, sides)
    own = [side(APPROVED, APPROVED), side(OTHER)]
    assert _of_a_side("verdicts", Fields(verdicts=(APPROVED, APPROVED, OTHER)), own[0], own, own)


@pytest.mark.parametrize(
    ("move", "mine", "yours"),
    [
        ("validate/reject", {"state": "formatted"}, {"state": "retired"}),
        ("reopen", {"state": "formatted"}, {"state": "captured"}),
        ("release", {"level": "internal"}, {"level": "domestic"}),
    ],
)
def test_a_move_that_the_side_taken_went_past(
    move: str, mine: dict[str, str], yours: dict[str, str]
) -> None:
    taken = side(moves=("x", "format"), **mine)
    other = side(moves=("x", "y", move), **yours)
    assert lost(taken._replace(trail=taken.trail | {(9, "format")}), other) == move.replace(
        "/", " "
    )


@pytest.mark.parametrize(
    ("moves", "own", "allowed"),
    [
        ((), (), True),
        (("narrow",), (), False),
        (("renew/approve",), (), True),
        (("narrow",), ("renew/approve",), False),
        (("narrow",), ("release",), True),
        (("reassign",), (), True),
        (("narrow",), ("reassign",), False),
    ],
)
def test_a_level_is_that_of_a_side_which_gave_it_last(
    moves: tuple[str, ...], own: tuple[str, ...], allowed: bool
) -> None:
    base = side(level="internal")._replace(trail=frozenset(enumerate(moves, 1)))
    other = side(level="domestic")._replace(trail=frozenset(enumerate(own, 11)))
    fields = Fields(level="domestic")
    assert _of_a_side("level", fields, base, [base, other], [base, other]) is allowed


@pytest.mark.parametrize(
    ("state", "level", "base", "method", "wide"),
    [
        ("validated", "international", "internal", "peer-review", "international"),
        ("maintained", "international", "internal", "crowd", "international"),
        ("captured", "international", "internal", "peer-review", ""),
        ("retired", "international", "internal", "peer-review", ""),
        ("validated", "international", "international", "peer-review", ""),
        ("validated", "domestic", "internal", "peer-review", ""),
        ("validated", "international", "internal", "expert-review", ""),
        ("validated", "international", "internal", "committee", ""),
    ],
)
def test_the_widest_circle_is_not_reached_by_a_merge(
    state: str, level: str, base: str, method: str, wide: str
) -> None:
    entry = verdict("ben").model_copy(update={"method": method})
    returned = verdict("dee", "return").model_copy(update={"method": "committee"})
    note = note_of(state=state, level=level, verdicts=(returned, entry))
    assert _too_wide(scene(policy()), note, side(level=base)) == wide


def test_the_verdicts_held_are_those_of_the_version_in_force() -> None:
    left = InForce(blob="a" * 40, state="validated")
    one = Claim(in_force=left, held=(APPROVED,))
    other, none = Claim(held=(OTHER,)), Claim(in_force=left)
    for claims in ([one, other], [other, one], [none, one], [none, other, one]):
        assert held_of(bare(left), claims) == (APPROVED,)
    assert held_of(None, [one, other]) == (OTHER,)
    assert held_of(bare(left), [none, other]) == (OTHER,)
    assert held_of(bare(left), [none]) == ()


def test_whoever_gave_a_field_is_another_side_than_the_base() -> None:
    base, other = side(level="internal"), side(level="domestic")
    assert givers(note_of(level="internal"), base, [base, other]) == []
    assert givers(note_of(level="domestic"), base, [base, other]) == [other]
    assert givers(note_of(level="international"), base, [base, other]) == []
    both = other._replace(claim=other.claim._replace(level="internal", verdicts=(APPROVED,)))
    joined = note_of(level="internal", verdicts=(APPROVED,))
    assert givers(joined, base, [base, both]) == []


def test_what_went_out_before_a_note_was_taken_up_again_did_so() -> None:
    went = Dissemination(on=DAY, channel="website", by="ana@example.org")
    base, other = side(moves=("x", "reopen")), side(disseminated=(went,))
    given = Fields(disseminated=(went,), verdicts=(APPROVED,))
    sides = [base, other._replace(claim=other.claim._replace(verdicts=(APPROVED,)))]
    assert _of_a_side("disseminated", given, base, sides, sides)
    assert not _of_a_side("verdicts", given, base, sides, sides)


def test_an_outweighed_return_says_nothing_of_who_was_asked() -> None:
    fields = Fields(verdicts=(RETURNED, APPROVED))
    sides = [side(RETURNED), side(APPROVED)]
    assert _of_a_side("asked", fields, sides[0], sides, sides)


def test_verdicts_on_other_words_may_stand() -> None:
    base = side()._replace(fingerprint="k1:2")
    for given in (RETURNED, APPROVED):
        sides = [base, side(given)]
        assert _of_a_side("verdicts", Fields(verdicts=(given,)), base, sides, [base])
    answered = side(RETURNED, APPROVED)
    assert not _of_a_side("verdicts", Fields(verdicts=(OTHER,)), base, [base, answered], [base])


MOVES = {
    "level": ["release", "narrow"],
    "owner": ["reassign"],
    "reviewed": ["confirm"],
    "deferred": ["defer", "confirm", "revise", "reopen"],
    "in_force": ["revise", "reopen", "validate/approve", "validate/reject", "settle", "retire",
                 "renew/approve"],
    "superseded_by": ["retire", "reopen"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "verb"), [(n, verb) for n, verbs in MOVES.items() for verb in verbs]
)
def test_each_field_has_the_moves_that_change_it(name: str, verb: str) -> None:
    plain, common = side(), frozenset([(0, "capture"), (1, verb)])
    moved = plain._replace(trail=plain.trail | {(5, verb)})
    other = plain._replace(trail=plain.trail | {(15, verb)})
    assert _older(name, plain, moved)
    assert not _older(name, moved, plain)
    assert not _older(name, other, moved)
    assert not _older(name, plain._replace(trail=common), plain._replace(trail=common))


def test_what_was_said_of_other_words_outweighs_nothing() -> None:
    elsewhere = APPROVED.model_copy(update={"fingerprint": "k1:other"})
    fields = Fields(verdicts=(RETURNED, elsewhere))
    assert not _outweighed(fields, [side(RETURNED), side(elsewhere)])


def test_what_was_brought_to_people_is_kept_whatever_the_words() -> None:
    weekly = Dissemination(on=DAY, channel="weekly-digest")
    base = side(disseminated=(weekly,))._replace(fingerprint="k1:2")
    assert not _of_a_side("disseminated", Fields(), base, [base, side()], [])


PEER = verdict("ben").model_copy(update={"method": "peer-review"})
CROWD = verdict("dee")


@pytest.mark.parametrize(
    ("state", "print_", "given", "undone"),
    [
        ("validated", TEXT, (CROWD, PEER), True),
        ("validated", TEXT, (PEER, CROWD), False),
        ("validated", "k1:2", (CROWD, PEER), False),
        ("captured", TEXT, (CROWD, PEER), False),
        ("retired", TEXT, (CROWD, PEER), False),
    ],
)
def test_an_approval_is_undone_by_what_a_merge_puts_before_it(
    state: str, print_: str, given: tuple[Verdict, ...], undone: bool
) -> None:
    base = side(PEER, state=state)
    note = note_of(state=state, verdicts=given)
    merge = scene(policy(), policy())
    assert _undone(merge, note, base._replace(fingerprint=print_), base) is undone
    assert not _undone(merge, note, base, side(CROWD, state=state))
