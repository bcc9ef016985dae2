"""``kmkit metrics``: what was done and what came of it, in figures that can be opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import OutputFile, by_ending, deliver
from kmkit.cli.options import a_period, open_index
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        return by_ending(output, _SUFFIXES)
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
    from kmkit.learn.metrics.table import measured

    return [(name, measured(part, by=by)) for name, part in _slices(found, by)]


def _slices(found: "World", by: str) -> "list[tuple[str, World]]":
    """The period in parts; UsageError where there is no such way to tell them apart."""
    from kmkit.learn.metrics.slices import BY, sliced
    from kmkit.text import did_you_mean, one_line

    if by not in BY:
        mend = did_you_mean(by[:80], BY) or f"Use one of: {', '.join(BY)}."
        raise UsageError(f"--by: there is no '{one_line(by)}'.", mend)
    return sliced(found, by)


def _why(found: "World", why: str, by: str, wanted: str, output: Path | None) -> None:
    """What a figure was counted of; with ``by`` for each part."""
    from kmkit.learn.metrics.table import BY_NAME
    from kmkit.text import did_you_mean, one_line

    name, _, detail = why.partition(":")
    if name not in BY_NAME:
        mend = did_you_mean(name[:80], BY_NAME) or f"Metrics: {', '.join(BY_NAME)}."
        raise UsageError(f"--why: there is no metric '{one_line(name)}'.", mend)
    metric = BY_NAME[name]
    if by and by not in metric.by:
        apart = ", ".join(metric.by) or "nothing"
        raise UsageError(f"--why: {name} is not told apart by {one_line(by)}.", f"By: {apart}.")
    parts = _slices(found, by) if by else [("", found)]
    opened = [
        (part, figure)
        for part, world in parts
        for figure in metric.figures(world)
        if not detail or figure.detail == detail
    ]
    if not opened and detail:
        known = ", ".join(f.detail for f in metric.figures(found)) or "none"
        raise UsageError(f"--why: {name} has no part '{one_line(detail)}'.", f"Parts: {known}.")
    _opened(opened, by, wanted, output)


def _opened(
    figures: "Sequence[tuple[str, Figure]]", by: str, wanted: str, output: Path | None
) -> None:
    from kmkit.learn.metrics.table import BY_NAME
    from kmkit.text import one_line
    from kmkit.views.metrics import BEHIND, behind, shown

    rows: list[tuple[Cell, ...]] = []
    for part, figure in figures:
        at = (part,) if by else ()
        rows += [(*at, figure.detail, *row) for row in behind(figure)]
    columns = (*(("by",) if by else ()), "part", *BEHIND)
    _rows(columns, rows, "table" if wanted == "html" else wanted, output)
    for part, figure in figures:
        named = f"{figure.metric}:{figure.detail}" if figure.detail else figure.metric
        where = f"{one_line(part)}, " if by else ""
        say(f"{where}{named}: {shown(figure)} ({BY_NAME[figure.metric].title}).")


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
        from kmkit.cli.scorecard import show_scorecard

        show_scorecard(lines)
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
