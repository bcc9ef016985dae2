"""Sections: which lines are headings, and what stands under them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.sections import folded, sections_of, without_comments

LINES = (
    "# A",
    "  ## B #",
    "### c",
    "    ## d",
    "##",
    "#e",
    "##\tf",
    "",
    " ",
    "\t\u3000",
    "g ",
    " h",
)


def headings(body: str) -> list[str]:
    return [section.heading for section in sections_of(body)[1]]


def test_a_body_is_preamble_and_sections_with_their_lines() -> None:
    body = "\nBefore.\n\n# Top\n\n## Lessons ##\n\n\n  indented\n\ntext  \n\n### deeper\nx\n"
    body += "\n## Empty\n"
    preamble, sections = sections_of(body, first_line=10)
    assert preamble == "Before."
    assert [tuple(section) for section in sections] == [
        ("Top", "", 13, 1),
        ("Lessons", "  indented\n\ntext  \n\n### deeper\nx", 15, 2),
        ("Empty", "", 25, 2),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_texts_have_lf_whatever_the_file_has(newline: str) -> None:
    body = "## A\n\none\ntwo\n\n## B\n".replace("\n", newline)
    assert [(s.heading, s.text, s.line) for s in sections_of(body)[1]] == [
        ("A", "one\ntwo", 1),
        ("B", "", 6),
    ]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("## A", "A"),
        ("   ## A", "A"),
        ("##\tA\t##  ", "A"),
        ("## A#", "A#"),
        ("## C# ##", "C#"),
        ("##", ""),
        ("## ##", ""),
        ("# [red]x[/red]", "[red]x[/red]"),
        ("## الدروس", "الدروس"),
    ],
)
def test_a_heading_is_read_as_markdown_has_it(line: str, heading: str) -> None:
    assert headings(line) == [heading]


@pytest.mark.parametrize(
    "line", ["##A", "    ## A", "\\## A", "### A", "####### A", "text ## A", "> ## A"]
)
def test_other_lines_are_no_headings(line: str) -> None:
    assert headings(line) == []


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n## no\n```",
        "```sh\n## no\n~~~\n```",
        "~~~ a`b\n## no\n~~~~",
        "````\n```\n## no\n````",
        "- ```sh\n  ## no\n  ```",
        "1. ```\n   ## no\n   ```",
        "<!--\n## no\n-->",
        "  <!-- a\n## no -->",
    ],
)
def test_code_and_comments_hold_no_headings(hidden: str) -> None:
    assert headings(f"## A\n{hidden}\n## B\n") == ["A", "B"]


@pytest.mark.parametrize("text", ["``` a`b", "<!-- one line -->", "<!---->", "a <!--"])
def test_what_only_looks_like_code_or_comment_hides_nothing(text: str) -> None:
    assert headings(f"## A\n{text}\n## B\n") == ["A", "B"]


def test_code_that_is_never_closed_reaches_to_the_end() -> None:
    assert headings("## A\n```\n## no\n") == ["A"]


def test_comments_are_taken_out_and_told() -> None:
    assert without_comments("a<!-- one\n two -->b<!---->c<!-- open") == (
        "abc<!-- open",
        (" one\n two ", ""),
    )
    assert folded(" one\n\t two ") == "one two"


@given(st.text(st.sampled_from("ab#`~<!-> \n\r"), max_size=80))
@settings(max_examples=300, deadline=None)
def test_sections_tile_the_body(body: str) -> None:
    preamble, sections = sections_of(body)
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [section.line - 1 for section in sections]
    for section, end in zip(sections, [*starts[1:], len(lines)], strict=False):
        assert lines[section.line - 1].lstrip().startswith("#" * section.level)
        assert "\n".join(lines[section.line : end]).strip() == section.text.strip()
    assert "\n".join(lines[: starts[0] if starts else None]).strip() == preamble.strip()


@given(st.lists(st.sampled_from(LINES)))
@settings(max_examples=300, deadline=None)
def test_line_for_line_or_at_once_the_sections_are_the_same(lines: list[str]) -> None:
    body = "\n".join(lines)
    assert sections_of(body, 3) == sections_of(body.replace("\n", "\r\n"), 3)


@given(st.lists(st.sampled_from(("## A", "##  B", "## ", "", " ", "c", " d ", "\u3000", "e #"))))
@settings(max_examples=300, deadline=None)
def test_so_they_are_where_every_heading_is_of_the_second_level(lines: list[str]) -> None:
    body = "\n".join(lines)
    assert sections_of(body, 3) == sections_of(body.replace("\n", "\r\n"), 3)
