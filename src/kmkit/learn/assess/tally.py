"""Answers added up, so that nobody's can be told from the sum."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kmkit.errors import Refused
from kmkit.learn.assess.instrument import Instrument
from kmkit.learn.assess.sheets import Sheet
from kmkit.text import fold

MINIMUM = 5
"""Of fewer people nothing is told apart; it cannot be set lower."""

Counts = tuple[int, ...]
"""How many gave each answer, from the least agreement to the most; last, how many could not say."""


class UnitTally(NamedTuple):
    """What the people of one unit answered, by dimension."""

    unit: str
    people: int
    dimensions: Mapping[str, Counts]


class Tally(NamedTuple):
    """What everybody answered."""

    people: int
    items: Mapping[str, Counts]
    """By the item's key."""
    units: tuple[UnitTally, ...]
    """Of those units alone of which enough people answered, and as many are left beside them."""


def tally(instrument: Instrument, sheets: Iterable[Sheet]) -> Tally:
    """The sum of the sheets; Refused where they are fewer than `MINIMUM`.

    A unit is told apart where at least so many of its people answered, and where those who are in
    no such unit are none or at least as many: otherwise what is left of the whole would be theirs.
    """
    every = list(sheets)
    if len(every) < MINIMUM:
        raise Refused(
            f"{len(every)} answered, and of fewer than {MINIMUM} nothing is told.",
            "Wait for more answers, then collect them all.",
        )
    items = {item.key: _counts(instrument, every, (item.key,)) for item in instrument.items}
    return Tally(len(every), items, tuple(_units(instrument, every)))


def _counts(instrument: Instrument, sheets: Sequence[Sheet], keys: Iterable[str]) -> Counts:
    given = Counter(sheet.answers.get(key) for key in keys for sheet in sheets)
    return (*(given[answer] for answer in range(1, instrument.points + 1)), given[None])


def _units(instrument: Instrument, sheets: Sequence[Sheet]) -> Iterable[UnitTally]:
    names: dict[str, str] = {}
    by_unit: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        key = fold(sheet.unit)
        names.setdefault(key, sheet.unit)
        by_unit.setdefault(key, []).append(sheet)
    shown = {key: own for key, own in by_unit.items() if key and len(own) >= MINIMUM}
    while shown and 0 < len(sheets) - sum(map(len, shown.values())) < MINIMUM:
        del shown[min(shown, key=lambda key: (len(shown[key]), key))]
    for key in sorted(shown):
        dimensions = {
            one.id: _counts(instrument, shown[key], [item.key for item in one.items])
            for one in instrument.dimensions
        }
        yield UnitTally(names[key], len(shown[key]), dimensions)


def mean(counts: Sequence[int]) -> float | None:
    """The mean answer, of those who could say; None where nobody could."""
    given = counts[:-1]
    people = sum(given)
    return sum(at * many for at, many in enumerate(given, start=1)) / people if people else None


def agreeing(counts: Sequence[int]) -> float | None:
    """The share that rather agrees than not, of those who could say."""
    given = counts[:-1]
    people = sum(given)
    return sum(given[(len(given) + 1) // 2 :]) / people if people else None


def added(several: Iterable[Sequence[int]]) -> Counts:
    """Counts of several items together."""
    return tuple(map(sum, zip(*several, strict=True)))
