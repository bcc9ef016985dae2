"""The table of moves against the one of the design, state by state and role by role."""

from itertools import product
from typing import Any

import pytest

from kmkit.errors import Refused, UsageError
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.moves import BY_KEY, MOVES, VERBS, choose, legal, next_step, objections
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.states import WALK, State
from kmkit.note.file import read, write_fields
from kmkit.note.model import Dissemination, Gathered, InForce, Note, Reviewed
from tests.lifecycle_material import (
    BACKUP,
    EDITOR,
    EXPERT,
    LESSON,
    MANAGER,
    MEMBER,
    OWNER,
    PEER,
    PEOPLE,
    SCRIBE,
    STRANGER,
    TODAY,
    Walk,
    context_of,
    note_of,
    print_of,
    said,
    verdict,
)

CAPTURED, VALIDATED, FORMATTED, DISSEMINATED, MAINTAINED, RETIRED = State
ALIVE = (CAPTURED, VALIDATED, FORMATTED, DISSEMINATED, MAINTAINED)
APPROVED = ALIVE[1:]


def same(*states: State) -> set[tuple[str, str]]:
    return {(state, state) for state in states}


def lead(starts: tuple[State, ...], *ends: State) -> set[tuple[str, str]]:
    return {(start, end) for start in starts for end in ends}


TABLE: dict[str, set[tuple[str, str]]] = {
    "capture": {("", CAPTURED)},
    "edit": same(*ALIVE),
    "revise": lead(APPROVED, CAPTURED),
    "ask": same(CAPTURED),
    "validate": lead((CAPTURED,), CAPTURED, *APPROVED, RETIRED),
    "settle": lead((CAPTURED,), *APPROVED),
    "renew": same(*APPROVED),
    "reword": same(VALIDATED),
    "same-meaning": same(VALIDATED),
    "format": lead((VALIDATED,), FORMATTED),
    "disseminate": lead((FORMATTED,), DISSEMINATED) | same(DISSEMINATED, MAINTAINED),
    "confirm": lead((DISSEMINATED, MAINTAINED), MAINTAINED),
    "defer": same(DISSEMINATED, MAINTAINED),
    "release": same(*ALIVE),
    "narrow": same(*State),
    "reassign": same(*ALIVE),
    "retire": lead(ALIVE, RETIRED),
    "reopen": lead((RETIRED,), CAPTURED),
}
"""What the design's table allows, written down once more and by hand."""

EVERYBODY = frozenset(PEOPLE)
WHO: dict[str, frozenset[Person]] = {
    "edit": EVERYBODY,
    "revise": EVERYBODY,
    "ask": EVERYBODY,
    "reword": frozenset({EDITOR}),
    "format": frozenset({EDITOR}),
    "disseminate": frozenset({EDITOR}),
    "confirm": frozenset({OWNER, BACKUP, MANAGER}),
    "defer": frozenset({OWNER, BACKUP, MANAGER}),
    "release": frozenset({MANAGER}),
    "narrow": frozenset({OWNER, EDITOR}),
    "reassign": frozenset({OWNER, MANAGER}),
    "retire": frozenset({OWNER, MANAGER}),
    "reopen": frozenset({MANAGER}),
}
WISHES: dict[str, dict[str, Any]] = {
    "ask": {"to": PEER.email},
    "disseminate": {"channel": "weekly", "audience": "staff"},
    "defer": {"due": TODAY.replace(day=30)},
    "release": {"level": "domestic"},
    "narrow": {"level": "internal"},
    "reassign": {"owner": PEER.email},
}


def standing(state: str, **fields: Any) -> Note:
    """A note that is whole in ``state``."""
    went_out = (Dissemination(on=TODAY, channel="weekly"),)
    looked = Reviewed(on=TODAY, by=OWNER.email, because="read")
    judged = (verdict(PEER),)
    return note_of(state=state, verdicts=judged, disseminated=went_out, reviewed=looked, **fields)


