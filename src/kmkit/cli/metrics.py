"""``kmkit metrics``: what was done and what came of it, in figures that can be opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import OutputFile, deliver
from kmkit.cli.options import a_period, open_index
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.learn.metrics.figures import Figure
    from kmkit.learn.metrics.scorecard import Line
    from kmkit.learn.metrics.world import World
    from kmkit.views.metrics import Sliced
    from kmkit.views.tables import Cell

FORMATS = ("table", "tsv", "csv", "json", "html")
_SUFFIXES = {".csv": "csv", ".json": "json", ".html": "html", ".htm": "html", ".tsv": "tsv"}


def complete_metric(incomplete: str) -> list[str]:
    """The metrics that begin with ``incomplete``."""
    from kmkit.learn.metrics.table import BY_NAME

    return [name for name in BY_NAME if name.startswith(incomplete)]


def _complete_by(incomplete: str) -> list[str]:
    from kmkit.learn.metrics.slices import BY

    return [name for name in BY if name.startswith(incomplete)]


def _complete_format(incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def command(
    ctx: typer.Context,
    first: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="the first day: 2026, 'last month', P1Y")
    ] = "P1Y",
    last: Annotated[
        str, typer.Option("--until", metavar="WHEN", help="the last day; by default today")
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="PART",
            help="apart by month, unit, topic or kind",
            autocompletion=_complete_by,
        ),
    ] = "",
    why: Annotated[
        str,
        typer.Option(
            "--why",
            metavar="METRIC",
            help="what a figure was counted of: a metric, or metric:part such as notes:captured",
            autocompletion=complete_metric,
        ),
    ] = "",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"one of {', '.join(FORMATS)}",
            autocompletion=_complete_format,
        ),
    ] = "",
    output: OutputFile = None,
) -> None:
    """Measure what was done (outputs) and what came of it (outcomes) over a period.

    Each figure stands beside that of the period before, and beside its target where kmkit.toml
    has one under [targets]. --why opens a figure into the notes behind it. Nobody is ranked.

    \b
    kmkit metrics --since 2026
    kmkit metrics --by month --format html -o scorecard.html
    kmkit metrics --why on-time
    """
    from kmkit.learn.metrics.scorecard import scorecard
    from kmkit.learn.metrics.world import world

    wanted = _format(fmt, output)
    with open_index(ctx, records=True) as index:
        since, until = a_period(first, last, index.today)
        found = world(index, since=since, until=until)
        if why:
            _why(found, why, by, wanted, output)
            return
        lines = scorecard(found, _targets(index))
        parts = _parts(found, by)
        _show(index, found, lines, by, parts, wanted, output)
    if not found.lives:
        say("There are no notes yet, so there is nothing to measure: kmkit capture.")


def scorecard_text(kb: "KnowledgeBase") -> str:
    """The scorecard of the last twelve months, in plain lines."""
    from kmkit.index.book import Index
    from kmkit.learn.metrics.scorecard import scorecard
    from kmkit.learn.metrics.world import world
    from kmkit.views.metrics import text

    with Index.open(kb.root, today=kb.today) as index:
        since, until = a_period("P1Y", "", kb.today)
        found = world(index, since=since, until=until)
        return text(found, scorecard(found, index.rules.targets))


def _format(given: str, output: Path | None) -> str:
    """The format that was asked for, that the file's name says, or that fits where it goes."""
    if given and given not in FORMATS:
        from kmkit.text import did_you_mean

        mend = did_you_mean(given[:80], FORMATS) or f"Use one of: {', '.join(FORMATS)}."
        raise UsageError(f"--format: there is no '{given}'.", mend)
    if given:
        return given
    if output:
        return _SUFFIXES.get(output.suffix.casefold(), "tsv")
    return "table" if on_terminal() else "tsv"


def _targets(index: "Index") -> dict[str, float]:
    """What kmkit.toml aims at; a target of no metric is refused."""
    from kmkit.learn.metrics.table import BY_NAME
    from kmkit.text import did_you_mean, one_line

    targets = dict(index.rules.targets)
    for name in targets:
        if name.partition(":")[0] not in BY_NAME:
            near = did_you_mean(name[:80], BY_NAME) or "kmkit metrics shows their names."
            raise UsageError(f"kmkit.toml: targets: there is no metric '{one_line(name)}'.", near)
    return targets


def _parts(found: "World", by: str) -> "Sliced":
    """The figures by ``by``; none where nothing is asked."""
    if not by:
        return []
    from kmkit.learn.metrics.slices import BY, sliced
    from kmkit.learn.metrics.table import measured
    from kmkit.text import did_you_mean, one_line

    if by not in BY:
        mend = did_you_mean(by[:80], BY) or f"Use one of: {', '.join(BY)}."
        raise UsageError(f"--by: there is no '{one_line(by)}'.", mend)
    return [(name, measured(part, by=by)) for name, part in sliced(found, by)]


