"""What an audience may know of a knowledge base, to be asked like the index of all of it.

Whatever counts, lists or sums up for others asks this in the place of the index. It is made of what
`kmkit.audience.seeing.see` gives and of nothing else, so what is derived from it tells no more:
neither its counts nor its topics, nor what opens a figure.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kmkit.audience.known_records import SOMEBODY, record_reads
from kmkit.audience.shown import Shown
from kmkit.index.book import Index
from kmkit.index.card import Card, Judged, Looked, Sent, Standing, packed
from kmkit.index.carding import card_of, rules_of
from kmkit.index.keeping.entering import Entered, Entering, marks_of
from kmkit.index.keeping.grounds import grounds_of
from kmkit.index.keeping.schema import Values, finish, lay_out
from kmkit.index.keeping.sheets import Read, Sight
from kmkit.index.keeping.store import connected
from kmkit.index.keeping.texts import entries
from kmkit.index.keeping.writing import Writer
from kmkit.index.rules import Rules
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.note.sections import without_comments
from kmkit.trail.event import Event

if TYPE_CHECKING:
    from kmkit.audience.seeing import Seen
    from kmkit.index.search.engine import Engine
    from kmkit.index.stale import Stale
    from kmkit.kb import KnowledgeBase

OTHER = "another channel"
"""What stands for a channel that does not reach the circle."""
_SEVERAL = ("derived_from", "supersedes", "repeats")
_ONE = ("translation_of", "superseded_by")
"""Fields that name notes."""
_TOLD = ("Kmkit-Move", "Kmkit-Verdict", "Kmkit-Method", "Kmkit-Due", "Kmkit-Channel")
"""Trailers that figures are made of."""
_BY_THE_CALENDAR = ("overdue", "due-soon")
"""The reasons for which a note needs a person that tell of nothing but the note."""


class Known(Index):
    """What one audience may know. Beyond the narrowest circle there is no person in it."""

    def __init__(self, kb: "KnowledgeBase", index: Index, seen: "Seen") -> None:
        self.root, self.today, self.unmoved = index.root, index.today, False
        self.unmerged = index.unmerged
        self.circle, self.wide = seen.level, seen.policy.width(seen.level) > 0
        self._masked = seen.masked
        self._of = index
        notes = dict(_noted(seen, wide=self.wide))
        width = seen.policy.width
        channels = kb.config.channels.items()
        self._channels = [n for n, one in channels if width(one.level) >= width(seen.level)]
        rules = rules_of(kb.config, kb.policy, kb.kinds)
        self._rules = _rules(seen, rules, notes, self._channels) if self.wide else rules
        self._files = {} if self.wide else {card.id: card for card in index.cards()}
        self._tables = connected("file::memory:")
        lay_out(self._tables)
        entering = Entering(kb.root, grounds_of(kb))
        reads = [
            Read(str(one.note.path), Sight("", ""), self._entered(entering, one, notes))
            for one in notes.values()
        ]
        reads += record_reads(index, seen, wide=self.wide)
        Writer(self._tables, None, None).write(reads)
        self._steps = {
            event.commit: event for event in map(self._told, seen.events) if _of(event, notes)
        }
        self._tables.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
            [_row(seq, event) for seq, event in enumerate(self._steps.values(), 1)],
        )
        finish(self._tables)
        numbers = dict(self.query("SELECT path, n FROM notes"))
        self._texts = {
            numbers[str(one.note.path)]: _body(one.note)
            for one in notes.values()
            if str(one.note.path) in numbers
        }

    def __exit__(self, *error: object) -> None:
        self._tables.close()
        self._of.__exit__(*error)

    # What the index asks

    @property
    def rules(self) -> Rules:
        """What of the settings may be told."""
        return self._rules

    @property
    def head(self) -> str:
        """The commit that it is of."""
        return self._of.head

    @property
    def git(self) -> Any:
        """The repository, which is asked who asks and whether the history is whole."""
        return self._of.git

    def masked(self, text: str) -> str:
        """``text`` with a sign of omission for what must not reach the circle."""
        return self._masked(text)

    def query(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that a question to the tables gives."""
        yield from self._tables.execute(sql, values)

    def told(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """The same, of the table of events."""
        return self.query(sql, values)

    def steps(self, where: str = "1", values: Values = ()) -> Iterator[Event]:
        """The steps that may be told, oldest first."""
        sql = f"SELECT lower(hex(sha)) FROM events WHERE {where} ORDER BY seq"
        return (self._steps[sha] for (sha,) in self.query(sql, values))

    def text(self, n: int) -> str:
        """What readers are shown of a note."""
        return self._texts.get(n, "")

    def remembered(self, what: str, make: Any) -> str:
        """What ``make`` gives; nothing is kept."""
        return str(make())

    @cached_property
    def words(self) -> "Engine":
        """The full text of what readers are shown."""
        from kmkit.index.search.engine import Engine

        engine = Engine.open(None)
        engine.update((), entries(self._tables, lambda card, _: self.text(card.n)))
        return engine

    def stale(self, *asked: Any, **more: Any) -> "list[Stale]":
        """The notes that need a person; for a wider circle those that do by the calendar alone."""
        found = super().stale(*asked, **more)
        if not self.wide:
            return found
        told = (
            row._replace(
                owner="", reasons=tuple(r for r in row.reasons if r.code in _BY_THE_CALENDAR)
            )
            for row in found
        )
        return [row for row in told if row.reasons]

    # What is put into its tables

    def _entered(self, entering: Entering, one: Shown, notes: Mapping[str, Shown]) -> Entered:
        card = _standing(one, card_of(one.note, entering.grounds, entering.grounds.kinds))
        if self.wide:
            card = self._without_people(card)
        card, linked = _linked(card, notes)
        own = card if self.wide else self._files.get(one.note.id, card)
        return Entered(
            entering.columns(own, card),
            (packed(own), packed(card) if own is not card else None, "", ""),
            tuple(marks_of(own, card, [])),
            linked,
            (),
        )

    def _without_people(self, card: Card) -> Card:
        """The card without anybody in it, and without the words of those who judged it."""
        looked, verdicts = card.reviewed, card.verdicts
        return card._replace(
            owner="", backup="", sources=(), authors=(), gathered_by="", gathered_from="", asked=(),
            verdicts=tuple(
                Judged(v.on, SOMEBODY, v.method, v.verdict, "", "", "", v.same_as)
                for v in verdicts
            ),
            disseminated=tuple(Sent(s.on, self._channel(s.channel), "") for s in card.disseminated),
            reviewed=Looked(looked.on, SOMEBODY, "") if looked else None,
            drifted=False, flaw="", errors=0,
        )  # fmt: skip

    def _channel(self, name: str) -> str:
        return name if not name or name in self._channels else OTHER

    def _told(self, event: Event) -> Event:
        """A step without who made it, and without what they wrote, for a wider circle."""
        if not self.wide:
            return event
        said = {name: value for name, value in event.trailers.items() if name in _TOLD}
        if channel := said.get("Kmkit-Channel", ""):
            said["Kmkit-Channel"] = self._channel(channel)
        return event._replace(
            name="", email=SOMEBODY, subject="", reason="", trailers=said,
            reviewed_by=(), attached=(), coauthors=(),
        )  # fmt: skip


def _noted(seen: "Seen", *, wide: bool) -> Iterator[tuple[str, Shown]]:
    """The notes; beyond the narrowest circle none that nobody validated."""
    for id, shown in seen.notes.items():
        if not wide or shown.state != State.CAPTURED:
            yield id, shown


def _of(event: Event, notes: Mapping[str, Shown]) -> bool:
    return event.note in notes or event.about in notes


def _standing(one: Shown, card: Card) -> Card:
    """The card in the state and at the level that readers are told."""
    card = card._replace(state=one.state, level=one.level or card.level, in_force=None)
    if one.being_revised:
        since = card.in_force.since if card.in_force else None
        card = card._replace(state=State.CAPTURED, in_force=Standing(one.state, since, ""))
    return card


def _linked(card: Card, notes: Mapping[str, Shown]) -> tuple[Card, tuple[tuple[str, str], ...]]:
    """The card with the links alone that lead to notes that may be seen; and these links."""
    several = {name: tuple(id for id in getattr(card, name) if id in notes) for name in _SEVERAL}
    one = {name: id if (id := getattr(card, name)) in notes else "" for name in _ONE}
    found = [(name, id) for name, ids in several.items() for id in ids]
    found += [(name, id) for name, id in one.items() if id]
    kept: Any = several | one
    return card._replace(**kept), tuple(dict.fromkeys(found))


def _rules(
    seen: "Seen", rules: Rules, notes: Mapping[str, Shown], channels: Sequence[str]
) -> Rules:
    """The settings, with the topics that the notes have, and without what is of the house."""
    there = {topic for one in notes.values() for topic in one.note.fields.topics}
    named = [topic for topic in rules.topics if topic in there]
    named += sorted(there - set(named))
    return rules._replace(
        topics={topic: seen.masked(rules.topics.get(topic, "")) for topic in named},
        organisation=seen.masked(rules.organisation),
        channels=tuple(channels), critical=(), filters={}, audiences=(), roles={},
    )  # fmt: skip


def _row(seq: int, event: Event) -> tuple[object, ...]:
    """A row of the table ``events``."""
    day, at = event.when.date().isoformat(), int(event.when.timestamp())
    return seq, bytes.fromhex(event.commit), event.note, event.move, at, day, event.email


def _body(note: Note) -> str:
    """The text below the front matter, without comments."""
    parts = [note.preamble, *(f"## {s.heading}\n\n{s.text}" for s in note.sections)]
    return without_comments("\n\n".join(parts))[0]
