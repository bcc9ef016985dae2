"""Metrics in words: rows for tables, JSON, and what the page of the scorecard is made of."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from kmkit.learn.metrics.figures import Figure
from kmkit.learn.metrics.scorecard import Line
from kmkit.learn.metrics.table import BY_NAME, Metric
from kmkit.learn.metrics.world import World
from kmkit.views.charts import Mark, bars, over_time
from kmkit.views.digest_values import between
from kmkit.views.environment import render_template
from kmkit.views.foot import foot
from kmkit.views.porcelain import dumps
from kmkit.views.tables import Cell

COLUMNS = ("metric", "part", "value", "unit", "of", "before", "target", "met")
SLICES = ("by", "metric", "part", "value", "unit", "of")
BEHIND = ("note", "what", "days", "counted")

_ONE = {"people": "person"}

Sliced = Sequence[tuple[str, Sequence[Figure]]]
"""Figures of each part of a whole, by the part's name."""


def shown(figure: Figure) -> str:
    """A figure's value in words: 12, 62 %, 12.5; – for none."""
    if figure.value is None:
        return "–"
    if figure.shape == "share":
        return f"{figure.value:.0%}".replace("%", " %")
    return f"{figure.value:g}"


def unit_of(figure: Figure, unit: str) -> str:
    """The unit behind a value: notes, or note where it is one; '' for a share, and for none."""
    if figure.shape == "share" or figure.value is None:
        return ""
    return _ONE.get(unit, unit.removesuffix("s")) if figure.value == 1 else unit


def rows(lines: Iterable[Line]) -> list[tuple[Cell, ...]]:
    """The scorecard as rows of `COLUMNS`; numbers as they are, shares from 0 to 1."""
    return [
        (
            line.metric.name,
            line.figure.detail,
            _rounded(line.figure.value),
            line.metric.unit,
            len(line.figure.whole) if line.figure.shape == "share" else None,
            _rounded(line.before.value),
            line.target,
            {True: "yes", False: "no", None: ""}[line.met],
        )
        for line in lines
    ]


def text(world: World, lines: Iterable[Line]) -> str:
    """The scorecard in plain lines, the parts of metrics left out."""
    said = [f"What was done, and what came of it, {between(world.since, world.until)}", ""]
    for line in lines:
        if line.figure.detail or line.figure.value is None:
            continue
        of = f" of {len(line.figure.whole)}" if line.figure.whole else ""
        met = {True: ", reached", False: ", not reached", None: ""}[line.met]
        target = line.figure._replace(value=line.target)
        aim = f"  (target {shown(target)}{met})" if line.target is not None else ""
        said.append(f"  {line.metric.title:<40} {shown(line.figure):>6}{of}{aim}")
    return "\n".join(said) + "\n"


def sliced_rows(parts: Sliced) -> list[tuple[Cell, ...]]:
    """Figures by month, unit, topic or kind as rows of `SLICES`."""
    return [
        (
            name,
            figure.metric,
            figure.detail,
            _rounded(figure.value),
            BY_NAME[figure.metric].unit,
            len(figure.whole) if figure.shape == "share" else None,
        )
        for name, figures in parts
        for figure in figures
    ]


def behind(figure: Figure) -> list[tuple[Cell, ...]]:
    """What a figure was counted of as rows of `BEHIND`."""
    counted = list(figure.part)
    if figure.shape != "share":
        return [(item.note, item.said, _rounded(item.days), "yes") for item in counted]
    found: list[tuple[Cell, ...]] = []
    for item in figure.whole:
        there = item in counted
        if there:
            counted.remove(item)
        found.append((item.note, item.said, None, "yes" if there else "no"))
    return found


def as_json(world: World, lines: Sequence[Line], by: str, parts: Sliced) -> str:
    """Every figure with its definition: ``kmkit.metrics/1``."""
    said: dict[str, Any] = {
        "schema": "kmkit.metrics/1",
        "since": world.since.isoformat(),
        "until": world.until.isoformat(),
        "circle": world.circle or None,
        "metrics": [
            {
                "metric": line.metric.name,
                "part": line.figure.detail or None,
                "title": line.metric.title,
                "side": line.metric.side,
                "unit": line.metric.unit,
                "better": line.metric.better or None,
                "definition": line.metric.definition,
                "source": line.metric.source,
                **_figure(line.figure),
                "before": line.before.value,
                "target": line.target,
                "met": line.met,
            }
            for line in lines
        ],
    }
    if by:
        said["by"] = by
        said["parts"] = [
            {by: name, "metrics": [{"metric": f.metric, "part": f.detail or None, **_figure(f)}
                                   for f in figures]}
            for name, figures in parts
        ]  # fmt: skip
    return dumps(said)


