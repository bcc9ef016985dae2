"""Charts as inline SVG: values in, a picture out that reads without colour and in the dark.

Each has a title and a description for those who do not see it; the page puts the same values into
a table beside it. Sizes are in CSS pixels; text takes the page's colour, marks have a class.
"""

from collections.abc import Sequence
from math import ceil, cos, pi, sin
from typing import NamedTuple

from markupsafe import Markup, escape

from kmkit.views.words import columns

_ROW, _BAR, _GAP = 26, 16, 10
"""The height of a row of bars, of a bar in it; the space between its parts."""
_CHARACTER = 6.9
"""How wide a character is in the size of the labels, at most, on average."""
_LABEL = 24
"""Columns of a label; a longer one is cut."""
_WIDTH = 640
_COLUMNS_HIGH = 120


class Mark(NamedTuple):
    """One bar or column."""

    label: str
    value: float | None
    """None where there is no value: it is shown as none, not as zero."""
    shown: str
    """The value in words."""


class Series(NamedTuple):
    """One line of a radar."""

    name: str
    values: Sequence[float | None]
    """One for each axis."""


def bars(title: str, marks: Sequence[Mark]) -> Markup:
    """Horizontal bars, one a row, with the label before and the value behind; '' for no values."""
    if not any(mark.value for mark in marks):
        return Markup("")
    labels = [_cut(mark.label) for mark in marks]
    left = _CHARACTER * max(map(columns, labels)) + _GAP
    right = _CHARACTER * max(columns(mark.shown) for mark in marks) + _GAP
    room, most = _WIDTH - left - right, _most(marks)
    rows = []
    for at, (mark, label) in enumerate(zip(marks, labels, strict=True)):
        top, length = at * _ROW, room * (mark.value or 0) / most
        middle = top + _ROW / 2
        rows.append(
            f'<text class="label" x="{left - _GAP:.1f}" y="{middle:.1f}" text-anchor="end" '
            f'dominant-baseline="central">{escape(label)}</text>'
            f'<rect class="mark" x="{left:.1f}" y="{top + (_ROW - _BAR) / 2:.1f}" '
            f'width="{length:.1f}" height="{_BAR}"/>'
            f'<text class="value" x="{left + length + 6:.1f}" y="{middle:.1f}" '
            f'dominant-baseline="central">{escape(mark.shown)}</text>'
        )
    return _svg(title, marks, len(marks) * _ROW, rows)


def over_time(title: str, marks: Sequence[Mark]) -> Markup:
    """Columns side by side, the value above each and the label below; '' for no values."""
    if not any(mark.value for mark in marks):
        return Markup("")
    width, most = _WIDTH / len(marks), _most(marks)
    every = ceil(max(columns(mark.label) for mark in marks) * _CHARACTER / (width - 4))
    rows = []
    for at, mark in enumerate(marks):
        height = _COLUMNS_HIGH * (mark.value or 0) / most
        left, top, middle = at * width, 20 + _COLUMNS_HIGH - height, (at + 0.5) * width
        rows.append(
            f'<rect class="mark" x="{left + width * 0.15:.1f}" y="{top:.1f}" '
            f'width="{width * 0.7:.1f}" height="{height:.1f}"/>'
        )
        if columns(mark.shown) * _CHARACTER <= width:
            rows.append(
                f'<text class="value" x="{middle:.1f}" y="{top - 5:.1f}" text-anchor="middle">'
                f"{escape(mark.shown)}</text>"
            )
        if at % every == 0:
            rows.append(
                f'<text class="label" x="{middle:.1f}" y="{_COLUMNS_HIGH + 38}" '
                f'text-anchor="middle">{escape(mark.label)}</text>'
            )
    base = 20 + _COLUMNS_HIGH + 0.5
    rows.append(f'<line class="base" x1="0" x2="{_WIDTH}" y1="{base}" y2="{base}"/>')
    return _svg(title, marks, _COLUMNS_HIGH + 46, rows)


def radar(title: str, axes: Sequence[str], series: Sequence[Series], most: float) -> Markup:
    """A polygon for each series over axes from 0 to ``most``; '' for fewer than three axes."""
    if len(axes) < 3:
        return Markup("")
    size = 130.0
    beside = _CHARACTER * max(columns(_cut(axis)) for axis in axes)
    middle, height = 1.15 * size + beside, 2 * size + 90

    def point(at: int, value: float) -> tuple[float, float]:
        turn = 2 * pi * at / len(axes) - pi / 2
        length = size * value / most
        return middle + length * cos(turn), height / 2 + length * sin(turn)

    rings = [
        _polygon("ring", [point(at, most * part / 3) for at in range(len(axes))])
        for part in (1, 2, 3)
    ]
    shapes = [
        _polygon(
            f"series s{number}", [point(at, value or 0) for at, value in enumerate(one.values)]
        )
        for number, one in enumerate(series)
    ]
    labels = []
    for at, axis in enumerate(axes):
        x, y = point(at, most * 1.12)
        anchor = "middle" if abs(x - middle) < 5 else "start" if x > middle else "end"
        labels.append(
            f'<text class="label" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'dominant-baseline="central">{escape(_cut(axis))}</text>'
        )
    said = "; ".join(
        f"{one.name}: "
        + ", ".join(f"{a} {v:.1f}" for a, v in zip(axes, one.values, strict=True) if v is not None)
        for one in series
    )
    parts = [*rings, *shapes, *labels]
    return _picture(title, said, height, parts, width=2 * middle, kind="chart radar")


