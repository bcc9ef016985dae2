from datetime import date
from typing import Any

from kmkit.index.card import Card, Profile
from kmkit.index.knowing.at_risk import Risk, at_risk
from tests.index_values import TODAY, a_card, a_person, a_use, judged, the_rules

ANA, BEN, CY = "ana@example.org", "ben@example.org", "cy@example.org"
SOON = date(2027, 5, 21)


def risks(*cards: Card, people: list[Profile] | None = None, **given: Any) -> list[Risk]:
    said: dict[str, Any] = {
        "uses": [], "rules": the_rules(critical=()), "today": TODAY, "until": SOON, **given,
    }  # fmt: skip
    named = {one.email: one for one in people or []}
    return at_risk([(card, card.state) for card in cards], people=named, **said)


def seen(found: list[Risk]) -> list[tuple[str, str]]:
    return [(risk.code, risk.topic or risk.note.id if risk.note else risk.topic) for risk in found]


def shared(id: str, **fields: Any) -> Card:
    """A note that two people hold."""
    return a_card(id, authors=(BEN,), verdicts=(judged(CY),), **fields)


def test_nothing_is_at_risk_where_two_hold_everything() -> None:
    assert risks(shared("a")) == []


def test_a_topic_that_one_person_holds() -> None:
    (risk,) = risks(a_card("a", verdicts=(judged(CY),)), people=[a_person(ANA, "Ana Ruiz")])
    assert (risk.code, risk.topic, risk.critical) == ("one-person", "fuel", False)
    assert risk.message == "fuel: Ana Ruiz alone holds it."
    assert f"kmkit capture --kind interview --topic fuel --source {ANA}" in risk.mend


def test_a_skill_or_the_policy_makes_a_second_holder() -> None:
    card = a_card("a", verdicts=(judged(CY),))
    assert not risks(card, people=[a_person(BEN, "Ben", None, "Fuel")])
    assert not risks(card, rules=the_rules(critical=(), roles={"expert.fuel": (BEN,)}))


def test_a_note_that_nobody_else_has_judged_or_used() -> None:
    lonely = a_card("lonely", kind="mission-report")
    found = risks(shared("a"), lonely)
    assert seen(found) == [("one-person", "lonely")]
    assert found[0].message == f"'Lonely' (nely): {ANA} alone holds it."
    assert risks(shared("a"), lonely, uses=[a_use("lonely", BEN)]) == []


def test_everybody_leaves_or_has_left() -> None:
    ana = a_person(ANA, "Ana Ruiz", date(2027, 1, 31))
    going = risks(a_card("a", verdicts=(judged(CY),)), people=[ana])
    assert seen(going) == [("leaving", "fuel"), ("leaving", "a")]
    assert going[0].message == "fuel: everybody who holds it leaves: Ana Ruiz (2027-01-31)."
    assert f"kmkit capture --kind exit-interview --topic fuel --source {ANA}" in going[0].mend
    assert "kmkit reassign a --to EMAIL" in going[1].mend
    gone = a_person(ANA, "Ana Ruiz", date(2026, 1, 31))
    left = risks(a_card("a", verdicts=(judged(CY),)), people=[gone])
    assert seen(left) == [("left", "fuel"), ("left", "a")]
    assert left[0].message == "fuel: everybody who held it has left: Ana Ruiz (2026-01-31)."
    assert "kmkit list fuel" in left[0].mend


def test_somebody_who_leaves_later_than_asked_stays() -> None:
    ana = a_person(ANA, "Ana Ruiz", date(2027, 6, 1))
    assert not risks(shared("a"), people=[ana])
    assert seen(risks(a_card("a", verdicts=(judged(CY),)), people=[ana])) == [
        ("one-person", "fuel")
    ]


def test_one_who_stays_beside_one_who_left_is_alone() -> None:
    people = [a_person(BEN, "Ben Adu", date(2025, 1, 1)), a_person(ANA, "Ana Ruiz")]
    (risk, *_) = risks(a_card("a", authors=(BEN,), verdicts=(judged(CY),)), people=people)
    assert (risk.code, risk.message) == ("one-person", "fuel: Ana Ruiz alone holds it.")


def test_critical_topics_come_first_and_need_somebody() -> None:
    cards = [a_card("a", topics=("boats", "fuel"), verdicts=(judged(CY),))]
    found = risks(*cards, rules=the_rules(critical=("radios", "fuel")))
    assert seen(found) == [("nobody", "radios"), ("one-person", "fuel"), ("one-person", "boats")]
    assert [risk.critical for risk in found] == [True, True, False]
    assert found[0].message == "radios: nobody is known to know about it."
    assert "kmkit capture --for radios" in found[0].mend


def test_what_is_retired_or_unapproved_is_no_note_at_risk() -> None:
    assert risks(a_card("a", state="retired")) == []
    found = risks(a_card("a", state="captured"))
    assert seen(found) == [("one-person", "fuel")]


def test_a_topic_outside_the_vocabulary_is_watched_too() -> None:
    assert seen(risks(a_card("a", topics=("Ropes",), verdicts=(judged(CY),)))) == [
        ("one-person", "ropes")
    ]
