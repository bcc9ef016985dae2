"""Rounds of validation: whose word counts, and when a note is approved."""

from collections.abc import Iterable
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.config import Policy
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.rounds import (
    VALIDATION_METHODS,
    approved_by,
    approved_fingerprints,
    approving_methods,
    current_round,
    person,
    quorum,
)
from kmkit.note.model import Verdict
from tests.lifecycle_material import MEMBER, OWNER, PEER, POLICY, SECOND, THIRD, note_of, verdict

NAMES = ("pia", "quentin", "rosa", "tom", "PIA", "Quentin")
VERDICTS = st.builds(
    lambda who, answer, method, print_: verdict(
        Person(who, f"{who}@example.org"), answer, method, fingerprint=print_
    ),
    st.sampled_from(NAMES),
    st.sampled_from(["approve", "approve", "approve", "return", "reject"]),
    st.sampled_from(VALIDATION_METHODS),
    st.sampled_from(["k1:a", "k1:a", "k1:b"]),
)
LISTS = st.lists(VERDICTS, max_size=8)
FEW = settings(max_examples=80, deadline=None)


def people(verdicts: Iterable[Verdict]) -> set[str]:
    """Whom verdicts are from."""
    return {person(entry) for entry in verdicts}


def crowd(*people: Person, answer: str = "approve") -> list[Verdict]:
    return [verdict(who, answer, "crowd") for who in people]


@pytest.mark.parametrize("method", VALIDATION_METHODS)
def test_each_method_has_its_quorum(method: str) -> None:
    needed = 3 if method == "crowd" else 1
    assert quorum(method, POLICY) == needed
    approvals = [verdict(who, method=method) for who in (PEER, SECOND, THIRD)]
    for count in range(4):
        found = current_round(approvals[:count], "k1:a", POLICY)
        assert found.reached == (count >= needed)
        assert found.missing == max(0, (needed if count else 1) - count)


def test_a_quorum_that_the_policy_leaves_out_is_the_usual_one() -> None:
    policy = Policy(quorum={"peer-review": 2})
    assert quorum("crowd", policy) == 3
    assert quorum("peer-review", policy) == 2
    assert not current_round([verdict(PEER)], "k1:a", policy).reached
    assert current_round([verdict(PEER), verdict(SECOND)], "k1:a", policy).reached


def test_a_committee_decides_once_and_nobody_is_no_quorum() -> None:
    policy = Policy(quorum={"committee": 5})
    assert quorum("committee", policy) == 1
    assert not current_round([], "k1:a", policy).reached


def test_one_person_in_three_spellings_is_no_crowd() -> None:
    same = [
        Person("P", email) for email in ("pia@example.org", "PIA@example.org", " Pia@Example.org")
    ]
    found = current_round(crowd(*same), "k1:a", POLICY)
    assert len(found.approvals) == 1
    assert found.missing == 2


def test_of_each_person_the_latest_verdict_counts() -> None:
    there = [verdict(PEER, "return"), verdict(PEER, "approve")]
    assert current_round(there, "k1:a", POLICY).reached
    back = current_round(list(reversed(there)), "k1:a", POLICY)
    assert not back.reached
    assert [entry.by for entry in back.returned] == [PEER.email]


def test_a_return_blocks_until_its_author_approves() -> None:
    blocked = [*crowd(PEER, answer="return"), *crowd(SECOND, THIRD, OWNER)]
    assert current_round(blocked, "k1:a", POLICY).missing == 0
    assert not current_round(blocked, "k1:a", POLICY).reached
    assert current_round([*blocked, *crowd(PEER)], "k1:a", POLICY).reached


def test_a_return_on_other_substance_does_not_block() -> None:
    entries = [verdict(PEER, "return", fingerprint="k1:old"), verdict(SECOND)]
    assert current_round(entries, "k1:a", POLICY).reached


def test_the_first_verdict_settles_the_method() -> None:
    entries = [*crowd(PEER, SECOND), verdict(THIRD, method="self-review")]
    found = current_round(entries, "k1:a", POLICY)
    assert found.method == "crowd"
    assert found.missing == 1


def test_a_method_that_nobody_knows_approves_nothing() -> None:
    entries = [verdict(PEER, method="coin-toss"), verdict(SECOND, method="")]
    assert current_round(entries, "k1:a", POLICY) == ("", (), (), 1)
    assert approved_by(entries, POLICY) == frozenset()


