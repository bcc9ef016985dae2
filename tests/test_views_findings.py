import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit import __version__
from kmkit.index.stale import REASONS, Reason, Stale
from kmkit.note.problem import Problem
from kmkit.note.rules import RULES
from kmkit.period import Period
from kmkit.text import HIDDEN
from kmkit.views.findings import FORMATS, as_problems, explain
from tests import golden_files
from tests.index_material import card
from tests.note_material import OWNER, TODAY, edited, note

NASTY = "100%,\r\n::error::x:y,z \x1b[31m\u202e<&>\"'\x00\ud800"
PROBLEMS = [
    Problem("notes/a.md", 3, 7, "bad-date", '"x" is not a date.', "Write it as YYYY-MM-DD."),
    Problem("notes/a.md", 9, 1, "unknown-topic", "No 'x'.", "Did you mean y?", "warning"),
    Problem("notes/ខ្មែរ, a:b.md", 1, 1, "missing-field", NASTY, NASTY),
]


@pytest.mark.parametrize("name", FORMATS)
@given(problems=st.lists(st.builds(
    Problem,
    st.text(min_size=1, max_size=12), st.integers(1, 99), st.integers(1, 99),
    st.sampled_from(sorted({*RULES, *REASONS})), st.text(max_size=20), st.text(max_size=8),
    st.sampled_from(["error", "warning"]),
), max_size=4))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_every_format_takes_whatever_stands_in_a_file(name: str, problems: list[Problem]) -> None:
    text = FORMATS[name](problems)
    text.encode("utf-8")
    assert not HIDDEN.search(text)


def test_text_is_a_line_for_each() -> None:
    lines = FORMATS["text"](PROBLEMS).splitlines()
    assert len(lines) == 3
    assert lines[0] == ('notes/a.md:3:7: bad-date: "x" is not a date. Write it as YYYY-MM-DD.')
    assert "\x1b" not in lines[2]
    assert "\u202e" not in lines[2]


def test_paths_are_from_the_top_of_the_repository() -> None:
    for name, render in FORMATS.items():
        quoted = render(PROBLEMS[:1], base="docs/lessons")
        assert "docs/lessons/notes/a.md" in quoted, name


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_a_contract(pytestconfig: pytest.Config, name: str) -> None:
    text = FORMATS[name](PROBLEMS, base="kb").replace(f'"{__version__}"', '"VERSION"')
    golden_files.check(pytestconfig, f"findings-{name}.txt", text)


def test_json() -> None:
    found = json.loads(FORMATS["json"](PROBLEMS))
    assert found["schema"] == "kmkit.problems/1"
    assert (found["errors"], found["warnings"]) == (2, 1)
    assert found["problems"][1] == {
        "path": "notes/a.md", "line": 9, "col": 1, "rule": "unknown-topic", "message": "No 'x'.",
        "mend": "Did you mean y?", "severity": "warning",
    }  # fmt: skip


def test_github_escapes_what_would_end_a_command() -> None:
    first, second, third = FORMATS["github"](PROBLEMS).rstrip("\n").split("\n")
    assert first == (
        "::error file=notes/a.md,line=3,col=7,title=bad-date"
        '::"x" is not a date. Write it as YYYY-MM-DD.'
    )
    assert second.startswith("::warning file=notes/a.md,line=9,")
    assert third.startswith(
        "::error file=notes/ខ្មែរ%2C a%3Ab.md,line=1,col=1,title=missing-field::"
    )
    assert "100%25,%0D%0A::error::x:y,z" in third


def test_gitlab() -> None:
    issues = json.loads(FORMATS["gitlab"](PROBLEMS))
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert re.fullmatch("[0-9a-f]{64}", issue["fingerprint"])
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert isinstance(issue["location"]["lines"]["begin"], int)
        assert not issue["location"]["path"].startswith("/")
    assert json.loads(FORMATS["gitlab"]([])) == []


def marks(problems: list[Problem]) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(FORMATS["gitlab"](problems))]


def test_fingerprints_stay_when_lines_move_and_never_clash() -> None:
    moved = [p._replace(line=p.line + 5, col=2) for p in PROBLEMS]
    assert marks(moved) == marks(PROBLEMS)
    assert marks([PROBLEMS[1], PROBLEMS[0]]) == [marks(PROBLEMS)[1], marks(PROBLEMS)[0]]
    twice = marks([PROBLEMS[0], PROBLEMS[0]])
    assert len(set(twice)) == 2


