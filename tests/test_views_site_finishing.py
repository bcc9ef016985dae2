"""The text of a note's page: its parts, what to do first, what the search can quote."""

import pytest

from kmkit.views.site.drafts import draft
from kmkit.views.site.finishing import PLAIN, Finished, finished
from kmkit.views.site.links import Around
from tests.site_material import seen, shown, view


def made(body: str) -> Finished:
    note = shown("aaaa", body)
    of = view(seen([note]))
    return finished(draft(of, note, Around(of, {})))


def test_parts_in_their_order_and_none_that_is_empty() -> None:
    body = "Before.\n\n## Lessons\n\nSign.\n\n## Results\n\n<!-- what came of it -->\n"
    parts = made(body).parts
    assert [(part.heading, part.anchor) for part in parts] == [("", "s-0"), ("Lessons", "s-1")]
    assert "what came of it" not in "".join(part.html for part in parts)


def test_definitions_and_footnotes_from_other_parts_are_found() -> None:
    body = (
        "## Lessons\n\nSee [the rules][r] and a log[^1].\n\n## Results\n\nNothing.\n\n"
        "[r]: https://example.org/rules\n\n[^1]: Of May.\n    And of June.\n"
    )
    first, second = made(body).parts
    assert '<a href="https://example.org/rules"' in first.html
    assert "Of May." in first.html
    assert "And of June." in first.html
    assert "Of May." not in second.html


@pytest.mark.parametrize(
    ("body", "first"),
    [
        ("## Lessons\n\n- Sign early.\n- Keep two.\n", ("Sign early.", "Keep two.")),
        ("## Lessons\n\nThe rule:\n\n1. Sign.\n2. Check.\n", ("Sign.", "Check.")),
        ("## Lessons\n\nIt was late.\n\n## Recommendations\n\nSign early.\n", ("Sign early.",)),
        ("## Lessons\n\n- A.\n- B.\n\n## Recommendations\n\nSign early.\n", ("A.", "B.")),
        ("## Context and challenge\n\nThe roads closed.\n", ()),
        ("## Lessons\n\n- One.\n  - deep\n- Two.\n", ("One.", "deep", "Two.")),
    ],
)
def test_what_to_do_first(body: str, first: tuple[str, ...]) -> None:
    assert made(body).first == first


def test_a_long_list_says_that_it_goes_on() -> None:
    items = "".join(f"- Step {n}.\n" for n in range(20))
    assert made(f"## Lessons\n\n{items}").first[-1] == "…"


def test_what_the_search_can_quote_and_what_words_count() -> None:
    text = made("## Lessons\n\nFuel &amp; **fuel** and fuel, fuel, fuel.\n" + "x " * 5000)
    assert text.plain.startswith("Lessons Fuel & fuel and fuel")
    assert len(text.plain) == PLAIN
    weights = dict(text.counted.each())
    assert weights["fuel"] == 4
    assert weights["aaaa"] == 8 * 2 + 3
    assert weights["logistics"] == 4
    assert weights["and"] == 1
