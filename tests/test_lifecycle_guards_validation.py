"""The guards of validation: who may judge a note, and by which method."""

from datetime import timedelta
from typing import Any

import pytest

from kmkit.config import Policy
from kmkit.lifecycle import guards_validation as judge
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.guards import Guard
from kmkit.lifecycle.person import Person
from kmkit.note.kinds import Kind, kind_names, load_kind
from kmkit.note.model import Gathered, InForce, Note
from tests.lifecycle_material import (
    EXPERT,
    LESSON,
    MANAGER,
    MEMBER,
    MINUTES,
    OWNER,
    PEER,
    POLICY,
    SCRIBE,
    SECOND,
    STRANGER,
    TODAY,
    context_of,
    note_of,
    print_of,
    said,
    verdict,
)

PARTS = {
    "authors", "author_names", "approved", "verdicts", "policy", "scribe", "scribe_name",
    "in_force", "kind",
}  # fmt: skip


def answer(guard: Guard, note: Note, actor: Person = PEER, /, **more: Any) -> str:
    """What a guard says; ``more`` are wishes of the request, or parts of the circumstances."""
    wishes = {name: value for name, value in more.items() if name not in PARTS}
    rest = {name: value for name, value in more.items() if name in PARTS}
    return said(list(guard(note, context_of(note, actor, request=Request(**wishes), **rest))))


# The method


def test_a_method_is_one_that_exists_and_suits_the_kind() -> None:
    note = note_of()
    assert answer(judge.methodical, note, method="peer-review") == ""
    assert "The method is missing. Use --method with one of: peer-review, " in answer(
        judge.methodical, note
    )
    assert "'coin-toss' is no way to validate. Use --method" in answer(
        judge.methodical, note, method="coin-toss"
    )
    assert "A note of kind lesson is not validated by self-review." in answer(
        judge.methodical, note, method="self-review"
    )


@pytest.mark.parametrize("name", kind_names(None))
def test_only_minutes_and_mission_reports_are_reviewed_by_their_author(name: str) -> None:
    kind: Kind = load_kind(name, None)
    for level in POLICY.levels:
        note = note_of(kind, level=level)
        text = answer(judge.methodical, note, kind=kind, method="self-review")
        if name not in ("meeting-minutes", "mission-report"):
            assert "is not validated by self-review" in text
        elif level == "internal":
            assert text == ""
        else:
            assert "self-review is enough for notes at level internal only." in text


def test_one_round_goes_by_one_method() -> None:
    note = note_of()
    begun = (verdict(SECOND, method="crowd", fingerprint=print_of(note)),)
    assert answer(judge.methodical, note, method="crowd", verdicts=begun) == ""
    assert "This round of validation goes by crowd. Use --method crowd; the method can" in answer(
        judge.methodical, note, method="peer-review", verdicts=begun
    )
    earlier = (verdict(SECOND, method="crowd", fingerprint="k1:earlier"),)
    assert answer(judge.methodical, note, method="peer-review", verdicts=earlier) == ""


@pytest.mark.parametrize("method", ["self-review", "peer-review", "crowd"])
def test_the_widest_circle_asks_for_an_expert_or_a_committee(method: str) -> None:
    note = note_of(level="international")
    text = answer(judge.wide_enough_method, note, method=method)
    assert "A note at level international needs an expert-review or a decision" in text
    assert "kmkit narrow x7k2 --level domestic" in text
    assert answer(judge.wide_enough_method, note_of(level="domestic"), method=method) == ""
    one = Policy(levels=("international",))
    assert answer(judge.wide_enough_method, note, method=method, policy=one) == ""


@pytest.mark.parametrize("method", ["expert-review", "committee"])
def test_an_expert_or_a_committee_is_enough_for_the_widest_circle(method: str) -> None:
    assert answer(judge.wide_enough_method, note_of(level="international"), method=method) == ""


# The role


