"""What the portal of one audience is made of: everything that derives from all of its notes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from kmkit.audience.seeing import Seen
from kmkit.audience.shown import Shown
from kmkit.config import Config
from kmkit.index.dates import day_of_id
from kmkit.lifecycle.states import State
from kmkit.note.kinds import Kind
from kmkit.note.model import Note
from kmkit.note.records import Application, Person
from kmkit.text import fold, one_line
from kmkit.trail.event import Event
from kmkit.trail.fold import by_note
from kmkit.views.clean import direction
from kmkit.views.digest_values import Contact, contact_of
from kmkit.views.site import naming
from kmkit.views.site.values import Link, Row
from kmkit.views.words import clip

SUMMARY = 50
"""Words of a summary in a list, at most."""


class Facts(NamedTuple):
    """What the index knows of notes, by their ids."""

    due: Mapping[str, date]
    """When the review of each falls due, or fell."""
    orphaned: frozenset[str] = frozenset()
    """Those whose owner has left or is not known."""


def portal_of(seen: Seen) -> Seen:
    """What of ``seen`` stands in a portal.

    Beyond the narrowest circle nothing that nobody validated: a capture is no knowledge yet.
    """
    if seen.policy.width(seen.level) == 0:
        return seen
    kept = {id: shown for id, shown in seen.notes.items() if shown.state != State.CAPTURED}
    return replace(
        seen,
        notes=kept,
        events=[event for event in seen.events if event.note in kept or event.about in kept],
        uses=[use for use in seen.uses if use.note in kept],
    )


@dataclass(frozen=True)
class View:
    """What one audience may see, and what all of its pages need of it."""

    seen: Seen
    config: Config
    kinds: Mapping[str, Kind]
    profiles: Mapping[str, Person]
    facts: Facts
    today: date

    @cached_property
    def narrowest(self) -> bool:
        """Whether this is the circle in which everybody may be named."""
        return self.seen.policy.width(self.seen.level) == 0

    @cached_property
    def language(self) -> str:
        """The portal's language: the audience's, else the organisation's."""
        return one_line(self.seen.audience.language or self.config.organisation.language) or "en"

    @cached_property
    def events(self) -> Mapping[str, Sequence[Event]]:
        """The steps of each note and of each record, by id; oldest first."""
        return by_note(self.seen.events)

    @cached_property
    def uses(self) -> Mapping[str, Sequence[Application]]:
        """The uses of each note, newest first."""
        found: dict[str, list[Application]] = {}
        for use in self.seen.uses:
            found.setdefault(use.note, []).append(use)
        return found

    # Names of lists

    @cached_property
    def topics(self) -> Mapping[str, str]:
        """The label of each topic that a note has, by the topic folded."""
        written = {fold(topic): topic for topic in self.config.topics}
        found: dict[str, str] = {}
        for shown in self.seen.notes.values():
            for topic in shown.note.fields.topics:
                key = fold(topic)
                if key not in found and one_line(topic):
                    found[key] = _label(one_line(written.get(key, topic)))
        return found

    @cached_property
    def topic_slugs(self) -> Mapping[str, str]:
        """The name of each topic's list, by the topic folded."""
        return naming.slugs(sorted(self.topics))

    @cached_property
    def kind_slugs(self) -> Mapping[str, str]:
        """The name of each kind's list, by kind."""
        return naming.slugs(sorted({shown.note.kind for shown in self.seen.notes.values()}))

    @cached_property
    def critical(self) -> frozenset[str]:
        """The topics that must not be forgotten, folded."""
        return frozenset(map(fold, self.config.critical.topics))

    def topic_links(self, note: Note) -> tuple[Link, ...]:
        """The topics of a note."""
        keys = [fold(topic) for topic in note.fields.topics]
        return tuple(
            Link(self.topics[key], f"topics/{self.topic_slugs[key]}.html")
            for key in dict.fromkeys(keys)
            if key in self.topics
        )

    # Notes in lists

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """Every note as lists show it, by id; newest first."""
        rows = [self._row(shown) for shown in self.seen.notes.values()]
        rows.sort(key=lambda row: (row.on or date.min, row.id), reverse=True)
        return {row.id: row for row in rows}

    @cached_property
    def listed(self) -> Sequence[Row]:
        """The notes that stand in lists, newest first: all that are in use."""
        return [row for row in self.rows.values() if row.state != State.RETIRED]

    def row(self, id: str | None) -> Row | None:
        """The note with that id in a list, None where there is none to be seen."""
        return self.rows.get(id or "")

    def _row(self, shown: Shown) -> Row:
        note = shown.note
        kind = one_line(note.kind).replace("-", " ") if note.kind != "how-to" else note.kind
        language = one_line(note.fields.language) or one_line(self.config.organisation.language)
        title = one_line(note.title)
        topics = self.topic_links(note)
        due = None if shown.state == State.RETIRED else self.facts.due.get(note.id)
        critical = not self.critical.isdisjoint(map(fold, note.fields.topics))
        marks = {
            "overdue": due is not None and due < self.today,
            "revised": shown.being_revised,
            "retired": shown.state == State.RETIRED,
            "captured": shown.state == State.CAPTURED,
            "critical": critical,
        }
        return Row(
            id=note.id,
            href=naming.note_href(note.id),
            title=title,
            summary=clip(one_line(note.fields.summary), SUMMARY),
            kind=kind or "note",
            kind_href=f"kinds/{self.kind_slugs[note.kind]}.html",
            topics=topics,
            language="" if language == self.language else language,
            direction=direction(title, language),
            state=shown.state,
            on=self._last(note),
            due=due,
            marks=tuple(mark for mark, holds in marks.items() if holds),
        )

    def _last(self, note: Note) -> date | None:
        """The day that a list tells: on which it last went out, else was last touched."""
        steps = self.events.get(note.id, ())
        gone = [e.when.date() for e in steps if e.move == "disseminate"]
        gone = gone or [entry.on for entry in note.fields.disseminated]
        if gone:
            return max(gone)
        if steps:
            return steps[-1].when.date()
        return note.fields.gathered.on if note.fields.gathered else day_of_id(note.id)

    # People

    @cached_property
    def names(self) -> Mapping[str, str]:
        """People's names by address in lower case: as the profiles say, else as git does."""
        known = {event.email: event.name for event in self.seen.events}
        return known | {email: person.name for email, person in self.profiles.items()}

    @cached_property
    def _contacts(self) -> dict[str, Contact]:
        return {}

    def contact(self, email: str) -> Contact:
        """The person with that address, which stands for a name that is not known.

        Nobody where the name or the address may not leave the circle.
        """
        if email not in self._contacts:
            made = contact_of(email, self.names)
            kept = self.seen.protected.in_text(*made)
            self._contacts[email] = Contact("", "") if kept else made
        return self._contacts[email]

    def ask(self, note: Note) -> Contact | None:
        """Whom to ask about a note: its owner, else who stands in, else the organisation."""
        wanted = [] if note.id in self.facts.orphaned else [note.owner]
        wanted += [note.fields.backup or "", self.config.organisation.contact]
        found = (self.contact(email) for email in wanted if email)
        return next((contact for contact in found if contact.email), None)

    def named(self, email: str) -> str:
        """The name of somebody who did something, '' where it may not be said."""
        return self.contact(email).name if self.narrowest and email else ""

    def count(self, rows: Iterable[Row]) -> int:
        """How many notes are in use among ``rows``."""
        return sum(row.state != State.RETIRED for row in rows)


def _label(topic: str) -> str:
    """A topic as people read it; one that is written like a file's name loses its hyphens."""
    return topic.replace("-", " ") if topic.isascii() and topic.islower() else topic