def test_sarif() -> None:
    log: dict[str, Any] = json.loads(FORMATS["sarif"](PROBLEMS))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "kmkit"
    assert [rule["id"] for rule in driver["rules"]] == [
        "bad-date",
        "unknown-topic",
        "missing-field",
    ]
    for rule in driver["rules"]:
        assert rule["help"]["text"] == RULES[rule["id"]]
        assert rule["shortDescription"]["text"].endswith(".")
        assert len(rule["shortDescription"]["text"]) < len(rule["help"]["text"])
    for result, problem in zip(run["results"], PROBLEMS, strict=True):
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == problem.rule
        assert result["level"] == problem.severity
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"] == {"startLine": problem.line, "startColumn": problem.col}
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", place["artifactLocation"]["uri"])


def test_sarif_of_nothing_has_results_that_are_empty() -> None:
    [run] = json.loads(FORMATS["sarif"]([]))["runs"]
    assert run["results"] == []


def test_junit_is_xml_whatever_is_in_the_file() -> None:
    text = FORMATS["junit"](PROBLEMS)
    suites = ElementTree.fromstring(text)
    [suite] = suites
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    for counted in (suites, suite):
        assert (counted.get("tests"), counted.get("failures")) == ("3", "2")
    assert len(suite.findall("testcase")) == 3
    assert len(suite.findall("testcase/failure")) == 2
    failure = suite.findall("testcase/failure")[1]
    assert failure.text is not None
    assert "<&>" in failure.text
    assert "\x1b" not in text


def test_junit_of_nothing_is_one_test_that_passed() -> None:
    suites = ElementTree.fromstring(FORMATS["junit"]([]))
    assert suites.get("tests") == "1"
    assert suites.get("failures") == "0"
    assert len(suites.findall(".//testcase")) == 1


def test_reasons_of_stale_notes_are_problems_at_the_field_they_are_about() -> None:
    of = note("maintained", derived_from=["x"])
    reasons = [Reason(code, None, f"It is {code}.") for code in REASONS if code != "unreadable"]
    problems = as_problems([Stale(card(of), OWNER, tuple(reasons))], lambda row: of, today=TODAY)
    lines = of.text.split("\n")
    shown = {p.rule: lines[p.line - 1].split(":")[0] for p in problems}
    assert shown == {
        "overdue": "reviewed", "due-soon": "reviewed", "changed": "state", "orphaned": "owner",
        "superseded": "derived_from", "contradicted": "state", "waiting": "state",
    }  # fmt: skip
    assert {p.rule: p.severity for p in problems}["due-soon"] == "warning"
    assert all(p.message.startswith("Order fuel before the roads close: It is") for p in problems)


def test_what_cannot_be_read_is_shown_where_it_stands() -> None:
    of = edited(note("maintained"), "on: 2026-03-31", "on: spring")
    rows = [Stale(card(of), OWNER, (Reason("unreadable", None, "x"),))]
    [problem] = as_problems(rows, lambda row: of, today=TODAY)
    assert of.text.split("\n")[problem.line - 1].startswith("reviewed:")
    assert problem.col > 1


def test_what_stands_no_longer_than_the_grace_only_warns() -> None:
    old = Reason("overdue", TODAY - timedelta(days=31), "x")
    new = Reason("overdue", TODAY - timedelta(days=30), "x")
    rows = [Stale(card(note()), OWNER, (old, new))]

    def severities(grace: Period | None) -> list[str]:
        found = as_problems(rows, lambda row: note(), today=TODAY, grace=grace)
        return [problem.severity for problem in found]

    assert severities(Period(days=30)) == ["error", "warning"]
    assert severities(None) == ["error", "error"]


def test_every_rule_and_reason_is_explained() -> None:
    for rule in (*RULES, *REASONS):
        assert len(explain(rule)) > 20, rule
    assert explain("no-such-rule") == ""


def test_every_rule_that_the_code_names_is_in_the_table() -> None:
    code = "\n".join(p.read_text("utf-8") for p in Path("src/kmkit").rglob("*.py"))
    named = set(re.findall(r'(?:problem|Problem|Flaw|flaw)\([^()]*?"([a-z-]+)",', code))
    assert len(named) > 15
    assert named <= {*RULES, *REASONS}
