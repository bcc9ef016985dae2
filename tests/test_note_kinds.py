"""Kinds: the shipped templates, a knowledge base's own, and what is wrong with a template."""

import os
from pathlib import Path

import pytest

from kmkit.config import QUORUM
from kmkit.errors import Cannot
from kmkit.note.file import compose, read
from kmkit.note.kinds import body_of, kind_names, load_kind
from kmkit.note.model import GATHERING_METHODS, Section
from kmkit.note.sections import folded, sections_of, without_comments
from kmkit.period import Period
from kmkit.resources import templates_dir

SHIPPED = (
    "after-action-review",
    "exit-interview",
    "good-practice",
    "handover",
    "how-to",
    "interview",
    "lesson",
    "meeting-minutes",
    "mission-report",
    "peer-assist",
    "story",
)
REVIEWED = {
    "lesson": Period(months=12),
    "good-practice": Period(months=12),
    "how-to": Period(months=6),
    "handover": Period(months=6),
}


def guidance(kind: str, heading: str) -> str:
    """What the template says below a heading."""
    text = next(
        s.text for s in sections_of(load_kind(kind, None).template)[1] if s.heading == heading
    )
    return folded(" ".join(without_comments(text)[1]))


def test_eleven_kinds_are_shipped() -> None:
    assert kind_names(None) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_kind_is_whole(name: str) -> None:
    kind = load_kind(name, None)
    assert kind.name == name
    assert len(kind.help) > 40
    assert kind.review_every == REVIEWED.get(name)
    assert kind.method in GATHERING_METHODS
    assert set(kind.validate_by) <= set(QUORUM)
    assert ("self-review" in kind.validate_by) == (name in ("meeting-minutes", "mission-report"))
    assert kind.required
    assert set(kind.required) | set(kind.optional) <= set(kind.sections)
    assert not set(kind.required) & set(kind.optional)
    assert len(kind.guidance) == len(kind.sections) == len(set(kind.sections))
    for heading in kind.sections:
        assert len(guidance(name, heading)) > 50, heading
    for tongue, translated in kind.headings.items():
        assert tuple(translated) == kind.sections, tongue
        assert len(set(translated.values())) == len(translated), tongue


@pytest.mark.parametrize("name", SHIPPED)
def test_a_fresh_note_of_a_kind_reads_well_and_is_unfilled(name: str) -> None:
    kind = load_kind(name, None)
    data = compose({"kind": name}, body_of(kind, {}, guidance=True))
    note = read(data, Path("n.md"))  # type: ignore[arg-type]
    assert note.problems == ()
    assert tuple(section.heading for section in note.sections) == kind.sections
    for section in note.sections:
        assert not kind.filled(section), section.heading
        assert kind.filled(section._replace(text=section.text + "\n\nSomething."))


def test_a_lesson_asks_for_its_context_and_its_lessons() -> None:
    kind = load_kind("lesson", None)
    assert kind.required == ("Context and challenge", "Lessons")
    assert kind.optional == ("Recommendations",)
    assert kind.sections == (
        "Context and challenge",
        "Solution and actions",
        "Results",
        "Lessons",
        "Recommendations",
    )


def test_an_after_action_review_asks_its_six_questions() -> None:
    assert load_kind("after-action-review", None).sections == (
        "What was expected",
        "What happened",
        "Why it differed",
        "What to keep",
        "What to change",
        "Who acts",
    )


@pytest.mark.parametrize("name", ["exit-interview", "handover"])
def test_whoever_leaves_is_asked_for_consent_first_and_told_who_will_read_it(name: str) -> None:
    kind = load_kind(name, None)
    assert kind.sections[0] == "Consent"
    assert "Consent" in kind.required
    consent = guidance(name, "Consent")
    assert "Everybody with access to this repository will be able to read these pages" in consent
    assert "agree" in consent
    assert "Git keeps history" in consent


@pytest.mark.parametrize(
    ("name", "heading"),
    [("exit-interview", "What only this person knows"), ("handover", "What only I know")],
)
def test_whoever_leaves_is_asked_what_nobody_else_knows(name: str, heading: str) -> None:
    assert heading in load_kind(name, None).required
    assert "nobody has seen you do" in guidance(name, heading)


def test_a_heading_is_known_in_every_language_and_spelling() -> None:
    kind = load_kind("lesson", None)
    assert kind.canonical("  LESSONS ") == "Lessons"
    assert kind.canonical("Enseignements") == "Lessons"
    assert kind.canonical("Re\u0301sultats") == "Results"
    assert kind.canonical("الدروس المستفادة") == "Lessons"
    assert kind.canonical("Weather") is None


