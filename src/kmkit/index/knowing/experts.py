"""Who knows about a topic or a note: told by what people did, each with the facts.

The order says whom to ask first. It is worked out anew each time and shown as an order alone: a
number beside a name would be read as what the person is worth.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from math import log2
from typing import NamedTuple

from kmkit.index.card import Card, Profile, Use
from kmkit.index.knowing.deeds import (
    FACTS,
    Act,
    Deed,
    People,
    deeds_of,
    deeds_of_acts,
    deeds_of_uses,
    fits,
    telling,
)
from kmkit.index.rules import Rules

_YEARS = 3
"""After so many years a deed counts half."""


class Known(NamedTuple):
    """What somebody did, as one fact."""

    fact: str
    """A key of `FACTS`."""
    words: str
    """In words: 'owns 3 approved notes'."""
    notes: tuple[str, ...]
    """Ids of the notes, the latest deed first."""
    last: date | None
    """The day of the latest deed; None for what lasts, such as a skill."""


class Expert(NamedTuple):
    """Somebody who knows, and why one thinks so."""

    email: str
    name: str
    unit: str
    languages: tuple[str, ...]
    until: date | None
    """The last day here, where it is known."""
    left: bool
    listed: bool
    """Whether people/ knows the person."""
    own: tuple[Known, ...]
    """What ties the person to the note that was asked about."""
    facts: tuple[Known, ...]
    """What the person did on its topics."""

    @property
    def why(self) -> str:
        """All facts in words."""
        own = ", ".join(dict.fromkeys(known.words for known in self.own))
        return "; ".join([own] * bool(own) + [known.words for known in self.facts])


def experts(
    notes: Iterable[tuple[Card, str]],
    *,
    people: Mapping[str, Profile],
    uses: Iterable[Use],
    rules: Rules,
    today: date,
    subjects: Collection[str],
    acts: Iterable[Act] = (),
    own: str = "",
) -> list[Expert]:
    """Who knows about ``subjects``, topics or words; those who left come last.

    ``notes`` are the notes about them, each with the state of the version that stands, and ``own``
    is the id of the note that was asked about: its people come first.
    """
    everybody = People(people)
    elsewhere: dict[str, list[Deed]] = {}  # what the files of the notes do not tell
    for deed in (*deeds_of_uses(uses, everybody), *deeds_of_acts(acts)):
        elsewhere.setdefault(deed.note, []).append(deed)
    sure = {email: list(_sure(email, rules, subjects, people)) for email in people}
    sure |= {who: list(_sure(who, rules, subjects, people)) for who in _named(rules, subjects)}
    by_person: dict[str, list[Deed]] = {who: [] for who, facts in sure.items() if facts}
    for card, state in notes:
        of_it = [*deeds_of(card, state, everybody), *elsewhere.get(card.id, ())]
        for deed in telling(of_it):
            by_person.setdefault(deed.who, []).append(deed)
    found = []
    for who, done in by_person.items():
        expert = _expert(who, done, sure.get(who, []), everybody, own, today)
        found.append((_order(expert, done, own, today), expert.name, expert.email, expert))
    return [expert for *_, expert in sorted(found, key=lambda row: row[:3])]


def _named(rules: Rules, subjects: Collection[str]) -> set[str]:
    """The addresses that the policy names as experts; a pattern for many names nobody."""
    roles = [f"expert.{subject}" for subject in subjects]
    found = (pattern.casefold() for role in roles for pattern in rules.roles.get(role, ()))
    return {address for address in found if not set("*?[") & set(address)}


def _sure(
    who: str, rules: Rules, subjects: Collection[str], people: Mapping[str, Profile]
) -> Iterator[Known]:
    """What lasts: the policy names the person, and the skills of the profile."""
    if who in _named(rules, subjects):
        yield Known("named", FACTS["named"].one, (), None)
    skills = people[who].skills if who in people else ()
    fitting = [skill for skill in skills if any(fits(skill, subject) for subject in subjects)]
    if fitting:
        yield Known("skill", f"skill: {', '.join(fitting)}", (), None)


def _expert(
    who: str,
    deeds: list[Deed],
    sure: list[Known],
    people: People,
    own: str,
    today: date,
) -> Expert:
    """The person with all facts in words."""
    person = people.known.get(who)
    rest = [deed for deed in deeds if deed.note != own]
    return Expert(
        email=who,
        name=person.name if person else who,
        unit=person.unit if person else "",
        languages=person.languages if person else (),
        until=person.until if person else None,
        left=people.left(who, today),
        listed=person is not None,
        own=tuple(_told([deed for deed in deeds if deed.note == own], mine=True)) if own else (),
        facts=(*sure, *_told(rest)),
    )


def _told(deeds: list[Deed], *, mine: bool = False) -> Iterator[Known]:
    """The deeds as facts in words, in the order of `FACTS`."""
    for name, fact in FACTS.items():
        done = [deed for deed in deeds if deed.fact == name]
        if not done:
            continue
        done.sort(key=lambda deed: (deed.on or date.min, deed.note), reverse=True)
        notes = tuple(dict.fromkeys(deed.note for deed in done))
        words = fact.own if mine else fact.one if len(notes) == 1 else fact.more.format(len(notes))
        yield Known(name, words, notes, done[0].on)


def _order(expert: Expert, deeds: list[Deed], own: str, today: date) -> tuple[bool, float, float]:
    """Those who are here first, then those of the note itself, then who knows most."""
    lasting = sum(FACTS[known.fact].weight for known in expert.facts if not known.notes)
    mine = _weight([deed for deed in deeds if deed.note == own], today) if own else 0.0
    return expert.left, -mine, -(lasting + _weight(deeds, today))


def _weight(deeds: Iterable[Deed], today: date) -> float:
    """How much the deeds tell: each further one tells less, and an old one less than a new."""
    counted: dict[str, float] = {}
    for deed in dict.fromkeys(deeds):
        years = max((today - deed.on).days, 0) / 365 if deed.on else 0
        counted[deed.fact] = counted.get(deed.fact, 0) + 0.5 ** (years / _YEARS)
    return sum(FACTS[fact].weight * log2(1 + count) for fact, count in counted.items())
