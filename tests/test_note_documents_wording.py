"""Titles and summaries out of sentences."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.documents.wording import plain, sentences, shortened, suggest_title, summary_of


@pytest.mark.parametrize(
    ("lesson", "title"),
    [
        ("We should order fuel early.", "Order fuel early"),
        ("We need to also test it", "Test it"),
        ("We must not drive at night", "Do not drive at night"),
        ("In future, we should count the trucks. Twice.", "Count the trucks"),
        ("It is important to keep two keys.", "Keep two keys"),
        ("We should have ordered fuel earlier.", "We should have ordered fuel earlier"),
        ("We need better radios", "We need better radios"),
        ("If the river rises, we must move the store.", "If the river rises, move the store"),
        ("**Order early.** It takes nine days.", "Order early"),
        ("- [x] Lesson 3: see [the list](http://x.y/z) first", "See the list first"),
        ("Use `df -h`, e.g. on Mondays. Then rest.", "Use df -h, e.g. on Mondays"),
        ("On 20. January the U.S. team left. It was late.", "On 20. January the U.S. team left"),
        ("order early", "Order early"),
        ("احجزوا الوقود مبكرًا. الطرق تغلق.", "احجزوا الوقود مبكرًا"),
        ("", ""),
        ("\x1b[31mred\u202e", "[31mred"),
    ],
)
def test_a_title_is_the_first_sentence_as_an_instruction(lesson: str, title: str) -> None:
    assert suggest_title(lesson) == title


def test_a_long_sentence_is_cut_where_a_clause_ends() -> None:
    lesson = (
        "We should look into measuring the water in the northern tank, and set a threshold "
        "that fits the capacity of the system that we have."
    )
    assert suggest_title(lesson) == "Look into measuring the water in the northern tank"


def test_a_long_sentence_without_clauses_is_cut_after_a_word_and_says_so() -> None:
    lesson = (
        "The agreement with the carriers about deliveries outside the hours of the office was "
        "not clear to the night shift"
    )
    assert suggest_title(lesson) == (
        "The agreement with the carriers about deliveries outside the hours…"
    )


def test_a_condition_alone_is_no_title() -> None:
    lesson = (
        "If this turns out to be a problem that comes back every year, then somebody in the "
        "department has to look into the reasons for it"
    )
    assert not suggest_title(lesson).endswith("every year")


def test_an_aside_is_left_out_before_anything_is_cut() -> None:
    lesson = (
        "All work on the critical pumps and what supports them (power, cooling, fuel and the "
        "network) follows a written procedure"
    )
    assert suggest_title(lesson).startswith("All work on the critical pumps and what supports them")
    assert "(" not in suggest_title(lesson)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="we should not (a, ).*_`[]<>…- \n", max_size=300))
def test_titles_are_short_single_lines(text: str) -> None:
    title = suggest_title(text)
    assert len(title) <= 90
    assert title == " ".join(title.split())
    assert not title.endswith((".", ",", ";")) or not title.strip(" .,;:،؛。–—-")


def test_plain_takes_markdown_away_and_nothing_else() -> None:
    assert plain("a **b** _c_ snake_case_name 2*3*4 `x_y` <br> &amp; <http://q.r>") == (
        "a b c snake_case_name 2*3*4 x_y & http://q.r"
    )


def test_sentences() -> None:
    assert sentences("One. Two! Really? Yes") == ["One.", "Two!", "Really?", "Yes"]
    assert sentences("See e.g. the list of Dr. Sok. Done.") == [
        "See e.g. the list of Dr. Sok.",
        "Done.",
    ]


def test_a_summary_is_whole_sentences() -> None:
    text = "The pump failed. " + "Nobody had a spare one in the store. " * 20
    assert len(summary_of(text)) <= 300
    assert summary_of(text).endswith("store.")
    assert summary_of("word " * 200, 50).endswith("…")


def test_scripts_without_blanks_are_cut_too() -> None:
    assert len(shortened("注" * 200, 80)) == 80