def _polygon(name: str, points: Sequence[tuple[float, float]]) -> str:
    said = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon class="{name}" points="{said}"/>'


def stacked(title: str, rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str]) -> Markup:
    """A bar for each row, as long as all, in parts that are its counts; '' for no rows."""
    if not rows:
        return Markup("")
    labels = [_cut(label) for label, _ in rows]
    left = _CHARACTER * max(map(columns, labels)) + _GAP
    parts = []
    for at, ((_, counts), label) in enumerate(zip(rows, labels, strict=True)):
        top, start, every = at * _ROW, left, sum(counts) or 1
        parts.append(
            f'<text class="label" x="{left - _GAP:.1f}" y="{top + _ROW / 2:.1f}" text-anchor="end" '
            f'dominant-baseline="central">{escape(label)}</text>'
        )
        for number, count in enumerate(counts):
            length = (_WIDTH - left) * count / every
            if count:
                parts.append(
                    f'<rect class="part p{number}" x="{start:.1f}" y="{top + 3}" '
                    f'width="{length:.1f}" height="{_ROW - 6}"/>'
                )
            if length > _CHARACTER * len(str(count)) + 4:
                parts.append(
                    f'<text class="in p{number}" x="{start + length / 2:.1f}" '
                    f'y="{top + _ROW / 2:.1f}" text-anchor="middle" dominant-baseline="central">'
                    f"{count}</text>"
                )
            start += length
    said = "; ".join(
        f"{label}: " + ", ".join(f"{n} {c}" for n, c in zip(names, counts, strict=True))
        for label, counts in rows
    )
    return _picture(title, said, len(rows) * _ROW, parts)


class Cell(NamedTuple):
    """A cell of a heat map."""

    shown: str
    shade: float
    """From 0, the lightest, to 1."""


def heat_map(
    title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell]]]
) -> Markup:
    """A cell for each row and head, shaded in five steps and with its value in words.

    It brings its own style, so that it can stand alone as a file.
    """
    if not rows:
        return Markup("")
    labels = [_cut(label) for label, _ in rows]
    left = _CHARACTER * max(map(columns, labels)) + _GAP
    width = (_WIDTH - left) / len(heads)
    parts = [
        f'<text class="head" x="{left + (at + 0.5) * width:.1f}" y="14" text-anchor="middle">'
        f"{escape(head)}</text>"
        for at, head in enumerate(heads)
    ]
    for line, ((_, cells), label) in enumerate(zip(rows, labels, strict=True)):
        top = 24 + line * _ROW
        parts.append(
            f'<text class="label" x="{left - _GAP:.1f}" y="{top + _ROW / 2:.1f}" text-anchor="end" '
            f'dominant-baseline="central">{escape(label)}</text>'
        )
        for at, cell in enumerate(cells):
            step = min(4, int(max(0.0, cell.shade) * 5))
            parts.append(
                f'<rect class="h{step}" x="{left + at * width + 1:.1f}" y="{top + 1}" '
                f'width="{width - 2:.1f}" height="{_ROW - 2}"/>'
                f'<text class="in h{step}" x="{left + (at + 0.5) * width:.1f}" '
                f'y="{top + _ROW / 2:.1f}" text-anchor="middle" dominant-baseline="central">'
                f"{escape(cell.shown)}</text>"
            )
    said = "; ".join(
        f"{label}: " + ", ".join(f"{h} {c.shown}" for h, c in zip(heads, cells, strict=True))
        for label, cells in rows
    )
    return _picture(title, said, 24 + len(rows) * _ROW, [_HEAT, *parts])


_HEAT = (
    "<style>.head,.label,.in{font:13px 'Segoe UI',Calibri,Helvetica,Arial,sans-serif}"
    ".head,.label{fill:currentColor}.h0{fill:#eef3f4}.h1{fill:#f3e1d3}.h2{fill:#e6bd9f}"
    ".h3{fill:#cf8a5f}.h4{fill:#a9552b}text.in{fill:#1f2933}text.h4{fill:#fff}</style>"
)
"""Light where nothing is missing; the cells keep their colours in the dark."""


def _svg(title: str, marks: Sequence[Mark], height: float, rows: Sequence[str]) -> Markup:
    return _picture(title, "; ".join(f"{m.label}: {m.shown}" for m in marks), height, rows)


def _picture(
    title: str,
    said: str,
    height: float,
    parts: Sequence[str],
    *,
    width: float = _WIDTH,
    kind: str = "chart",
) -> Markup:
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="img" '
        f'viewBox="0 0 {width:g} {height:g}" '
        f'aria-label="{escape(title)}. {escape(said)}">{"".join(parts)}</svg>'
    )


def _most(marks: Sequence[Mark]) -> float:
    """What the longest mark stands for; never nothing."""
    return max((mark.value for mark in marks if mark.value), default=1.0)


def _cut(label: str) -> str:
    """A label that leaves room for the bars."""
    if columns(label) <= _LABEL:
        return label
    kept = label
    while columns(kept) > _LABEL - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"
