"""The scorecard as people read it on a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

    from kmkit.learn.metrics.figures import Figure
    from kmkit.learn.metrics.scorecard import Line

_BAR = 20
"""The width of a share's bar on a terminal."""


def show_scorecard(lines: "Sequence[Line]") -> None:
    """Print outputs, then outcomes, each figure with its bar, its target and the change."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from kmkit.cli.screen import console
    from kmkit.text import one_line
    from kmkit.views.metrics import shown, unit_of

    for side, heading in (("output", "What was done"), ("outcome", "What came of it")):
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for name in (heading, "", "", "before", "target"):
            grid.add_column(name, justify="left", overflow="fold")
        for line in lines:
            if line.metric.side != side:
                continue
            figure = line.figure
            part = f": {one_line(figure.detail)}" if figure.detail else ""
            unit = unit_of(figure, line.metric.unit)
            of = f" of {len(figure.whole)}" if figure.shape == "share" and figure.whole else ""
            grid.add_row(
                Text(f"{line.metric.title}{part}"),
                Text(f"{shown(figure)} {unit}".rstrip() + of),
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
