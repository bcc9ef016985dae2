from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.dates import due_date, is_overdue, standing
from kmkit.index.stale import REASONS, Reason, Stale, fails
from kmkit.lifecycle.states import State
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.period import Period
from kmkit.views.reasons import in_words
from kmkit.views.wording import words
from tests.index_material import RULES, card, stale_of
from tests.note_material import (
    BODY,
    ID,
    OWNER,
    TODAY,
    approval,
    edited,
    note,
    people,
    person,
    use,
)

OTHER = "20250101-flood-response-review-ab12"


def rows(*notes: Note, **circumstances: Any) -> list[Stale]:
    """The stale notes, whose reasons can be told from their facts.

    Nothing is in a fact that the message does not say: by the message it is kept back.
    """
    found = stale_of(*notes, **circumstances)
    for reason in (reason for row in found for reason in row.reasons):
        assert in_words(reason.facts, words("fr"))
        for _, value in (value for one in reason.facts for value in one.values):
            assert str(value) in reason.message
    return found


def comes_due(of: Note, today: date | None = None) -> date | None:
    return due_date(card(of), RULES, today)


def codes(*notes: Note, **circumstances: Any) -> list[str]:
    return [code for row in rows(*notes, **circumstances) for code in row.codes]


def reviewed(on: str, every: str = "P1Y", **changes: Any) -> Note:
    review = {"on": on, "by": OWNER, "because": "the season"}
    return note("maintained", reviewed=review, review_every=every, **changes)


def test_a_fresh_note_is_not_stale() -> None:
    assert rows(note("maintained")) == []


@pytest.mark.parametrize("state", ["captured", "validated", "formatted", "retired"])
def test_a_note_that_is_not_out_has_no_review(state: str) -> None:
    assert comes_due(note(state)) is None


def test_due_is_the_later_of_review_and_first_dissemination_plus_the_interval() -> None:
    assert comes_due(reviewed("2026-03-31")) == date(2027, 3, 31)
    sent = [{"on": "2026-05-01", "channel": "w"}, {"on": "2026-09-01", "channel": "w"}]
    late = reviewed("2026-03-31", disseminated=sent)
    assert comes_due(late) == date(2027, 5, 1)
    assert comes_due(note("disseminated")) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("start", "every", "due"),
    [
        ("2024-01-31", "P1M", date(2024, 2, 29)),
        ("2025-01-31", "P1M", date(2025, 2, 28)),
        ("2024-02-29", "P1Y", date(2025, 2, 28)),
        ("2025-08-31", "P6M", date(2026, 2, 28)),
        ("2025-03-31", "6 months", date(2025, 9, 30)),
        ("2025-12-31", "P2W", date(2026, 1, 14)),
    ],
)
def test_month_ends_clamp(start: str, every: str, due: date) -> None:
    of = reviewed(start, every, disseminated=[{"on": "2024-01-01", "channel": "w"}])
    assert comes_due(of) == due


def test_the_kind_says_how_often_where_the_note_does_not() -> None:
    assert comes_due(note("maintained", review_every=None)) == date(2027, 3, 31)
    of = note(
        "maintained", kind="meeting-minutes", review_every=None, body="## Decisions\n\nYes.\n"
    )
    assert comes_due(of) is None
    assert codes(of, today=date(2040, 1, 1)) == []


def test_overdue_begins_the_day_after() -> None:
    of = reviewed("2026-03-31", "P6M")
    assert codes(of, today=date(2026, 9, 30)) == ["due-soon"]
    assert codes(of, today=date(2026, 10, 1)) == ["overdue"]
    [row] = rows(of, today=date(2026, 10, 1))
    assert row.reasons[0].since == date(2026, 9, 30)
    assert standing(card(of), RULES, date(2026, 10, 1)) == "maintained, overdue"


def test_due_soon_looks_as_far_ahead_as_asked() -> None:
    of = reviewed("2026-03-31")
    day = date(2027, 3, 1)
    assert codes(of, today=day) == []
    assert codes(of, today=day, within=Period(days=29)) == []
    assert codes(of, today=day, within=Period(days=30)) == ["due-soon"]


