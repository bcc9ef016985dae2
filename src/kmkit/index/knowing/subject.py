"""What somebody asks about: a topic, a note, or words; and the notes about it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from kmkit.errors import UsageError
from kmkit.index.card import Card
from kmkit.index.choosing.where import Where, among, any_of
from kmkit.index.knowing.deeds import Act, fits
from kmkit.index.knowing.experts import Expert, experts
from kmkit.text import did_you_mean, fold, one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index

_MOST = 200
"""So many notes that have the words tell who knows."""
_NOTE = re.compile(r"(?:\d{8}-.*|[a-z0-9]{4}|.*\.md|.*/.*)", re.IGNORECASE)
"""How people name a note: by its id, its last four characters, or a path."""


class Subject(NamedTuple):
    """What is asked about."""

    topics: tuple[str, ...]
    words: str
    """'' where it is topics or a note."""
    note: Card | None
    where: Where
    """Which notes are about it."""

    @property
    def title(self) -> str:
        """It in words."""
        if self.note:
            return f"'{self.note.title}'"
        return ", ".join(self.topics) or f"'{self.words}'"


def subject_of(index: "Index", said: Sequence[str]) -> Subject:
    """What ``said`` means: a topic, else a note, else words; UsageError where nothing has them."""
    text = one_line(" ".join(said))
    if topic := _topic(index, text):
        return Subject((topic,), "", None, _about((topic,)))
    if note := _note(index, text):
        listed = index.get(note.n)
        topics = listed.card.topics if listed else note.topics
        return Subject(topics, "", note, any_of([_about(topics), among([note.n])]))
    found = _with_words(index, text)
    if not found and not _is_skill(index, text):
        known = _topics(index)
        listed_topics = f"Topics: {', '.join(known)}." if known else "See kmkit list."
        mend = did_you_mean(text, [*known, *_skills(index)]) or listed_topics
        raise UsageError(f"There is no topic, note, skill or word '{text}'.", mend)
    return Subject((), text, None, among(found))


def who_knows(index: "Index", subject: Subject) -> list[Expert]:
    """Who knows about it, likeliest first."""
    return experts(
        ((listed.card, listed.state) for listed in index.select(*subject.where)),
        people=index.people,
        uses=index.uses,
        rules=index.rules,
        today=index.today,
        subjects=subject.topics or ((subject.words,) if subject.words else ()),
        acts=_acts(index, subject.where),
        own=subject.note.id if subject.note else "",
    )


def _topic(index: "Index", text: str) -> str:
    """The topic that is spelt like that, a blank for a hyphen; '' where there is none."""
    wanted = (fold(text), fold(text).replace(" ", "-"))
    known = {fold(topic): topic for topic in index.rules.topics}
    for name in wanted:
        if name in known:
            return known[name]
        if index.count("n IN (SELECT n FROM marks WHERE name = 'topic' AND value = ?)", (name,)):
            return name
    return ""


def _note(index: "Index", text: str) -> Card | None:
    """The note that is named like that; None for what looks like a word and names none."""
    if not _NOTE.fullmatch(text):
        return None
    if len(text) == 4 and not index.count("id LIKE '%-' || ?", (text.casefold(),)):
        return None
    return index.resolve(text)


def _about(topics: Iterable[str]) -> Where:
    """The notes that have one of the topics."""
    sql = (
        "n IN (SELECT n FROM marks WHERE name = 'topic' "
        "AND value IN (SELECT value FROM json_each(?)))"
    )
    return Where(sql, (dumps([fold(topic) for topic in topics]),))


def _with_words(index: "Index", text: str) -> list[int]:
    """The best notes that have all the words."""
    from kmkit.index.search import parse

    found = index.words.search(parse(text), limit=_MOST)
    return [] if found.meant else [hit.n for hit in found.hits if hit.whole]


def _topics(index: "Index") -> list[str]:
    """The topics of the vocabulary, then others that notes have."""
    used = index.query("SELECT DISTINCT value FROM marks WHERE name = 'topic' ORDER BY value")
    known = {fold(topic): topic for topic in index.rules.topics}
    return list((known | {name: known.get(name, name) for (name,) in used}).values())


def _skills(index: "Index") -> list[str]:
    return [skill for person in index.people.values() for skill in person.skills]


def _is_skill(index: "Index", text: str) -> bool:
    return any(fits(skill, text) for skill in _skills(index))


def _acts(index: "Index", where: Where) -> Iterator[Act]:
    """The steps by which somebody had one of the notes in hand."""
    sql = (
        "SELECT note, move, email, day FROM events WHERE move IN ('capture', 'edit') "
        f"AND note IN (SELECT id FROM notes WHERE {where.sql})"
    )
    for note, move, email, day in index.told(sql, where.values):
        yield Act(note, move, email, date.fromisoformat(day))
