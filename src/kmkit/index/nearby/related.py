"""What lies near a note, and why: links, topics and words that both have."""

from collections import Counter
from collections.abc import Iterable
from math import log
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.nearby.alike import Alike, Read, Said, about_the_same
from kmkit.index.nearby.links import Tie, links_of, listed_by
from kmkit.lifecycle.states import State
from kmkit.text import fold, one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

LEAST = 0.04
"""Notes that are less near than this, and that nothing else binds, are not near at all."""
_POINTS, _THROUGH, _TOPIC = 1.0, 0.1, 0.02
"""What a link, a third note that both are linked with, and a topic that nobody else has add."""
_OF_ONE_TOPIC = 100
"""Where more notes than this have a topic, it alone makes none of them near."""


class Near(NamedTuple):
    """A note that lies near another."""

    listed: "Listed"
    score: float
    """What they are ordered by: the likeness of the texts, and what links and topics add."""
    ties: tuple[Tie, ...] = ()
    """How they are linked."""
    through: tuple[str, ...] = ()
    """Short names of third notes that both are linked with."""
    topics: tuple[str, ...] = ()
    """That both have."""
    alike: Alike = Alike(0, 0.0)

    @property
    def why(self) -> str:
        """The reasons in one line."""
        words, count = ", ".join(self.alike.words), self.alike.common
        told = (
            *dict.fromkeys(map(str, self.ties)),
            f"both linked with {_and(self.through)}" if self.through else "",
            f"both about {_and(self.topics)}" if self.topics else "",
            f"{count} weighty words in common: {words}" if count > 1 else "",
        )
        return "; ".join(part for part in told if part)


def said(index: "Index", listed: "Listed") -> Said:
    """What a note says in the version that stands."""
    card = listed.card
    return Said(card.title, card.summary, index.text(card.n), card.topics)


def reader(index: "Index") -> Read:
    """What reads a note of the index by its row; one that is gone says nothing."""

    def read(n: int) -> Said:
        """What the note of a row says."""
        listed = index.get(n)
        return said(index, listed) if listed else Said("")

    return read


def near(index: "Index", n: int) -> list[Near]:
    """The notes near the one of row ``n``, nearest first; retired ones behind all others."""
    mine = index.get(n)
    if mine is None:
        return []
    alike = {one.n: one for one in _alike(index, mine)}
    ties, through = _linked(index, n)
    topics = _topics(index, mine.card.topics)
    sharing = _sharing(index, topics)
    found = []
    for m, listed in listed_by(index, {*alike, *ties, *through, *sharing} - {n}).items():
        both = tuple(t for t in listed.card.topics if fold(t) in topics)
        like = alike.get(m, Alike(m, 0.0))
        score = like.likeness + _POINTS * bool(ties.get(m))
        score += min(3, len(through.get(m, ()))) * _THROUGH
        score += sum(topics[fold(topic)] for topic in both) * _TOPIC
        bound = bool(ties.get(m) or through.get(m) or m in sharing)
        if bound or like.likeness >= LEAST:
            found.append(
                Near(listed, score, tuple(ties.get(m, ())), tuple(through.get(m, ())), both, like)
            )
    return sorted(found, key=lambda one: (retired(one.listed), -one.score, one.listed.card.path))


def backlinks(index: "Index", n: int) -> list[Near]:
    """The notes that point to the one of row ``n``, with how they do; retired ones last."""
    ties: dict[int, list[Tie]] = {}
    for link in links_of(index, n):
        if link.to == n:
            ties.setdefault(link.n, []).append(Tie(link.field, True))
    rows = listed_by(index, ties).items()
    found = [Near(listed, _POINTS, tuple(ties[m])) for m, listed in rows]
    return sorted(found, key=lambda one: (retired(one.listed), one.listed.card.path))


def retired(listed: "Listed") -> bool:
    """Whether a note is out of use."""
    return listed.state == State.RETIRED


def _alike(index: "Index", mine: "Listed") -> list[Alike]:
    return about_the_same(index.words, said(index, mine), reader(index), but=(mine.card.n,))


def _linked(index: "Index", n: int) -> tuple[dict[int, list[Tie]], dict[int, list[str]]]:
    """By row: how a note is linked with ours, and through which third notes it is."""
    ties: dict[int, list[Tie]] = {}
    for link in links_of(index, n):
        back = link.n != n
        ties.setdefault(link.n if back else link.to, []).append(Tie(link.field, back))
    through: dict[int, list[str]] = {}
    names = {m: listed.card.short for m, listed in listed_by(index, ties).items()}
    for third in ties:
        ends = {end for link in links_of(index, third) for end in (link.n, link.to)}
        for other in ends - {third, n}:
            through.setdefault(other, []).append(names[third])
    return ties, through


def _topics(index: "Index", topics: Iterable[str]) -> dict[str, float]:
    """By folded topic: how much it says, from 0 where every note has it to 1 where few have."""
    count = Counter[str]()
    for topic in map(fold, topics):
        sql = "SELECT count(*) FROM marks WHERE name = 'topic' AND value = ?"
        count[topic] = next(index.query(sql, (topic,)))[0]
    every = log(1 + index.count())
    return {topic: max(0.0, 1 - log(max(1, many)) / every) for topic, many in count.items()}


def _sharing(index: "Index", topics: Iterable[str]) -> set[int]:
    """The notes that share a topic which few notes have."""
    found: set[int] = set()
    for topic in topics:
        sql = "SELECT n FROM marks WHERE name = 'topic' AND value = ? LIMIT ?"
        rows = [row[0] for row in index.query(sql, (topic, _OF_ONE_TOPIC + 1))]
        found |= set(rows) if len(rows) <= _OF_ONE_TOPIC else set()
    return found


def _and(names: Iterable[str]) -> str:
    """Names as a sentence has them: 'ice, rope and wind'."""
    *first, last = map(one_line, names)
    return f"{', '.join(first)} and {last}" if first else last
