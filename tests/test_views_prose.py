"""The text of notes in other clothes."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views import prose
from kmkit.views.prose import advice, strip_comments, to_html, to_quote, to_text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- One.\n- Two.\n\nMore.", ("One.", "Two.")),
        ("1. One *now*.\n2. [Two](https://x.org).", ("One now.", "Two.")),
        ("Do this:\n\n- One.\n- Two.", ("One.", "Two.")),
        ("A paragraph\nover lines.\n\n- Item.", ("A paragraph over lines.",)),
        ("<!-- guidance -->\n\n- One.", ("One.",)),
        ("", ()),
        ("<!-- guidance -->", ()),
        ("### Deeper\n\nText.", ("Deeper",)),
    ],
)
def test_advice(text: str, wanted: tuple[str, ...]) -> None:
    assert advice(text) == wanted


def test_comments_go_but_not_those_in_code() -> None:
    assert strip_comments("a <!-- b\nc --> d") == "a  d"
    assert strip_comments("```\n<!-- keep -->\n```") == "```\n<!-- keep -->\n```"
    assert strip_comments("a <!-- never closed") == "a "


def test_html_is_escaped_and_styled() -> None:
    made = to_html("# Head\n\n<u>x</u> **b** [l](https://x.org)\n\n```\n<i>\n```")
    assert "<u>" not in made
    assert "<i>" not in made
    assert "<h1" not in made
    assert "<strong>b</strong>" in made
    assert 'href="https://x.org" style="' in made
    assert 'class="code"' in made


@pytest.mark.parametrize("url", ["javascript:x", "data:text/html,x", "/local", "file:///x"])
def test_links_that_act_are_text(url: str) -> None:
    assert "href" not in to_html(f"[go]({url})")
    assert f"]({url}" not in to_quote(f"[go]({url})")


def test_a_quotation_closes_what_the_note_left_open() -> None:
    assert to_quote("```\nopen") == "> ```\n> open"
    assert all(line.startswith(">") for line in to_quote("a\n\n- b\n\n    c").split("\n"))


def test_plain_text_keeps_lists_and_blank_lines() -> None:
    assert to_text("- one\n- two\n\nEnd.", "  ") == "  - one\n  - two\n\n  End."


def test_paragraphs_and_items_flow_and_tables_and_code_do_not() -> None:
    text = "One\ntwo.\n\n- three\n  four\n  - five\n\n# Head\nsix\n| a |\n| b |\n\n```\nx\ny\n```"
    assert to_text(text) == (
        "One two.\n\n- three four\n  - five\n\n# Head\nsix\n| a |\n| b |\n\n```\nx\ny\n```"
    )


@settings(deadline=None, max_examples=150)
@given(st.text("<>[]()!-`#*~\\:/ \nabjscript&;\"'=", max_size=60))
def test_no_tag_of_a_notes_author_is_left(text: str) -> None:
    made = to_html(text)
    for tag in ("<script", "<img", '<a href="javascript'):
        assert tag not in made.casefold()
    to_quote(text)
    advice(text)


PIECES = st.sampled_from((
    "a", "We", "go.", "- ", "* ", "+ ", "1. ", "2) ", "10. ", "\n", "\n\n", " ", "   ", "    ",
    ":", "：", '"q"', "2019", "3.", "# ", "=", "---", "\n===\n", "!", "http://x.y", "é", "ت", "中",
    "<b>", "&amp;", "*e*", "[l](u)", "`c`", "|", "\\", "<!-- c -->", "```\nx\n```", "\t", "~", "'",
    "\u00a0",
))  # fmt: skip


@settings(max_examples=int(os.environ.get("KMKIT_PROSE", "300")), deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14).map("".join))
def test_plain_text_is_read_as_markdown_reads_it(text: str) -> None:
    bare = strip_comments(text)
    quickly = prose._advice_of_plain(bare)
    assert quickly is None or quickly == prose._advice(bare)
    if prose._split_code(bare, prose._markdown) == [(bare, False)]:
        blocks = prose._markdown().parse(bare)
        assert not any(one.type in ("fence", "code_block") for one in blocks)


def test_most_advice_needs_no_parser() -> None:
    for text in (
        "Order early.\nAsk first.",
        "- One\n- Two\n  lines",
        "We will:\n\n1. ask\n\n2. go",
    ):
        assert prose._advice_of_plain(text) == advice(text) != ()
