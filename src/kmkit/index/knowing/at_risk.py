"""Knowledge that could be lost: held by one person alone, or only by people who leave."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.card import Card, Profile, Use
from kmkit.index.knowing.deeds import APPROVED, FACTS, Deed, People, deeds_of, deeds_of_uses, fits
from kmkit.index.rules import Rules
from kmkit.lifecycle.states import State
from kmkit.text import as_typed, fold

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

CODES: dict[str, str] = {
    "nobody": "Nobody is known to know about a critical topic.",
    "left": "Everybody who held it has left.",
    "leaving": "Everybody who holds it leaves.",
    "one-person": "One person alone holds it.",
}
"""Why knowledge is at risk, the most urgent first."""


class Holder(NamedTuple):
    """Somebody who holds what is at risk."""

    email: str
    name: str
    until: date | None
    """The last day here, where it is near or past."""


class Risk(NamedTuple):
    """A topic or a note whose knowledge could be lost."""

    code: str
    """A key of `CODES`."""
    topic: str
    """'' where it is a note."""
    note: Card | None
    critical: bool
    """Whether the topic, or one of the note's, is critical."""
    holders: tuple[Holder, ...]
    message: str
    """What is the matter, in a sentence."""
    mend: str
    """What to do."""


def risks_of(index: "Index", listed: Iterable["Listed"], until: date) -> list[Risk]:
    """What could be lost, of all the notes of an index; nothing to circles beyond the narrowest."""
    if index.wide:
        return []
    return at_risk(
        ((row.card, row.state) for row in listed),
        people=index.people,
        uses=index.uses,
        rules=index.rules,
        today=index.today,
        until=until,
    )


def at_risk(
    notes: Iterable[tuple[Card, str]],
    *,
    people: Mapping[str, Profile],
    uses: Iterable[Use],
    rules: Rules,
    today: date,
    until: date,
) -> list[Risk]:
    """What could be lost: critical topics first, then other topics, then notes; urgent ones first.

    ``notes`` are all notes, each with the state of the version that stands. Whoever leaves by
    ``until`` counts as leaving. Seeing a note once, as a reviewer or a reader, holds no topic, but
    a note that a second person has judged or used is not held by one alone.
    """
    watch = _Watch(People(people), rules, today, until)
    used = list(deeds_of_uses(uses, watch.people))
    by_note: dict[str, list[Deed]] = {}
    for deed in used:
        by_note.setdefault(deed.note, []).append(deed)
    held: dict[str, set[str]] = {fold(topic): set() for topic in rules.topics}
    found: list[Risk] = []
    for card, state in notes:
        if state == State.RETIRED:
            continue
        deeds = [*deeds_of(card, state, watch.people), *by_note.get(card.id, ())]
        holders = {deed.who for deed in deeds if FACTS[deed.fact].holds}
        for topic in card.topics:
            held.setdefault(fold(topic), set()).update(holders)
        if state in APPROVED:
            found += watch.note(card, holders, {deed.who for deed in deeds})
    names = {fold(topic): topic for topic in rules.topics}
    for key, holders in held.items():
        found += watch.topic(names.get(key, key), holders | watch.skilled(key))
    return sorted(found, key=_urgency)


def _urgency(risk: Risk) -> tuple[bool, bool, int, str, str]:
    """Critical topics, then the other topics, then notes; what is most urgent first."""
    is_note = risk.note is not None
    title = risk.note.title if risk.note else risk.topic
    day = str(min((holder.until for holder in risk.holders if holder.until), default=date.max))
    return (not risk.critical, is_note, list(CODES).index(risk.code), day, title)


