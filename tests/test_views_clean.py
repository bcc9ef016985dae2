"""User text made safe to show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kmkit.text import HIDDEN, clean, one_line
from kmkit.views.clean import code, direction, escape_markdown

ANY = st.text(st.characters(exclude_categories=[]), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b\x0bc\x85d", "a\nb\nc\nd"),
        ("\x1b[31mred", "[31mred"),
        ("a\u202eb\u2066c", "abc"),
        ("half \ud83d", "half "),
        ("សួស្តី\u200bបង", "សួស្តី\u200bបង"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_one_line_keeps_words_apart_and_takes_none() -> None:
    assert one_line("a\u2028b\x85c\x0bd\r\n e") == "a b c d e"
    assert one_line(None) == ""


@settings(deadline=None, max_examples=200)
@given(ANY)
def test_nothing_hidden_is_left_and_everything_can_be_written(text: str) -> None:
    for made in (clean(text), one_line(text), escape_markdown(text)):
        assert not HIDDEN.search(made)
        made.encode()


@settings(deadline=None, max_examples=200)
@given(ANY | st.text("[]()<>`*_#-+=1.|~&;!\\ \nax", max_size=20))
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    """Markdown shows one paragraph whose text is the text: no heading, list, link, HTML."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(escape_markdown(text))
    wanted = one_line(text)
    if not wanted:
        assert tokens == []
        return
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {c.type for c in children} <= {"text", "text_special", "softbreak"}
    assert "".join(c.content for c in children) == wanted


@settings(deadline=None, max_examples=100)
@given(ANY | st.text("`a ", max_size=12))
def test_code_is_shown_as_it_is(text: str) -> None:
    wanted = one_line(text)
    if wanted:
        tokens = MarkdownIt("commonmark").parse(f"x {code(text)} y")
        inner = [c for c in tokens[1].children or [] if c.type == "code_inline"]
        assert [c.content for c in inner] == [wanted]


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("قل", "", "rtl"),
        ("שלום", "", "rtl"),
        ("Say", "", "ltr"),
        ("2026 قل", "", "rtl"),
        ("", "", "ltr"),
        ("2026", "ar", "rtl"),
        ("SMS: قل", "ar-EG", "rtl"),
        ("SMS", "en", "ltr"),
        ("قل", "en", "rtl"),
    ],
)
def test_direction(text: str, language: str, wanted: str) -> None:
    assert direction(text, language) == wanted
