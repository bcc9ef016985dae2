"""A world in parts: by month, unit, topic or kind."""

from collections.abc import Iterator
from datetime import date, timedelta

from kmkit.learn.metrics.world import World
from kmkit.text import fold

BY = ("month", "unit", "topic", "kind")
"""By what metrics can be told apart. A note may be in several topics, and in one of the others."""
NONE = "(none)"
"""The part of what has no unit, topic or kind."""


def sliced(world: World, by: str) -> list[tuple[str, World]]:
    """The parts of ``world``, each with its name, in order; raises KeyError for an unknown ``by``.

    Months are cut at the ends of the period.
    """
    if by == "month":
        return [(f"{since:%Y-%m}", world.over(since, until)) for since, until in _months(world)]
    parts: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for life in world.lives:
        values = {"unit": (life.unit,), "kind": (life.kind,), "topic": life.topics}[by]
        for name in values or ("",):
            key = fold(name)
            names.setdefault(key, name or NONE)
            parts.setdefault(key, set()).add(life.id)
    ordered = sorted(parts, key=lambda key: (key == "", key))
    return [(names[key], world.of(frozenset(parts[key]))) for key in ordered]


def _months(world: World) -> Iterator[tuple[date, date]]:
    """The first and the last day of each month of the period."""
    start = world.since
    while start <= world.until:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield start, min(following - timedelta(days=1), world.until)
        start = following