def test_the_committee_is_one_whoever_records_its_decisions() -> None:
    first = verdict(MEMBER, "return", "committee", decided_by="A", minutes="item 1")
    second = verdict(OWNER, "approve", "committee", decided_by="B", minutes="item 2")
    assert not current_round([first], "k1:a", POLICY).reached
    assert current_round([first, second], "k1:a", POLICY).reached


def test_an_approver_can_carry_an_approval_over_to_other_words() -> None:
    entries = [
        verdict(PEER),
        verdict(PEER, fingerprint="k1:b", same_as="k1:a"),
        verdict(PEER, fingerprint="k1:c", same_as="k1:b"),
    ]
    assert approved_by(entries, POLICY) == {"k1:a", "k1:b", "k1:c"}
    assert approved_by(entries[1:], POLICY) == frozenset()


def test_nobody_else_can_carry_it_over() -> None:
    carried = verdict(SECOND, fingerprint="k1:b", same_as="k1:a")
    assert approved_by([verdict(PEER), carried], POLICY) == {"k1:a"}
    assert approved_by([carried], POLICY) == frozenset()
    rejected = verdict(PEER, "reject", fingerprint="k1:b", same_as="k1:a")
    assert approved_by([verdict(PEER), rejected], POLICY) == {"k1:a"}


def test_a_method_approves_by_its_quorum_alone() -> None:
    """Branches can have gone by two methods."""
    policy = Policy(quorum={"expert-review": 2})
    expert = verdict(SECOND, method="expert-review")
    assert approving_methods([verdict(PEER), expert], policy) == {"peer-review"}
    reworded = verdict(SECOND, method="expert-review", fingerprint="k1:b", same_as="k1:a")
    assert approving_methods([verdict(PEER), expert, reworded], policy) == {"peer-review"}
    assert approving_methods([expert], policy) == frozenset()
    later = verdict(THIRD, method="expert-review")
    assert approving_methods([expert, later, verdict(PEER)], policy) == {"expert-review"}


def test_the_file_holds_the_portable_copy() -> None:
    note = note_of(verdicts=(verdict(PEER), verdict(SECOND, "return", fingerprint="k1:b")))
    assert approved_fingerprints(note, POLICY) == {"k1:a"}


@FEW
@given(LISTS)
def test_the_round_does_not_depend_on_the_order_in_which_different_people_speak(
    entries: list[Verdict],
) -> None:
    one = [entry.model_copy(update={"method": "crowd"}) for entry in entries[:4]]
    last = {entry.by.casefold(): entry for entry in one if entry.fingerprint == "k1:a"}
    answers = {
        (found.reached, found.missing, frozenset(v.by.casefold() for v in found.approvals))
        for order in permutations(last.values())
        for found in [current_round(order, "k1:a", POLICY)]
    }
    assert len(answers) == 1


@FEW
@given(LISTS)
def test_a_person_counts_once_and_by_the_method_of_the_round(entries: list[Verdict]) -> None:
    found = current_round(entries, "k1:a", POLICY)
    counted = [*found.approvals, *found.returned]
    assert len(counted) == len(people(counted))
    assert {entry.method for entry in found.approvals} <= {found.method}
    assert {entry.fingerprint for entry in counted} <= {"k1:a"}
    assert not (found.returned and found.reached)
    if found.reached:
        assert len(found.approvals) >= quorum(found.method, POLICY)


@FEW
@given(LISTS, VERDICTS)
def test_what_is_said_of_other_substance_or_by_another_method_changes_nothing(
    entries: list[Verdict], more: Verdict
) -> None:
    before = current_round(entries, "k1:a", POLICY)
    other = more.model_copy(update={"fingerprint": "k1:other"})
    assert current_round([*entries, other], "k1:a", POLICY) == before
    if before.method and more.method != before.method:
        after = current_round([*entries, more], "k1:a", POLICY)
        assert after.method == before.method
        if more.fingerprint != "k1:a":
            assert after == before
            return
        # given on another branch: a return stands all the same, until its author approves
        theirs = {person(more)}
        returns = theirs if more.verdict == "return" else set()
        assert people(after.returned) == people(before.returned) - theirs | returns
        assert people(after.approvals) - theirs == people(before.approvals) - theirs
        assert not (returns & people(after.approvals))


@FEW
@given(LISTS)
def test_only_what_reaches_its_quorum_is_approved(entries: list[Verdict]) -> None:
    reached = {p for p in ("k1:a", "k1:b") if current_round(entries, p, POLICY).reached}
    assert approved_by(entries, POLICY) == reached
