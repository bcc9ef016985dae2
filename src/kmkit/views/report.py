"""A report by role as text, Markdown for a mail, a page of HTML, and JSON."""

from collections.abc import Iterator
from pathlib import Path

from kmkit.learn.metrics.scorecard import Line as Scored
from kmkit.learn.reports.report import Report
from kmkit.text import one_line
from kmkit.views.clean import escape_markdown as md
from kmkit.views.digest_values import between
from kmkit.views.environment import render_template
from kmkit.views.metrics import shown
from kmkit.views.porcelain import dumps
from kmkit.views.words import wrap

FORMATS = ("text", "md", "html", "json")


def render(of: Report, fmt: str, *, organisation: str, kb: Path) -> str:
    """The report in one of `FORMATS`."""
    if fmt == "html":
        return _page(of, organisation, kb)
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


def opens(one: Scored) -> str:
    """The command that shows what a figure was counted of."""
    return f"kmkit metrics --why {one.metric.name}"


def _text(of: Report, organisation: str) -> Iterator[str]:
    yield wrap(title(of, organisation))
    if of.figures:
        yield "\nIn the last twelve months"
        for one in of.figures:
            yield wrap(said(one), first="  - ", rest="    ")
            yield f"    {opens(one)}"
    for block in of.blocks:
        yield f"\n{block.title}"
        for line in block.lines:
            yield wrap(one_line(line.said), first="  - ", rest="    ")
            if line.command:
                yield f"    {line.command}"
        if block.more:
            yield f"  … and {block.more} more."
    if not of.blocks:
        yield f"\n{of.nothing}"


def _markdown(of: Report, organisation: str) -> Iterator[str]:
    yield f"# {md(title(of, organisation))}"
    if of.figures:
        yield "\n## In the last twelve months\n"
        yield from (f"- {md(said(one))} `{opens(one)}`" for one in of.figures)
    for block in of.blocks:
        yield f"\n## {md(block.title)}\n"
        for line in block.lines:
            command = f" `{line.command}`" if line.command else ""
            yield f"- {md(one_line(line.said))}{command}"
        if block.more:
            yield f"- … and {block.more} more."
    if not of.blocks:
        yield f"\n{of.nothing}"


def _page(of: Report, organisation: str, kb: Path) -> str:
    return render_template(
        "metrics/report.html.j2",
        kb,
        organisation=organisation,
        for_whom=of.for_whom,
        period=between(of.since, of.until),
        figures=[
            (one.metric.title, shown(one.figure), said(one).partition(", ")[2], one.met, opens(one))
            for one in of.figures
        ],
        blocks=of.blocks,
        nothing="" if of.blocks else of.nothing,
    )


def _json(of: Report) -> str:
    """The report: ``kmkit.report/1``."""
    return dumps(
        {
            "schema": "kmkit.report/1",
            "role": of.role,
            "since": of.since,
            "until": of.until,
            "figures": [
                {
                    "metric": one.metric.name,
                    "value": one.figure.value,
                    "before": one.before.value,
                    "target": one.target,
                    "met": one.met,
                    "why": opens(one),
                }
                for one in of.figures
            ],
            "blocks": [
                {
                    "title": block.title,
                    "lines": [line._asdict() for line in block.lines],
                    "more": block.more,
                }
                for block in of.blocks
            ],
        }
    )