def test_a_review_is_put_off_by_thirty_days_at_most_and_only_once() -> None:
    put_off = {"until": "2027-12-31", "by": OWNER, "on": "2027-03-31", "because": "floods"}
    of = reviewed("2026-03-31", deferred=put_off)
    assert comes_due(of, date(2027, 4, 1)) == date(2027, 4, 30)
    assert codes(of, today=date(2027, 4, 30)) == ["due-soon"]
    assert codes(of, today=date(2027, 5, 1)) == ["overdue"]
    again = reviewed("2027-04-10", deferred=put_off)
    assert comes_due(again, date(2027, 4, 11)) == date(2028, 4, 10)


def test_a_deferral_dated_ahead_puts_nothing_off() -> None:
    ahead = {"until": "2099-12-31", "by": OWNER, "on": "2099-12-01"}
    assert codes(reviewed("2024-03-31", deferred=ahead)) == ["overdue"]


def test_a_review_dated_ahead_does_not_keep_a_note_from_coming_due() -> None:
    assert codes(reviewed("2099-01-01")) == ["overdue"]


def test_a_note_in_force_comes_due_while_it_is_being_revised() -> None:
    of = reviewed(
        "2025-03-31", state="captured", verdicts=[],
        in_force={"blob": "a" * 40, "state": "maintained", "since": "2026-11-20"},
    )  # fmt: skip
    assert codes(of) == ["overdue"]
    assert standing(card(of), RULES, TODAY) == "maintained, being revised, overdue"
    assert is_overdue(card(of), RULES, TODAY)


def test_changed_when_the_text_is_not_the_approved_one() -> None:
    of = edited(note("maintained"), "Fuel was there.", "Fuel was late.")
    [row] = rows(of)
    assert row.codes == ("changed",)
    assert "kmkit reopen x7k2" in row.reasons[0].message
    assert "--same-meaning" not in row.reasons[0].message  # that is for a validated note
    [row] = rows(edited(note("validated"), "Fuel was there.", "Fuel was late."))
    assert "--same-meaning" in row.reasons[0].message
    packaged = edited(note("maintained"), "topics: [logistics]", "topics: [procurement]")
    assert codes(packaged) == []


def test_changed_when_a_crowd_was_not_enough() -> None:
    of = note("validated")
    entry = approval(of, method="crowd", on="2026-11-20")
    assert codes(note("validated", verdicts=[entry])) == ["changed"]


def source(state: str = "maintained", **changes: Any) -> Note:
    return note(state, id=OTHER, title="Flood response review", **changes)


def test_superseded_when_its_source_was_retired_or_changed() -> None:
    of = note("maintained", derived_from=[OTHER])
    assert codes(of, source()) == []
    for other in (
        source("retired"),
        source("captured", in_force={"blob": "a" * 40, "state": "maintained",
                                     "since": "2026-11-20"}),
        source(disseminated=[{"on": "2025-02-01", "channel": "w"}], verdicts=[
            approval(source(), on="2026-05-01")]),
    ):  # fmt: skip
        [row] = [row for row in rows(of, other) if row.note.id == ID]
        assert row.codes == ("superseded",), other.state
        assert OTHER in row.reasons[0].message


def test_superseded_when_its_source_was_changed_by_hand() -> None:
    changed = edited(source(), "Fuel was there.", "Fuel was late.")
    found = {
        row.note.id: row.codes for row in rows(note("maintained", derived_from=[OTHER]), changed)
    }
    assert found == {ID: ("superseded",), OTHER: ("changed",)}


def test_superseded_when_what_it_translates_was_retired() -> None:
    of = note("maintained", translation_of=OTHER, language="fr")
    [row] = rows(of, source("retired", superseded_by="20260101-better-cd34"))
    assert row.codes == ("superseded",)
    assert "translates" in row.reasons[0].message
    assert "20260101-better-cd34" in row.reasons[0].message


def test_a_source_approved_anew_before_the_last_review_is_no_reason() -> None:
    other = source(
        disseminated=[{"on": "2025-02-01", "channel": "w"}],
        verdicts=[approval(source(), on="2026-03-01")],
    )
    assert codes(note("maintained", derived_from=[OTHER]), other) == []


def test_superseded_when_an_approved_note_replaces_it() -> None:
    of = note("maintained")
    assert [row.note.id for row in rows(of, source("captured", supersedes=[ID]))] == [OTHER]
    [row] = rows(of, source(supersedes=[ID]))
    assert row.codes == ("superseded",)
    assert f"--superseded-by {OTHER}" in row.reasons[0].message