def _why(found: "World", why: str, by: str, wanted: str, output: Path | None) -> None:
    """What a figure was counted of; with ``by`` for each part."""
    from kmkit.learn.metrics.table import BY_NAME
    from kmkit.text import did_you_mean, one_line

    name, _, detail = why.partition(":")
    if name not in BY_NAME:
        mend = did_you_mean(name[:80], BY_NAME) or f"Metrics: {', '.join(BY_NAME)}."
        raise UsageError(f"--why: there is no metric '{one_line(name)}'.", mend)
    if by:
        raise UsageError("--why opens one figure of the whole.", "Leave --by out, or use --since.")
    figures = [f for f in BY_NAME[name].figures(found) if not detail or f.detail == detail]
    if not figures:
        parts = ", ".join(f.detail for f in BY_NAME[name].figures(found)) or "none"
        raise UsageError(f"--why: {name} has no part '{one_line(detail)}'.", f"Parts: {parts}.")
    _opened(figures, wanted, output)


def _opened(figures: "Sequence[Figure]", wanted: str, output: Path | None) -> None:
    from kmkit.learn.metrics.table import BY_NAME
    from kmkit.views.metrics import BEHIND, behind, shown

    rows: list[tuple[Cell, ...]] = []
    for figure in figures:
        rows += [(figure.detail, *row) for row in behind(figure)]
    _rows(("part", *BEHIND), rows, "table" if wanted == "html" else wanted, output)
    for figure in figures:
        named = f"{figure.metric}:{figure.detail}" if figure.detail else figure.metric
        say(f"{named}: {shown(figure)} ({BY_NAME[figure.metric].title}).")


def _show(
    index: "Index",
    found: "World",
    lines: "list[Line]",
    by: str,
    parts: "Sliced",
    wanted: str,
    output: Path | None,
) -> None:
    from kmkit.views import metrics as view

    if wanted == "json":
        deliver(view.as_json(found, lines, by, parts), output)
    elif wanted == "html":
        name = index.rules.organisation
        text = view.page(found, lines, by, parts, organisation=name, kb=index.root)
        deliver(text, output)
    elif by:
        _rows(view.SLICES, view.sliced_rows(parts), wanted, output)
    elif wanted == "table" and not output:
        _screen(lines)
    else:
        _rows(view.COLUMNS, view.rows(lines), wanted, output)


def _rows(
    columns: "Sequence[str]", rows: "Sequence[Sequence[Cell]]", wanted: str, output: Path | None
) -> None:
    from kmkit.views.porcelain import dumps
    from kmkit.views.tables import csv, tsv

    if wanted == "csv":
        deliver(csv(columns, rows), output)
    elif wanted == "json":
        deliver(dumps([dict(zip(columns, row, strict=True)) for row in rows]), output)
    elif output or not on_terminal():
        deliver(tsv(columns, rows, header=True), output)
    else:
        table(columns, rows)


_BAR = 20
"""The width of a share's bar on a terminal."""


def _screen(lines: "Sequence[Line]") -> None:
    """For people: outputs, then outcomes, each figure with its bar, its target and the change."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from kmkit.cli.screen import console
    from kmkit.text import one_line
    from kmkit.views.metrics import shown

    for side, heading in (("output", "What was done"), ("outcome", "What came of it")):
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for name in (heading, "", "", "before", "target"):
            grid.add_column(name, justify="left", overflow="fold")
        for line in lines:
            if line.metric.side != side:
                continue
            figure = line.figure
            part = f": {one_line(figure.detail)}" if figure.detail else ""
            unit = "" if figure.shape == "share" else f" {line.metric.unit}"
            of = f" of {len(figure.whole)}" if figure.shape == "share" and figure.whole else ""
            grid.add_row(
                Text(f"{line.metric.title}{part}"),
                Text(f"{shown(figure)}{unit if figure.value is not None else ''}{of}"),
                Text(_bar(figure), style="cyan"),
                Text(shown(line.before), style="dim"),
                _target(line),
            )
        console().print(grid)


def _bar(figure: "Figure") -> str:
    """A share as a bar; nothing for the others, which have no end to measure against."""
    if figure.shape != "share" or figure.value is None:
        return ""
    full = round(figure.value * _BAR)
    return "█" * full + "░" * (_BAR - full)


def _target(line: "Line") -> "Text":
    """The target, and whether it is reached."""
    from rich.text import Text

    from kmkit.views.metrics import shown

    if line.target is None:
        return Text("")
    said = shown(line.figure._replace(value=line.target))
    words = {True: ("reached", "green"), False: ("missed", "yellow"), None: ("", "")}[line.met]
    return Text.assemble(f"{said} ", words)
