"""The rules of one commit: which files they are, and what stays of them when others change."""

from datetime import date

import pytest

from kmkit.config import Policy, parse_policy
from kmkit.note.model import Verdict
from kmkit.trail.audit.rules_of import NOTHING, Reader, Rules, kind_at

PRINT = "k1:" + "1" * 64
GIVEN = Verdict(
    on=date(2026, 11, 21), by="ben@example.org", method="crowd", verdict="approve",
    fingerprint=PRINT, because="Read.",
)  # fmt: skip
LESSON, BRIEF = "templates/notes/lesson.md.j2", "templates/notes/brief.md.j2"
TEMPLATE = (
    b"---\nkind: lesson\nhelp: x\nvalidate_by: [crowd]\nmethod: interview\n"
    b"required: [Lessons]\n---\n\n## Lessons\n\n<!-- Why? -->\n"
)


def policy(crowd: int) -> Policy:
    """Rules that ask for so many of a crowd."""
    return parse_policy(f"[quorum]\ncrowd = {crowd}\n")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (LESSON, "lesson"),
        ("templates/notes/old/lesson.md.j2", ""),
        ("templates/notes/lesson.txt", ""),
        ("templates/lesson.md.j2", ""),
        ("lesson.md.j2", ""),
        ("policy.toml", ""),
    ],
)
def test_where_the_template_of_a_kind_is(path: str, kind: str) -> None:
    assert kind_at(path) == kind


def test_what_was_approved_is_asked_anew_of_other_rules() -> None:
    reader, data = Reader(), b"[quorum]\ncrowd = 3\n"
    few = Rules(policy(1), None, {})
    assert few.approved((GIVEN,)) == {PRINT}
    many, complaint = reader.changed(few, "policy.toml", "a", data, 1)
    assert complaint == ""
    assert many.approved((GIVEN,)) == frozenset()
    assert few.approved((GIVEN,)) == {PRINT}


def test_a_kind_that_is_not_there_has_no_guidance() -> None:
    assert NOTHING.guidance("poem") == frozenset()
    assert NOTHING.kind("poem") is None
    assert NOTHING.guidance("lesson")


def test_templates_come_and_go_one_by_one() -> None:
    reader = Reader()
    one, _ = reader.changed(NOTHING, LESSON, "a", TEMPLATE, 1)
    two, _ = reader.changed(one, BRIEF, "b", TEMPLATE.replace(b"lesson", b"brief"), 2)
    assert set(two.kinds) == {"lesson", "brief"}
    assert two.taken == two.blobs == {LESSON: "a", BRIEF: "b"}
    assert two.guidance("lesson") == {"Why?"}
    less, complaint = reader.changed(two, BRIEF, "", b"", 3)
    assert (set(less.kinds), complaint) == ({"lesson"}, "")
    assert (less.taken, less.blobs) == ({LESSON: "a"}, {LESSON: "a", BRIEF: ""})
    assert less.lineage == {LESSON: {1}, BRIEF: {2, 3}}
    broken, complaint = reader.changed(two, LESSON, "c", b"---\nx\n", 4)
    assert complaint
    assert (broken.kinds, broken.taken) == (two.kinds, two.taken)


def test_what_is_in_effect_is_named() -> None:
    reader = Reader()
    rules, _ = reader.changed(NOTHING, "kmkit.toml", "a", b"", 1)
    rules, _ = reader.changed(rules, "policy.toml", "b", b"", 2)
    assert rules.taken == {"kmkit.toml": "a", "policy.toml": "b"}
    gone, complaint = reader.changed(rules, "policy.toml", "", b"", 3)
    assert (gone.taken, gone.policy, complaint) == (rules.taken, rules.policy, "It was taken away.")


def test_what_is_refused_is_remembered_beside_the_rest() -> None:
    rules, _ = Reader().changed(NOTHING, "policy.toml", "a", b"", 1)
    twice = rules.refused(LESSON, "b", 0).refused(LESSON, "c", 1)
    assert twice.blobs == {"policy.toml": "a", LESSON: "c"}
    assert twice.faults == {LESSON: (0, 1)}
    assert twice.taken == {"policy.toml": "a"}
