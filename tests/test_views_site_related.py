"""Which notes lie near one another on the portal."""

from collections import Counter

from kmkit.views.site.finishing import Counted
from kmkit.views.site.related import NEAREST, key_words, near, telling
from kmkit.views.site.words import cut

NOTES = [
    "Order fuel before the flood closes the roads to the depot",
    "Fuel for the depot ran out when the flood came over the roads",
    "Ask the elders before a burial so that the families accept it",
    "Families accepted the burial when the elders were there",
    "The radio was on",
    "",
]


def known() -> list[dict[str, float]]:
    counted = [Counter(cut(text)) for text in NOTES]
    frequency = Counter(word for one in counted for word in one)
    worth = telling(frequency, len(NOTES))
    return [key_words(Counted.of(one), worth) for one in counted]


def test_notes_that_share_what_is_particular_to_them_are_near() -> None:
    found = near(known(), range(len(NOTES)))
    assert found[0][0].n == 1
    assert {"fuel", "depot", "flood", "roads"} & set(found[0][0].why)
    assert found[2][0].n == 3
    assert found[4] == []
    assert found[5] == []


def test_no_note_is_near_itself_and_nearness_goes_both_ways() -> None:
    found = near(known(), range(len(NOTES)))
    pairs = {(n, one.n) for n, others in found.items() for one in others}
    assert all(a != b for a, b in pairs)
    assert {(b, a) for a, b in pairs} == pairs


def test_of_many_that_are_alike_a_few_are_named() -> None:
    words = dict.fromkeys(("fuel", "depot"), 0.7)
    found = near([words] * 50 + [{}] * 100, [0])
    assert len(found[0]) == NEAREST


def test_words_that_all_notes_have_tell_nothing() -> None:
    assert telling({"the": 6, "fuel": 2, "once": 1, "a": 2}, 6).keys() == {"fuel"}