def test_orphaned_when_its_owner_left_or_is_unknown() -> None:
    of = note("maintained", backup="bo@example.org")
    assert codes(of, who=people(person())) == []
    left = people(person(until="2026-11-20"))
    [row] = rows(of, who=left)
    assert row.codes == ("orphaned",)
    assert row.reasons[0].since == date(2026, 11, 20)
    assert "bo@example.org" in row.reasons[0].message
    assert codes(of, who=people(person(until="2026-11-21"))) == []
    assert codes(of, who=people(person("else@example.org"))) == ["orphaned"]
    assert codes(note("maintained", owner=None)) == ["orphaned"]


def test_contradicted_until_somebody_reviews_it() -> None:
    of = note("maintained")
    assert codes(of, uses=[use(outcome="helped")]) == []
    assert codes(of, uses=[use(on="2026-06-01")]) == ["contradicted"]
    assert codes(reviewed("2026-06-01"), uses=[use(on="2026-06-01")]) == []
    assert codes(reviewed("2026-05-31"), uses=[use(on="2026-06-01")]) == ["contradicted"]


def test_contradicted_on_the_day_of_its_approval() -> None:
    fresh = note("disseminated", disseminated=[{"on": "2026-11-20", "channel": "weekly"}])
    entry = approval(fresh, on="2026-11-20")
    of = note("disseminated", disseminated=fresh.raw["disseminated"], verdicts=[entry])
    assert codes(of, uses=[use(on="2026-11-20")]) == ["contradicted"]
    assert codes(of, uses=[use(on="2026-11-19")]) == []


def test_contradicted_by_an_old_use_that_was_reported_after_the_review() -> None:
    late = use(on="2026-01-10", id="20260601-delta-drill-q1w2")
    [row] = rows(note("maintained"), uses=[late])
    assert row.codes == ("contradicted",)
    assert row.reasons[0].since == date(2026, 6, 1)


def test_waiting_for_longer_than_the_policy_allows() -> None:
    fresh = {"on": "2026-11-01", "method": "discussion", "by": "b@example.org"}
    of = note("captured", id="20261101-new-ab12", gathered=fresh)
    assert codes(of, today=date(2026, 11, 15)) == []
    [row] = rows(of, today=date(2026, 11, 16))
    assert row.codes == ("waiting",)
    assert row.reasons[0].since == date(2026, 11, 15)
    assert "since 2026-11-01" in row.reasons[0].message


@pytest.mark.parametrize(("state", "way"), [("validated", "format"), ("formatted", "disseminate")])
def test_waiting_after_the_approval(state: str, way: str) -> None:
    entry = approval(note("validated"), on="2026-11-01")
    of = note(state, verdicts=[entry])
    assert codes(of, today=date(2026, 11, 15)) == []
    [row] = rows(of, today=date(2026, 11, 16))
    assert row.codes == ("waiting",)
    assert f"kmkit {way}" in row.reasons[0].message


def test_waiting_says_what_it_waits_for() -> None:
    back = approval(note("captured"), verdict="return", because="which year?", on="2025-04-01")
    [row] = rows(note("captured", verdicts=[back]))
    assert "which year?" in row.reasons[0].message
    asked = [{"on": "2025-04-01", "to": "cy@example.org", "by": OWNER, "due": "2025-04-10"}]
    [row] = rows(note("captured", asked=asked))
    assert "cy@example.org was asked on 2025-04-01, for 2025-04-10" in row.reasons[0].message


def test_a_revision_waits_from_its_beginning() -> None:
    def revision(since: str) -> Note:
        held = {"blob": "a" * 40, "state": "maintained", "since": since}
        return note("captured", reviewed={"on": "2026-03-31", "by": OWNER, "because": "x"},
                    disseminated=[{"on": "2025-04-01", "channel": "w"}], in_force=held)  # fmt: skip

    assert codes(revision("2026-11-10")) == []
    assert codes(revision("2026-11-01")) == ["waiting"]


