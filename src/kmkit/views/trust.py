"""What the audit came to, as findings for CI and as JSON."""

from kmkit.note.problem import Problem
from kmkit.trail.audit.anchor import Anchor
from kmkit.trail.audit.findings import Finding
from kmkit.trail.audit.report import Report
from kmkit.views.porcelain import dumps

_SHORT = 12
"""Digits of a commit's name that people see."""


def as_problem(finding: Finding) -> Problem:
    """A finding as a problem of its file; what is about no file is shown at policy.toml."""
    commit = f" Commit {finding.commit[:_SHORT]}." if finding.commit else ""
    if finding.again:
        commit = f"{commit[:-1]}, which stands again by {finding.again[:_SHORT]}."
    message = f"{finding.message}{commit}"
    return Problem(finding.path or "policy.toml", 1, 1, finding.rule, message, finding.mend)


def audit_json(report: Report, anchor: Anchor) -> str:
    """The whole report: ``kmkit.audit/1``."""
    return dumps(
        {
            "schema": "kmkit.audit/1",
            "anchor": {
                "commit": report.anchor,
                "steward": anchor.steward,
                "pinned": anchor.pinned,
            },
            "tip": report.tip,
            "commits": report.checked,
            "mended": report.mended,
            "findings": [finding._asdict() for finding in report.findings],
            "notes": [standing._asdict() for standing in report.standings],
            "records": [standing._asdict() for standing in report.records],
        }
    )