def test_the_language_of_the_note_decides_where_one_word_means_two_sections(tmp_path: Path) -> None:
    own(tmp_path, "talk", TALK)
    kind = load_kind("talk", tmp_path)
    assert kind.canonical("Suite", "fr") == "Said"
    assert kind.canonical("Suite", "xx") == "Next"


def test_guidance_the_templates_own_text_and_comments_do_not_fill_a_section(tmp_path: Path) -> None:
    own(tmp_path, "talk", TALK)
    kind = load_kind("talk", tmp_path)
    assert not kind.filled(Section("Next", "Who:  \n\nWhen:", 1))
    assert not kind.filled(Section("Next", "<!-- mine -->", 1))
    assert not kind.filled(Section("Suite", " \n\t", 1))
    assert kind.filled(Section("Next", "Who: Ana\n\nWhen:", 1))


def test_a_body_has_the_sections_in_their_order_and_keeps_what_it_does_not_know() -> None:
    kind = load_kind("lesson", None)
    body = body_of(
        kind, {"Unplaced": "rest\n", "Enseignements": "\nOrder.\n\n", "Results": ""}, guidance=False
    )
    assert body == (
        "## Context and challenge\n\n## Solution and actions\n\n## Results\n\n"
        "## Enseignements\n\nOrder.\n\n## Recommendations\n\n## Unplaced\n\nrest\n"
    )
    assert "<!-- Write each lesson" not in body_of(kind, {"Lessons": "x"}, guidance=True)


# A knowledge base's own templates

TALK = """---
kind: talk
help: What was said
validate_by: [self-review]
method: discussion
required: [Said]
headings:
  fr: {Said: Suite}
  xx: {Next: Suite}
---
## Said

<!-- What? -->

## Next

Who:

When:
"""


def own(kb: Path, name: str, text: str | bytes) -> Path:
    path = kb / "templates" / "notes" / f"{name}.md.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_knowledge_base_adds_kinds_and_replaces_shipped_ones(tmp_path: Path) -> None:
    shipped = (templates_dir() / "notes" / "lesson.md.j2").read_text(encoding="utf-8")
    own(tmp_path, "lesson", shipped.replace("review_every: P1Y", "review_every: 6 months"))
    own(tmp_path, "talk", TALK)
    assert kind_names(tmp_path) == tuple(sorted([*SHIPPED, "talk"]))
    assert load_kind("lesson", tmp_path).review_every == Period(months=6)
    assert load_kind("lesson", None).review_every == Period(months=12)
    assert load_kind("story", tmp_path) == load_kind("story", None)


def test_a_template_that_changes_is_read_again(tmp_path: Path) -> None:
    path = own(tmp_path, "talk", TALK)
    assert load_kind("talk", tmp_path).help == "What was said"
    own(tmp_path, "talk", TALK.replace("What was said", "What they said"))
    os.utime(path, ns=(1, 1))
    assert load_kind("talk", tmp_path).help == "What they said"


def test_windows_line_ends_and_translations_of_guidance_are_no_damage(tmp_path: Path) -> None:
    own(tmp_path, "talk", TALK.replace("\n", "\r\n"))
    assert load_kind("talk", tmp_path).guidance == {"What?"}


def test_an_unknown_kind_is_named_with_the_nearest_ones(tmp_path: Path) -> None:
    with pytest.raises(Cannot, match=r"no kind 'leson'.*Did you mean lesson.*after-action-review"):
        load_kind("leson", tmp_path)
    for name in ("", "../lesson", "/etc/passwd", "lesson\0", "*"):
        with pytest.raises(Cannot, match="There is no kind"):
            load_kind(name, None)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("kind: talk", "kind: walk", r"talk\.md\.j2:2:7.*'walk', but the file is named 'talk'"),
        ("help: What was said\n", "", "help is missing"),
        ("required: [Said]", "required: [Sad]", r":6:11.*required names 'Sad'.*Said, Next"),
        ("{Next: Suite}", "{Nxt: Suite}", r":9:7.*headings\.xx names 'Nxt'"),
        ("method: discussion", "metod: discussion", r":5:1.*'metod'.*Did you mean method"),
        ("required: [Said]", "review_every: soon", "not a duration"),
        ("---\n## Said", "## Said", "unclosed|not closed"),
        ("help: What", "help: &a What", "anchor"),
        ("talk", "t\xe9lk", r":2:8.*not UTF-8"),
    ],
)
def test_a_damaged_template_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, match: str
) -> None:
    own(tmp_path, "talk", TALK.replace(old, new, 1).encode("latin-1"))
    with pytest.raises(Cannot, match=match):
        load_kind("talk", tmp_path)
