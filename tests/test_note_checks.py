from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.config import Config
from kmkit.index.carding import stands_approved
from kmkit.note.checks import RULES, CheckContext, check, missing_for
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.note.references import cut_by_comment
from kmkit.period import Period
from tests.note_material import (
    BODY,
    CONFIG,
    ID,
    KINDS,
    POLICY,
    TODAY,
    approval,
    edited,
    note,
    people,
    person,
    rules,
)

PIECES = [
    "order #5", "\\u200b", "\u200b", "<!-- a -->", "<!-- ", "[a](b.md)", "{", "'", '"', " # c",
    "ana@example.org", "Roads close within a week of the first warning.", "We signed in June.",
    "Fuel was there.", "## Results", "## Lessons", "Fuel came nine days late", "lesson", "weekly",
    "Order fuel", "logistics", "2025-03-10", "P1Y", "P99Y", "", "\n", " ",
]  # fmt: skip


def approved(of: Note) -> bool:
    return stands_approved(of, POLICY, KINDS.get(of.kind))


CONTEXT = CheckContext(
    policy=POLICY,
    config=CONFIG,
    kinds=KINDS,
    people={},
    ids={ID: (f"notes/2025/{ID}.md",)},
    today=TODAY,
    approved=approved,
    exists=lambda path: path == "annex/log.xlsx",
)


def found(of: Note, **circumstances: Any) -> list[str]:
    return rules(check(of, replace(CONTEXT, **circumstances)))


@pytest.mark.parametrize(
    "state", ["captured", "validated", "formatted", "disseminated", "maintained", "retired"]
)
def test_a_healthy_note_has_no_problems_in_any_state(state: str) -> None:
    assert check(note(state), CONTEXT) == []


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ("captured", "owner"),
        ("captured", "gathered"),
        ("captured", "id"),
        ("validated", "summary"),
        ("formatted", "topics"),
        ("formatted", "matters_to"),
        ("disseminated", "disseminated"),
        ("maintained", "reviewed"),
        ("maintained", "summary"),
    ],
)
def test_each_state_asks_for_its_fields(state: str, field: str) -> None:
    lacking: dict[str, Any] = {field: None}
    problems = check(note(state, path=f"notes/2025/{ID}.md", **lacking), CONTEXT)
    assert rules(problems) == ["missing-field"]
    assert f"'{field}'" in problems[0].message
    assert problems[0].mend


def test_a_state_does_not_ask_for_what_a_later_one_does() -> None:
    assert found(note("validated", topics=None, matters_to=None)) == []


def test_a_validated_note_without_a_verdict_is_told_of() -> None:
    assert found(note("validated", verdicts=[])) == ["missing-field"]


def test_a_field_that_cannot_be_read_is_not_called_missing() -> None:
    of = edited(note("captured"), "on: 2025-03-10", "on: yesterday")
    assert rules(of.problems) == ["bad-date"]
    assert check(of, CONTEXT) == []


def test_sections_that_the_state_asks_for() -> None:
    bare = BODY.replace("## Results\n\nFuel was there.\n\n", "")
    assert found(note("validated", body=bare)) == []
    problems = check(note("formatted", body=bare), CONTEXT)
    assert rules(problems) == ["missing-section"]
    assert "'Results'" in problems[0].message


@pytest.mark.parametrize(("kind", "said"), [("lesson", "a lesson"), ("interview", "an interview")])
def test_what_lacks_a_section_is_named_as_people_would(kind: str, said: str) -> None:
    of = edited(note("formatted", body="Nothing.\n"), "kind: lesson", f"kind: {kind}")
    messages = [p.message for p in check(of, CONTEXT) if p.rule == "missing-section"]
    assert messages
    assert all(f"; {said} in this state has it." in message for message in messages)


def test_a_section_with_guidance_alone_is_unfilled_and_its_line_is_told() -> None:
    guidance = KINDS["lesson"].template
    start = guidance.index("## Lessons")
    asked = guidance[start : guidance.index("##", start + 3)]
    body = BODY.replace("## Lessons\n\n- Sign fuel contracts in the dry season.\n", asked)
    of = note("validated", body=body)
    problems = check(of, CONTEXT)
    assert rules(problems) == ["unfilled-section"]
    assert of.text.split("\n")[problems[0].line - 1] == "## Lessons"


def test_recommendations_may_stay_empty() -> None:
    assert found(note("maintained", body=BODY.split("## Recommendations")[0])) == []


def test_what_a_move_would_lack_is_told_before_the_move() -> None:
    lacks = missing_for(
        note("captured", summary=None, body=""), ["validated"], POLICY, KINDS["lesson"]
    )
    assert sorted(rules(lacks)) == [
        "missing-field", "missing-field", "missing-section", "missing-section",
    ]  # fmt: skip


