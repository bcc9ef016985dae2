"""The headings of other people's texts, and what they announce."""

import pytest

from kmkit.note.documents.days import days_in
from kmkit.note.documents.outline import contained, outline
from kmkit.note.documents.synonyms import HEADINGS, Role, is_known, role_of


def headings(text: str, *, markdown: bool = False) -> list[tuple[str, int]]:
    return [(b.heading, b.level) for b in outline(text, markdown=markdown).blocks]


def test_markdown_headings() -> None:
    text = "# One\n\ntext\n\nTwo\n---\n\n### Three ###\n\n**Lessons learned:**\n\n**Not known**\n"
    assert headings(text, markdown=True) == [
        ("One", 1),
        ("Two", 2),
        ("Three", 3),
        ("Lessons learned", 3),
    ]


def test_code_and_comments_hold_no_headings() -> None:
    text = "# One\n\n```\n# no\n```\n<!--\n# no\n-->\n~~~\n# no\n"
    found = outline(text, markdown=True)
    assert [b.heading for b in found.blocks] == ["One"]
    assert "# no" in found.blocks[0].text


def test_plain_headings() -> None:
    text = """\
Flood review

BACKGROUND
A dry land.

Impact: 30 homes

1. Lessons learned

a lesson

What we did
-----------
more

Contributing Factors:
- one
"""
    assert headings(text) == [
        ("BACKGROUND", 2),
        ("Impact", 2),
        ("1. Lessons learned", 2),
        ("What we did", 2),
        ("Contributing Factors", 2),
    ]


def test_sentences_and_lists_are_no_headings() -> None:
    assert headings("We met at noon.\n\n1. Buy boats\n2. Test radios\n\n- IMPACT of rain\n") == []


def test_lines_are_counted_in_the_file() -> None:
    block = outline("\n\n# One\n\n\ntext\n", markdown=True, first_line=10).blocks[0]
    assert (block.line, block.text_line, block.text) == (12, 15, "text")


def test_only_a_bullet_at_the_start_of_a_line_becomes_one_of_markdown() -> None:
    found = outline("  • one – two\n– three • four", markdown=True)
    assert found.preamble == "  - one – two\n- three • four"


def test_text_stays_inside_its_section() -> None:
    assert contained("# big\n## less\n#### deep") == "### big\n### less\n#### deep"
    assert contained("```\n# code") == "```\n# code\n```"
    assert contained("<!-- open\n# x") == "<!-- open\n# x\n-->"


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Lessons Learned", Role.LESSONS),
        ("4.2 LESSONS LEARNT:", Role.LESSONS),
        ("Lesson(s) Learned", Role.LESSONS),
        ("🔥 What went wrong?", Role.WRONG),
        ("What didn’t go well", Role.WRONG),
        ("Contributing Factors", Role.CAUSES),
        ("Root cause(s)", Role.CAUSES),
        ("Action Items", Role.ACTIONS),
        ("Atendees", Role.PEOPLE),
        ("Key lessons for next time", Role.LESSONS),
        ("Lessons / next steps", Role.LESSONS),
        ("Ce qui s'est passé", Role.EVENTS),
        ("CAUSES PROFONDES", Role.CAUSES),
        ("Qué mejorar", Role.CHANGE),
        ("ما الذي نجح؟", Role.WELL),
        ("Clauses", None),
        ("Stats", None),
        ("", None),
        ("x" * 500, None),
    ],
)
def test_what_a_heading_announces(heading: str, role: Role | None) -> None:
    assert role_of(heading) is role


def test_no_heading_is_listed_for_two_roles() -> None:
    seen: dict[str, Role] = {}
    for role, names in HEADINGS.items():
        for name in (n.strip() for line in names.split("\n") for n in line.split(";")):
            if name:
                assert seen.setdefault(name, role) is role, name
                assert is_known(name), name


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2021-03-31 and 2021/04/01", ["2021-03-31", "2021-04-01"]),
        ("31st March 2021", ["2021-03-31"]),
        ("March 31st, 2021", ["2021-03-31"]),
        ("31.3.2021", ["2021-03-31"]),
        ("3/31/2021 and 31/03/2021", ["2021-03-31", "2021-03-31"]),
        ("03/04/2021", []),
        ("31 février 2021", []),
        ("le 1er août 2021", ["2021-08-01"]),
        ("el 5 de mayo de 2021", ["2021-05-05"]),
        ("12 مايو 2024", ["2024-05-12"]),
        ("version 1.2.2021.4", []),
    ],
)
def test_days(text: str, days: list[str]) -> None:
    assert [str(day.in_year(2000)) for day in days_in(text)] == days
