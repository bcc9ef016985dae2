"""Rounds of an assessment: what they say, and how far two of them can be compared."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.learn.assess.instrument import Instrument
from kmkit.learn.assess.tally import MINIMUM, Counts, Tally, UnitTally, added, agreeing, mean
from kmkit.note.records.assessment import Assessment
from kmkit.text import one_line

SCHEMA = "kmkit.assessment/1"


class Round(NamedTuple):
    """What was answered in one round."""

    instrument: str
    version: int
    name: str
    on: date
    tally: Tally
    office: str = ""
    """Whose round it is, where another organisation shared it."""


class Score(NamedTuple):
    """One dimension of one round."""

    dimension: str
    title: str
    mean: float | None
    """From 1 for the least agreement; None where nobody could say."""
    agreeing: float | None
    """The share of answers that rather agree than not."""
    counts: Counts


class Change(NamedTuple):
    """A dimension in two rounds, over the items that both asked in the same words."""

    title: str
    before: float | None
    now: float | None
    items: int
    """How many items could be compared."""
    left_out: int
    """How many of this round's could not."""

    @property
    def by(self) -> float | None:
        """How much it has grown; None where nothing can be compared."""
        return None if self.before is None or self.now is None else self.now - self.before


def round_of(record: Assessment) -> Round:
    """The round that a record keeps."""
    units: dict[str, dict[str, Counts]] = {}
    people = {one.unit: one.people for one in record.units}
    for one in record.units:
        units.setdefault(one.unit, {})[one.dimension] = one.counts
    kept = tuple(UnitTally(unit, people[unit], parts) for unit, parts in units.items())
    items = {one.item: one.counts for one in record.answers}
    tally = Tally(record.people, items, kept)
    return Round(record.instrument, record.version, record.round, record.on, tally)


def fields_of(instrument: Instrument, name: str, on: date, found: Tally) -> dict[str, object]:
    """The front matter of the record of a round."""
    units = [
        {"unit": unit.unit, "people": unit.people, "dimension": id, "counts": list(counts)}
        for unit in found.units
        for id, counts in unit.dimensions.items()
    ]
    return {
        "instrument": instrument.name,
        "version": instrument.version,
        "round": one_line(name),
        "on": on,
        "people": found.people,
        "answers": [{"item": key, "counts": list(c)} for key, c in found.items.items()],
        "units": units,
    }


def scores(instrument: Instrument, of: Round) -> list[Score]:
    """Each dimension of the round, in the instrument's order."""
    found = []
    for one in instrument.dimensions:
        asked = [of.tally.items[i.key] for i in one.items if i.key in of.tally.items]
        if asked:
            counts = added(asked)
            found.append(Score(one.id, one.title, mean(counts), agreeing(counts), counts))
    return found


def changes(instrument: Instrument, before: Round, now: Round) -> list[Change]:
    """How each dimension has changed, over the items alone that both rounds asked."""
    found = []
    for one in instrument.dimensions:
        keys = [item.key for item in one.items if item.key in now.tally.items]
        both = [key for key in keys if key in before.tally.items]
        then = mean(added(before.tally.items[key] for key in both)) if both else None
        today = mean(added(now.tally.items[key] for key in both)) if both else None
        found.append(Change(one.title, then, today, len(both), len(keys) - len(both)))
    return found


def extremes(instrument: Instrument, of: Round, many: int = 3) -> tuple[list[str], list[str]]:
    """The sentences that most agree with, and those that fewest do; no sentence is in both."""
    rated = [
        (value, at, item.text)
        for at, item in enumerate(instrument.items)
        if (value := mean(of.tally.items.get(item.key, ()))) is not None
    ]
    many = min(many, len(rated) // 2)
    ordered = [text for _, _, text in sorted(rated, key=lambda row: (-row[0], row[1]))]
    return ordered[:many], ordered[::-1][:many]


def without_units(of: Round, masked: Callable[[str], str]) -> Round:
    """The round as others may have it: no unit is told apart, protected names are ``masked``."""
    return of._replace(
        name=masked(of.name), office=masked(of.office), tally=of.tally._replace(units=())
    )


def shared(of: Round, office: str) -> str:
    """The round as a file for other offices: without units."""
    value = {
        "schema": SCHEMA, "office": one_line(office), "instrument": of.instrument,
        "version": of.version, "round": of.name, "on": of.on.isoformat(),
        "people": of.tally.people, "items": {k: list(c) for k, c in of.tally.items.items()},
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_shared(path: Path) -> Round:
    """The round that another office shared; Cannot says what is wrong with the file."""
    try:
        value = json.loads(path.read_bytes())
        people, items = value["people"], _items(value["items"], value["people"])
        if value["schema"] != SCHEMA or people < MINIMUM or not items:
            raise ValueError
        return Round(
            str(value["instrument"]), int(value["version"]), one_line(value["round"]),
            date.fromisoformat(value["on"]), Tally(people, items, ()), one_line(value["office"]),
        )  # fmt: skip
    except OSError as error:
        raise Cannot(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Cannot(
            f"{path} is no shared round.", "Ask for the file that kmkit assess share writes."
        ) from None


def _items(given: Mapping[str, Sequence[int]], people: int) -> dict[str, Counts]:
    """The counts by item; ValueError where they are not those of so many people."""
    items = {str(key): tuple(counts) for key, counts in given.items()}
    for counts in items.values():
        if any(type(one) is not int or one < 0 for one in counts) or sum(counts) != people:
            raise ValueError
    return items


def latest(rounds: Iterable[Round], instrument: str) -> list[Round]:
    """The rounds of an instrument, the latest first."""
    own = [one for one in rounds if one.instrument == instrument]
    return sorted(own, key=lambda one: (one.on, one.name), reverse=True)