@pytest.mark.parametrize("method", ["peer-review", "crowd"])
def test_peers_are_reviewers(method: str) -> None:
    note = note_of()
    assert answer(judge.entitled, note, method=method) == ""
    text = answer(judge.entitled, note, STRANGER, method=method)
    assert "nobody@elsewhere.net is not a reviewer here. Ask somebody else: kmkit valid" in text
    assert "stella@example.org can give the role 'reviewer' in policy.toml." in text


def test_a_refusal_names_those_who_could() -> None:
    policy = Policy(roles={"reviewer": ("a@x.org", "b@x.org", "*@y.org")})
    assert "Ask a@x.org or b@x.org: kmkit validate x7k2 --ask a@x.org." in answer(
        judge.entitled, note_of(), STRANGER, method="peer-review", policy=policy
    )


@pytest.mark.parametrize("actor", [OWNER, SCRIBE, Person("A", "AUTHOR@example.org")])
def test_a_self_review_is_the_owners_or_an_authors(actor: Person) -> None:
    authors = frozenset({"author@example.org"})
    assert answer(judge.entitled, note_of(), actor, method="self-review", authors=authors) == ""


def test_a_self_review_is_nobody_elses() -> None:
    assert "done by the note's owner or author. Use --method peer-review." in answer(
        judge.entitled, note_of(), PEER, method="self-review"
    )


def test_an_expert_is_one_of_a_topic_of_the_note() -> None:
    def expert(note: Note, actor: Person, topic: str) -> str:
        return answer(judge.entitled, note, actor, method="expert-review", topic=topic)

    note = note_of(topics=["logistics", "procurement"])
    assert expert(note, EXPERT, "logistics") == ""
    assert expert(note, Person("Ada", "ADA@EXAMPLE.ORG"), "logistics") == ""
    assert "ada@example.org is no expert of 'procurement' here." in expert(
        note, EXPERT, "procurement"
    )
    assert "pia@example.org is no expert of 'logistics' here. Ask ada@example.org: kmkit" in expert(
        note, PEER, "logistics"
    )
    assert "The note is not about 'fuel'. Use --topic with one of: logistics, proc" in expert(
        note, EXPERT, "fuel"
    )
    assert "The expert's topic is missing." in expert(note, EXPERT, "")
    assert "needs to know the note's topics. Set them: kmkit edit x7k2 --topic" in expert(
        note_of(topics=None), EXPERT, "logistics"
    )


def committee(note: Note, actor: Person = MEMBER, **wishes: Any) -> str:
    usual = {"decided_by": "Ruth Mensah, Lee", "minutes": "item 2"}
    return answer(judge.entitled, note, actor, method="committee", **{**usual, **wishes})


@pytest.mark.parametrize("actor", [MEMBER, MANAGER, Person("S", "stella@example.org")])
def test_a_decision_is_recorded_by_the_committee_manager_or_steward(actor: Person) -> None:
    assert committee(note_of(), actor) == ""
    assert committee(note_of(), actor, scribe=actor.key) == ""


def test_a_decision_names_who_decided_and_where() -> None:
    assert "pia@example.org may not record decisions of the committee. Ask kim@" in committee(
        note_of(), PEER
    )
    gist = "needs the names of those who decided and its minutes. Add --decided-by"
    assert gist in committee(note_of(), decided_by=" \u202e")
    assert gist in committee(note_of(), minutes=" \u202e")


@pytest.mark.parametrize(
    ("decided_by", "fields"),
    [
        ("Ruth Mensah and Nadia Source", {}),
        ("ruth mensah; NADIA  SOURCE", {"sources": ["Nadia Source <nadia@example.org>"]}),
        ("Lee, nadia@example.org", {"sources": ["Nadia Source <nadia@example.org>"]}),
        ("سمير حداد، ليلى", {"sources": ["ليلى"]}),
        ("Chloe Marchand", {"authors": ["Chloé Marchand"]}),
        ("g@h.org", {}),
        ("sam@example.org", {}),
    ],
)
def test_nobody_decides_on_what_they_gave_or_wrote(decided_by: str, fields: dict[str, Any]) -> None:
    assert "and cannot decide on it. Let others decide." in committee(
        note_of(**fields), decided_by=decided_by
    )


