"""All that metrics are counted of: the notes' ways, what came of them, and the period."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from kmkit.index.card import Profile, Use
from kmkit.index.rules import Rules
from kmkit.learn.metrics.lives import Life, lives

if TYPE_CHECKING:
    from kmkit.index.book import Index


@dataclass(frozen=True)
class World:
    """A knowledge base as metrics see it, over the days ``since`` to ``until``, both included."""

    since: date
    until: date
    rules: Rules
    lives: tuple[Life, ...]
    uses: tuple[Use, ...] = ()
    """Reported uses with an outcome."""
    learned: Mapping[str, date] | None = None
    """The notes that are learned, by id, and since when."""
    again: frozenset[str] = frozenset()
    """The notes that say once more what an older one says."""
    alone: frozenset[str] = frozenset()
    """The approved notes that one person alone holds."""
    people: Mapping[str, Profile] | None = None
    """The people, by address."""
    habits: int = 0
    """How many habits of judging are worth a look."""
    circle: str = ""
    """For whom it is counted, '' for people of the house."""
    wide: bool = False
    """Whether that is a circle beyond the narrowest: then nothing is known of people."""

    def within(self, on: date | None) -> bool:
        """Whether ``on`` is a day of the period."""
        return on is not None and self.since <= on <= self.until

    def of(self, keep: frozenset[str]) -> "World":
        """The part of it that is about the notes with these ids."""
        return replace(
            self,
            lives=tuple(life for life in self.lives if life.id in keep),
            uses=tuple(use for use in self.uses if use.note in keep),
            again=self.again & keep,
            alone=self.alone & keep,
        )

    def over(self, since: date, until: date) -> "World":
        """The same over another period."""
        return replace(self, since=since, until=until)


def world(index: "Index", *, since: date, until: date) -> World:
    """The world of a knowledge base; Cannot in a shallow clone, whose trail is not whole."""
    from kmkit.errors import Cannot
    from kmkit.index.knowing.at_risk import risks_of
    from kmkit.index.nearby.repeated import repeated
    from kmkit.learn.habits import habits
    from kmkit.learn.learned import learned

    if index.git.shallow:
        raise Cannot(
            "This clone is shallow: its history does not tell what happened when.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    events = index.trail()
    listed = list(index.select())
    states = dict(index.query("SELECT n, state FROM notes"))
    cards = [(row.card, states[row.card.n]) for row in listed]
    risks = risks_of(index, listed, index.today)
    return World(
        since=since,
        until=until,
        rules=index.rules,
        lives=tuple(lives(cards, events, rules=index.rules, people=index.people)),
        uses=index.uses,
        learned={id: it.since for id, it in learned(index).items() if it.learned and it.since},
        again=frozenset(t.listed.card.id for times in repeated(index) for t in times[1:]),
        alone=frozenset(r.note.id for r in risks if r.note and r.code == "one-person"),
        people=index.people,
        habits=0
        if index.wide
        else len(habits((e for e in events if e.when.date() <= until), since=since)),
        circle=index.circle,
        wide=index.wide,
    )
