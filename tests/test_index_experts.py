from datetime import date
from typing import Any

from kmkit.index.card import Card, Looked, Profile
from kmkit.index.knowing.deeds import FACTS, Act, People, deeds_of, fits
from kmkit.index.knowing.experts import Expert, experts
from tests.index_values import TODAY, a_card, a_person, a_use, judged, the_rules

ANA, BEN, CY = "ana@example.org", "ben@example.org", "cy@example.org"


def who_knows(*cards: Card | tuple[Card, str], **given: Any) -> list[Expert]:
    people: list[Profile] = given.pop("people", [])
    said: dict[str, Any] = {
        "uses": [], "rules": the_rules(), "today": TODAY, "subjects": ("fuel",), **given,
    }  # fmt: skip
    notes = [(c, c.state) if isinstance(c, Card) else c for c in cards]
    return experts(notes, people={one.email: one for one in people}, **said)


def facts(expert: Expert) -> list[str]:
    return [known.words for known in expert.facts]


def test_nobody_knows_what_nobody_wrote_about() -> None:
    assert who_knows(people=[a_person(ANA, "Ana Ruiz", None, "boats")]) == []


def test_a_person_comes_with_the_facts() -> None:
    cards = [a_card(f"fuel-{n}") for n in range(3)]
    cards += [
        a_card(f"more-{n}", owner=BEN, verdicts=(judged(ANA, "expert-review"),)) for n in range(5)
    ]
    ana = a_person(ANA, "Ana Ruiz", None, "fuel", "boats")
    uses = [a_use("more-0", ANA), a_use("more-1", ANA)]
    first, second = who_knows(*cards, people=[ana], uses=uses)
    assert first.name == "Ana Ruiz"
    assert first.why == "skill: fuel; owns 3 approved notes; judged 5 as expert; used 2"
    assert (second.email, second.name, second.listed) == (BEN, BEN, False)


def test_a_judgement_as_expert_tells_more_than_one_as_colleague() -> None:
    cards = [
        a_card("a", owner="", verdicts=(judged(ANA, "peer-review"), judged(BEN, "expert-review"))),
    ]
    assert [one.email for one in who_knows(*cards)] == [BEN, ANA]


def test_what_was_long_ago_tells_less() -> None:
    long_ago = date(2016, 1, 1)
    cards = [
        a_card("a", owner="", verdicts=(judged(ANA, on=long_ago),)),
        a_card("b", owner="", verdicts=(judged(ANA, on=long_ago),)),
        a_card("c", owner="", verdicts=(judged(BEN),)),
    ]
    assert [one.email for one in who_knows(*cards)] == [BEN, ANA]


def test_who_captures_everything_is_not_who_knows_most() -> None:
    cards = [a_card(f"n{n}", owner="") for n in range(50)] + [a_card("own", owner=BEN)]
    acts = [Act(f"n{n}", "capture", ANA, TODAY) for n in range(50)]
    acts += [Act("own", "validate", CY, TODAY), Act("elsewhere", "edit", CY, TODAY)]
    found = who_knows(*cards, acts=acts, people=[a_person(BEN, "Ben", None, "fuel")])
    assert [one.email for one in found] == [BEN, ANA]
    assert facts(found[1]) == ["captured or edited 50"]


def test_those_who_left_come_last_and_are_marked() -> None:
    gone = a_person(ANA, "Ana", date(2026, 11, 20), "fuel")
    going = a_person(CY, "Cy", TODAY)
    cards = [a_card("a"), a_card("b"), a_card("c", owner=CY), a_card("d", backup=BEN)]
    found = who_knows(*cards, people=[gone, going])
    assert [(one.email, one.left) for one in found] == [(CY, False), (BEN, False), (ANA, True)]
    assert found[0].until == TODAY


def test_sources_count_by_address_or_by_the_name_of_one_person() -> None:
    two = [a_person("a@example.org", "Kim Lee"), a_person("b@example.org", "Kim Lee")]
    people = [a_person(BEN, "Zoë Adu"), *two]
    card = a_card("a", owner="", sources=(f"Cy Young <{CY}>", "zoe adu", "Kim Lee", "anonymous"))
    found = who_knows(card, people=people)
    assert {one.email: facts(one) for one in found} == {
        CY: ["source of 1 note"],
        BEN: ["source of 1 note"],
    }


def test_the_committee_is_whom_the_verdict_names_not_who_recorded_it() -> None:
    people = [a_person(BEN, "Ben Adu"), a_person(CY, "Cy Young")]
    verdict = judged("recorder@example.org", "committee", decided_by="Ben Adu, Cy Young and others")
    found = who_knows(a_card("a", owner="", verdicts=(verdict,)), people=people)
    assert {one.email: one.why for one in found} == {
        BEN: "decided on 1 in the committee",
        CY: "decided on 1 in the committee",
    }


def test_whom_the_policy_names_knows_but_a_pattern_names_nobody() -> None:
    rules = the_rules(roles={"expert.fuel": ("Ben@Example.org", "*@example.org")})
    found = who_knows(rules=rules, people=[a_person(ANA, "Ana")])
    assert [(one.email, one.why) for one in found] == [(BEN, "expert by policy.toml")]


def test_a_note_of_its_own_people_first() -> None:
    mine = a_card("mine", owner=CY, reviewed=Looked(TODAY, CY, "the log"), verdicts=(judged(BEN),))
    cards = [mine, *(a_card(f"other-{n}", verdicts=(judged(BEN),)) for n in range(4))]
    found = who_knows(*cards, own="mine")
    assert [one.email for one in found] == [CY, BEN, ANA]
    assert found[0].why == "owns it, confirmed it"
    assert found[1].why == "judged it as colleague; judged 4 as colleague"


def test_a_retired_note_has_no_owner_any_more_but_its_author_knows() -> None:
    card = a_card("a", authors=(BEN,))
    assert [one.email for one in who_knows((card, "retired"))] == [BEN]
    drafted = who_knows((card, "captured"))
    assert {one.email: one.why for one in drafted} == {
        BEN: "author of 1 note",
        ANA: "owns 1 note that is not approved",
    }


def test_the_facts_carry_their_notes_the_latest_first() -> None:
    cards = [
        a_card("old", owner="", verdicts=(judged(ANA, on=date(2024, 1, 1)),)),
        a_card("new", owner="", verdicts=(judged(ANA, on=date(2026, 1, 1)),)),
    ]
    (known,) = who_knows(*cards)[0].facts
    assert (known.fact, known.notes, known.last) == ("peer", ("new", "old"), date(2026, 1, 1))


def test_no_number_of_worth_is_kept() -> None:
    (expert,) = who_knows(a_card("a"))
    assert not [value for value in expert if isinstance(value, float)]


def test_a_skill_fits_where_it_names_the_topic() -> None:
    assert fits("Flood response", "flood-response")
    assert fits("fuel logistics", "fuel")
    assert not fits("fuel", "fuel-logistics")
    assert not fits("refuelling", "fuel")
    assert not fits("anything", "")


def test_every_fact_has_words() -> None:
    for name, fact in FACTS.items():
        assert name == "skill" or (fact.one and fact.more)


def test_a_method_that_is_no_judgement_of_the_person_says_nothing() -> None:
    card = a_card("a", owner="", verdicts=(judged(ANA, "self-review"),), gathered_by=BEN)
    deeds = list(deeds_of(card, "validated", People({})))
    assert [(deed.who, deed.fact) for deed in deeds] == [(BEN, "gathered")]