def attempt(verb: str, note: Note, actor: Person, **wishes: Any) -> str:
    """What is said against a move, '' where it is allowed."""
    before = read(note.data.replace(b"x_own: kept", b"x_own: older"), note.path)
    written = before if verb in ("edit", "reword") else note
    around: dict[str, Any] = {"committed": written, "approved": frozenset({print_of(note)})}
    around |= {name: wishes.pop(name) for name in ("approved", "committed") if name in wishes}
    request = Request(**{"because": "because", **WISHES.get(verb, {}), **wishes})
    context = context_of(note, actor, request=request, **around)
    try:
        move = choose(verb, note, context)
    except Refused as error:
        return str(error)
    return said(objections(move, note, context))


def test_every_verb_of_the_table_is_there() -> None:
    assert set(VERBS) == set(TABLE)


@pytest.mark.parametrize("verb", TABLE)
def test_a_move_leads_where_the_table_says_and_nowhere_else(verb: str) -> None:
    states = ["", *State, "unheard-of"]
    found = {step for step in product(states, states) if legal(verb, *step)}
    assert found == {(str(start), str(end)) for start, end in TABLE[verb]}


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.key)
def test_keys_are_unique_and_begin_with_the_verb(move: Any) -> None:
    assert BY_KEY[move.key] is move
    assert move.key.split("/")[0] == move.verb
    assert move.help.endswith(".")


@pytest.mark.parametrize("verb", WHO)
@pytest.mark.parametrize("state", list(State))
def test_each_role_may_do_what_the_table_says(verb: str, state: State) -> None:
    note = standing(state, level="domestic" if verb == "narrow" else "internal")
    from_here = any(start == state for start, _ in TABLE[verb])
    if verb == "reopen" and state in APPROVED:
        return  # a revision, which has a row of its own
    for actor in (*PEOPLE, STRANGER):
        answer = attempt(verb, note, actor)
        if not from_here:
            assert "needs a note that is" in answer
            assert f"is {state}." in answer
        elif actor in WHO[verb]:
            assert answer == "", actor
        else:
            assert f"{actor.email} may not do this: '{verb}' is for" in answer


@pytest.mark.parametrize("state", [s for s in State if s != CAPTURED])
@pytest.mark.parametrize("answer", ["approve", "return", "reject"])
def test_only_a_captured_note_is_validated(state: State, answer: str) -> None:
    answer = attempt("validate", standing(state), PEER, method="peer-review", verdict=answer)
    assert answer.startswith("'validate' needs a note that is captured;")


REASON = "A reason is missing."
UNAPPROVED = "The substance that stands was not approved"


@pytest.mark.parametrize(
    ("verb", "state", "actor", "wishes"),
    [
        ("revise", VALIDATED, OWNER, {}),
        ("reopen", MAINTAINED, OWNER, {}),
        ("reopen", RETIRED, MANAGER, {}),
        ("validate", CAPTURED, PEER, {"method": "crowd", "verdict": "approve"}),
        ("validate", CAPTURED, PEER, {"method": "peer-review", "verdict": "approve"}),
        ("validate", CAPTURED, PEER, {"method": "peer-review", "verdict": "return"}),
        ("validate", CAPTURED, PEER, {"method": "peer-review", "verdict": "reject"}),
        ("confirm", DISSEMINATED, OWNER, {}),
        ("release", CAPTURED, MANAGER, {}),
        ("retire", MAINTAINED, OWNER, {}),
    ],
)
def test_what_asks_for_a_reason_is_refused_without_one(
    verb: str, state: State, actor: Person, wishes: dict[str, Any]
) -> None:
    assert attempt(verb, standing(state), actor, **wishes) == ""
    assert REASON in attempt(verb, standing(state), actor, because=" ", **wishes)


@pytest.mark.parametrize("verb", ["edit", "ask", "reword", "format", "disseminate", "narrow"])
def test_what_asks_for_none_goes_without(verb: str) -> None:
    start = next(start for start, _ in sorted(TABLE[verb]))
    note = standing(start, level="domestic" if verb == "narrow" else "internal")
    assert attempt(verb, note, EDITOR, because="") == ""


@pytest.mark.parametrize(
    ("verb", "state", "actor"),
    [
        ("format", VALIDATED, EDITOR),
        ("disseminate", FORMATTED, EDITOR),
        ("disseminate", DISSEMINATED, EDITOR),
        ("disseminate", MAINTAINED, EDITOR),
        ("confirm", DISSEMINATED, OWNER),
        ("confirm", MAINTAINED, MANAGER),
    ],
)
def test_what_goes_on_needs_an_approved_substance(verb: str, state: State, actor: Person) -> None:
    assert attempt(verb, standing(state), actor) == ""
    assert UNAPPROVED in attempt(verb, standing(state), actor, approved=frozenset())