def test_a_name_inside_another_name_is_somebody_else() -> None:
    assert committee(note_of(sources=["Ann", "anonymous"]), decided_by="Joanna Lee") == ""
    assert committee(note_of(sources=["anonymous"]), decided_by="anonymous") == ""


# Independence


@pytest.mark.parametrize("method", ["peer-review", "expert-review", "crowd"])
@pytest.mark.parametrize(
    ("part", "fields", "more"),
    [
        ("wrote this substance", {}, {"authors": frozenset({PEER.key})}),
        ("wrote this substance", {"authors": ["Pia Peer"]}, {}),
        ("wrote this substance", {"authors": ["P. Peer <PIA@example.org>"]}, {}),
        ("typed this note in", {}, {"scribe": PEER.key}),
        ("gathered this knowledge", {"gathered": ("Pia@Example.org",)}, {}),
        ("gave this knowledge", {"sources": ["pia@example.org "]}, {}),
        ("gave this knowledge", {"sources": ["anonymous", "PIA  PEER"]}, {}),
    ],
)
def test_nobody_judges_what_they_had_a_part_in(
    method: str, part: str, fields: dict[str, Any], more: dict[str, Any]
) -> None:
    if by := fields.get("gathered"):
        fields = {"gathered": Gathered(on=TODAY, method="interview", by=by[0])}
    for actor in (PEER, Person("Pia Peer", "PIA@EXAMPLE.ORG ")):
        text = answer(judge.independent, note_of(**fields), actor, method=method, **more)
        assert f"pia@example.org {part} and cannot validate it." in text
        assert "Ask somebody else: kmkit validate x7k2 --ask EMAIL." in text


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Zoë Nguyễn", "zoe nguyen"),
        ("Zoe\u0308 Nguyễn", "Zoë Nguyễn"),
        ("អ្នក ស្រី", "អ្នក ស្រី"),
        ("محمد علي", "محمــد علي"),
    ],
)
def test_names_of_every_script_are_recognised(name: str, source: str) -> None:
    note = note_of(sources=[source])
    actor = Person(name, "someone@example.org")
    assert "gave this knowledge" in answer(judge.independent, note, actor, method="crowd")
    assert answer(judge.independent, note, PEER, method="crowd") == ""


@pytest.mark.parametrize("method", ["peer-review", "expert-review", "crowd"])
@pytest.mark.parametrize(
    ("part", "more"),
    [
        ("wrote this substance", {"author_names": frozenset({"Sam Scribe", "PIA  PEER"})}),
        ("typed this note in", {"scribe_name": "Pía Peer"}),
    ],
)
def test_a_second_address_is_no_second_person(method: str, part: str, more: dict[str, Any]) -> None:
    elsewhere = Person("Pia Peer", "pia@home.example")
    text = answer(judge.independent, note_of(), elsewhere, method=method, **more)
    assert f"Pia Peer {part} from another address, and pia@home.example cannot validate" in text
    assert "kmkit validate x7k2 --ask EMAIL" in text
    for name in ("Pia", "Pia Peer-Moss", "Sam Peer", ""):
        other = Person(name, "pia@home.example")
        assert answer(judge.independent, note_of(), other, method=method, **more) == ""


def test_of_two_people_with_one_short_name_either_may_judge() -> None:
    actor = Person("Pia", "pia@home.example")
    more: dict[str, Any] = {"author_names": frozenset({"Pia"}), "scribe_name": "Pia"}
    assert answer(judge.independent, note_of(), actor, method="crowd", **more) == ""


@pytest.mark.parametrize("method", ["self-review", "committee", ""])
def test_the_other_methods_have_rules_of_their_own(method: str) -> None:
    assert answer(judge.independent, note_of(), SCRIBE, method=method) == ""


