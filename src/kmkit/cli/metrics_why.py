"""``kmkit metrics --why``: a figure opened into what it was counted of."""

from pathlib import Path
from typing import TYPE_CHECKING

from kmkit.cli.formats import deliver
from kmkit.cli.metrics import slices, write_rows
from kmkit.cli.screen import say
from kmkit.errors import Refused, UsageError
from kmkit.text import did_you_mean, one_line

if TYPE_CHECKING:
    from kmkit.learn.metrics.figures import Figure
    from kmkit.learn.metrics.table import Metric
    from kmkit.learn.metrics.world import World
    from kmkit.views.tables import Cell


def show_why(found: "World", why: str, by: str, wanted: str, output: Path | None) -> None:
    """What the figures of a metric, or of a part of it, were counted of; with ``by`` for each."""
    from kmkit.views.metrics import why_json

    metric, figures = _chosen(found, why, by)
    if wanted == "json":
        deliver(why_json(found, metric, by, figures), output)
    else:
        _rows(figures, by, wanted, output)
    _said(metric, figures, by)


def _chosen(found: "World", why: str, by: str) -> "tuple[Metric, list[tuple[str, Figure]]]":
    """The metric, and its figures that are meant, each with the name of its part of the period."""
    from kmkit.learn.metrics.table import BY_NAME

    name, _, detail = why.partition(":")
    if name not in BY_NAME:
        mend = did_you_mean(name[:80], BY_NAME) or f"Metrics: {', '.join(BY_NAME)}."
        raise UsageError(f"--why: there is no metric '{one_line(name)}'.", mend)
    metric = BY_NAME[name]
    if metric.house and found.wide:
        raise Refused(
            f"--why: {name} is told in the house alone, and not to {found.circle}.",
            "It is about people, or about what is critical: leave --audience out.",
        )
    if by and by not in metric.by:
        apart = ", ".join(metric.by) or "nothing"
        raise UsageError(f"--why: {name} is not told apart by {one_line(by)}.", f"By: {apart}.")
    parts = slices(found, by) if by else [("", found)]
    opened = [
        (part, figure)
        for part, world in parts
        for figure in metric.figures(world)
        if not detail or figure.detail == detail
    ]
    if not opened and detail:
        known = ", ".join(f.detail for f in metric.figures(found)) or "none"
        raise UsageError(f"--why: {name} has no part '{one_line(detail)}'.", f"Parts: {known}.")
    return metric, opened


def _rows(figures: "list[tuple[str, Figure]]", by: str, wanted: str, output: Path | None) -> None:
    from kmkit.views.metrics import BEHIND, behind

    rows: list[tuple[Cell, ...]] = []
    for part, figure in figures:
        at = (part,) if by else ()
        rows += [(*at, figure.detail, *row) for row in behind(figure)]
    write_rows((*(("by",) if by else ()), "part", *BEHIND), rows, wanted, output)


def _said(metric: "Metric", figures: "list[tuple[str, Figure]]", by: str) -> None:
    """Each figure in words, so that the lines above can be compared with it."""
    from kmkit.views.metrics import shown

    for part, figure in figures:
        named = f"{figure.metric}:{figure.detail}" if figure.detail else figure.metric
        where = f"{one_line(part)}, " if by else ""
        say(f"{where}{named}: {shown(figure)} ({metric.title}).")
