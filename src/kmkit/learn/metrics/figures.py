"""A figure, and the notes behind it: whoever doubts it can open it."""

from collections.abc import Iterable
from statistics import median as middle
from typing import Literal, NamedTuple

Shape = Literal["count", "share", "median"]


class Item(NamedTuple):
    """One of the things that a figure counts."""

    note: str
    """The id of the note, '' where it is something else."""
    said: str
    """What it is, in words: a title, a topic, a unit. Never the name of a person."""
    days: float | None = None
    """What a median is taken of."""


class Figure(NamedTuple):
    """A number, and what it was counted of."""

    metric: str
    detail: str
    """Which part of the metric, such as a state or a channel; '' for all of it."""
    shape: Shape
    value: float | None
    """None where there is nothing to count it of."""
    part: tuple[Item, ...]
    """What was counted: all of a count and of a median; of a share those that fulfil it."""
    whole: tuple[Item, ...] = ()
    """Of a share: all that it was taken of."""


def count(metric: str, items: Iterable[Item], *, detail: str = "") -> Figure:
    """How many there are."""
    part = tuple(items)
    return Figure(metric, detail, "count", len(part), part)


def share(metric: str, whole: Iterable[tuple[Item, bool]], *, detail: str = "") -> Figure:
    """How many of ``whole`` fulfil it, from 0 to 1; None of nothing."""
    judged = tuple(whole)
    part = tuple(item for item, fulfils in judged if fulfils)
    every = tuple(item for item, _ in judged)
    return Figure(metric, detail, "share", len(part) / len(every) if every else None, part, every)


def median(metric: str, items: Iterable[Item], *, detail: str = "") -> Figure:
    """The median of the items' days; None of none."""
    part = tuple(items)
    days = [item.days for item in part if item.days is not None]
    return Figure(metric, detail, "median", middle(days) if days else None, part)
