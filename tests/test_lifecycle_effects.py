"""What moves write: the named fields alone, and always what the trail says too."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kmkit.errors import KmkitError, Refused
from kmkit.lifecycle import effects as do
from kmkit.lifecycle.context import LONGEST_COPY, in_brief
from kmkit.lifecycle.states import State
from kmkit.note.file import read, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import MOVE_FIELDS, InForce
from kmkit.text import one_line
from tests.lifecycle_material import (
    BACKUP,
    EDITOR,
    EXPERT,
    LESSON,
    MANAGER,
    MEMBER,
    MINUTES,
    OWNER,
    PATH,
    PEER,
    PEOPLE,
    SCRIBE,
    SECOND,
    THIRD,
    TODAY,
    Walk,
    blob_of,
    context_of,
    disagreements,
    note_of,
    print_of,
)

APPROVE = {"method": "peer-review", "verdict": "approve"}


def walked(to: str, **fields: Any) -> Walk:
    """A lesson that walked as far as ``to``."""
    walk = Walk(note_of(**fields))
    steps: list[tuple[str, Any, dict[str, Any]]] = [
        ("capture", SCRIBE, {}),
        ("validate", PEER, APPROVE),
        ("format", EDITOR, {}),
        ("disseminate", EDITOR, {"channel": "weekly", "audience": "staff", "evidence": "mail 7"}),
        ("confirm", OWNER, {"because": "the log of May"}),
    ]
    for verb, actor, wishes in steps[: ["captured", "validated", "formatted", "disseminated",
                                        "maintained"].index(to) + 1]:  # fmt: skip
        walk.move(verb, actor, **wishes)
    agree(walk)
    return walk


def agree(walk: Walk) -> None:
    assert disagreements(walk.note, walk.claim) == {}


def test_the_whole_walk_leaves_the_body_and_the_other_fields_alone() -> None:
    walk = Walk(note_of())
    before, _ = split(walk.note.text)
    walk = walked("maintained")
    after, _ = split(walk.note.text)
    assert after.body == before.body
    kept = [line for line in before.front.splitlines() if line.split(":")[0] not in MOVE_FIELDS]
    assert all(line in after.front.splitlines() for line in kept)
    fields = walk.note.fields
    assert [entry.by for entry in fields.verdicts] == [PEER.email]
    assert fields.verdicts[0].fingerprint == print_of(walk.note)
    went = fields.disseminated[0]
    assert (went.on, went.channel, went.audience, went.by, went.evidence) == (
        TODAY, "weekly", "staff", EDITOR.email, "mail 7",
    )  # fmt: skip
    assert fields.reviewed is not None
    assert fields.reviewed.because == "the log of May"


def test_line_ends_comments_and_order_stay() -> None:
    data = note_of().data.replace(b"owner:", b"# who answers\nowner:").replace(b"\n", b"\r\n")
    walk = Walk(read(data, PATH))
    for verb, actor, wishes in (("capture", SCRIBE, {}), ("validate", PEER, APPROVE)):
        walk.move(verb, actor, **wishes)
    assert b"# who answers\r\nowner:" in walk.note.data
    assert b"\n" not in walk.note.data.replace(b"\r\n", b"")
    agree(walk)


def test_a_crowd_is_three_and_a_return_stands_in_its_way() -> None:
    walk = Walk(note_of())
    walk.move("capture", SCRIBE)
    for who, answer in ((PEER, "approve"), (SECOND, "return"), (THIRD, "approve")):
        walk.move("validate", who, method="crowd", verdict=answer)
    walk.move("validate", BACKUP, method="crowd", verdict="approve")
    assert walk.note.state == State.CAPTURED
    agree(walk)
    assert walk.move("validate", SECOND, method="crowd", verdict="approve").key == "validate/quorum"
    assert walk.note.state == State.VALIDATED
    assert len(walk.note.fields.verdicts) == 5
    agree(walk)


def test_changed_substance_opens_a_new_round() -> None:
    walk = Walk(note_of())
    walk.move("capture", SCRIBE)
    walk.move("validate", PEER, method="peer-review", verdict="return", because="no figures")
    walk.rewrite("Now with figures.", SCRIBE)
    assert walk.move("edit", SCRIBE).key == "edit"
    walk.move("validate", EXPERT, method="expert-review", topic="logistics", verdict="approve")
    assert walk.note.state == State.VALIDATED
    assert walk.note.fields.verdicts[-1].topic == "logistics"
    agree(walk)


def test_a_committee_decides_and_its_recorder_may_be_the_scribe() -> None:
    walk = Walk(note_of())
    walk.move("capture", MEMBER)
    minutes = {"decided_by": "Ruth, Lee", "minutes": "3 May, item 2"}
    walk.move("validate", MEMBER, method="committee", verdict="approve", **minutes)
    entry = walk.note.fields.verdicts[0]
    assert (entry.by, entry.decided_by, entry.minutes) == (MEMBER.email, *minutes.values())
    assert walk.events[-1].reviewed_by == ()
    agree(walk)


def test_minutes_are_reviewed_by_their_author() -> None:
    walk = Walk(note_of(MINUTES), MINUTES)
    walk.move("capture", SCRIBE)
    walk.move("validate", SCRIBE, method="self-review", verdict="approve")
    assert walk.note.state == State.VALIDATED
    agree(walk)


def test_whoever_was_asked_has_answered() -> None:
    walk = walked("captured")
    walk.move("ask", OWNER, to=" PIA@example.org ", due=TODAY + timedelta(days=7))
    walk.move("ask", OWNER, to=SECOND.email)
    walk.move("ask", MANAGER, to=PEER.email, due=TODAY)
    assert [(a.to, a.by, a.due) for a in walk.note.fields.asked] == [
        (SECOND.email, OWNER.email, None), (PEER.email, MANAGER.email, TODAY),
    ]  # fmt: skip
    agree(walk)
    walk.move("validate", PEER, method="crowd", verdict="approve")
    assert [a.to for a in walk.note.fields.asked] == [SECOND.email]
    agree(walk)
    walk.move("validate", SECOND, method="crowd", verdict="return")
    assert walk.note.fields.asked == ()
    agree(walk)


# Rewording


def test_other_words_with_the_same_meaning() -> None:
    walk = walked("validated")
    walk.rewrite("Fuel was late.", EDITOR)
    walk.move("reword", EDITOR)
    with pytest.raises(Refused, match="was not approved"):
        walk.move("format", EDITOR)
    with pytest.raises(Refused, match="did not approve this note before"):
        walk.move("same-meaning", SECOND)
    walk.move("same-meaning", PEER)
    entry = walk.note.fields.verdicts[-1]
    assert (entry.method, entry.verdict) == ("peer-review", "approve")
    assert entry.same_as == walk.note.fields.verdicts[0].fingerprint
    walk.move("format", EDITOR)
    agree(walk)


def test_the_same_meaning_again_and_by_the_method_that_approved_it() -> None:
    walk = Walk(note_of())
    walk.move("capture", SCRIBE)
    walk.move("validate", EXPERT, method="expert-review", topic="logistics", verdict="approve")
    for words in ("Once.", "Twice."):
        walk.rewrite(words, EDITOR)
        walk.move("reword", EDITOR)
        walk.move("same-meaning", EXPERT)
    first, second, third = walk.note.fields.verdicts
    assert {entry.topic for entry in (first, second, third)} == {"logistics"}
    assert (second.same_as, third.same_as) == (first.fingerprint, second.fingerprint)
    walk.move("release", MANAGER, level="international")
    agree(walk)


# Revisions


@pytest.mark.parametrize("state", ["validated", "formatted", "disseminated", "maintained"])
def test_a_revision_leaves_the_approved_version_in_force(state: str) -> None:
    walk = walked(state)
    old = walk.note
    walk.today = TODAY + timedelta(days=40)
    walk.rewrite("Fuel came two weeks late.", OWNER)
    walk.move("edit", OWNER)
    fields = walk.note.fields
    assert fields.state == State.CAPTURED
    assert fields.verdicts == ()
    assert fields.in_force == InForce(blob=blob_of(old.data), state=state, since=walk.today)
    agree(walk)
    walk.move("validate", SECOND, **APPROVE)
    assert walk.note.state == state
    assert walk.note.fields.in_force is None
    agree(walk)


@pytest.mark.parametrize("state", ["validated", "formatted", "disseminated", "maintained"])
def test_a_rejected_revision_gives_way_to_the_version_in_force(state: str) -> None:
    walk = walked(state)
    old = walk.note
    walk.rewrite("Nonsense.", OWNER)
    changed = {"kind": "story", "title": "Never order", "summary": None, "evidence": ["other.pdf"]}
    walk.note = read(write_fields(walk.note, changed), PATH)
    walk.move("edit", OWNER)
    walk.move("release", MANAGER, level="domestic")
    walk.move("ask", OWNER, to=SECOND.email)
    walk.move("validate", SECOND, method="peer-review", verdict="reject", because="not so")
    assert walk.note.state == state
    assert print_of(walk.note) == print_of(old)
    assert walk.note.fields.verdicts == old.fields.verdicts
    assert walk.note.level == "domestic"
    assert print_of(walk.note) in walk.claim.approved(walk.policy)
    agree(walk)


def test_a_withdrawn_version_is_not_in_force() -> None:
    walk = walked("disseminated")
    walk.move("revise", OWNER, withdraw=True)
    assert walk.note.fields.in_force is None
    agree(walk)
    assert walk.move("validate", SECOND, method="peer-review", verdict="reject").to == (
        State.RETIRED,
    )
    agree(walk)


def test_a_revision_that_lacks_what_its_state_asks_for_falls_back() -> None:
    walk = walked("disseminated")
    walk.note = read(walk.note.data.replace(b"matters_to:", b"x_matters_to:"), PATH)
    assert walk.move("edit", OWNER).key == "edit"
    walk.move("revise", OWNER)
    walk.move("validate", SECOND, **APPROVE)
    assert walk.note.state == State.VALIDATED
    agree(walk)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (None, State.VALIDATED),
        ("validated", State.VALIDATED),
        ("formatted", State.FORMATTED),
        ("disseminated", State.FORMATTED),
        ("maintained", State.FORMATTED),
        ("captured", State.VALIDATED),
        ("retired", State.VALIDATED),
        ("published", State.VALIDATED),
    ],
)
def test_the_state_that_an_approved_revision_takes(held: str | None, expected: State) -> None:
    in_force = InForce(blob="a" * 40, state=held) if held else None
    verdicts = walked("validated").note.fields.verdicts
    note = note_of(in_force=in_force, verdicts=verdicts)
    assert do.held_state(note, context_of(note)) == expected


def test_what_was_never_approved_is_not_in_force() -> None:
    walk = walked("validated")
    walk.rewrite("Reworded, and nobody has read it.", EDITOR)
    walk.move("reword", EDITOR)
    walk.move("revise", OWNER)
    assert walk.note.fields.in_force is None
    agree(walk)


def test_a_version_in_force_that_is_gone_cannot_be_put_back() -> None:
    walk = walked("formatted")
    walk.move("revise", OWNER)
    walk.blobs.clear()
    with pytest.raises(Refused, match="version in force cannot be found"):
        walk.move("validate", SECOND, method="peer-review", verdict="reject")
    with pytest.raises(Refused, match="no version in force"):
        do.revision_rejected(walk.note, context_of(walk.note))


# Reviews, owners, levels, the end


def test_a_review_is_deferred_once_and_a_confirmation_ends_that() -> None:
    walk = walked("disseminated")
    walk.move("defer", BACKUP, due=TODAY + timedelta(days=9), because="the flood is on")
    with pytest.raises(Refused, match="put off before"):
        walk.move("defer", OWNER, due=TODAY + timedelta(days=9))
    agree(walk)
    walk.move("confirm", BACKUP, because="read again")
    assert walk.note.fields.deferred is None
    agree(walk)


def test_a_note_that_went_out_again_keeps_its_state_and_its_dates() -> None:
    walk = walked("maintained")
    walk.move("disseminate", EDITOR, channel="weekly", on=date(2026, 11, 1))
    assert walk.note.state == State.MAINTAINED
    assert [entry.on for entry in walk.note.fields.disseminated] == [TODAY, date(2026, 11, 1)]
    agree(walk)


def test_levels_and_owners_change_by_moves() -> None:
    walk = walked("disseminated")
    walk.move("release", MANAGER, level="domestic")
    walk.move("narrow", OWNER, level="internal")
    walk.move("reassign", MANAGER, owner=" Quentin@Example.org ")
    assert walk.note.fields.owner == "Quentin@Example.org"
    agree(walk)
    walk.move("retire", SECOND, because="", superseded_by="20250101-heir-aaaa")
    assert walk.note.fields.superseded_by == "20250101-heir-aaaa"
    agree(walk)


def test_a_retired_note_has_nothing_in_force_and_can_start_again() -> None:
    walk = walked("disseminated")
    walk.move("defer", OWNER, due=TODAY + timedelta(days=3))
    walk.move("revise", OWNER)
    walk.move("ask", OWNER, to=SECOND.email)
    walk.move("retire", OWNER, superseded_by="20250101-heir-aaaa")
    fields = walk.note.fields
    assert (fields.state, fields.asked, fields.in_force) == (State.RETIRED, (), None)
    agree(walk)
    walk.move("reopen", MANAGER)
    fields = walk.note.fields
    assert (fields.state, fields.verdicts, fields.superseded_by) == (State.CAPTURED, (), None)
    agree(walk)
    walk.move("validate", SECOND, **APPROVE)
    assert walk.note.state == State.VALIDATED
    agree(walk)


def test_reopening_forgets_a_deferral() -> None:
    walk = walked("disseminated")
    walk.move("defer", OWNER, due=TODAY + timedelta(days=3))
    walk.move("retire", OWNER)
    walk.move("reopen", MANAGER)
    assert walk.note.fields.deferred is None
    agree(walk)


# Reasons


@pytest.mark.parametrize(
    "reason",
    [
        "---\nKmkit-Move: retire captured -> retired\n\nKmkit-Verdict: reject",
        "half \ud800 a character",
        "\u202eturned\u2028line\x07 and\x1funit",
        "{a: b}, [c] # 'd' \"e\": &f *g !h |",
        "x" * 100_000,
        "word " * 30_000,
        "កំណត់ហេតុ \u200b and عربي",
    ],
    ids=range(7),
)
def test_a_hostile_reason_is_copied_as_the_trail_has_it(reason: str) -> None:
    walk = walked("captured")
    walk.move("validate", PEER, because=reason, method="crowd", verdict="return")
    walk.move("validate", PEER, because=reason, method="crowd", verdict="approve")
    copies = {entry.because for entry in walk.note.fields.verdicts}
    assert copies == {in_brief(reason)}
    assert one_line(walk.events[-1].reason) == one_line(reason)
    agree(walk)
    done = walked("disseminated")
    done.move("defer", OWNER, due=TODAY + timedelta(days=3), because=reason)
    agree(done)
    done.move("confirm", OWNER, because=reason)
    agree(done)


def test_a_long_reason_is_shortened_in_the_file_alone() -> None:
    assert in_brief("short\nreason") == "short reason"
    long = in_brief("a" * (LONGEST_COPY + 1))
    assert len(long) == LONGEST_COPY
    assert long.endswith("a…")
    assert in_brief("a" * LONGEST_COPY) == "a" * LONGEST_COPY


# Any sequence of moves

WISHES = st.fixed_dictionaries(
    {},
    optional={
        "because": st.sampled_from(["", "because", "---\nKmkit-Move: x", "two\n\nparagraphs"]),
        "method": st.sampled_from(["peer-review", "crowd", "expert-review", "committee"]),
        "verdict": st.sampled_from(["approve", "approve", "approve", "return", "reject"]),
        "topic": st.just("logistics"),
        "decided_by": st.just("Ruth, Lee"),
        "minutes": st.just("item 2"),
        "channel": st.sampled_from(["weekly", "portal"]),
        "level": st.sampled_from(["internal", "domestic", "international"]),
        "owner": st.sampled_from([person.email for person in PEOPLE]),
        "to": st.sampled_from([person.email for person in PEOPLE]),
        "due": st.integers(-1, 31).map(lambda days: TODAY + timedelta(days=days)),
        "withdraw": st.booleans(),
        "superseded_by": st.sampled_from(["", "20250101-heir-aaaa"]),
    },
)
ONWARD: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "captured": (THIRD, "validate", APPROVE),
    "validated": (EDITOR, "format", {}),
    "formatted": (EDITOR, "disseminate", {"channel": "weekly"}),
    "disseminated": (MANAGER, "confirm", {}),
    "maintained": (MANAGER, "revise", {}),
    "retired": (MANAGER, "reopen", {}),
}
FITTING: list[tuple[Any, str, dict[str, Any]]] = [
    (OWNER, "ask", {"to": SECOND.email, "due": TODAY}),
    (SECOND, "validate", {"method": "crowd", "verdict": "approve"}),
    (PEER, "validate", {"method": "crowd", "verdict": "approve"}),
    (SECOND, "validate", {"method": "peer-review", "verdict": "return"}),
    (SECOND, "validate", {"method": "peer-review", "verdict": "reject"}),
    (EXPERT, "validate", {"method": "expert-review", "topic": "logistics", "verdict": "approve"}),
    (THIRD, "same-meaning", {}),
    (EXPERT, "same-meaning", {}),
    (EDITOR, "disseminate", {"channel": "weekly", "evidence": "mail"}),
    (BACKUP, "defer", {"due": TODAY + timedelta(days=5)}),
    (MANAGER, "release", {"level": "domestic"}),
    (MANAGER, "release", {"level": "international"}),
    (EDITOR, "narrow", {"level": "internal"}),
    (MANAGER, "reassign", {"owner": SECOND.email}),
    (MANAGER, "reassign", {"owner": OWNER.email}),
    (MANAGER, "retire", {"superseded_by": "20250101-heir-aaaa"}),
    (SCRIBE, "revise", {"withdraw": True}),
    (SCRIBE, "revise", {}),
]


class AnyMoves(RuleBasedStateMachine):
    """Moves in any order by anybody: each is refused, or the file and the trail agree after it."""

    @initialize()
    def begin(self) -> None:
        self.walk = Walk(note_of())
        self.walk.move("capture", SCRIBE)
        self.edits = 0

    def attempt(self, verb: str, who: Any, wishes: dict[str, Any]) -> None:
        note, count = self.walk.note, len(self.walk.events)
        try:
            self.walk.move(verb, who, **wishes)
        except KmkitError:
            assert len(self.walk.events) == count
            assert self.walk.note is note

    @rule(
        verb=st.sampled_from(
            ["ask", "validate", "format", "disseminate", "confirm", "defer", "release", "narrow",
             "reassign", "retire", "reopen", "revise", "reword", "same-meaning", "edit"]
        ),
        who=st.sampled_from(PEOPLE),
        wishes=WISHES,
    )  # fmt: skip
    def somebody_tries(self, verb: str, who: Any, wishes: dict[str, Any]) -> None:
        self.attempt(verb, who, wishes)

    @rule(fitting=st.sampled_from(FITTING))
    def somebody_fitting_tries(self, fitting: tuple[Any, str, dict[str, Any]]) -> None:
        who, verb, wishes = fitting
        self.attempt(verb, who, {"because": "fit", **wishes})

    @rule()
    def goes_on(self) -> None:
        who, verb, wishes = ONWARD[self.walk.note.state]
        self.attempt(verb, who, {"because": "on", **wishes})

    @precondition(lambda self: self.walk.note.state != State.RETIRED)
    @rule(who=st.sampled_from([OWNER, EDITOR, SCRIBE]), reword=st.booleans())
    def somebody_writes(self, who: Any, reword: bool) -> None:
        before = self.walk.note
        self.edits += 1
        self.walk.rewrite(f"Version {self.edits}.", who)
        try:
            self.walk.move("reword" if reword else "edit", who)
        except KmkitError:
            self.walk.note = before

    @invariant()
    def file_and_trail_agree(self) -> None:
        agree(self.walk)

    @invariant()
    def every_step_is_one_of_the_table(self) -> None:
        states = ["", *(event.to_state for event in self.walk.events)]
        assert [event.from_state for event in self.walk.events] == states[:-1]

    @invariant()
    def what_is_formatted_or_further_is_approved(self) -> None:
        note = self.walk.note
        if note.state in ("formatted", "disseminated", "maintained"):
            assert print_of(note, LESSON) in self.walk.claim.approved(self.walk.policy)
            assert not note.problems


TestAnyMoves = AnyMoves.TestCase
TestAnyMoves.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
