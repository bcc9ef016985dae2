"""Who is asked about what, and when: over a year, through a real mail server."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from kmkit.config.leaving import Remind
from kmkit.errors import Cannot, Refused
from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.period import Period
from kmkit.reach.ledger import Ledger
from kmkit.reach.reminders import Desk, planned
from kmkit.reach.reminders_asked import REMIND, asked_by
from kmkit.reach.reminders_turns import Around, Asked, Turn, closed, opens, turn
from kmkit.views.reminder_values import ASKED, LEFT, OUTSIDE, UNKNOWN, UNREACHED
from tests.conftest import BEN, captured, disseminated
from tests.reminding import office, on, people, settings

DUE = "2027-11-21"
"""The day on which what went out on 2026-11-21 is due; a Sunday."""


def card(**fields: object) -> Card:
    """A note as the turns look at it."""
    empty = dict.fromkeys(Card._fields, "") | {"verdicts": (), "reviewed": None, "own_id": "x"}
    return Card(**{**empty, "owner": "ana@x.org", "backup": "ben@x.org", **fields})  # type: ignore[arg-type]


def around(day: date, asked: Asked = Asked(), **more: object) -> Around:
    settings = Remind(grace=Period(days=30))
    given: dict[str, object] = {
        "settings": settings, "people": {}, "managers": ("mo@x.org",), "sees": lambda who, n: True,
        **more,
    }  # fmt: skip
    return Around(today=day, asked=asked, **given)  # type: ignore[arg-type]


def who(found: Turn) -> str:
    return f"{found.part} {found.email}"


DAY = date(2027, 11, 21)


def test_by_the_days_alone_each_grace_brings_the_next() -> None:
    turns = [turn(card(), DAY, around(DAY + timedelta(days=n))) for n in (-30, 30, 31, 60, 61, 999)]
    assert [who(found) for found in turns] == [
        "owner ana@x.org", "owner ana@x.org", "backup ben@x.org", "backup ben@x.org",
        "manager mo@x.org", "manager mo@x.org",
    ]  # fmt: skip
    assert [one.why for one in turns[-1].before] == [ASKED, ASKED]


def test_with_letters_counted_nobody_is_passed_over_unasked() -> None:
    first = {"ana@x.org": date(2028, 6, 1), "ben@x.org": date(2028, 7, 3)}
    asked = Asked(first=lambda email, note, since: first.get(email), known=True)
    nobody = Asked(known=True)
    assert who(turn(card(), DAY, around(date(2030, 1, 1), nobody))) == "owner ana@x.org"
    assert who(turn(card(), DAY, around(date(2028, 7, 1), asked))) == "owner ana@x.org"
    found = turn(card(), DAY, around(date(2028, 7, 2), asked))
    assert who(found) == "backup ben@x.org"
    assert [(one.email, one.why, one.on) for one in found.before] == [
        ("ana@x.org", ASKED, date(2028, 6, 1))
    ]
    assert who(turn(card(), DAY, around(date(2028, 9, 1), asked))) == "manager mo@x.org"


def test_before_its_day_the_time_does_not_run() -> None:
    early = DAY - timedelta(days=30)
    asked = Asked(first=lambda email, n, since: early if since <= early else None, known=True)
    assert who(turn(card(), DAY, around(DAY + timedelta(days=30), asked))) == "owner ana@x.org"
    assert who(turn(card(), DAY, around(DAY + timedelta(days=31), asked))) == "backup ben@x.org"


def test_who_cannot_be_asked_is_skipped_at_once() -> None:
    from kmkit.index.card import Profile

    def person(name: str, until: date | None = None) -> Profile:
        return Profile("", name, f"{name}@x.org", name, "", (), (), until)

    left = {"ana@x.org": person("ana", DAY - timedelta(days=1)), "mo@x.org": person("mo")}
    found = turn(card(), DAY, around(DAY, people=left))
    assert who(found) == "manager mo@x.org"
    assert [(one.email, one.why) for one in found.before] == [
        ("ana@x.org", LEFT), ("ben@x.org", UNKNOWN),
    ]  # fmt: skip
    bounced = Asked(unreached=lambda email: email == "ana@x.org")
    found = turn(card(), DAY, around(DAY, bounced))
    assert (who(found), found.before[0].why) == ("backup ben@x.org", UNREACHED)
    found = turn(card(), DAY, around(DAY, sees=lambda email, note: email == "mo@x.org"))
    assert (who(found), found.before[0].why) == ("manager mo@x.org", OUTSIDE)
    found = turn(card(owner="", backup="no address"), DAY, around(DAY, managers=()))
    assert (who(found), [one.why for one in found.before]) == (" ", [UNKNOWN])
    last_day = {"ana@x.org": person("ana", DAY)}
    assert who(turn(card(), DAY, around(DAY, people=last_day))) == "owner ana@x.org"


def test_a_person_with_two_parts_is_asked_once() -> None:
    both = card(backup="ANA@x.org")
    assert who(turn(both, DAY, around(DAY + timedelta(days=31)))) == "manager mo@x.org"


def test_weekends_and_holidays() -> None:
    settings = Remind(holidays=(date(2026, 12, 25), date(2026, 12, 28)))
    assert [closed(date(2026, 12, day), settings) for day in (24, 25, 26, 27, 28, 29)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip
    assert opens(date(2026, 12, 25), settings) == date(2026, 12, 29)
    friday = Remind(weekend=("friday",))
    assert closed(date(2026, 12, 25), friday)
    assert not closed(date(2026, 12, 26), friday)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    with pytest.raises(Cannot, match="no day"):
        opens(DAY, Remind.model_validate({"weekend": days}))


@hypothesis(max_examples=50, deadline=None)
@given(st.lists(st.dates(DAY - timedelta(days=40), DAY + timedelta(days=400)), max_size=9),
       st.integers(-40, 500))  # fmt: skip
def test_turns_only_go_forward(days: list[date], later: int) -> None:
    """Whatever was asked when: a later day never gives the note back to an earlier person."""
    names = ("ana@x.org", "ben@x.org", "mo@x.org")
    told = list(zip(sorted(days), names * 3, strict=False))

    def first(email: str, note: str, since: date) -> date | None:
        return min((day for day, who in told if who == email and day >= since), default=None)

    asked = Asked(first=first, known=True)
    before = names.index(turn(card(), DAY, around(DAY + timedelta(days=later), asked)).email)
    after = names.index(turn(card(), DAY, around(DAY + timedelta(days=later + 1), asked)).email)
    assert after >= before


def test_a_year_of_reminders(kb: KnowledgeBase) -> None:
    """Owner, then backup, then manager; a week between two letters; no weekend, no holiday."""
    settings(kb, '[remind]\nholidays = ["2027-12-21"]\n')
    people(kb)
    for title in ("Order fuel early", "Keep a second key"):
        disseminated(kb, title, owner="cy@example.org", backup="ben@example.org")
    told: list[tuple[str, str]] = []
    with office(kb) as post:
        for day in daily("2027-10-19 2027-11-02", "2027-11-19 2027-12-01", "2027-12-20 2027-12-29",
                         "2028-01-25 2028-02-04"):  # fmt: skip
            post.send(str(day))
            told += [(str(day), letter) for letter in post.got()]
    assert told == [
        ("2027-10-22", "cy@example.org 2"),  # a month before it is due; a Friday
        ("2027-10-29", "cy@example.org 2"),
        ("2027-11-19", "cy@example.org 2"),
        ("2027-11-26", "cy@example.org 2"),
        ("2027-12-20", "cy@example.org 2"),
        ("2027-12-22", "ben@example.org 2"),  # due on 21 November, and 30 days
        ("2027-12-29", "ben@example.org 2"),
        ("2028-01-25", "ana@example.org 2"),  # Ben was first asked more than 30 days ago
        ("2028-02-01", "ana@example.org 2"),
    ]
    runs = Ledger(kb).runs(REMIND)
    assert len(runs) == len(told)
    assert all(len(run.intent.notes) == 2 for run in runs)


def daily(*periods: str) -> Iterator[date]:
    """Every day of the periods."""
    for first, last in (map(date.fromisoformat, period.split()) for period in periods):
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def test_a_confirmation_ends_it_and_an_owner_who_left_is_skipped(kb: KnowledgeBase) -> None:
    people(kb, cy=date(2027, 11, 1))
    note = disseminated(kb, owner="cy@example.org", backup="ben@example.org")
    with office(kb) as post:
        post.send("2027-11-23")
        (letter,) = post.letters()
        assert letter["To"] == "ben@example.org"
        text = letter.get_body(("plain",))
        assert text
        assert "Cy left on 1 November 2027." in text.get_content()
        assert "You are asked because you stand in for the owner." in text.get_content()
        post.got()
        there = on(kb, "2027-11-24", BEN)
        there.move("confirm", there.resolve(note.short), Request(because="Checked."))
        for day in ("2027-12-01", "2028-02-01"):
            sent = post.send(day)
            # the owner has left, and that alone is a reason to ask who takes the note over
            assert {q.due for asked in sent.plan.letters.values() for q in asked} == {None}


def test_one_letter_to_each_and_nothing_of_others(kb: KnowledgeBase) -> None:
    people(kb)
    mine = disseminated(kb, "Order fuel early")
    theirs = disseminated(kb, "A canary of Cy", owner="cy@example.org")
    captured(kb, "Not even validated")
    with office(kb) as post:
        sent = post.send("2027-11-23")
        assert [run.counts()["sent"] for run in sent.runs] == [2]
        letters = {str(letter["To"]): letter for letter in post.letters()}
    assert sorted(letters) == ["ana@example.org", "cy@example.org"]
    for email, other in (("ana@example.org", theirs), ("cy@example.org", mine)):
        data = letters[email].as_bytes()
        decoded = "".join(
            str(part.get_content()) for part in letters[email].walk()
            if part.get_content_maintype() == "text"
        )  # fmt: skip
        for secret in (other.title, other.id, other.short):
            assert secret not in decoded
            assert secret.encode() not in data
        assert letters[email]["Auto-Submitted"] == "auto-generated"
        assert not letters[email].defects


def test_somebody_outside_gets_only_what_everybody_may_see(kb: KnowledgeBase) -> None:
    policy = kb.root / "policy.toml"
    text = policy.read_text(encoding="utf-8").replace('["*"]', '["*@example.org"]')
    for owner in ("far@other.org", "cy@example.org"):
        disseminated(kb, f"Of {owner[:3]}", owner=owner)
    policy.write_text(text, encoding="utf-8")
    there = on(kb, "2027-11-23")
    with Index.open(there.root, today=there.today) as index:
        plan = planned(there, index)
        desk = Desk(there, index)
        assert desk.circle("far@other.org") == "international"
        assert desk.circle("cy@example.org") == "internal"
        assert set(plan.letters) == {"cy@example.org", "ana@example.org"}
        (question,) = plan.letters["ana@example.org"]
        assert question.turn.before[0].why == OUTSIDE
        assert "may not see this note" in desk.letters(plan)["ana@example.org"].items[0].before[0]


def test_whoever_the_server_refuses_is_followed_by_the_next(kb: KnowledgeBase) -> None:
    people(kb)
    disseminated(kb, owner="cy@example.org", backup="ben@example.org")
    with office(kb) as post:
        post.box.answers["cy@example.org"] = ["550 no such user"]
        first = post.send("2027-11-23")
        assert first.runs[0].counts()["refused"] == 1
        assert post.got() == []
        post.send("2027-11-24")
        assert post.got() == ["ben@example.org 1"]


def test_what_was_put_off_is_tried_again_the_next_day(kb: KnowledgeBase) -> None:
    disseminated(kb)
    with office(kb) as post:
        post.box.answers["ana@example.org"] = ["451 later"]
        assert post.send("2027-11-23").runs[0].counts()["deferred"] == 1
        post.box.answers.clear()
        again = post.send("2027-11-24")
        assert post.got() == ["ana@example.org 1"]
        assert [run.counts()["sent"] for run in again.runs] == [1]
        assert post.send("2027-11-25").runs == []
        assert all(not run.left(on(kb, "2027-11-25").now) for run in Ledger(kb).runs(REMIND))


def test_a_run_that_was_cut_off_is_finished_the_same_day(kb: KnowledgeBase) -> None:
    people(kb)
    for name in ("cy", "ben"):
        disseminated(kb, f"Of {name}", owner=f"{name}@example.org")
    there = on(kb, "2027-11-23")
    ledger = Ledger(there)
    to = ["ben@example.org", "cy@example.org"]
    with Index.open(there.root, today=there.today) as index, ledger.at_work():
        notes = planned(there, index).notes
        run = ledger.begin(ledger.intent(REMIND, to, notes=notes))
    assert asked_by(Ledger(there)).last("cy@example.org") == date(2027, 11, 23)
    with office(kb) as post:
        post.send("2027-11-23")
        assert sorted(post.got()) == ["ben@example.org 1", "cy@example.org 1"]
        assert [one.id for one in Ledger(there).runs(REMIND)] == [run.id]
        assert post.send("2027-11-24").runs == []


def test_a_run_of_another_machine_is_left_alone(kb: KnowledgeBase) -> None:
    disseminated(kb)
    there = on(kb, "2027-11-23")
    ledger = Ledger(there)
    ledger.__dict__["machine"] = "0123456789ab"
    with ledger.at_work():
        ledger.begin(ledger.intent(REMIND, ["ana@example.org"]))
    with office(kb) as post:
        with pytest.raises(Refused, match="Another machine"):
            post.send("2027-11-23")
        assert post.got() == []
        post.send("2027-11-23", take_over=True)
        assert post.got() == ["ana@example.org 1"]


def test_nobody_is_left_to_ask(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    people(kb, **dict.fromkeys(("ana", "ben", "cy", "dee"), date(2027, 1, 1)))
    there = on(kb, "2027-11-23")
    with Index.open(there.root, today=there.today) as index:
        plan = planned(there, index)
    assert [question.note.id for question in plan.nobody] == [note.id]
    assert not plan.letters


def test_what_a_letter_has_no_room_for_was_not_asked_about(kb: KnowledgeBase) -> None:
    people(kb)
    settings(kb, "[remind]\nnotes = 1\n")
    for title in ("First", "Second"):
        disseminated(kb, title, owner="cy@example.org", backup="ben@example.org")
    with office(kb) as post:
        sent = post.send("2027-11-23")
        assert len(sent.runs[0].intent.notes) == 1
        assert post.got() == ["cy@example.org 1"]
        post.send("2027-12-27")
        assert sorted(post.got()) == ["ben@example.org 1", "cy@example.org 1"]


def test_a_role_that_everybody_has_makes_nobody_one_of_the_house(kb: KnowledgeBase) -> None:
    with Index.open(kb.root, today=kb.today) as index:
        desk = Desk(kb, index)
        assert desk.circle("ana@example.org") == "internal"  # a steward by her address
        assert desk.circle("ben@example.org") == "international"  # a contributor as * is
    people(kb)
    with Index.open(kb.root, today=kb.today) as index:
        assert Desk(kb, index).circle("ben@example.org") == "internal"