def test_anonymous_is_nobody() -> None:
    note = note_of(sources=["anonymous"])
    assert answer(judge.independent, note, Person("Anonymous", "a@b.org"), method="crowd") == ""


# The same meaning


def test_what_somebody_else_returned_is_not_renewed() -> None:
    note = note_of(state="validated")
    back = verdict(PEER, "return", fingerprint=print_of(note))
    said = answer(judge.unreturned, note, SECOND, verdicts=(back,))
    assert "pia@example.org returned this text, so nobody else renews it." in said
    assert answer(judge.unreturned, note, PEER, verdicts=(back,)) == ""
    other = back.model_copy(update={"fingerprint": "k1:other"})
    assert answer(judge.unreturned, note, SECOND, verdicts=(other,)) == ""


def reworded(actor: Person, *entries: Any, authors: frozenset[str] = frozenset()) -> str:
    approved = frozenset({"k1:a"})
    note = note_of(state="validated")
    return answer(
        judge.same_meaning, note, actor, verdicts=entries, approved=approved, authors=authors
    )


def test_the_same_meaning_is_confirmed_by_an_approver_who_did_not_reword_it() -> None:
    assert reworded(PEER, verdict(PEER)) == ""
    assert reworded(Person("P", "PIA@example.org"), verdict(PEER)) == ""
    text = reworded(SECOND, verdict(PEER))
    assert "quentin@example.org did not approve this note before. One of its approvers" in text
    assert "(pia@example.org)" in text
    own = frozenset({PEER.key})
    assert "pia@example.org reworded it. Another approver" in reworded(
        PEER, verdict(PEER), verdict(SECOND), authors=own
    )
    said = "pia@example.org reworded it. Nobody else approved it. Have it judged anew: kmkit reopen"
    assert said in reworded(PEER, verdict(PEER), authors=own)


def test_a_return_or_an_approval_of_something_else_makes_no_approver() -> None:
    gist = "did not approve this note before."
    assert gist in reworded(PEER, verdict(PEER, "return"))
    assert gist in reworded(PEER, verdict(PEER, fingerprint="k1:never-reached"))


def test_what_is_approved_needs_no_confirmation() -> None:
    note = note_of(state="validated")
    own = print_of(note)
    entry = verdict(PEER, fingerprint=own)
    assert "The substance is the approved one already. There is nothing to confirm." in answer(
        judge.same_meaning, note, PEER, verdicts=(entry,), approved=frozenset({own})
    )


# What is put back, and who is asked


@pytest.mark.parametrize("state", ["captured", "retired", "published"])
def test_only_an_approved_version_that_is_there_is_put_back(state: str) -> None:
    old = note_of(state="formatted")
    good = note_of(in_force=InForce(blob="a" * 40, state="formatted"))
    bad = note_of(in_force=InForce(blob="a" * 40, state=state))
    assert answer(judge.restorable, good, in_force=old) == ""
    for note, version in ((good, None), (bad, old), (note_of(), old)):
        assert "The version in force cannot be found" in answer(
            judge.restorable, note, in_force=version
        )


def test_whoever_is_asked_could_validate_the_note() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert answer(judge.asked_of, note_of(), OWNER, to=" PIA@example.org ", due=TODAY) == ""
    assert "'Pia Peer' is no e-mail address. Give one with --ask." in answer(
        judge.asked_of, note_of(), OWNER, to="Pia Peer"
    )
    assert "sam@example.org wrote this substance and cannot validate it." in answer(
        judge.asked_of, note_of(), OWNER, to="SAM@example.org"
    )
    assert "gave this knowledge" in answer(
        judge.asked_of, note_of(sources=[PEER.email]), OWNER, to=PEER.email
    )
    assert "2026-11-20 lies in the past." in answer(
        judge.asked_of, note_of(), OWNER, to=PEER.email, due=yesterday
    )


def test_the_kinds_of_these_tests_are_the_shipped_ones() -> None:
    assert "self-review" in MINUTES.validate_by
    assert "self-review" not in LESSON.validate_by
