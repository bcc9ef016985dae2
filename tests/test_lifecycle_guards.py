"""The guards one by one: what each lets pass, and what it says where it does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from kmkit.config import Policy
from kmkit.lifecycle import guards as ask
from kmkit.lifecycle import guards_capture as begin
from kmkit.lifecycle import guards_edit as hand
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.states import State
from kmkit.note.file import read, write_fields
from kmkit.note.kinds import body_of
from kmkit.note.model import Deferred, Gathered, Note
from tests.lifecycle_material import (
    CONFIG,
    EXPERT,
    LESSON,
    OWNER,
    PEER,
    SECOND,
    TODAY,
    context_of,
    note_of,
    print_of,
    said,
    verdict,
)

TOMORROW = TODAY + timedelta(days=1)


def answer(guard: ask.Guard, note: Note, actor: Person = OWNER, /, **more: Any) -> str:
    """What a guard says; ``more`` are wishes of the request, or parts of the circumstances."""
    parts = {"people", "approved", "verdicts", "known_ids", "policy", "committed", "config"}
    wishes = {name: value for name, value in more.items() if name not in parts}
    rest = {name: value for name, value in more.items() if name in parts}
    return said(list(guard(note, context_of(note, actor, request=Request(**wishes), **rest))))


@pytest.mark.parametrize("reason", ["", "  \n\t", "\u202e\u2066", "\u200b\u200d", "\x00\x07"])
def test_a_reason_that_nobody_can_see_is_none(reason: str) -> None:
    assert "A reason is missing. Give it with --because" in answer(
        ask.reasoned, note_of(), because=reason
    )
    assert "A reason is missing. Give --because" in answer(ask.explained, note_of(), because=reason)


@pytest.mark.parametrize("reason", ["x", "…", "ស", "👍", "\n---\n"])
def test_a_reason_of_any_script_is_one(reason: str) -> None:
    assert answer(ask.reasoned, note_of(), because=reason) == ""


def gathered(**change: Any) -> Note:
    usual = {"on": TODAY, "method": "interview", "by": "g@example.org"}
    return note_of(gathered=Gathered.model_validate({**usual, **change}))


def test_provenance_says_how_by_whom_and_when() -> None:
    assert answer(begin.provenance, gathered()) == ""
    assert "'talking' is no way of gathering knowledge. Use one of: after-action" in answer(
        begin.provenance, gathered(method="talking")
    )
    assert "Did you mean interview" in answer(begin.provenance, gathered(method="interviews"))
    assert "not said who gathered this" in answer(begin.provenance, gathered(by=" "))
    assert f"{TOMORROW}, lies in the future." in answer(begin.provenance, gathered(on=TOMORROW))


def test_a_new_note_begins_its_walk() -> None:
    assert answer(begin.fresh, note_of()) == ""
    assert "A new note is captured, not validated." in answer(
        begin.fresh, note_of(state="validated")
    )
    text = answer(begin.fresh, note_of(verdicts=(verdict(PEER),), superseded_by="20250101-aaaa"))
    assert "'superseded_by' is written by later moves." in text
    assert "Take 'verdicts' out of the new note." in text
    assert "There is no level 'secret'. Levels in policy.toml: internal, domestic" in answer(
        begin.fresh, note_of(level="secret")
    )


NOBODY = ["manager", "role:manager", "*@example.org", "a@b, c@d", "@", "a\u202e@b", ""]


@pytest.mark.parametrize("owner", NOBODY)
def test_a_role_owns_nothing(owner: str) -> None:
    assert "is no e-mail address. A person owns a note" in answer(
        ask.new_owner, note_of(), owner=owner
    )
    if owner:
        assert "is no e-mail address" in answer(begin.owned, note_of(owner=owner))


def test_an_owner_is_a_person_who_stays() -> None:
    people = {PEER.email: None, SECOND.email: TOMORROW, OWNER.email: date(2026, 1, 1)}
    assert answer(ask.new_owner, note_of(), owner=" PIA@Example.org ", people=people) == ""
    assert answer(ask.new_owner, note_of(), owner="new@example.org") == ""
    assert "new@example.org is not among the people. Add a file" in answer(
        ask.new_owner, note_of(), owner="new@example.org", people=people
    )
    assert f"quentin@example.org leaves on {TOMORROW}." in answer(
        ask.new_owner, note_of(), owner=SECOND.email, people=people
    )
    assert "olga@example.org owns the note already." in answer(
        ask.new_owner, note_of(), owner="OLGA@example.org"
    )
    assert "olga@example.org left on 2026-01-01." in answer(begin.owned, note_of(), people=people)
    assert answer(begin.owned, note_of(owner="new@example.org"), people=people) == ""


@pytest.mark.parametrize(
    ("change", "gist"),
    [
        ({"state": "validated"}, "'state' was changed by hand, and it changes by moves alone."),
        ({"id": "20261120-other-aaaa"}, "it changes never."),
        ({"owner": PEER.email}, "it changes by kmkit reassign. In the file, put it back"),
        ({"level": "domestic"}, "it changes by kmkit release and kmkit narrow."),
        ({"superseded_by": "x"}, "by kmkit retire. In the file, take it out."),
        ({"verdicts": (verdict(PEER),)}, "'verdicts' was changed by hand"),
    ],
)
def test_a_hand_leaves_alone_what_moves_write(change: dict[str, Any], gist: str) -> None:
    before = note_of()
    after = read(write_fields(before, change), before.path)
    assert gist in answer(hand.by_moves_alone, after, committed=before)


def test_a_hand_may_change_the_rest() -> None:
    before = note_of()
    after = read(write_fields(before, {"topics": ["procurement"], "x_own": "y"}), before.path)
    assert answer(hand.by_moves_alone, after, committed=before) == ""
    assert answer(hand.by_moves_alone, after, committed=None) == ""


MISSING: list[tuple[State, dict[str, Any], str]] = [
    (State.CAPTURED, {"gathered": None}, "The field 'gathered' is missing"),
    (State.CAPTURED, {"owner": None}, "The field 'owner' is missing"),
    (State.VALIDATED, {"summary": None}, "The field 'summary' is missing"),
    (State.VALIDATED, {}, "The field 'verdicts' is missing"),
    (State.FORMATTED, {"matters_to": None}, "The field 'matters_to' is missing"),
    (State.FORMATTED, {"topics": None}, "The field 'topics' is missing"),
    (State.DISSEMINATED, {}, "The field 'disseminated' is missing"),
    (State.MAINTAINED, {}, "The field 'reviewed' is missing"),
]


@pytest.mark.parametrize(("state", "change", "gist"), MISSING)
def test_each_state_asks_for_its_fields(state: State, change: dict[str, Any], gist: str) -> None:
    assert gist in answer(ask.complete(state), note_of(**change))


def test_what_the_move_itself_writes_is_not_missing() -> None:
    assert answer(ask.complete(State.VALIDATED, writes=("verdicts",)), note_of()) == ""
    policy = Policy(required={"captured": ("unit",)})
    assert "The field 'unit' is missing" in answer(
        ask.complete(State.CAPTURED), note_of(), policy=policy
    )


def test_sections_are_asked_for_by_state() -> None:
    judged = (verdict(PEER),)
    needed = body_of(LESSON, dict.fromkeys(LESSON.required, "Text."), guidance=True)
    note = note_of(body=needed, verdicts=judged)
    assert answer(ask.complete(State.VALIDATED), note) == ""
    text = answer(ask.complete(State.FORMATTED), note)
    assert "the section 'Results' is empty" in text
    assert "Recommendations" not in text
    empty = note_of(body="", verdicts=judged)
    assert "the section 'Lessons' is missing" in answer(ask.complete(State.VALIDATED), empty)


def test_what_one_change_of_the_file_fills_in_is_one_mistake() -> None:
    note = note_of(body="## Context and challenge\n\n## Lessons\n", summary=None)
    lacks = ask.complete(State.VALIDATED)
    (objection,) = ask.complete(State.VALIDATED, writes=("verdicts",))(note, context_of(note))
    assert objection == (
        "The field 'summary' is missing, the section 'Context and challenge' is empty and "
        "the section 'Lessons' is empty.",
        f"Fill them in: kmkit edit {note.short}.",
    )
    assert [one.message for one in lacks(note, context_of(note))] == [
        objection.message,
        "The field 'verdicts' is missing: the answers of reviewers, one entry a line.",
    ]


def test_an_approved_note_is_filled_in_by_a_rewording() -> None:
    note = note_of(state="validated", verdicts=(verdict(PEER),), body="## Results\n")
    found = ask.complete(State.FORMATTED)(note, context_of(note))
    assert [f"kmkit edit {note.short} --reword" in one.mend for one in found] == [True]


def test_the_substance_that_stands_is_an_approved_one() -> None:
    note = note_of(state="formatted")
    assert answer(ask.approved, note, approved=frozenset({print_of(note)})) == ""
    text = answer(ask.approved, note, approved=frozenset({"k1:other"}))
    assert "was not approved, as far as the trail proves. Have it validated anew" in text
    assert "--same-meaning" not in text
    assert "x7k2 --same-meaning" in answer(ask.approved, note_of(state="validated"))


def test_a_channel_reaches_no_wider_than_the_note_may() -> None:
    note = note_of(level="domestic")
    assert answer(ask.channelled, note, channel="portal", audience="staff", on=TODAY) == ""
    assert "The note's level is domestic, and channel bulletin reaches international." in answer(
        ask.channelled, note, channel="bulletin"
    )
    assert "audience partners reaches international. A manager can widen it: kmkit rel" in answer(
        ask.channelled, note, channel="weekly", audience="partners"
    )
    assert "channel portal reaches domestic" in answer(
        ask.channelled, note_of(level="unheard-of"), channel="portal"
    )
    assert answer(ask.channelled, note_of(level="unheard-of"), channel="weekly") == ""


def test_a_protected_name_reaches_no_channel_beyond_its_circle() -> None:
    config = CONFIG.model_copy(update={"protect": {"Kim Lee": "domestic"}})
    note = note_of(level="international", matters_to="Ask kim.lee@example.org", protect=["Zoe"])
    assert answer(ask.channelled, note, channel="portal", config=config) == ""
    refused = answer(ask.channelled, note, channel="bulletin", config=config)
    assert "'Kim Lee' may reach domestic at most and stands in line " in refused
    assert "channel bulletin reaches international. Write a role instead: kmkit edit" in refused
    of_audience = answer(ask.channelled, note, channel="weekly", audience="partners", config=config)
    assert "audience partners reaches international" in of_audience
    own = note_of(level="domestic", matters_to="Zoe knows.", protect=["Zoe"])
    assert "'Zoe' may reach internal at most" in answer(ask.channelled, own, channel="portal")
    assert answer(ask.channelled, own, channel="weekly") == ""


def test_a_dissemination_names_what_there_is_and_what_has_happened() -> None:
    note = note_of()
    assert "The channel is missing. In kmkit.toml: weekly, portal" in answer(ask.channelled, note)
    assert "There is no channel 'weekyl'. Did you mean weekly" in answer(
        ask.channelled, note, channel="weekyl"
    )
    assert "There is no audience 'staf'." in answer(
        ask.channelled, note, channel="weekly", audience="staf"
    )
    assert f"{TOMORROW} lies in the future." in answer(
        ask.channelled, note, channel="weekly", on=TOMORROW
    )
    assert "channel broken has the level 'galactic', which does not exist." in answer(
        ask.channelled, note, channel="broken"
    )


def widen(note: Note, level: str, *methods: str, fingerprint: str = "") -> str:
    """What is said against a wider level for a note approved by these methods."""
    own = print_of(note)
    entries = tuple(verdict(EXPERT, method=m, fingerprint=fingerprint or own) for m in methods)
    approved = frozenset(entry.fingerprint for entry in entries)
    return answer(ask.widening, note, level=level, verdicts=entries, approved=approved)


def test_a_wider_level_is_wider() -> None:
    assert widen(note_of(), "domestic", "peer-review") == ""
    assert widen(note_of(), "domestic") == ""
    assert "internal is not wider than domestic. To narrow it: kmkit narrow x7k2" in widen(
        note_of(level="domestic"), "internal"
    )
    assert "domestic is not wider than domestic" in widen(note_of(level="domestic"), "domestic")
    assert "There is no level 'world'." in widen(note_of(), "world")
    assert "The level is missing." in widen(note_of(), "")


def test_the_widest_level_is_earned() -> None:
    gist = "international is the widest level and asks for an expert-review or a committee."
    assert widen(note_of(), "international", "expert-review") == ""
    assert widen(note_of(), "international", "committee") == ""
    assert gist in widen(note_of(), "international", "peer-review")
    assert gist in widen(note_of(), "international")
    assert gist in widen(note_of(), "international", "expert-review", fingerprint="k1:old")
    returned = (verdict(EXPERT, "return", "expert-review", fingerprint=print_of(note_of())),)
    assert gist in answer(ask.widening, note_of(), level="international", verdicts=returned)
    one_of_two = (verdict(EXPERT, method="expert-review", fingerprint=print_of(note_of())),)
    assert gist in answer(ask.widening, note_of(), level="international", verdicts=one_of_two)


def test_a_self_review_does_not_carry_a_note_outside() -> None:
    assert "validated by self-review, which is enough at internal only." in widen(
        note_of(), "domestic", "self-review"
    )


def test_where_there_is_one_level_nothing_is_the_widest() -> None:
    policy = Policy(levels=("internal",))
    text = answer(ask.widening, note_of(), level="internal", policy=policy)
    assert "expert-review" not in text
    assert "not wider" in text


@pytest.mark.parametrize("state", list(State))
def test_a_narrower_level_is_narrower_in_every_state(state: State) -> None:
    note = note_of(state=state, level="domestic")
    assert answer(ask.narrowing, note, level="internal") == ""
    same = answer(ask.narrowing, note, level="domestic")
    assert same == "domestic is not narrower than domestic. That is its level already."
    wider = answer(ask.narrowing, note, level="international")
    assert "international is not narrower than domestic." in wider
    assert ("kmkit release" in wider) is (state != State.RETIRED)
    assert "There is no level 'secret'." in answer(ask.narrowing, note, level="secret")


def test_an_unknown_level_can_be_narrowed_to_a_known_one() -> None:
    assert answer(ask.narrowing, note_of(level="unheard-of"), level="domestic") == ""


def test_retiring_needs_a_reason_or_an_heir_that_exists() -> None:
    known = frozenset({"20250101-heir-aaaa", note_of().id})
    assert answer(ask.explained, note_of(), because="outdated") == ""
    heir = {"superseded_by": "20250101-heir-aaaa", "known_ids": known}
    assert answer(ask.explained, note_of(), **heir) == ""
    assert "There is no note '20250101-gone-bbbb'." in answer(
        ask.explained, note_of(), superseded_by="20250101-gone-bbbb", known_ids=known
    )
    assert "A note cannot be replaced by itself." in answer(
        ask.explained, note_of(), superseded_by=note_of().id, known_ids=known
    )


def test_a_review_is_put_off_once_and_by_thirty_days() -> None:
    latest = TODAY + timedelta(days=30)
    assert answer(ask.deferrable, note_of(), due=latest) == ""
    assert answer(ask.deferrable, note_of(), due=TOMORROW) == ""
    for due in (None, TODAY, TODAY - timedelta(days=1), latest + timedelta(days=1)):
        assert f"thirty days at most. Give a day after today, up to {latest}." in answer(
            ask.deferrable, note_of(), due=due
        )
    before = note_of(deferred=Deferred(until=TODAY, by=OWNER.email, on=TODAY))
    assert "put off before, until 2026-11-21. Confirm, revise, retire" in answer(
        ask.deferrable, before, due=latest
    )