def test_a_retired_note_needs_nobody() -> None:
    of = note("retired", owner="gone@example.org", derived_from=["x"])
    assert codes(of, who=people(person()), uses=[use()]) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("on: 2026-03-31", "on: last spring"),
        ("review_every: P1Y", "review_every: sometimes"),
        ("state: maintained", "state: maintaned"),
        ("state: maintained", "state:"),
        ("kind: lesson\n", "kind: lessen\n"),
        ("title:", "title: [\n"),
        ("---\n", "\ufeff---\n"),
        ("---\n", ""),
    ],
)
def test_unreadable_when_a_problem_hides_its_date(old: str, new: str) -> None:
    of = note("maintained")
    if old == "kind: lesson\n":
        of = edited(of, "review_every: P1Y\n", "")
    found = codes(edited(of, old, new))
    assert "unreadable" in found, found


def test_unreadable_when_no_date_is_there() -> None:
    of = note("maintained", reviewed=None, disseminated=None)
    assert codes(of) == ["unreadable"]
    bare = note("captured", id=None, gathered=None, path="notes/x.md")
    assert "unreadable" in codes(bare)


def test_reasons_come_in_the_order_of_the_table() -> None:
    of = edited(
        note("disseminated", derived_from=[OTHER], owner="gone@example.org"), "Fuel was", "Fuel is"
    )
    [row] = [
        row
        for row in rows(of, source("retired"), who=people(person()), uses=[use(on="2026-10-01")])
        if row.note.id == ID
    ]
    assert row.codes == ("overdue", "changed", "superseded", "orphaned", "contradicted")
    assert sorted(row.codes, key=list(REASONS).index) == list(row.codes)


def test_rows_are_grouped_by_owner_and_those_of_nobody_come_last() -> None:
    notes = [
        note("disseminated", id=f"20250101-n-ab1{i}", owner=owner, title=title)
        for i, (owner, title) in enumerate(
            [(None, "A"), ("zo@example.org", "B"), ("Ana@example.org", "D"), (OWNER, "C")]
        )
    ]
    assert [(row.owner, row.note.title) for row in rows(*notes)] == [
        (OWNER, "C"), (OWNER, "D"), ("zo@example.org", "B"), ("", "A"),
    ]  # fmt: skip


def test_grace() -> None:
    of = reviewed("2025-09-30")
    assert not fails(rows(of, today=date(2026, 9, 30)), today=date(2026, 9, 30))
    assert fails(rows(of, today=date(2026, 10, 1)), today=date(2026, 10, 1))
    assert fails(rows(note("maintained"), uses=[use(on=str(TODAY))]), today=TODAY)
    month = Period(days=30)
    assert not fails(rows(of, today=date(2026, 10, 30)), today=date(2026, 10, 30), grace=month)
    assert fails(rows(of, today=date(2026, 10, 31)), today=date(2026, 10, 31), grace=month)


def test_grace_does_not_excuse_what_nobody_can_date() -> None:
    of = edited(note("maintained"), "Fuel was there.", "Fuel was late.")
    assert fails(rows(of), today=TODAY, grace=Period(months=120))


def test_what_is_due_soon_never_fails() -> None:
    soon = Stale(card(note("maintained")), OWNER, (Reason("due-soon", TODAY, "x"),))
    assert not fails([soon], today=TODAY + timedelta(days=3))


@given(
    st.sampled_from(["disseminated", "maintained", "captured", "validated", "formatted"]),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_never_silent_about_a_note_whose_date_cannot_be_read(
    state: str, data: st.DataObject
) -> None:
    """However lines are lost, doubled or garbled: an old note is told of, or says it is retired."""
    lines = note(state).text.split("\n")
    ends = lines.index("---", 1)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, ends))
        how = data.draw(st.sampled_from(["drop", "double", "garble", "cut", "blank"]))
        line = lines[at]
        lines[at : at + 1] = {
            "drop": [],
            "double": [line, line],
            "garble": [line.replace("20", "2O").replace("P1", "Pl").replace(": ", ":: ")],
            "cut": [line[: data.draw(st.integers(0, len(line)))]],
            "blank": [line.split(":")[0] + ":"],
        }[how]
        ends = min(ends, len(lines) - 1)
    of = read("\n".join(lines).encode(), note(state).path)
    assert of.state == State.RETIRED or rows(of, today=date(2035, 1, 1))


def test_many_notes_are_judged_in_one_pass() -> None:
    many = [
        note("disseminated", id=f"20250101-n-{i:04d}", derived_from=[OTHER], body=BODY + str(i))
        for i in range(300)
    ]
    found = rows(*many, source("retired"))
    assert len(found) == 300
    assert all(row.codes == ("overdue", "superseded") for row in found)