CASES: list[tuple[str, Mapping[str, Any], str]] = [
    ("captured", {"kind": "lessson"}, "unknown-kind"),
    ("captured", {"state": "approved"}, "unknown-state"),
    ("captured", {"level": "secret"}, "unknown-level"),
    ("captured", {"topics": ["logistic"]}, "unknown-topic"),
    ("disseminated", {"disseminated": [{"on": "2025-04-01", "channel": "weakly"}]},
     "unknown-channel"),
    ("captured", {"id": "order-fuel"}, "bad-id"),
    ("captured", {"id": "20250230-order-fuel-x7k2"}, "bad-id"),
    ("captured", {"owner": "Ana"}, "bad-email"),
    ("captured", {"review_every": "P0D"}, "bad-review-interval"),
    ("captured", {"review_every": "P50Y"}, "bad-review-interval"),
    ("maintained", {"reviewed": {"on": "2027-01-01", "by": "a@example.org", "because": "x"}},
     "future-date"),
    ("captured", {"derived_from": ["20250101-nowhere-zz99"]}, "broken-link"),
    ("captured", {"supersedes": [ID]}, "broken-link"),
    ("captured", {"evidence": ["annex/gone.xlsx"]}, "broken-link"),
    ("captured", {"title": "Order \u202efuel"}, "hidden-character"),
    ("captured", {"in_force": {"blob": "abc", "state": "validated"}}, "bad-in-force"),
    ("validated", {"in_force": {"blob": "a" * 40, "state": "validated"}}, "bad-in-force"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "changes", "rule"), CASES)
def test_each_rule(state: str, changes: Mapping[str, Any], rule: str) -> None:
    problems = check(note(state, path=f"notes/2025/{ID}.md", **changes), CONTEXT)
    assert rule in rules(problems)
    told = next(problem for problem in problems if problem.rule == rule)
    assert told.message
    assert told.mend
    assert told.line > 1


def test_every_rule_that_a_check_can_break_is_explained() -> None:
    for state, changes, rule in CASES:
        assert rule in RULES
        assert set(found(note(state, path=f"notes/2025/{ID}.md", **changes))) <= set(RULES)


def test_a_word_that_is_near_is_suggested() -> None:
    [problem] = check(note("captured", state="maintaned"), CONTEXT)
    assert problem.mend == "Did you mean maintained?"


def test_two_files_with_one_id_are_both_named() -> None:
    ids = {ID: ("notes/a.md", "notes/b.md")}
    [problem] = check(note("captured"), replace(CONTEXT, ids=ids))
    assert problem.rule == "duplicate-id"
    assert "notes/a.md" in problem.message
    assert "notes/b.md" in problem.message


def test_a_copied_file_that_kept_its_id() -> None:
    of = note("captured", path="notes/2025/20250101-something-else-ab12.md")
    assert found(of) == ["id-mismatch"]
    assert found(note("captured", path="notes/2025/any name.md")) == []


def test_owners_are_compared_with_people_only_where_people_are_kept() -> None:
    known = people(person("else@example.org"))
    assert found(note("captured")) == []
    assert found(note("captured"), people=known) == ["unknown-owner"]
    assert found(note("captured"), people=people(person(until="2026-11-20"))) == ["owner-left"]
    assert found(note("captured"), people=people(person(until="2026-11-21"))) == []
    assert found(note("captured", owner="ANA@example.org"), people=people(person())) == []


def test_verdicts_that_no_move_could_have_written() -> None:
    of = note("validated", summary="One.")
    for change, rule in (
        ({"method": "guess"}, "unknown-method"),
        ({"fingerprint": "k1:12"}, "bad-verdict"),
        ({"method": "expert-review"}, "bad-verdict"),
        ({"by": "bo@example.org"}, "own-verdict"),
        ({"by": "Cy"}, "bad-email"),
    ):
        changed = note("validated", summary="One.", verdicts=[approval(of, **change)])
        assert rule in found(changed), change


def test_a_recorded_decision_of_a_committee_is_not_ones_own_verdict() -> None:
    of = note("validated", summary="One.")
    entry = approval(of, by="bo@example.org", method="committee", decided_by="Board", minutes="M-7")
    assert found(note("validated", summary="One.", verdicts=[entry])) == []


def test_a_state_whose_approval_is_for_another_text() -> None:
    of = edited(note("maintained"), "Fuel was there.", "Fuel was late.")
    assert found(of) == ["unproved-state"]


def test_packaging_may_change_without_asking() -> None:
    of = edited(note("maintained"), "matters_to: Logistics officers.", "matters_to: Everybody.")
    assert found(of) == []


def test_protected_names_above_the_narrowest_level() -> None:
    body = BODY + "\nTold by Zöe Marsh.\n"
    assert found(note("captured", body=body, protect=["Zoe Marsh"])) == []
    of = note("captured", body=body, protect=["Zoe Marsh"], level="domestic")
    [problem] = check(of, CONTEXT)
    assert problem.rule == "protected-name"
    assert "Zöe Marsh" in of.text.split("\n")[problem.line - 1][problem.col - 1 :]


