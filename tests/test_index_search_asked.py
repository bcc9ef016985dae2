"""The search language: what is typed, and what it means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.search import Asked, Chosen, Part, parse


def test_words_phrases_and_signs() -> None:
    asked = parse('fuel "signed early" -camp pre* title:road -title:"old bridge"')
    assert asked.parts == (
        Part("fuel"),
        Part("signed early", phrase=True),
        Part("camp", no=True),
        Part("pre", prefix=True),
        Part("road", place="title"),
        Part("old bridge", phrase=True, no=True, place="title"),
    )
    assert [part.text for part in asked.unwanted] == ["camp", "old bridge"]
    assert len(asked.wanted) == 4


def test_facts_are_handed_back() -> None:
    asked = parse('owner:ana@example.org -state:retired topic:"early warning" fuel')
    assert asked.filters == (
        Chosen("owner", "ana@example.org"),
        Chosen("state", "retired", no=True),
        Chosen("topic", "early warning"),
    )
    assert asked.parts == (Part("fuel"),)
    assert parse("owner:ana", filters=()).parts == (Part("owner:ana"),)


def test_the_words_of_a_command_line_are_one_text() -> None:
    assert parse(["fuel", '"signed', 'early"']) == parse('fuel "signed early"')


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("C++", "C++"),
        ("title:", "title"),
        ("owner:", "owner"),
        ('foo"', "foo"),
        ("10:30", "10:30"),
        ("https://example.org/a", "https://example.org/a"),
        ("note:x", "note:x"),
        ("well-known", "well-known"),
        ("“curly quotes”", "curly quotes"),
        ("TITLE:Fuel", "Fuel"),
    ],
)
def test_signs_that_mean_nothing_are_text(typed: str, text: str) -> None:
    (part,) = parse(typed).parts
    assert part.text == text


@pytest.mark.parametrize(
    "typed", ["", " ", '"', '""', "-", "--", "*", "::", "-*", '-""', "\x00\x1b"]
)
def test_nothing_is_asked_for(typed: str) -> None:
    assert parse(typed) == Asked()


def test_garbage_without_end_is_read_in_a_moment() -> None:
    for garbage in ('"' * 50_000, "a:" * 50_000, '"a' * 50_000, "-" * 50_000, "x " * 50_000):
        assert len(parse(garbage).parts) <= 48


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet='ab"*-: \x00٭ក', max_size=60))
def test_whatever_is_typed_means_something(typed: str) -> None:
    asked = parse(typed)
    assert all(any(char == "_" or char.isalnum() for char in part.text) for part in asked.parts)
    assert all(choice.value for choice in asked.filters)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=1, max_size=5))
def test_plain_words_are_what_they_are(words: list[str]) -> None:
    assert [part.text for part in parse(words).parts] == words
