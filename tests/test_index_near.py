from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.nearby.near import SAME, Text, groups, in_common, likeness, profile, sameness

COMMON = {"the": 0.1, "and": 0.1, "was": 0.1, "before": 1.0}

words = st.lists(st.sampled_from(["the", "fuel", "road", "was", "closed", "river"]), max_size=12)
texts = st.builds(Text, words.map(tuple), words.map(tuple), words.map(tuple))


def rarity(word: str) -> float:
    return COMMON.get(word, 5.0)


def text(title: str, body: str = "", summary: str = "") -> Text:
    return Text(*(tuple(part.split()) for part in (title, summary, body)))


def test_a_profile_weighs_what_is_rare_often_and_in_the_title() -> None:
    found = profile(text("fuel late", "the road the road was closed"), rarity)
    assert list(found)[:2] == ["fuel", "late"]
    assert found["road"] > found["closed"] > found["the"]
    assert abs(sum(weight**2 for weight in found.values()) - 1) < 1e-9


def test_a_profile_has_the_weightiest_words_alone() -> None:
    found = profile(text("fuel", " ".join(f"w{i}" for i in range(500)) + " the"), rarity)
    assert len(found) == 90
    assert "fuel" in found
    assert "the" not in found


def test_words_in_common_come_by_what_they_count() -> None:
    one = profile(text("fuel", "the road was closed"), rarity)
    other = profile(text("road", "the fuel and the river"), rarity)
    assert in_common(one, other) == ["fuel", "road", "the"]


@given(texts, texts)
@settings(max_examples=60, deadline=None)
def test_both_figures_lie_between_0_and_1_and_do_not_ask_who_is_first(
    one: Text, other: Text
) -> None:
    a, b = profile(one, rarity), profile(other, rarity)
    for figure, back in (
        (likeness(a, b), likeness(b, a)),
        (sameness(one, other, rarity), sameness(other, one, rarity)),
    ):
        assert abs(figure - back) < 1e-9
        assert -1e-9 <= figure <= 1 + 1e-9


@given(texts.filter(lambda text: len(text.body) > 1))
@settings(max_examples=30, deadline=None)
def test_a_note_says_itself(one: Text) -> None:
    assert abs(sameness(one, one, rarity) - 1) < 1e-9


LESSON = text(
    "order fuel before the roads close",
    "contracts for fuel that were signed after the first warning arrived nine days late "
    "sign them in the preparedness phase and test the pumps each spring",
)


def test_a_note_that_was_shortened_says_the_same() -> None:
    short = text("fuel contracts", "sign contracts for fuel in the preparedness phase")
    assert sameness(LESSON, short, rarity) >= SAME


def test_the_same_title_alone_is_not_enough() -> None:
    minutes = text("weekly meeting on fuel", "the river has risen and boats are short of crews")
    assert (
        sameness(Text(("weekly", "meeting", "on", "fuel"), (), LESSON.body), minutes, rarity) < SAME
    )


def test_a_note_about_the_same_subject_says_something_else() -> None:
    other = text(
        "fuel theft at night", "fuel was stolen from the pumps and contracts for guards were late"
    )
    assert sameness(LESSON, other, rarity) < SAME


def test_a_few_words_are_an_accident() -> None:
    assert sameness(LESSON, text("pumps", "test the pumps"), rarity) == 0
    assert sameness(text("pumps", "test them"), text("pumps", "test them"), rarity) == 1


def test_nothing_says_nothing() -> None:
    assert sameness(Text(), LESSON, rarity) == 0
    assert profile(Text(), rarity) == {}


def test_pairs_hang_together() -> None:
    assert groups([(5, 2), (9, 8), (2, 1), (4, 5)]) == [[1, 2, 4, 5], [8, 9]]
    assert groups([]) == []
