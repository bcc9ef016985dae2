"""Outcomes: what was applied, with what result, and what had to be learnt again."""

from collections.abc import Iterator, Mapping
from datetime import date

from kmkit.learn.metrics.figures import Figure, Item, count, median, share
from kmkit.learn.metrics.lives import Life
from kmkit.learn.metrics.outputs import item
from kmkit.learn.metrics.world import World
from kmkit.lifecycle.states import WALK


def identified(world: World) -> list[Life]:
    """The notes of the period that are meant to be used again, those that were dropped left out."""
    return [
        life
        for life in world.lives
        if world.within(life.captured) and life.every and life.state(world.until) in WALK
    ]


def applied(world: World) -> Iterator[Figure]:
    """Of the notes identified in the period, those that somebody used by its end."""
    first = _first_uses(world)
    cohort = identified(world)
    yield share("applied", ((item(life), life.id in first) for life in cohort))


def learned(world: World) -> Iterator[Figure]:
    """Of the notes identified in the period, those that were learned by its end."""
    since = {id: day for id, day in (world.learned or {}).items() if day <= world.until}
    yield share("learned", ((item(life), life.id in since) for life in identified(world)))


def days_to_use(world: World) -> Iterator[Figure]:
    """From the capture to the first use, of the notes that were first used in the period."""
    yield median("days-to-use", _waits(world, _first_uses(world)))


def days_to_learn(world: World) -> Iterator[Figure]:
    """From the capture to the day it was learned, of the notes learned in the period."""
    yield median("days-to-learn", _waits(world, world.learned or {}))


def _waits(world: World, ends: Mapping[str, date]) -> Iterator[Item]:
    for life in world.lives:
        end = ends.get(life.id)
        if end and life.captured and world.within(end):
            yield item(life, days=max((end - life.captured).days, 0))


def _first_uses(world: World) -> dict[str, date]:
    """The day of each note's first use, up to the end of the period."""
    first: dict[str, date] = {}
    for use in sorted(world.uses, key=lambda use: use.on):
        if use.on <= world.until:
            first.setdefault(use.note, use.on)
    return first


def uses(world: World) -> Iterator[Figure]:
    """The uses that were reported for days of the period."""
    yield count("uses", (told for told, _ in _uses(world)))


def helped(world: World) -> Iterator[Figure]:
    """Of the uses of the period, those that helped."""
    yield share("helped", _uses(world))


def _uses(world: World) -> Iterator[tuple[Item, bool]]:
    titles = {life.id: life.title for life in world.lives}
    for use in world.uses:
        if use.note in titles and world.within(use.on):
            said = f"{titles[use.note]}: {use.outcome} in {use.where}"
            yield Item(use.note, said), use.outcome == "helped"


def recurrence(world: World) -> Iterator[Figure]:
    """Of the notes captured in the period, those that say again what an older one says."""
    fresh = (life for life in world.lives if world.within(life.captured))
    yield share("recurrence", ((item(life), life.id in world.again) for life in fresh))
