"""Findings as text for people and as the formats that CI systems show.

Every function takes problems and returns the whole text. ``base`` is the knowledge base's path
inside its repository, '' where they are the same: CI wants paths from the repository's top.
"""

import hashlib
import json as _json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote
from xml.etree import ElementTree

from kmkit import __version__
from kmkit.index.card import Card
from kmkit.index.stale import REASONS, Reason, Stale, fatal
from kmkit.note.problem import Problem
from kmkit.note.rules import RULES
from kmkit.period import Period
from kmkit.text import HIDDEN, one_line
from kmkit.trail.audit.findings import RULES as AUDIT
from kmkit.views.porcelain import dumps

if TYPE_CHECKING:
    from kmkit.note.model import Note

_FIELD = {
    "overdue": "reviewed",
    "due-soon": "reviewed",
    "orphaned": "owner",
    "superseded": "derived_from",
}
"""The field beside which a reason is shown; elsewhere the state."""


def as_problems(
    rows: Iterable[Stale],
    whole: "Callable[[Card], Note]",
    *,
    today: date,
    grace: Period | None = None,
) -> list[Problem]:
    """The reasons of stale notes as problems; what is due soon or within ``grace`` only warns.

    ``whole`` gives the note of a card as its file stands, which tells the lines.
    """
    return [
        _reason(whole(row.note), reason, today, grace) for row in rows for reason in row.reasons
    ]


def _reason(note: "Note", reason: Reason, today: date, grace: Period | None) -> Problem:
    errors = [problem for problem in note.problems if problem.severity == "error"]
    if reason.code == "unreadable" and errors:
        line, col = errors[0].line, errors[0].col
    else:
        field = _FIELD.get(reason.code, "state")
        line, col = note.place(field if field in note.places else "state")
    severity: Literal["error", "warning"] = "error" if fatal(reason, today, grace) else "warning"
    message = f"{note.title}: {reason.message}"
    return Problem(str(note.path), line, col, reason.code, message, "", severity)


def text(problems: Iterable[Problem], *, base: str = "") -> str:
    """One line for each: file:line:col, rule, sentence, mend."""
    return "".join(f"{one_line(str(_based(p, base)))}\n" for p in problems)


def json(problems: Iterable[Problem], *, base: str = "") -> str:
    """A JSON object of schema ``kmkit.problems/1``."""
    found = [_based(problem, base) for problem in problems]
    counts = Counter(problem.severity for problem in found)
    return dumps(
        {
            "schema": "kmkit.problems/1",
            "errors": counts["error"],
            "warnings": counts["warning"],
            "problems": [problem._asdict() for problem in found],
        }
    )


def github(problems: Iterable[Problem], *, base: str = "") -> str:
    """Workflow commands: GitHub shows each beside its line.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "".join(_command(_based(problem, base)) for problem in problems)


def _command(p: Problem) -> str:
    places = {"file": p.path, "line": p.line, "col": p.col, "title": p.rule}
    said = ",".join(f"{name}={_property(str(value))}" for name, value in places.items())
    return f"::{p.severity} {said}::{_data(_sentences(p))}\n"


def _data(value: str) -> str:
    return HIDDEN.sub("", value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def gitlab(problems: Iterable[Problem], *, base: str = "") -> str:
    """A Code Quality report: GitLab shows it in the merge request.

    https://docs.gitlab.com/ci/testing/code_quality/
    """
    severity = {"error": "major", "warning": "minor"}
    found = [_based(problem, base) for problem in problems]
    issues = [
        {
            "description": _sentences(p),
            "check_name": p.rule,
            "fingerprint": mark,
            "severity": severity[p.severity],
            "location": {"path": p.path, "lines": {"begin": p.line}},
        }
        for p, mark in zip(found, _marks(found), strict=True)
    ]
    return dumps(issues)


def _marks(problems: Sequence[Problem]) -> list[str]:
    """A mark for each problem that stays as it is when lines move."""
    seen: Counter[tuple[str, str, str]] = Counter()
    marks = []
    for p in problems:
        same = (p.path, p.rule, p.message)
        seen[same] += 1
        told = _json.dumps([*same, seen[same]])
        marks.append(hashlib.sha256(told.encode()).hexdigest())
    return marks


def sarif(problems: Iterable[Problem], *, base: str = "") -> str:
    """A SARIF 2.1.0 log: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""
    found = [_based(problem, base) for problem in problems]
    rules = list(dict.fromkeys(problem.rule for problem in found))
    results = [
        {
            "ruleId": p.rule,
            "ruleIndex": rules.index(p.rule),
            "level": p.severity,
            "message": {"text": _sentences(p)},
            "locations": [{"physicalLocation": _place(p)}],
            "partialFingerprints": {"kmkit/v1": mark},
        }
        for p, mark in zip(found, _marks(found), strict=True)
    ]
    driver = {
        "name": "kmkit",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    return dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
            ],
        }
    )


def _rule(rule: str) -> dict[str, object]:
    """What SARIF is told of a rule."""
    help = explain(rule)
    return {
        "id": rule,
        "shortDescription": {"text": re.split(r"(?<=\.) ", help, maxsplit=1)[0]},
        "fullDescription": {"text": help},
        "help": {"text": help},
    }


def _place(p: Problem) -> dict[str, object]:
    return {
        "artifactLocation": {"uri": quote(p.path), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": p.line, "startColumn": p.col},
    }


def junit(problems: Iterable[Problem], *, base: str = "") -> str:
    """A JUnit report: one failed test for each error, one passed test for each warning."""
    found = [_based(problem, base) for problem in problems]
    failures = sum(problem.severity == "error" for problem in found)
    counts = {"tests": str(len(found) or 1), "failures": str(failures), "errors": "0"}
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "kmkit", **counts})
    for p in found:
        names = {"classname": _xml(p.path), "name": f"{p.rule}, line {p.line}", "time": "0"}
        case = ElementTree.SubElement(suite, "testcase", {**names, "file": _xml(p.path)})
        if p.severity == "error":
            failed = ElementTree.SubElement(
                case, "failure", {"type": p.rule, "message": one_line(_xml(p.message))}
            )
            failed.text = _xml(str(p))
        else:
            ElementTree.SubElement(case, "system-out").text = _xml(str(p))
    if not found:
        ElementTree.SubElement(suite, "testcase", {"classname": "kmkit", "name": "no problems"})
    ElementTree.indent(suites)
    body = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(value: str) -> str:
    """The text without hidden characters and those that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", HIDDEN.sub("", value))


FORMATS: dict[str, Callable[..., str]] = {
    "text": text,
    "json": json,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
    "junit": junit,
}
"""Name of a format -> ``render(problems, base=…)``."""


def explain(rule: str) -> str:
    """What a rule is about and what to do, or '' where there is no such rule."""
    if rule in AUDIT:
        return AUDIT[rule].explain
    return RULES.get(rule) or REASONS.get(rule, "")


def _sentences(p: Problem) -> str:
    return f"{p.message} {p.mend}".strip()


def _based(p: Problem, base: str) -> Problem:
    """The problem with its path from the top of the repository, as text that can be encoded."""
    path = str(PurePosixPath(base, p.path)) if base else p.path
    return p._replace(
        path=path.encode("utf-8", "replace").decode(),
        message=p.message.encode("utf-8", "replace").decode(),
        mend=p.mend.encode("utf-8", "replace").decode(),
    )
