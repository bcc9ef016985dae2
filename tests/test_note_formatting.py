"""Putting a note in order: sections, levels, white space; and no word of it changed."""

from pathlib import PurePosixPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import read
from kmkit.note.formatting import in_order
from kmkit.note.kinds import load_kind
from kmkit.note.model import Note

LESSON = load_kind("lesson", None)
HEAD = "---\nid: 20261121-x-abcd\ntitle: T\nkind: lesson\n---\n"


def note(body: str, head: str = HEAD) -> Note:
    return read((head + body).encode(), PurePosixPath("notes/x.md"))


def ordered(body: str) -> str:
    data = in_order(note(body), LESSON)
    assert data.startswith(HEAD.encode())
    return data.decode().removeprefix(HEAD)


def test_sections_in_the_kinds_order_and_others_after_them() -> None:
    body = "\n## Mine\n\nm\n\n## Lessons\n\nl\n\n## Other\n\no\n\n## Context and challenge\n\nc\n"
    assert ordered(body) == (
        "\n## Context and challenge\n\nc\n\n## Lessons\n\nl\n\n## Mine\n\nm\n\n## Other\n\no\n"
    )


def test_a_heading_of_the_kind_at_another_level_is_raised() -> None:
    body = "\n# Context and challenge\n\nc\n\n### Results\n\nr\n\n#### Costs\n\nk\n"
    assert (
        ordered(body) == "\n## Context and challenge\n\nc\n\n## Results\n\nr\n\n#### Costs\n\nk\n"
    )


def test_a_deeper_heading_of_a_section_that_is_there_stays() -> None:
    body = "\n## Lessons\n\n### Results\n\nx\n\n## Results\n\nr\n"
    assert "### Results" in ordered(body)


def test_translated_headings_stay_as_they_are_written() -> None:
    head = HEAD.replace("kind: lesson\n", "kind: lesson\nlanguage: fr\n")
    french = LESSON.headings["fr"]
    body = f"\n## {french['Lessons']}\n\nl\n\n## {french['Context and challenge']}\n\nc\n"
    data = in_order(note(body, head), LESSON).decode()
    assert data.index(french["Context and challenge"]) < data.index(french["Lessons"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a   \n\n\n\nb\t\n", "a\n\nb"),
        ("```\na   \n\n\n\nb\n## no heading\n```\n", "```\na   \n\n\n\nb\n## no heading\n```"),
        ("    indented   \n", "    indented"),
        ("- a\n\n\n  b\n", "- a\n\n  b"),
        ("<!-- a\n\n\nb -->\n", "<!-- a\n\nb -->"),
    ],
)
def test_white_space_outside_code(before: str, after: str) -> None:
    assert ordered(f"\n## Lessons\n\n{before}") == f"\n## Lessons\n\n{after}\n"


def test_line_ends_stay_as_the_file_has_them() -> None:
    text = (HEAD + "\n## Lessons\n\n\n\na  \n").replace("\n", "\r\n")
    made = in_order(read(text.encode(), PurePosixPath("x.md")), LESSON)
    assert made == (HEAD + "\n## Lessons\n\na\n").replace("\n", "\r\n").encode()


def test_text_before_the_first_heading_stays_there() -> None:
    assert ordered("Before.\n\n\n## Lessons\n\nl\n") == "\nBefore.\n\n## Lessons\n\nl\n"


@pytest.mark.parametrize("opened", ["```", "~~~ sh", "<!-- not closed"])
def test_code_or_a_comment_left_open_swallows_nothing(opened: str) -> None:
    body = f"\n## Lessons\n\nl\n\n## Context and challenge\n\nc\n{opened}\nx\n"
    assert ordered(body) == body


def test_a_note_without_text() -> None:
    assert ordered("") == ordered(ordered(""))


LINES = st.sampled_from(
    ["", "  ", "text", "text  ", "\t", "# H", "## Lessons", "## Lessons ##", "### Results", "## X",
     "#### deep", "```", "~~~", "````", "<!-- c", "-->", "<!-- c -->", "- item", "  more", "---",
     "## ", "#", "    code", "1. ```", "> quote", "\u00a0", "## Context and challenge", "==="]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25), st.booleans())
@example(["## ", "```", "## ", "```", "## Context and challenge", "```"], False)
def test_in_order_twice_is_in_order_once(lines: list[str], crlf: bool) -> None:
    text = HEAD + "\n".join(lines)
    data = (text.replace("\n", "\r\n") if crlf else text).encode()
    once = in_order(read(data, PurePosixPath("x.md")), LESSON)
    again = read(once, PurePosixPath("x.md"))
    assert in_order(again, LESSON) == once


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES.filter(lambda line: not line.startswith("###")), max_size=20))
def test_without_headings_to_raise_the_substance_stays(lines: list[str]) -> None:
    before = note("\n".join(lines))
    after = read(in_order(before, LESSON), before.path)
    assert fingerprint(before, LESSON.guidance) == fingerprint(after, LESSON.guidance)
    words = " ".join(before.text.replace("#", " ").split())
    assert sorted(words.split()) == sorted(after.text.replace("#", " ").split())
