"""The lessons and action items of a document, one by one."""

import pytest

from kmkit.note.documents import Proposal, action_items, propose, read_document
from kmkit.note.documents.items import items_of


def proposals(text: str, name: str = "review.md") -> tuple[Proposal, ...]:
    return propose(read_document(text.encode(), name))


def titles(text: str) -> list[str]:
    return [proposal.title for proposal in proposals(text)]


REVIEW = """\
# Cyclone in the bay

## Summary

Some words on cyclones. On 12 May 2024 the wind took the roof off two shelters.

## Lessons learned

- We should open the schools as shelters, and before the warning.
  Head teachers hold the keys.
  - Two of them were away
- Keep one boat at each landing

## Action items

1. List schools with water (education desk)
2. Buy boats
"""


def test_each_bullet_is_a_proposal() -> None:
    first, second = proposals(REVIEW)
    assert first.title == "Open the schools as shelters, and before the warning"
    assert first.lesson == (
        "We should open the schools as shelters, and before the warning.\n"
        "Head teachers hold the keys.\n- Two of them were away"
    )
    assert first.context.startswith("Some words on cyclones.")
    assert first.summary == (
        "On 12 May 2024 the wind took the roof off two shelters. "
        "We should open the schools as shelters, and before the warning. "
        "Head teachers hold the keys. Two of them were away."
    )
    assert (first.heading, first.line) == ("Lessons learned", 9)
    assert (second.title, second.line) == ("Keep one boat at each landing", 12)


def test_the_action_items_are_apart() -> None:
    document = read_document(REVIEW.encode(), "a.md")
    assert action_items(document) == ("List schools with water (education desk)", "Buy boats")


def test_each_paragraph_is_a_proposal_where_there_are_no_bullets() -> None:
    text = "# T\n\n## Takeaways\n\nOrder early. It pays.\n\nTest the radio.\nWeekly.\n"
    assert titles(text) == ["Order early", "Test the radio"]


def test_a_line_that_introduces_a_list_is_no_lesson() -> None:
    assert titles("# T\n\n## Lessons\n\nWe found that:\n\n- Ice melts\n") == ["Ice melts"]


def test_lessons_stand_under_many_headings() -> None:
    text = """# T
## What went well
- The radio worked
## What went wrong?
- The key was lost
### Stores
- The list was old
## What to change
- Give the key to two people
## Timeline
- 12:00 nothing
"""
    assert titles(text) == [
        "The radio worked",
        "The key was lost",
        "The list was old",
        "Give the key to two people",
    ]
    assert proposals(text)[2].heading == "What went wrong?: Stores"


def test_a_heading_can_be_the_lesson() -> None:
    text = """# T
## Lessons learned
### Lesson 1: Give the store key to two people
The only holder was on leave.

- twice
### Logistics
Count the trucks.
"""
    first, second = proposals(text)
    assert first.title == "Give the store key to two people"
    assert first.lesson == "The only holder was on leave.\n\n- twice"
    assert second.title == "Count the trucks"


def test_a_table_of_lessons_gives_one_for_each_row() -> None:
    text = """# T
## Lessons learned
| No | Lesson | Unit |
| -- | ------ | ---- |
| 1 | Order early, it takes nine days. | Fleet |
| 2 | Test | Radio and telecommunications |
"""
    first, second = proposals(text)
    assert first.lesson == "Order early, it takes nine days. (No: 1; Unit: Fleet)"
    assert second.title == "Test"


def test_recommendations_count_where_nothing_else_tells() -> None:
    assert titles("# T\n\n## Recommendations\n\n- Buy boats\n") == ["Buy boats"]
    both = "# T\n\n## Recommendations\n\n- Buy boats\n\n## Lessons\n\n- Boats leak\n"
    assert titles(both) == ["Boats leak"]


def test_without_headings_the_bullets_are_taken_else_few_paragraphs() -> None:
    assert titles("Flood notes\n\nSome talk.\n\n- Order early\n- Test radios\n") == [
        "Order early",
        "Test radios",
    ]
    assert titles("Flood notes\n\nOrder early.\n\nTest radios.\n") == ["Order early", "Test radios"]
    assert titles("Novel\n\n" + "\n\n".join(f"Part {n} goes on." for n in range(40))) == []


@pytest.mark.parametrize("nothing", ["- None", "N/A", "- TBD", "", "---", "<!-- write here -->"])
def test_nothing_is_no_lesson(nothing: str) -> None:
    assert proposals(f"# T\n\n## Lessons learned\n\n{nothing}\n\n## Impact\n\nNo.\n") == ()


def test_the_same_lesson_twice_is_proposed_once() -> None:
    assert titles("# T\n\n## Lessons\n\n- Buy boats.\n\n## Improvements\n\n- **Buy boats**\n") == [
        "Buy boats"
    ]


def test_context_without_a_summary() -> None:
    lessons = "\n\n## Lessons\n\n- Buy boats\n"
    assert proposals(f"# T\n\n## Background\n\nA dry land.{lessons}")[0].context == "A dry land."
    assert proposals(f"# T\n\nA dry land.{lessons}")[0].context == "A dry land."
    events = proposals(f"# T\n\n## Timeline\n\n| At | What |\n|-|-|\n| 9 | Rain |{lessons}")[0]
    assert events.context == "- Rain (At: 9)"
    assert proposals(f"# T{lessons}")[0].context == ""


def test_a_long_background_is_shortened_to_whole_paragraphs() -> None:
    told = "\n\n".join(f"Paragraph {n} says this. {'And more. ' * 30}" for n in range(9))
    context = proposals(f"# T\n\n## Summary\n\n{told}\n\n## Lessons\n\n- x\n")[0].context
    assert 300 < len(context) <= 1200
    assert context.startswith("Paragraph 0")
    assert context.endswith("And more.")


def test_items_keep_code_with_the_lesson_it_belongs_to() -> None:
    text = "- Run this:\n\n  ```sh\n  - not a bullet\n  ```\n- Next\n\n```\n- code alone\n```\n"
    first, second, third = items_of(text)
    assert first.text == "Run this:\n\n```sh\n- not a bullet\n```"
    assert (second.text, second.line) == ("Next", 6)
    assert third.text == "```\n- code alone\n```"


def test_a_number_inside_a_paragraph_begins_no_item() -> None:
    assert len(items_of("The pump failed in\n2021. It was old.\n")) == 1
