"""Who could help whom: offices paired by what one needs and another has, for peer assists."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kmkit.learn.assess.instrument import Instrument
from kmkit.learn.assess.rounds import Round
from kmkit.learn.assess.tally import added, mean
from kmkit.learn.dating import proposed

AHEAD = 0.5
"""Points by which who helps has to be ahead of who asks; less is within what moods change."""


class Pair(NamedTuple):
    """One office that could help another with one thing."""

    asks: str
    helps: str
    about: str
    """The id of the dimension."""
    title: str
    need: float
    """The mean of who asks, from 1."""
    strength: float
    """The mean of who helps."""
    why: str
    on: date | None = None
    """A day that is proposed."""


Means = Mapping[str, Mapping[str, float]]
"""The mean of each dimension, by office."""


def means_of(instrument: Instrument, rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """The mean of each dimension of each office, over the items that all of them were asked."""
    common = set.intersection(*(set(one.tally.items) for one in rounds)) if rounds else set()
    found: dict[str, dict[str, float]] = {}
    for one in rounds:
        for dimension in instrument.dimensions:
            counts = [one.tally.items[i.key] for i in dimension.items if i.key in common]
            if counts and (value := mean(added(counts))) is not None:
                found.setdefault(one.office, {})[dimension.id] = value
    return found


def matched(means: Means, titles: Mapping[str, str], *, each: int = 1) -> list[Pair]:
    """Pairs such that no two offices would both rather be paired with each other.

    Every office asks for help with what it is weakest in, where somebody is `AHEAD` of it, and
    helps ``each`` others at most. Who asks prefers who is strongest in it; who helps prefers who
    needs it most. This is deferred acceptance (Gale and Shapley, 1962), so the result is stable
    and does not depend on the order in which offices are given.
    """
    wishes = {office: list(_wishes(means, office)) for office in sorted(means)}
    accepted: dict[str, list[tuple[float, str, str]]] = {office: [] for office in means}
    free = [office for office in sorted(means) if wishes[office]]
    while free:
        asks = free.pop(0)
        if not wishes[asks]:
            continue
        helps, about = wishes[asks].pop(0)
        held = sorted([*accepted[helps], (means[asks][about], asks, about)])
        accepted[helps] = held[:each]
        free += [office for _, office, _ in held[each:]]
    pairs = [
        _pair(means, asks, helps, about, titles)
        for helps, held in accepted.items()
        for _, asks, about in held
    ]
    return sorted(pairs, key=lambda pair: (pair.need, pair.asks))


def _wishes(means: Means, asks: str) -> Iterator[tuple[str, str]]:
    """Whom an office would ask about what: its weakest dimension first, the strongest helper."""
    for about, own in sorted(means[asks].items(), key=lambda part: (part[1], part[0])):
        others = [(means[o].get(about, 0.0), o) for o in means if o != asks]
        ahead = sorted((-value, o) for value, o in others if value - own >= AHEAD)
        yield from ((office, about) for _, office in ahead)


def _pair(means: Means, asks: str, helps: str, about: str, titles: Mapping[str, str]) -> Pair:
    need, strength = means[asks][about], means[helps][about]
    title = titles.get(about, about)
    why = f"{title}: {asks} stands at {need:.1f}, {helps} at {strength:.1f}."
    return Pair(asks, helps, about, title, need, strength, why)


def dated(pairs: Sequence[Pair], start: date) -> list[Pair]:
    """The pairs with a Tuesday each, from ``start`` on; no office twice within two weeks."""
    days = proposed([(pair.asks, pair.helps) for pair in pairs], start)
    return [pair._replace(on=on) for pair, on in zip(pairs, days, strict=True)]