class _Watch:
    """What is asked of each topic and note."""

    def __init__(self, people: People, rules: Rules, today: date, until: date) -> None:
        self.people, self.rules, self.today, self.until = people, rules, today, until
        self.critical = {fold(topic) for topic in rules.critical}

    def skilled(self, topic: str) -> set[str]:
        """Whose profile names a skill that covers the topic, and whom the policy names."""
        here = {
            email
            for email, person in self.people.known.items()
            if any(fits(skill, topic) for skill in person.skills)
        }
        patterns = self.rules.roles.get(f"expert.{topic}", ())
        return here | {p.casefold() for p in patterns if not set("*?[") & set(p)}

    def topic(self, topic: str, holders: Collection[str]) -> Iterator[Risk]:
        """The risk of a topic, if any; a topic of nobody is one only where it is critical."""
        critical = fold(topic) in self.critical
        code = self._code(holders, holders)
        if not code or (code == "nobody" and not critical):
            return
        named = self._named(holders)
        message = f"{topic}: {_SAID[code].format(_people(named, code))}"
        yield Risk(code, topic, None, critical, named, message, _topic_mend(code, topic, named))

    def note(
        self, card: Card, holders: Collection[str], everybody: Collection[str]
    ) -> Iterator[Risk]:
        """The risk of an approved note, if there is one; one of nobody is on the stale list."""
        code = self._code(holders, everybody)
        if not code or code == "nobody":
            return
        named = self._named(holders or everybody)
        message = f"'{card.title}' ({card.short}): {_SAID[code].format(_people(named, code))}"
        critical = any(fold(topic) in self.critical for topic in card.topics)
        yield Risk(code, "", card, critical, named, message, _note_mend(code, card, named))

    def _code(self, holders: Collection[str], everybody: Collection[str]) -> str:
        """Why it is at risk, '' where it is not."""
        if not everybody:
            return "nobody"
        leaving = [who for who in holders if self._goes(who)]
        if holders and len(leaving) == len(holders):
            return "left" if all(self.people.left(w, self.today) for w in holders) else "leaving"
        if len([who for who in everybody if not self.people.left(who, self.today)]) == 1:
            return "one-person"
        return ""

    def _goes(self, who: str) -> bool:
        """Whether somebody has left or leaves soon."""
        person = self.people.known.get(who)
        return person is not None and person.until is not None and person.until <= self.until

    def _named(self, holders: Collection[str]) -> tuple[Holder, ...]:
        """The holders by name: those who are here, or all where none of them is."""
        here = [who for who in holders if not self.people.left(who, self.today)]
        found = []
        for who in here or holders:
            person = self.people.known.get(who)
            until = person.until if person and self._goes(who) else None
            found.append(Holder(who, person.name if person else who, until))
        return tuple(sorted(found, key=lambda one: (one.until or date.max, one.name)))


_SAID = {
    "nobody": "nobody is known to know about it.",
    "left": "everybody who held it has left: {}.",
    "leaving": "everybody who holds it leaves: {}.",
    "one-person": "{} alone holds it.",
}


def _people(holders: Iterable[Holder], code: str) -> str:
    """The holders in words, with their last day where it is what counts."""
    dated = code in ("left", "leaving")
    return ", ".join(
        f"{one.name} ({one.until})" if dated and one.until else one.name for one in holders
    )


def _topic_mend(code: str, topic: str, holders: tuple[Holder, ...]) -> str:
    """What to do about a topic."""
    named = as_typed(topic)
    if code == "nobody":
        return f"Ask who does, and write down what they know: kmkit capture --for {named}"
    if code == "left":
        return f"Name somebody who takes it on, and give them what there is: kmkit list {named}"
    who = holders[0].email
    if code == "leaving":
        return (
            f"Talk with them before that day: kmkit capture --kind exit-interview --topic {named} "
            f"--source {who}"
        )
    return (
        "Have them tell it to a second person: kmkit capture --kind interview "
        f"--topic {named} --source {who}"
    )


def _note_mend(code: str, card: Card, holders: tuple[Holder, ...]) -> str:
    """What to do about a note."""
    near = f"kmkit related {card.short} shows who knows of such things"
    give = f"kmkit reassign {card.short} --to EMAIL"
    if code == "one-person":
        return f"Have a second person use or judge it; {near}."
    if code == "leaving":
        return (
            f"Before that day: {give}, and capture what is not written down: kmkit capture "
            f"--kind exit-interview --source {holders[0].email}; {near}."
        )
    return f"Give it to somebody who is here: {give}; {near}."
