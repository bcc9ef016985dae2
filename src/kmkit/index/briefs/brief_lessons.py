"""What a brief says of the lessons that it brings up: their text, their uses, what to beware of."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.briefs.brief import Chosen, Part, experience, names
from kmkit.index.card import Card, Use
from kmkit.index.carding import card_of
from kmkit.index.knowing.deeds import APPROVED
from kmkit.index.nearby.alike import text_of
from kmkit.index.nearby.near import SAME, Text, sameness
from kmkit.index.nearby.related import said
from kmkit.index.search.analysis import written
from kmkit.index.search.words import terms
from kmkit.note.model import Note
from kmkit.text import fold

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed


class Sight(NamedTuple):
    """What the readers of a brief may see of some notes."""

    notes: Mapping[str, tuple[Note, str]]
    """Each in the version that stands, with its state, by id."""
    uses: tuple[Use, ...]


Look = Callable[[Collection[str]], Sight]
"""Tells what the readers may see of the notes with some ids."""


class Applied(NamedTuple):
    """One use of a lesson."""

    where: str
    on: date
    outcome: str
    because: str


class Lesson(NamedTuple):
    """A lesson that is brought up."""

    id: str
    short: str
    path: str
    title: str
    kind: str
    level: str
    language: str
    """As in ``fr``; that of the organisation where the note names none."""
    state: str
    standing: str
    """The state in words, with 'being revised' and 'overdue'."""
    summary: str
    sections: tuple[tuple[str, str], ...]
    """English heading, where there is one, and Markdown of each."""
    words: tuple[str, ...]
    """That it has in common with the part, as the part spells them."""
    topics: tuple[str, ...]
    """Of the note that the part names."""
    uses: tuple[Applied, ...]
    """The latest first."""
    warnings: tuple[str, ...]
    """What to know before one relies on it, beside its uses, in sentences."""
    same: tuple[tuple[str, str], ...]
    """Id and title of notes that say the same."""


class Section(NamedTuple):
    """A part of the description, and its lessons."""

    heading: str
    lessons: tuple[Lesson, ...]
    more: int
    """How many others fit, for which there is no room."""


class Lessons:
    """Reads the notes that fit, each once."""

    def __init__(self, index: "Index", parts: Sequence[Part], sight: Sight) -> None:
        self._index = index
        self._parts = parts
        self._sight = sight
        self._folded = [fold(part.whole) for part in parts]
        self._uses: dict[str, list[Use]] = {}
        for use in sight.uses:
            if use.on <= index.today:
                self._uses.setdefault(use.note, []).append(use)
        self._listed = cache(self._read)
        self._text = cache(lambda n: text_of(said(index, self._listed(n))))

    def _read(self, n: int) -> "Listed":
        found = self._index.get(n)
        if found is None:
            raise KeyError(n)
        note, state = self._sight.notes[found.card.id]
        kb, own = self._index.kb, found.card
        card = card_of(note, kb.policy, kb.kinds, n=n)
        return found._replace(card=card._replace(own_id=own.own_id, path=own.path), state=state)

    def bonus(self, n: int, place: int) -> float:
        """What experience and topics in common add to a note in a part."""
        card = self._listed(n).card
        helped = sum(use.outcome == "helped" for use in self._uses.get(card.id, ()))
        return experience(helped, len(self._topics(card, place)))

    def same(self, one: int, other: int) -> bool:
        """Whether two notes say the same, or are one note in two languages."""
        mine, theirs = self._listed(one).card, self._listed(other).card
        if mine.id in _tied(theirs) or theirs.id in _tied(mine):
            return True
        first: Text = self._text(one)
        return sameness(first, self._text(other), lambda _: 1.0) >= SAME

    def section(self, place: int, chosen: Sequence[Chosen], limit: int) -> Section:
        """A part with its best lessons."""
        lessons = tuple(self._lesson(one, place) for one in chosen[:limit])
        return Section(self._parts[place].heading, lessons, max(0, len(chosen) - limit))

    def _lesson(self, one: Chosen, place: int) -> Lesson:
        listed = self._listed(one.n)
        card = listed.card
        uses = sorted(self._uses.get(card.id, ()), key=lambda use: (use.on, use.id), reverse=True)
        others = [self._listed(n).card for n in one.same]
        return Lesson(
            id=card.id,
            short=card.short,
            path=card.path,
            title=card.title,
            kind=card.kind,
            level=card.level,
            language=card.language or self._index.rules.language,
            state=listed.state,
            standing=listed.standing,
            summary=card.summary,
            sections=tuple(self._sections(card)),
            words=as_written(self._parts[place].whole, one.words),
            topics=self._topics(card, place),
            uses=tuple(Applied(use.where, use.on, use.outcome, use.because) for use in uses),
            warnings=tuple(self._warnings(listed)),
            same=tuple((other.id, other.title) for other in others),
        )

    def _sections(self, card: Card) -> Iterator[tuple[str, str]]:
        kind = self._index.kb.kinds.get(card.kind)
        note, _ = self._sight.notes[card.id]
        for section in note.sections:
            name = kind.canonical(section.heading, card.language) if kind else None
            yield name or section.heading, section.text

    def _topics(self, card: Card, place: int) -> tuple[str, ...]:
        return tuple(topic for topic in card.topics if names(self._folded[place], fold(topic)))

    def _warnings(self, listed: "Listed") -> Iterator[str]:
        """What to know before one relies on the note, beside its uses; the gravest first."""
        card = listed.card
        for title in self._successors(card):
            yield f"Another note replaces it: {title}."
        if listed.revised:
            yield "It is being revised; this is the version that was approved."
        if listed.overdue:
            yield f"Its review was due on {listed.due}; nobody has confirmed it since."
        if self._gone(card.owner):
            yield "Its owner has left; nobody answers for it."

    def _successors(self, card: Card) -> list[str]:
        """The titles of approved notes that replace this one."""
        found = (self._sight.notes.get(id) for id in replacing(self._index, [card.id]))
        return [one[0].title for one in found if one and one[1] in APPROVED]

    def _gone(self, email: str) -> bool:
        person = self._index.people.get(email)
        return bool(person and person.until and person.until < self._index.today)


def replacing(index: "Index", ids: Collection[str]) -> list[str]:
    """The ids of the notes that replace those with ``ids``, by what either says; by path."""
    found: dict[str, None] = {}
    for id in ids:
        sql = (
            "SELECT id FROM notes WHERE id != ?1 AND (id IN (SELECT target FROM links JOIN notes"
            " USING (n) WHERE field = 'superseded_by' AND id = ?1) OR n IN"
            " (SELECT n FROM links WHERE field = 'supersedes' AND target = ?1)) ORDER BY path"
        )
        found |= dict.fromkeys(row[0] for row in index.query(sql, (id,)))
    return list(found)


def _tied(card: Card) -> set[str]:
    """The notes that a note says again: in another language, or once more."""
    return {*card.repeats, card.translation_of} - {""}


def as_written(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """Words of the index as ``text`` spells them; pairs of syllables as people write them."""
    spelt: dict[str, str] = {}
    for word in re.findall(r"[^\W_]+", text):
        for term in terms(word)[:1]:
            spelt.setdefault(term, word if word.isupper() else word.lower())
    return tuple(dict.fromkeys(spelt.get(word) or written([word]) for word in words))
