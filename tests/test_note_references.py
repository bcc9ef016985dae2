from typing import Any

import pytest

from kmkit.note.references import linked
from tests.note_material import ID, note

OTHER = "20250311-another-note-a2b3"


def found(body: str = "", **changes: Any) -> list[tuple[str, str]]:
    return sorted(linked(note("captured", body=body or "Text.\n", **changes)))


def test_ids_of_the_front_matter_are_found_under_their_field() -> None:
    assert found(
        derived_from=[OTHER], supersedes=[OTHER, "x"], repeats=["y"], translation_of="z"
    ) == [
        ("derived_from", OTHER),
        ("repeats", "y"),
        ("supersedes", OTHER),
        ("supersedes", "x"),
        ("translation_of", "z"),
    ]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (f"See [that]({OTHER}.md).", f"notes/2025/{OTHER}.md"),
        ("See [that](../2024/old%20note.md#results).", "notes/2024/old note.md"),
        ("See [that](<../2024/old note.md>).", "notes/2024/old note.md"),
        ("![map](../../annex/map.png)", "annex/map.png"),
        ("See [that][1].\n\n[1]: ../2024/a.md 'A'", "notes/2024/a.md"),
    ],
)
def test_links_of_the_text_are_paths_in_the_knowledge_base(written: str, path: str) -> None:
    assert found(written) == [("link", path)]


@pytest.mark.parametrize(
    "written",
    ["[a](https://example.org/a.md)", "[a](#results)", "`[a](b.md)`", "[a](../../../b.md)", "[a]"],
)
def test_what_leads_elsewhere_is_no_link(written: str) -> None:
    assert found(written) == []


def test_each_link_is_told_once() -> None:
    assert found("[a](b.md) and [again](b.md#there)\n") == [("link", "notes/2025/b.md")]
    assert ID not in str(found("[a](b.md)\n"))
