"""The fold: events of one note, added up to the claim that its front matter copies."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kmkit.lifecycle.person import Person
from kmkit.lifecycle.states import State
from kmkit.note.model import InForce, Verdict
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim, dissemination_of, fold, verdict_of
from tests.lifecycle_material import EDITOR, OWNER, PEER, POLICY, SCRIBE, SECOND

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BLOB = "b" * 40


def event(step: str, who: Person = PEER, reason: str = "why", /, **trailers: str) -> Event:
    """An event from its step, ``validate captured -> validated``, and its trailers."""
    verb, _, states = step.partition(" ")
    before, _, after = states.partition("->")
    named = {f"Kmkit-{name.title().replace('_', '-')}": text for name, text in trailers.items()}
    return Event(
        commit=f"{step}:{reason}",
        when=NOON,
        name=who.name,
        email=who.key,
        subject="subject",
        reason=reason,
        note="n",
        move=verb,
        from_state=before.strip(),
        to_state=after.strip(),
        trailers=named,
    )


CAPTURE = event("capture -> captured", SCRIBE, level="internal", owner=OWNER.email)
APPROVAL = event(
    "validate captured -> validated", method="peer-review", verdict="approve", fingerprint="k1:a"
)
FORMAT = event("format validated -> formatted", EDITOR)
OUT = event("disseminate formatted -> disseminated", EDITOR, channel="weekly", on="2026-11-20")
REVISE = event("revise disseminated -> captured", OWNER, in_force=f"{BLOB} disseminated")


def test_no_events_claim_nothing() -> None:
    assert fold([]) == Claim()
    assert Claim().approved(POLICY) == frozenset()


def test_a_walk_adds_up() -> None:
    claim = fold([CAPTURE, APPROVAL, FORMAT, OUT])
    assert claim.state == State.DISSEMINATED
    assert (claim.level, claim.owner, claim.scribe) == ("internal", OWNER.email, SCRIBE.key)
    assert claim.captured == CAPTURE.commit
    assert claim.settled == APPROVAL.commit
    assert claim.approved(POLICY) == {"k1:a"}
    assert [(entry.on, entry.channel) for entry in claim.disseminated] == [
        (date(2026, 11, 20), "weekly")
    ]


def test_a_revision_holds_the_verdicts_and_a_rejection_gives_them_back() -> None:
    revised = fold([CAPTURE, APPROVAL, FORMAT, OUT, REVISE])
    assert revised.in_force == InForce(blob=BLOB, state="disseminated", since=NOON.date())
    assert (revised.verdicts, revised.held) == ((), (verdict_of(APPROVAL),))
    assert revised.approved(POLICY) == frozenset()
    rejection = event(
        "validate captured -> disseminated", SECOND, method="peer-review", verdict="reject"
    )
    claim = fold([CAPTURE, APPROVAL, FORMAT, OUT, REVISE, rejection])
    assert claim.state == State.DISSEMINATED
    assert claim.verdicts == (verdict_of(APPROVAL),)
    assert (claim.in_force, claim.held) == (None, ())
    assert claim.settled == APPROVAL.commit


def test_an_approved_revision_ends_what_was_in_force() -> None:
    again = APPROVAL._replace(to_state="disseminated", commit="second")
    claim = fold([CAPTURE, APPROVAL, FORMAT, OUT, REVISE, again])
    assert (claim.state, claim.in_force, claim.settled) == ("disseminated", None, "second")
    assert len(claim.verdicts) == 1


@pytest.mark.parametrize("text", ["", BLOB, f" {BLOB}", "disseminated"])
def test_a_revision_without_a_version_in_force_has_none(text: str) -> None:
    revise = REVISE._replace(trailers={"Kmkit-In-Force": text})
    assert fold([CAPTURE, APPROVAL, FORMAT, OUT, revise]).in_force is None


@pytest.mark.parametrize(
    "forged",
    [
        "validate captured -> published",
        "publish captured -> maintained",
        "format captured -> formatted",
        "confirm captured -> maintained",
        "retire retired -> captured",
        "validate",
        "edit",
        "capture captured -> captured",
    ],
)
def test_a_step_that_the_table_does_not_have_proves_nothing(forged: str) -> None:
    before = fold([CAPTURE])
    assert fold([CAPTURE, event(forged, verdict="approve", method="peer-review")]) == before


def test_a_note_is_captured_once() -> None:
    second = event("capture -> captured", PEER, level="international", owner=PEER.email)
    assert fold([CAPTURE, APPROVAL, second]) == fold([CAPTURE, APPROVAL])


@pytest.mark.parametrize("said", ["", "approved", "maybe"])
def test_a_verdict_that_nobody_knows_is_none(said: str) -> None:
    trailers = {**APPROVAL.trailers, "Kmkit-Verdict": said}
    assert fold([CAPTURE, APPROVAL._replace(trailers=trailers)]) == fold([CAPTURE])
    same = event("same-meaning validated -> validated", verdict="return", same_as="k1:a")
    assert fold([CAPTURE, APPROVAL, same]) == fold([CAPTURE, APPROVAL])


def test_whoever_answers_is_no_longer_asked_whatever_the_case() -> None:
    asks = [
        event("ask captured -> captured", OWNER, to, asked=to, due="2026-12-01")
        for to in ("PIA@example.org", SECOND.email, "pia@EXAMPLE.org")
    ]
    claim = fold([CAPTURE, *asks])
    assert [entry.to for entry in claim.asked] == [SECOND.email, "pia@EXAMPLE.org"]
    assert {entry.due for entry in claim.asked} == {date(2026, 12, 1)}
    answered = event("validate captured -> captured", method="crowd", verdict="approve")
    assert [entry.to for entry in fold([CAPTURE, *asks, answered]).asked] == [SECOND.email]


def test_a_verdict_is_copied_whole() -> None:
    told = event(
        "validate captured -> captured", PEER, "because\n\nit  is", method="expert-review",
        verdict="return", fingerprint="k1:f", topic="fuel", decided_by="A, B", minutes="item",
        same_as="k1:e",
    )  # fmt: skip
    assert verdict_of(told) == Verdict(
        on=NOON.date(), by=PEER.key, method="expert-review", verdict="return", fingerprint="k1:f",
        because="because it is", topic="fuel", decided_by="A, B", minutes="item", same_as="k1:e",
    )  # fmt: skip


def test_the_day_is_the_day_where_it_happened() -> None:
    east = timezone(timedelta(hours=12))
    late = OUT._replace(when=datetime(2026, 11, 22, 1, tzinfo=east), trailers={})
    assert dissemination_of(late).on == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", ""])
def test_a_date_that_is_none_is_the_day_of_the_event(text: str) -> None:
    told = OUT._replace(trailers={**OUT.trailers, "Kmkit-On": text})
    assert dissemination_of(told).on == NOON.date()
    deferral = event("defer disseminated -> disseminated", OWNER, due=text)
    claim = fold([CAPTURE, APPROVAL, FORMAT, OUT, deferral])
    assert claim.deferred is not None
    assert claim.deferred.until == NOON.date()


def test_packaging_and_rewording_claim_nothing_new() -> None:
    before = fold([CAPTURE, APPROVAL])
    more = [event("edit validated -> validated"), event("reword validated -> validated", EDITOR)]
    assert fold([CAPTURE, APPROVAL, *more]) == before


RENEWAL = event(
    "renew validated -> validated", PEER, level="internal", owner=OWNER.email,
    method="peer-review", verdict="approve", fingerprint="k1:a",
)  # fmt: skip
HANDED_OVER = event("reassign validated -> validated", EDITOR, owner=SECOND.email)
WIDENED = event("release validated -> validated", EDITOR, level="domestic")


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1)])
def test_a_renewal_undoes_no_owner_and_no_level_that_another_branch_gave(
    order: tuple[int, ...],
) -> None:
    steps = (HANDED_OVER, WIDENED, RENEWAL)
    claim = fold([CAPTURE, APPROVAL, *(steps[at] for at in order)])
    assert (claim.owner, claim.level) == (SECOND.email, "domestic")


def test_a_renewal_tells_the_owner_and_the_level_of_which_nothing_else_is_left() -> None:
    told = {**RENEWAL.trailers, "Kmkit-Level": "domestic", "Kmkit-Owner": SECOND.email}
    claim = fold([CAPTURE, APPROVAL, RENEWAL._replace(trailers=told)])
    assert (claim.owner, claim.level) == (SECOND.email, "domestic")


def test_what_is_given_again_is_no_former_one() -> None:
    back = event("reassign validated -> validated", EDITOR, owner=OWNER.email)
    claim = fold([CAPTURE, APPROVAL, HANDED_OVER, back, back])
    assert claim.former == (SECOND.email,)
    assert fold([RENEWAL], claim).owner == OWNER.email