@pytest.mark.parametrize("method", ["peer-review", "crowd"])
def test_an_approval_needs_the_fields_only_where_it_reaches_the_quorum(method: str) -> None:
    text = attempt("validate", note_of(summary=None), PEER, method=method, verdict="approve")
    assert ("The field 'summary' is missing" in text) == (method == "peer-review")
    returned = attempt("validate", note_of(summary=None), PEER, method=method, verdict="return")
    assert returned == ""


@pytest.mark.parametrize("answer", ["approve", "return", "reject"])
def test_no_verdict_is_an_authors(answer: str) -> None:
    for method in ("peer-review", "crowd"):
        text = attempt("validate", note_of(), SCRIBE, method=method, verdict=answer)
        assert "sam@example.org wrote this substance and cannot validate it." in text


@pytest.mark.parametrize(
    ("verb", "wishes", "gist"),
    [
        ("ask", {"to": "Pia"}, "'Pia' is no e-mail address."),
        ("defer", {"due": TODAY}, "thirty days at most"),
        ("release", {"level": "internal"}, "internal is not wider than domestic."),
        ("narrow", {"level": "international"}, "international is not narrower than domestic."),
        ("reassign", {"owner": "manager"}, "'manager' is no e-mail address."),
        ("retire", {"superseded_by": "20250101-gone-aaaa"}, "There is no note"),
        ("disseminate", {"channel": "bulletin"}, "channel bulletin reaches international."),
    ],
)
def test_a_wish_that_cannot_be_is_refused(verb: str, wishes: dict[str, Any], gist: str) -> None:
    state = max(start for start, _ in TABLE[verb] if start != RETIRED)
    actor = next(who for who in PEOPLE if who in WHO[verb])
    note = standing(state, level="domestic")
    assert gist in attempt(verb, note, actor, **wishes)


@pytest.mark.parametrize(
    ("fields", "gist"),
    [
        ({"gathered": None}, "The field 'gathered' is missing"),
        ({"owner": "the manager"}, "A person owns a note, never a role"),
        ({"gathered": Gathered(on=TODAY, method="x", by="g@h.org")}, "no way of gathering"),
        ({"state": "formatted"}, "A new note is captured, not formatted."),
    ],
)
def test_what_is_captured_is_whole_and_says_where_it_comes_from(
    fields: dict[str, Any], gist: str
) -> None:
    assert attempt("capture", note_of(), SCRIBE, because="", committed=None) == ""
    assert gist in attempt("capture", note_of(**fields), SCRIBE, committed=None)
    assert "'capture' is for the role contributor" in attempt(
        "capture", note_of(), STRANGER, committed=None
    )


@pytest.mark.parametrize("verb", ["edit", "reword"])
def test_where_nothing_was_changed_nothing_is_recorded(verb: str) -> None:
    note = standing(VALIDATED)
    assert "Nothing was changed" in attempt(verb, note, EDITOR, committed=note)


@pytest.mark.parametrize("verb", ["edit", "revise", "reword", "format"])
def test_a_hand_cannot_move_a_note(verb: str) -> None:
    committed = standing(VALIDATED)
    note = read(write_fields(committed, {"backup": None, "level": "domestic"}), committed.path)
    assert "'level' was changed by hand" in attempt(verb, note, EDITOR, committed=committed)


def test_a_validator_needs_no_other_role_than_the_method_asks_for() -> None:
    note = note_of()
    assert attempt("validate", note, PEER, method="peer-review", verdict="approve") == ""
    expert = {"method": "expert-review", "topic": "logistics", "verdict": "approve"}
    assert attempt("validate", note, EXPERT, **expert) == ""
    decided = {"method": "committee", "decided_by": "Kim, Lee", "minutes": "item 2"}
    assert attempt("validate", note, MEMBER, verdict="approve", **decided) == ""
    assert "is not a reviewer here" in attempt(
        "validate", note, STRANGER, method="peer-review", verdict="approve"
    )


