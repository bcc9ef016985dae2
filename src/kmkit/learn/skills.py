"""Skills that people offer and that they want, and who could teach whom."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kmkit.index.card import Profile
from kmkit.index.knowing.deeds import fits
from kmkit.learn.dating import proposed
from kmkit.text import fold


class Skill(NamedTuple):
    """One skill."""

    name: str
    offered: tuple[str, ...]
    """Addresses of those who have it, and are here."""
    wanted: tuple[str, ...]
    """Addresses of those who want it."""


class Lesson(NamedTuple):
    """Somebody who could teach somebody else."""

    skill: str
    learns: str
    teaches: str
    why: str
    on: date | None = None
    """A day that is proposed."""


def skills(people: Iterable[Profile], today: date) -> list[Skill]:
    """Every skill that somebody offers or wants; what is wanted and not offered comes first."""
    here = [one for one in people if one.until is None or one.until >= today]
    names: dict[str, str] = {}
    for one in here:
        for name in (*one.skills, *one.wants):
            names.setdefault(fold(name), name)
    found = [
        Skill(
            name,
            tuple(sorted(one.email for one in here if any(fold(s) == key for s in one.skills))),
            tuple(sorted(one.email for one in here if any(fold(s) == key for s in one.wants))),
        )
        for key, name in names.items()
    ]
    return sorted(found, key=lambda one: (-len(one.wanted), len(one.offered), fold(one.name)))


def lessons(people: Iterable[Profile], today: date, *, each: int = 2) -> list[Lesson]:
    """Who could teach whom: nobody teaches more than ``each``, and the work is spread.

    Whoever is hardest to serve is served first; of several who could teach, the one with the
    fewest so far, then one of another unit, so that knowledge crosses units. The order in which
    people are given does not matter.
    """
    here = sorted((p for p in people if p.until is None or p.until >= today), key=lambda p: p.email)
    wishes = [(one, name) for one in here for name in one.wants]
    able = {
        (one.email, name): [
            p for p in here if p is not one and any(fits(s, name) for s in p.skills)
        ]
        for one, name in wishes
    }
    load = dict.fromkeys((one.email for one in here), 0)
    found = []
    for one, name in sorted(
        wishes, key=lambda wish: (len(able[wish[0].email, wish[1]]), wish[0].email, fold(wish[1]))
    ):
        free = [p for p in able[one.email, name] if load[p.email] < each]
        if free:
            teacher = min(
                free, key=lambda p: (load[p.email], fold(p.unit) == fold(one.unit), p.email)
            )
            load[teacher.email] += 1
            skill = next(s for s in teacher.skills if fits(s, name))
            why = f"{one.name} wants {name}; {teacher.name} offers {skill}."
            found.append(Lesson(name, one.email, teacher.email, why))
    return sorted(found, key=lambda one: (fold(one.skill), one.learns))


def dated(found: Sequence[Lesson], start: date) -> list[Lesson]:
    """The lessons with a Tuesday each, from ``start`` on; nobody twice within two weeks."""
    days = proposed([(one.learns, one.teaches) for one in found], start)
    return [one._replace(on=on) for one, on in zip(found, days, strict=True)]
