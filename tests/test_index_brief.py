from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot
from kmkit.index.briefs.brief import (
    LEAST,
    Chosen,
    Match,
    Part,
    choose,
    experience,
    names,
    parts_of,
    passages,
    rarest,
    worth_it,
)
from kmkit.index.briefs.brief_lessons import as_written
from kmkit.note.documents import read_document


def parts(text: str) -> list[tuple[str, str]]:
    found = parts_of(read_document(text.encode(), "tor.md"))
    return [(part.heading, part.text) for part in found]


def test_the_main_headings_are_the_parts() -> None:
    text = "# Sirens\n\nForty schools.\n\n## Drills\n\nEach term.\n\n### When\n\nIn May.\n\n"
    text += "## Money\n\nNone.\n"
    assert parts(text) == [
        ("", "Forty schools."),
        ("Drills", "Each term.\n\nWhen\nIn May."),
        ("Money", "None."),
    ]


def test_a_heading_without_text_is_no_part() -> None:
    assert parts("# Sirens\n\n## Drills\n\n## Money\n\nNone.\n") == [("Money", "None.")]


def test_a_short_text_is_one_part_and_keeps_its_first_line() -> None:
    assert parts("Sirens for schools\n\nForty of them, and drills.\n") == [
        ("", "Sirens for schools\nForty of them, and drills.")
    ]


def test_a_long_text_without_headings_goes_by_its_paragraphs() -> None:
    first, second = "Sirens are bought. " * 40, "Drills are held each term. " * 30
    found = parts(f"{first.strip()}\n\n{second.strip()}\n\nAnd that is all.\n")
    assert [heading for heading, _ in found] == [
        "Sirens are bought",
        "Drills are held each term",
    ]
    assert found[1][1].endswith("And that is all.")


def test_a_text_of_nothing_but_headings_is_one_part() -> None:
    ((heading, text),) = parts("# Sirens\n\n## Drills\n")
    assert (heading, "Drills" in text) == ("", True)


def test_a_long_part_is_looked_up_passage_by_passage() -> None:
    part = Part("Drills", "\n\n".join(["siren word " * 60] * 3))
    assert len(passages(part)) == 3
    assert all(passage.startswith("Drills\n") for passage in passages(part))


def test_words_of_every_description_are_not_looked_up() -> None:
    (passage,) = passages(Part("Objectives", "Each of the schools needs another siren. Été après"))
    assert " ".join(passage.split()) == "of the schools siren. Été"


def found(*matches: Match) -> dict[int, Match]:
    return {match.n: match for match in matches}


def a_match(n: int, strength: float = 5.0, share: float = 0.4, words: int = 4) -> Match:
    return Match(n, strength, share, tuple("abcdefg"[:words]))


def chosen(
    *matches: dict[int, Match], shown: Iterable[int] = range(99), same: bool = False
) -> list[list[int]]:
    made = choose(matches, set(shown), bonus=lambda n, place: 1.0, same=lambda one, other: same)
    return [[one.n for one in part] for part in made]


def test_each_note_is_brought_up_once_where_it_fits_best() -> None:
    first = found(a_match(1, 6.0, 0.2), a_match(2))
    second = found(a_match(1, 5.0, 0.6), a_match(3))
    assert chosen(first, second) == [[2], [1, 3]]


def test_an_accident_is_not_brought_up() -> None:
    assert chosen(found(a_match(1, LEAST / 2))) == [[]]
    assert chosen(found(a_match(1, words=2))) == [[]]
    assert chosen(found(a_match(1, share=0.05))) == [[]]


def test_of_a_short_text_two_words_are_enough_and_may_be_common() -> None:
    assert worth_it(a_match(1, 0.5, words=2, share=0.7))
    assert not worth_it(a_match(1, words=1, share=1.0))


def test_what_fits_much_less_than_the_best_beside_it_is_left_out() -> None:
    assert chosen(found(a_match(1, 10.0), a_match(2, 4.0))) == [[1]]
    assert chosen(found(a_match(1, 10.0)), found(a_match(2, 4.0))) == [[1], [2]]


def test_what_may_not_be_shown_is_not_chosen() -> None:
    assert chosen(found(a_match(1), a_match(2)), shown=[2]) == [[2]]


def test_what_says_the_same_is_told_beside_it() -> None:
    matches = [found(a_match(1, 6.0), a_match(2, 5.0))]
    (part,) = choose(matches, {1, 2}, bonus=lambda n, place: 1.0, same=lambda one, other: True)
    assert part == [Chosen(1, tuple("abcd"), part[0].strength, (2,))]
    assert part[0].strength == pytest.approx(6.0 * 1.3)


def test_experience_counts() -> None:
    matches = [found(a_match(1), a_match(2))]
    bonus = {1: experience(0, 0), 2: experience(1, 1)}
    (part,) = choose(
        matches, {1, 2}, bonus=lambda n, place: bonus[n], same=lambda one, other: False
    )
    assert [one.n for one in part] == [2, 1]
    assert experience(3, 0) == experience(30, 0)


def test_nothing_to_choose_from() -> None:
    assert chosen() == []
    assert chosen({}, {}) == [[], []]


def test_a_text_names_a_topic() -> None:
    assert names("the flood response was late", "flood-response")
    assert names("supply chain risk now", "supply-chain-risk")
    assert names("fuel, boats", "fuel")
    assert not names("refuelling", "fuel")
    assert not names("the flood and the response", "flood-response")


def test_a_word_says_more_the_more_notes_there_are() -> None:
    assert 0 < rarest(1) < rarest(10) < rarest(100_000)


LINE = st.sampled_from(
    ["# A", "## B", "***", "- x", "word " * 30, "", "```", "<!-- c -->", "Ärger: 1"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE | st.text(max_size=30), max_size=30))
def test_of_any_text_every_part_has_text(lines: list[str]) -> None:
    text = "\n".join(["Sirens", *lines])
    try:
        document = read_document(text.encode("utf-8", "replace"), "-")
    except Cannot:
        return
    found = parts_of(document)
    assert found
    assert all(part.text.strip() and passages(part) for part in found)


def test_words_are_shown_as_the_description_spells_them() -> None:
    text = "L'épidémie d'Ebola: UPS, Sirens."
    assert as_written(text, ("epidemie", "ebola", "ups", "sirens")) == (
        "épidémie",
        "ebola",
        "UPS",
        "sirens",
    )
    assert as_written("", ("fuel",)) == ("fuel",)