def test_the_owner_in_other_letters_is_the_owner() -> None:
    shouting = Person("OLGA", " OLGA@Example.ORG ")
    assert attempt("retire", standing(MAINTAINED), shouting) == ""


def test_the_committed_owner_counts_and_not_the_one_a_hand_wrote() -> None:
    committed = standing(MAINTAINED)
    note = read(write_fields(committed, {"owner": STRANGER.email}), committed.path)
    request = Request(because="mine now")
    context = context_of(note, STRANGER, request=request, committed=committed)
    assert "may not do this" in said(objections(choose("retire", note, context), note, context))


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "capture"])
def test_an_unknown_state_moves_nowhere(verb: str) -> None:
    answer = attempt(verb, note_of(state="published"), MANAGER, method="x", verdict="approve")
    assert answer.startswith("'published' is not a state")


def test_an_unknown_verb_and_a_missing_verdict_are_told() -> None:
    note = note_of()
    with pytest.raises(UsageError, match=r"no move 'retyre'\. Did you mean retire"):
        choose("retyre", note, context_of(note))
    with pytest.raises(UsageError, match="verdict is missing"):
        choose("validate", note, context_of(note, request=Request(method="peer-review")))


def test_edit_is_a_revision_where_the_substance_of_an_approved_note_changed() -> None:
    for state in State:
        before = standing(state)
        after = read(before.data.replace(b"Fuel came late", b"Fuel came early"), before.path)
        changed = context_of(after, committed=before, committed_fingerprint=print_of(before))
        if state == RETIRED:
            with pytest.raises(Refused, match="needs a note that is captured or validated"):
                choose("edit", after, changed)
            continue
        expected = "edit" if state == CAPTURED else "revise"
        assert choose("edit", after, changed).key == expected
        assert choose("edit", before, context_of(before)).key == "edit"


def test_reopen_means_a_revision_of_what_lives_and_a_new_start_of_what_is_retired() -> None:
    keys = {}
    for state in (*APPROVED, RETIRED):
        note = standing(state)
        keys[state] = choose("reopen", note, context_of(note, MANAGER)).key
    assert keys == {**dict.fromkeys(APPROVED, "revise"), RETIRED: "reopen"}
    with pytest.raises(Refused, match="'reopen' needs a note that is"):
        choose("reopen", note_of(), context_of(note_of(), MANAGER))


def test_the_verdict_and_the_quorum_choose_the_row() -> None:
    note = note_of()
    revision = note_of(in_force=InForce(blob="a" * 40, state="formatted"))

    def row(note: Note, method: str, verdict: str) -> str:
        return choose(
            "validate", note, context_of(note, request=Request(method=method, verdict=verdict))
        ).key

    assert row(note, "peer-review", "approve") == "validate/quorum"
    assert row(note, "crowd", "approve") == "validate"
    assert row(note, "peer-review", "return") == "validate/return"
    assert row(note, "peer-review", "reject") == "validate/reject"
    assert row(revision, "peer-review", "reject") == "validate/reject-revision"


def test_a_note_that_cannot_be_read_is_not_moved() -> None:
    broken = read(note_of().data.replace(b"title:", b"titel:"), note_of().path)
    found = objections(BY_KEY["retire"], broken, context_of(broken, OWNER))
    assert len(found) == 1
    assert "notes/2026/20261120-order-fuel-x7k2.md:3:" in found[0].message
    assert "Did you mean" in found[0].mend


@pytest.mark.parametrize("state", list(State))
def test_the_next_step_is_told_in_every_state(state: State) -> None:
    assert "x7k2" in next_step(note_of(state=state))


def test_an_unknown_state_has_no_next_step() -> None:
    assert next_step(note_of(state="published")) == ""


def test_the_whole_walk() -> None:
    walk = Walk(note_of())
    walk.move("capture", PEOPLE[0])
    walk.move("validate", PEER, method="peer-review", verdict="approve")
    walk.move("format", EDITOR)
    walk.move("disseminate", EDITOR, channel="weekly")
    walk.move("confirm", OWNER, because="the fuel log of June")
    assert [event.to_state for event in walk.events] == list(WALK)
    assert walk.note.state == MAINTAINED
    assert walk.kind is LESSON
