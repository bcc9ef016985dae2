"""A document's parts under the headings of a kind: all of them, each in its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot
from kmkit.note.documents import place, read_document
from kmkit.note.documents.placing import UNPLACED, section_for
from kmkit.note.documents.synonyms import Role, folded, is_known
from kmkit.note.kinds import body_of, kind_names, load_kind
from kmkit.note.sections import sections_of

REVIEW = load_kind("after-action-review", None)
LESSON = load_kind("lesson", None)

DOCUMENT = """\
# Water trucks to the camp

Held on 3 March 2025 in the district office.

## Summary

Two of five trucks came a day late because the permit had expired.

## Timeline

| When | What |
| --- | --- |
| 1 March | The permit expires |

### Impact

Forty families waited.

## Contributing Factors

- Nobody owned the permit

## Lessons learned

- Check permits a month ahead

### What went well

- The radio net held

## Action Items

- Write a calendar of permits (fleet desk)

## Weather

Rain all week.
"""


def placed(text: str, kind: str = "after-action-review", name: str = "aar.md") -> dict[str, str]:
    return place(read_document(text.encode(), name), load_kind(kind, None)).sections


def test_each_part_of_a_review_finds_its_section() -> None:
    sections = placed(DOCUMENT)
    assert list(sections) == [
        "What happened",
        "Why it differed",
        "What to keep",
        "What to change",
        "Who acts",
        UNPLACED,
    ]
    assert sections["Why it differed"] == "- Nobody owned the permit"
    assert sections["What to keep"] == "- The radio net held"
    assert sections["What to change"] == "- Check permits a month ahead"
    assert sections["Who acts"] == "- Write a calendar of permits (fleet desk)"
    assert sections[UNPLACED] == "### Weather\n\nRain all week."


def test_parts_that_share_a_section_keep_their_headings_in_order() -> None:
    happened = placed(DOCUMENT)["What happened"]
    assert happened.startswith("Held on 3 March 2025")
    headings = [line for line in happened.split("\n") if line.startswith("#")]
    assert headings == ["### Summary", "### Timeline", "### Impact"]


def test_the_same_document_as_a_lesson() -> None:
    sections = placed(DOCUMENT, "lesson")
    assert "Two of five trucks" in sections["Context and challenge"]
    assert "Nobody owned the permit" in sections["Context and challenge"]
    assert "Forty families waited." in sections["Results"]
    assert "Check permits a month ahead" in sections["Lessons"]
    assert sections["Recommendations"] == "- Write a calendar of permits (fleet desk)"


def test_summary_and_actions_are_told_apart() -> None:
    result = place(read_document(DOCUMENT.encode(), "aar.md"), REVIEW)
    assert result.title == "Water trucks to the camp"
    assert result.summary.startswith("Two of five trucks came a day late")
    assert result.actions == ("Write a calendar of permits (fleet desk)",)


def test_a_heading_below_a_known_one_stays_with_it() -> None:
    text = "# T\n\n## Lessons\n\n### Procurement\n\nOrder early.\n\n#### Fuel\n\nMost of all.\n"
    assert placed(text)["What to change"] == (
        "### Lessons\n\n#### Procurement\n\nOrder early.\n\n##### Fuel\n\nMost of all."
    ).removeprefix("### Lessons\n\n")


def test_a_known_heading_below_a_strange_one_says_whose_it_is() -> None:
    text = (
        "# T\n\n## Northern team\n\n### What went well\n\nRadio.\n\n"
        "## Southern team\n\n### What went well\n\nBoats.\n"
    )
    kept = placed(text)["What to keep"]
    assert "### Northern team: What went well\n\nRadio." in kept
    assert "### Southern team: What went well\n\nBoats." in kept


def test_data_about_the_document_has_no_place() -> None:
    sections = placed("# T\n\nDate: 3 March\nPlace: Harbour\n\nIt rained.\n\n## Lessons\n\nx\n")
    assert sections[UNPLACED] == "Date: 3 March\nPlace: Harbour"
    assert sections["What happened"] == "It rained."


def test_front_matter_of_others_is_kept() -> None:
    sections = placed("---\ntitle: T\nlayout: post\nx: '```'\n---\n# T\n\nText.\n")
    assert sections[UNPLACED] == "````yaml\ntitle: T\nlayout: post\nx: '```'\n````"


def test_the_headings_of_four_languages() -> None:
    assert "Lessons" in placed("# T\n\n## Enseignements\n\nx\n", "lesson")
    assert "Lessons" in placed("# T\n\n## Lecciones aprendidas\n\nx\n", "lesson")
    assert "Lessons" in placed("# T\n\n## الدروس المستفادة\n\nx\n", "lesson")
    result = place(
        read_document(b"# T\n\n## R\xc3\xa9sultats\n\nx\n", "a.md"), LESSON, language="fr"
    )
    assert result.sections == {"Results": "x"}


@pytest.mark.parametrize("kind", kind_names(None))
def test_every_kind_takes_any_document(kind: str) -> None:
    joined = "\n".join(placed(DOCUMENT, kind).values())
    for line in ("Rain all week.", "- Check permits a month ahead", "Forty families waited."):
        assert line in joined


def test_a_role_without_a_section_goes_to_the_next_best() -> None:
    assert section_for(REVIEW, Role.LESSONS) == "What to change"
    assert section_for(LESSON, Role.WRONG) == "Context and challenge"
    assert section_for(REVIEW, Role.PEOPLE) is None


_LINES = st.sampled_from(
    """# Flood|## Lessons Learned|### Atendees|## What went wrong?|#|## [/red]|## <b>x</b>|# [t](u)
## ##|Setext|=====|-----|- a bullet|  - deeper|1. First|2) second|• glyph|| a | b |||---|---|
```|```python|~~~~|<!-- hidden|-->|<!-- whole -->|    # code|**Impact:**|Impact: 30 homes|LESSONS
Date: 3 March 2025|title: x|---|plain words here|We should order early.|A – dash|é ü ñ الدروس|\ttab
> quote|Results and more:|5. Conclusions|___|* * *|- [ ] task|\\# escaped|[x]: http://y.z|…""".replace(
        "\n", "|"
    ).split("|")
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_LINES | st.text(max_size=30), min_size=1, max_size=25),
    st.sampled_from(["a.md", "a.txt", "-"]),
    st.sampled_from(["after-action-review", "lesson", "meeting-minutes", "good-practice"]),
)
def test_nothing_of_a_document_is_lost_and_nothing_breaks_out(
    lines: list[str], name: str, kind_name: str
) -> None:
    text = "\n".join(lines).replace("\x00", "")
    if not text.strip() or len(text) > 5000:
        return
    try:
        document = read_document(text.encode("utf-8", "replace"), name)
    except Cannot:  # nothing but control characters
        return
    kind = load_kind(kind_name, None)
    result = place(document, kind)
    everything = folded(
        " ".join(["all:", document.title, *result.sections, *result.sections.values()])
    )
    for line in document.text.split("\n"):
        bare = line.strip().strip("#*_: ")
        assert is_known(bare) or is_known(bare.partition(":")[0]) or folded(bare) in everything

    _, sections = sections_of(body_of(kind, result.sections, guidance=False))
    assert [section.heading for section in sections] == [
        *kind.sections,
        *([UNPLACED] if UNPLACED in result.sections else []),
    ]
