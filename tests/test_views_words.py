"""Counting, clipping and wrapping words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views import words
from kmkit.views.words import Budget, clip, columns, count, wrap, wrap_lines

TEXT = st.text("ab cd.é水ខ្មែ \n", max_size=80)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one two", 2), ("ខ្មែរភាសា", 3), ("水火木金土", 2), ("قل ماذا سيفعل", 3)],
)
def test_count(text: str, words: int) -> None:
    assert count(text) == words


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(max_codepoint=0xA000), max_size=20))
def test_the_quick_way_finds_the_same_words(text: str) -> None:
    assert words._word(text).findall(text) == words._of_any_script().findall(text)


def test_clip_keeps_whole_sentences_where_that_keeps_half() -> None:
    assert clip("One two three. Four five six.", 5) == "One two three."
    assert clip("One. Two three four five six seven.", 6) == "One. Two three four five six…"
    assert clip("One two three", 3) == "One two three"
    assert clip("One two three", 0) == ""
    assert clip("One two, three", 2) == "One two…"


@settings(deadline=None, max_examples=150)
@given(TEXT, st.integers(0, 12))
def test_clip_never_takes_more(text: str, most: int) -> None:
    assert count(clip(text, most)) <= max(most, 0)


@settings(deadline=None, max_examples=100)
@given(st.lists(TEXT, max_size=8), st.integers(0, 30))
def test_a_budget_is_never_overspent(texts: list[str], words: int) -> None:
    budget = Budget(words)
    assert sum(count(budget.take(text, 9)) for text in texts) <= words
    assert budget.left >= 0


@settings(deadline=None, max_examples=150)
@given(TEXT, st.integers(20, 78))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap(text, width=width, first="- ", rest="  ").split("\n")
    assert all(columns(line) <= width for line in lines)
    told = "".join("".join(lines).split())
    assert told == "-" + "".join(text.split())


def test_addresses_are_not_broken() -> None:
    address = "https://example.org/" + "a" * 90
    assert wrap(f"See {address} now", first="  ", rest="  ") == f"  See\n  {address}\n  now"


def test_no_line_ends_before_a_french_mark() -> None:
    text = "a" * 70 + " qu'il voie ? « Oui »"
    assert wrap(text, width=82).endswith("\nvoie\u00a0? «\u00a0Oui\u00a0»")


def test_lists_hang() -> None:
    assert wrap_lines("- one two three\n\n1. four five", width=10, indent=" ") == (
        " - one two\n   three\n\n 1. four\n    five"
    )