@pytest.mark.parametrize(
    ("level", "widest", "found_it"),
    [
        ("internal", "internal", False), ("domestic", "internal", True),
        ("domestic", "domestic", False), ("international", "domestic", True),
        ("secret", "internal", False), ("domestic", "worldwide", True),
    ],
)  # fmt: skip
def test_names_of_the_settings_stay_in_their_circle(
    level: str, widest: str, found_it: bool
) -> None:
    settings = Config(protect={"Zoe Marsh": widest})
    context = replace(CONTEXT, config=settings)
    body = BODY + "\nTold by Z&ouml;e\nMarsh.\n"
    problems = check(note("captured", body=body, level=level), context)
    assert ("protected-name" in rules(problems)) is found_it


def test_a_protected_name_is_found_in_the_fields_and_in_the_path() -> None:
    """But not where it is that of a person whom every output leaves out."""
    of = note("captured", level="domestic", protect=["Zoe Marsh"], topics=["zoe-marsh"],
              owner="zoe.marsh@example.org", sources=["Zoe Marsh"], title="As Zoe Marsh says",
              verdicts=[{"on": "2026-03-01", "by": "zoe.marsh@example.org", "method": "peer-review",
                         "verdict": "approve", "fingerprint": "k1:0"}],
              evidence=["annex/Zoe_Marsh.pdf"])  # fmt: skip
    of = replace(of, path=PurePosixPath("notes/zoe-marsh/x.md"))
    found_ones = [p for p in check(of, CONTEXT) if p.rule == "protected-name"]
    assert len(found_ones) == 4
    assert found_ones[0].message == "The file's path holds 'Zoe Marsh', which is protected."


def test_links_lead_to_files_that_are_there() -> None:
    body = (
        BODY + "\n[log](../../annex/log.xlsx) [gone](gone.md) `[code](x.md)` <https://a.example>\n"
    )
    problems = check(note("captured", body=body, evidence=["annex/log.xlsx"]), CONTEXT)
    assert rules(problems) == ["broken-link"]
    assert "'gone.md'" in problems[0].message


def test_a_note_that_cannot_be_read_at_all_has_only_its_reading_problems() -> None:
    of = edited(note("captured"), "---\n", "no front matter\n")
    assert of.problems
    assert check(of, CONTEXT) == []


def test_problems_come_in_the_order_of_the_file() -> None:
    problems = check(
        note("captured", state="x", level="y", topics=["z"], owner="w", id="v"), CONTEXT
    )
    assert [p.line for p in problems] == sorted(p.line for p in problems)
    assert len(problems) >= 5


def test_tomorrow_is_not_the_future_yet() -> None:
    gathered = {"on": "2026-11-22", "method": "discussion", "by": "b@example.org"}
    of = note("captured", gathered=gathered)
    assert found(of) == []
    assert found(of, today=date(2026, 11, 20)) == ["future-date"]
    assert found(of, today=None) == []


def test_an_interval_in_words_is_read() -> None:
    assert note("captured", review_every="18 months").fields.review_every == Period(months=18)


def test_of_a_text_that_cannot_be_read_nobody_says_that_it_changed() -> None:
    of = edited(note("maintained"), "title: Order", "titel: Order")
    assert rules(of.problems) == ["unknown-field"]
    assert found(of) == ["missing-field"]


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("summary: order #5 now", True),
        ("summary: order#5 now", False),
        ('summary: "order #5 now"', False),
        ("summary: order five now", False),
        ("matters_to: drivers # and mechanics", True),
    ],
)
def test_text_behind_a_hash_is_not_lost_without_a_word(line: str, cut: bool) -> None:
    data = f"---\ntitle: Fuel\n{line}\n---\n".encode()
    found = list(cut_by_comment(read(data, PurePosixPath("notes/x.md"))))
    assert bool(found) == cut
    assert all(problem.line == 3 for problem in found)


def test_a_file_whose_lines_end_in_carriage_returns_is_checked() -> None:
    of = read(note("captured").data.replace(b"\n", b"\r"), PurePosixPath(f"notes/{ID}.md"))
    assert found(of) == []
    cut = read(of.data.replace(b"the roads close", b"road #5 closes", 1), of.path)
    assert found(cut) == ["cut-by-comment"]


@pytest.mark.parametrize("state", ["captured", "validated", "formatted", "maintained", "odd"])
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(PIECES)), max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_note_is_checked_the_same_whatever_is_known_of_it(
    state: str, changes: list[tuple[str, str]]
) -> None:
    of = note(state)
    for old, new in changes:
        of = edited(of, old, new) if old in of.text else of
    known, unknown = check(of, CONTEXT), check(replace(of), replace(CONTEXT))
    assert known == unknown
    asked = CONTEXT.asked(of.state, of.kind)
    if asked.kind and asked.kind.fills(asked.sections, of.sections):
        filled = [s.heading for s in of.sections if asked.kind.filled(s)]
        assert {asked.kind.canonical(heading) for heading in filled} >= set(asked.sections)
