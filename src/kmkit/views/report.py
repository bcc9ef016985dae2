"""A report by role as text, Markdown, a page of HTML, a letter, and JSON."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kmkit.learn.metrics.scorecard import Line as Scored
from kmkit.learn.reports.blocks import Line
from kmkit.learn.reports.report import Report
from kmkit.text import one_line
from kmkit.views.clean import escape_markdown as md
from kmkit.views.digest_values import RESULTS, between
from kmkit.views.environment import render_template
from kmkit.views.foot import foot
from kmkit.views.metrics import shown
from kmkit.views.porcelain import dumps
from kmkit.views.words import clip, wrap

_PAGES = {"html": "metrics/report.html.j2", "mail": "metrics/mail.html.j2"}
_WORDS = 40
"""Of a line, at most."""
_FIGURES = "In the last twelve months"


def render(of: Report, fmt: str, *, organisation: str, kb: Path) -> str:
    """The report as ``text``, ``md``, ``html``, ``json``, or as the HTML of a ``mail``."""
    if fmt in _PAGES:
        return _page(of, _PAGES[fmt], organisation, kb)
    if fmt == "json":
        return _json(of)
    lines = _markdown(of, organisation) if fmt == "md" else _text(of, organisation)
    return "\n".join(lines) + "\n"


def title(of: Report, organisation: str) -> str:
    """What the report is called."""
    return f"{one_line(organisation)}: for {of.for_whom}, {between(of.since, of.until)}"


def said(one: Scored) -> str:
    """A figure in a line: what it is, its value, what it was, its target."""
    parts = [f"{one.metric.title}: {shown(one.figure)}"]
    if one.before.value is not None:
        parts.append(f"a year before {shown(one.before)}")
    if one.target is not None:
        met = {True: "reached", False: "not reached", None: ""}[one.met]
        parts.append(f"target {shown(one.figure._replace(value=one.target))} {met}".strip())
    return ", ".join(parts)


def told(line: Line) -> str:
    """What a line says, with what came of a use before it."""
    outcome = RESULTS.get(line.outcome, line.outcome)
    return clip(one_line(f"{outcome}: {line.said}" if outcome else line.said), _WORDS)


def opens(of: Report, one: Scored) -> str:
    """The command that shows what a figure was counted of; '' for a circle beyond the narrowest."""
    return "" if of.wide else f"kmkit metrics --why {one.metric.name}"


def _text(of: Report, organisation: str) -> Iterator[str]:
    yield wrap(title(of, organisation))
    if of.figures:
        yield f"\n{_FIGURES}"
        for one in of.figures:
            yield wrap(said(one), first="  - ", rest="    ")
            yield from (f"    {how}" for how in [opens(of, one)] if how)
    for block in of.blocks:
        yield f"\n{block.title}"
        for line in block.lines:
            yield wrap(told(line), first="  - ", rest="    ")
            if line.command:
                yield f"    {line.command}"
        if block.more:
            yield f"  … and {block.more} more."
    if not of.blocks:
        yield f"\n{of.nothing}"
    yield f"\n{wrap(foot(of.circle, wide=of.wide))}"


def _markdown(of: Report, organisation: str) -> Iterator[str]:
    yield f"# {md(title(of, organisation))}"
    if of.figures:
        yield f"\n## {_FIGURES}\n"
        for one in of.figures:
            how = opens(of, one)
            yield f"- {md(said(one))}{f' `{how}`' if how else ''}"
    for block in of.blocks:
        yield f"\n## {md(block.title)}\n"
        for line in block.lines:
            command = f" `{line.command}`" if line.command else ""
            yield f"- {md(told(line))}{command}"
        if block.more:
            yield f"- … and {block.more} more."
    if not of.blocks:
        yield f"\n{of.nothing}"
    yield f"\n{md(foot(of.circle, wide=of.wide))}"


def _page(of: Report, name: str, organisation: str, kb: Path) -> str:
    return render_template(
        name,
        kb,
        organisation=organisation,
        for_whom=of.for_whom,
        period=between(of.since, of.until),
        heading=_FIGURES,
        figures=[
            (one.metric.title, shown(one.figure), said(one).partition(", ")[2], one.met,
             opens(of, one))
            for one in of.figures
        ],
        blocks=[
            {
                "title": block.title,
                "lines": [{"said": told(one), "command": one.command} for one in block.lines],
                "more": block.more,
            }
            for block in of.blocks
        ],
        nothing="" if of.blocks else of.nothing,
        foot=foot(of.circle, wide=of.wide),
    )  # fmt: skip


def _json(of: Report) -> str:
    """The report: ``kmkit.report/1``."""
    return dumps(
        {
            "schema": "kmkit.report/1",
            "role": of.role,
            "circle": of.circle or None,
            "since": of.since,
            "until": of.until,
            "figures": [
                {
                    "metric": one.metric.name,
                    "value": one.figure.value,
                    "before": one.before.value,
                    "target": one.target,
                    "met": one.met,
                    "why": opens(of, one) or None,
                }
                for one in of.figures
            ],
            "blocks": [
                {
                    "title": block.title,
                    "lines": [_line(line) for line in block.lines],
                    "more": block.more,
                }
                for block in of.blocks
            ],
        }
    )


def _line(line: Line) -> dict[str, Any]:
    return {**line._asdict(), "said": told(line), "outcome": line.outcome or None}
