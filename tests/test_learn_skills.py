"""Skills: what is offered, what is wanted, and a fair matching of the two."""

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.card import Profile
from kmkit.index.knowing.deeds import fits
from kmkit.learn.skills import lessons, skills

TODAY = date(2026, 11, 21)


def person(
    name: str, has: str = "", wants: str = "", unit: str = "Roads", until: date | None = None
) -> Profile:
    email = f"{name.casefold()}@example.org"
    return Profile("", "", email, name, unit, tuple(has.split()), (), until, tuple(wants.split()))


def test_what_is_wanted_and_hardly_offered_comes_first() -> None:
    people = [
        person("Ana", "radio", "maps"),
        person("Ben", "maps", "pumps"),
        person("Cy", "", "maps"),
        person("Gone", "pumps", "radio", until=date(2026, 11, 20)),
    ]
    found = [(one.name, len(one.wanted), len(one.offered)) for one in skills(people, TODAY)]
    assert found == [("maps", 2, 1), ("pumps", 1, 0), ("radio", 0, 1)]


def test_a_teacher_of_another_unit_is_preferred_and_work_is_spread() -> None:
    people = [
        person("Ana", "", "maps", "Roads"),
        person("Ben", "maps", "", "Roads"),
        person("Cy", "maps", "", "Water"),
        person("Dee", "", "maps", "Water"),
    ]
    found = [(one.learns[:3], one.teaches[:2]) for one in lessons(people, TODAY)]
    assert found == [("ana", "cy"), ("dee", "be")]


@st.composite
def crowds(draw: st.DrawFn) -> list[Profile]:
    words = st.lists(st.sampled_from(["maps", "radio", "pumps", "law"]), unique=True).map(" ".join)
    names = draw(st.lists(st.sampled_from("ABCDEFGH"), unique=True))
    return [
        person(name, draw(words), draw(words), draw(st.sampled_from(["Roads", "Water"])))
        for name in names
    ]


@settings(max_examples=150, deadline=None)
@given(crowds(), st.integers(1, 3), st.randoms())
def test_nobody_teaches_too_many_and_nobody_waits_for_nothing(
    people: list[Profile], each: int, chance: random.Random
) -> None:
    found = lessons(people, TODAY, each=each)
    by_email = {one.email: one for one in people}
    load = {one.email: sum(pair.teaches == one.email for pair in found) for one in people}
    assert all(many <= each for many in load.values())
    served = {(pair.learns, pair.skill) for pair in found}
    assert len(served) == len(found)
    for pair in found:
        assert pair.learns != pair.teaches
        assert pair.skill in by_email[pair.learns].wants
        assert any(fits(skill, pair.skill) for skill in by_email[pair.teaches].skills)
    for one in people:
        for skill in one.wants:
            able = [p for p in people if p is not one and any(fits(s, skill) for s in p.skills)]
            if (one.email, skill) not in served:
                assert all(load[p.email] == each for p in able)
    mixed = list(people)
    chance.shuffle(mixed)
    assert lessons(mixed, TODAY, each=each) == found
