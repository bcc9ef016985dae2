"""``kmkit metrics``: what was done and what came of it, in figures that can be opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import OutputFile, completing, deliver, format_of
from kmkit.cli.options import a_period
from kmkit.cli.screen import on_terminal, say, table
from kmkit.cli.told import Audience, open_for, say_for_whom
from kmkit.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.learn.metrics.scorecard import Line
    from kmkit.learn.metrics.world import World
    from kmkit.views.metrics import Sliced
    from kmkit.views.tables import Cell

_EMPTY = "There are no notes yet, so there is nothing to measure: kmkit capture."
_NO_NOTE = "No note may reach this circle yet."
FORMATS = ("table", "tsv", "csv", "json", "html")


def complete_metric(incomplete: str) -> list[str]:
    """The metrics that begin with ``incomplete``."""
    from kmkit.learn.metrics.table import BY_NAME

    return [name for name in BY_NAME if name.startswith(incomplete)]


def _complete_by(incomplete: str) -> list[str]:
    from kmkit.learn.metrics.slices import BY

    return [name for name in BY if name.startswith(incomplete)]


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
    audience: Audience = "",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"one of {', '.join(FORMATS)}",
            autocompletion=completing(FORMATS),
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

    known = FORMATS[:-1] if why else FORMATS
    screen = on_terminal() and not output
    wanted = format_of(fmt, output, known, "table" if screen else "tsv")
    with open_for(ctx, audience) as index:
        since, until = a_period(first, last, index.today)
        found = world(index, since=since, until=until)
        if why:
            from kmkit.cli.metrics_why import show_why

            show_why(found, why, by, wanted, output)
        else:
            lines = scorecard(found, _targets(index))
            _show(index, found, lines, by, _parts(found, by), wanted, output)
        if not found.lives:
            say(_NO_NOTE if index.wide else _EMPTY)
        say_for_whom(index)


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

    return [(name, measured(part, by=by)) for name, part in slices(found, by)]


def slices(found: "World", by: str) -> "list[tuple[str, World]]":
    """The period in parts; UsageError where there is no such way to tell them apart.

    Refused for units, where others than the house are told.
    """
    from kmkit.learn.metrics.slices import BY, sliced
    from kmkit.text import did_you_mean, one_line

    if by not in BY:
        mend = did_you_mean(by[:80], BY) or f"Use one of: {', '.join(BY)}."
        raise UsageError(f"--by: there is no '{one_line(by)}'.", mend)
    if found.wide and by == "unit":
        raise Refused(
            "Units are told apart in the house alone: a small one is a person.",
            "Leave --by out, or tell it apart by month, topic or kind.",
        )
    return sliced(found, by)


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
        write_rows(view.SLICES, view.sliced_rows(parts), wanted, output)
    elif wanted == "table" and on_terminal() and not output:
        from kmkit.cli.scorecard import show_scorecard

        show_scorecard(lines)
    else:
        write_rows(view.COLUMNS, view.rows(lines), wanted, output)


def write_rows(
    columns: "Sequence[str]", rows: "Sequence[Sequence[Cell]]", wanted: str, output: Path | None
) -> None:
    """Rows as CSV, as lines with tabs, or on a terminal as a table."""
    from kmkit.views.tables import csv, tsv

    if wanted == "csv":
        deliver(csv(columns, rows), output)
    elif output or wanted == "tsv":
        deliver(tsv(columns, rows, header=True), output)
    else:
        table(columns, rows)