def why_json(world: World, metric: Metric, by: str, figures: Sequence[tuple[str, Figure]]) -> str:
    """What figures of one metric were counted of: ``kmkit.why/1``.

    ``rows`` are those of all ``figures``, each with the part that it is of. ``value`` is that of
    the one figure, null where there are several: what those add up to need not mean anything.
    """
    rows = [
        {**_at(by, part), "part": figure.detail or None, **opened}
        for part, figure in figures
        for opened in (dict(zip(BEHIND, row, strict=True)) for row in behind(figure))
    ]
    told = [
        {**_at(by, part), "part": figure.detail or None, **_figure(figure)}
        for part, figure in figures
    ]
    return dumps(
        {
            "schema": "kmkit.why/1",
            "metric": metric.name,
            "title": metric.title,
            "unit": metric.unit,
            "definition": metric.definition,
            "source": metric.source,
            "since": world.since.isoformat(),
            "until": world.until.isoformat(),
            "circle": world.circle or None,
            "value": figures[0][1].value if len(figures) == 1 else None,
            "figures": told,
            "rows": rows,
        }
    )


def _at(by: str, part: str) -> dict[str, str]:
    return {by: part} if by else {}


def _figure(figure: Figure) -> dict[str, Any]:
    counted = len(figure.part)
    whole = len(figure.whole) if figure.shape == "share" else None
    return {"shape": figure.shape, "value": figure.value, "counted": counted, "of": whole}


def _rounded(value: float | None) -> float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 4)


class Told(NamedTuple):
    """A metric as the page shows it."""

    metric: Metric
    value: str
    """'' where it has parts instead."""
    of: str
    target: str
    met: bool | None
    change: str
    chart: Markup
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    """The values of the chart."""


def page(
    world: World, lines: Sequence[Line], by: str, parts: Sliced, *, organisation: str, kb: Path
) -> str:
    """The scorecard as a page of HTML that needs nothing but itself."""
    told = [_told(metric, own, by, parts) for metric, own in _by_metric(lines)]
    return render_template(
        "metrics/metrics.html.j2",
        kb,
        organisation=organisation,
        period=between(world.since, world.until),
        by=by,
        wide=world.wide,
        foot=foot(world.circle, wide=world.wide),
        sides=[
            (heading, [it for it in told if it.metric.side == side])
            for side, heading in (
                ("output", "What was done"), ("outcome", "What came of it")
            )
        ],
    )  # fmt: skip


def _by_metric(lines: Sequence[Line]) -> Iterator[tuple[Metric, list[Line]]]:
    for name, own in groupby(lines, key=lambda line: line.metric.name):
        yield BY_NAME[name], list(own)


def _told(metric: Metric, lines: list[Line], by: str, parts: Sliced) -> Told:
    single = lines[0] if len(lines) == 1 and not lines[0].figure.detail else None
    marks = (
        _slices(metric, parts)
        if parts and single
        else [] if single
        else [Mark(one.figure.detail, one.figure.value, shown(one.figure)) for one in lines]
    )  # fmt: skip
    draw = over_time if parts and single and by == "month" else bars
    return Told(
        metric=metric,
        value=shown(single.figure) if single else "",
        of=_of(single.figure) if single else "",
        target=_target(single) if single else "",
        met=single.met if single else None,
        change=_change(single) if single else "",
        chart=draw(metric.title, marks),
        columns=(by if parts and single else "part", metric.unit),
        table=tuple((mark.label, mark.shown) for mark in marks),
    )


def _slices(metric: Metric, parts: Sliced) -> list[Mark]:
    found = ((name, f) for name, figures in parts for f in figures if f.metric == metric.name)
    return [Mark(name, figure.value, shown(figure)) for name, figure in found]


def _of(figure: Figure) -> str:
    if figure.shape == "share":
        return f"{len(figure.part)} of {len(figure.whole)}" if figure.whole else "nothing to count"
    if figure.shape == "median":
        return f"over {len(figure.part)}" if figure.part else "nothing to count"
    return ""


def _target(line: Line) -> str:
    if line.target is None:
        return ""
    return shown(line.figure._replace(value=line.target))


def _change(line: Line) -> str:
    change = line.change
    if change is None:
        return ""
    if not change:
        return "as before"
    before = shown(line.before)
    return f"{'up' if change > 0 else 'down'} from {before}"
