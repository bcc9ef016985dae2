"""What an audience may see of one period: all that a digest says derives from it."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.audience.protected import Protected
from kmkit.audience.seeing import Seen
from kmkit.audience.shown import Shown
from kmkit.config import Config, Policy
from kmkit.index.stale import Reason, Stale
from kmkit.note.kind import Kind
from kmkit.note.model import Note
from kmkit.trail.event import Event
from kmkit.views.digest_values import Contact, contact_of
from kmkit.views.wording import Wording

if TYPE_CHECKING:
    from kmkit.note.records import Application
    from kmkit.note.records import Question as Asking


class View(NamedTuple):
    """The notes, events, applications and reasons that one circle may see in one period."""

    level: str
    since: date
    until: date
    notes: Mapping[str, Shown]
    """By id."""
    events: Sequence[Event]
    """Of these notes up to the end of the period, oldest first."""
    applications: "Sequence[Application]"
    """Of these notes up to the end of the period, newest first."""
    recorded: Mapping[str, Event]
    """The event that recorded each application, by its id, as far as the trail tells."""
    reasons: Mapping[str, Sequence[Reason]]
    """Why a note is stale, by id."""
    config: Config
    policy: Policy
    names: Mapping[str, str]
    kinds: Mapping[str, Kind]
    link_of: Callable[[Note], str | None]
    protected: Protected
    tails: Callable[[str], int]
    """How many ids end with these four characters."""
    said: Wording
    """The fixed words in the readers' language."""
    questions: "Sequence[Asking]" = ()
    """Open questions that the circle may read, newest first."""
    answered: "Sequence[Asking]" = ()
    """The questions that a note of these answered in the period, in the order of their days."""
    audience: str = ""
    """The audience that is written to, as kmkit.toml names it; '' for a circle alone."""
    entered: Container[str] | None = None
    """The commits that the letter tells of where it is sent; the days only label it then."""

    def happened(self, event: Event) -> bool:
        """Whether the event belongs to the period."""
        if self.entered is None:
            return self.within(event.when.date())
        return event.commit in self.entered

    def was_reported(self, application: "Application") -> bool:
        """Whether the application was recorded in the period."""
        event = self.recorded.get(application.id)
        return self.happened(event) if event else self.within(application.on)

    def within(self, on: date) -> bool:
        """Whether ``on`` is a day of the period."""
        return self.since <= on <= self.until

    def reported(self, application: "Application") -> date:
        """The day the application was recorded; without a trail, the day the note was used."""
        event = self.recorded.get(application.id)
        return event.when.date() if event else application.on

    def first(self, note: str, code: str) -> Reason | None:
        """The note's reason ``code``, if it has it."""
        return next((r for r in self.reasons.get(note, ()) if r.code == code), None)

    def link(self, note: Note) -> str | None:
        """Where a reader finds the note; None where that is no web address."""
        link = self.link_of(note) or ""
        return link if re.fullmatch(r"https?://[^\s\"'<>\\]+", link, re.IGNORECASE) else None

    def reaches(self, channel: str) -> bool:
        """Whether what goes over ``channel`` reaches the circle; unknown ones reach no further
        than the narrowest.
        """
        known = self.config.channels.get(channel)
        reach = self.policy.width(known.level) if known else 0
        return reach >= self.policy.width(self.level)

    def contact(self, email: str) -> Contact:
        """The person with that address; the address stands for a name that is not known."""
        return contact_of(email, self.names)

    def ask(self, note: Note) -> Contact | None:
        """Whom to ask about the note: the owner; where that person has left, who stands in."""
        left = self.first(note.id, "orphaned") is not None
        candidates = [] if left else [note.owner]
        candidates += [note.fields.backup or "", self.config.organisation.contact]
        contacts = (self.contact(email) for email in candidates if email)
        return next((c for c in contacts if c.email and not self.protected.in_text(*c)), None)


def view(
    seen: Seen,
    *,
    since: date,
    until: date,
    stale: Iterable[Stale],
    config: Config,
    names: Mapping[str, str],
    kinds: Mapping[str, Kind],
    link: Callable[[Note], str | None],
    said: Wording,
    questions: "Iterable[Asking]" = (),
    only: Container[str] | None = None,
    entered: Container[str] | None = None,
) -> View:
    """What of ``seen`` belongs to the period.

    ``only`` holds the ids of the notes that are asked for, None for all; ``entered`` the commits
    that make the period, whatever day they tell, None where its days do.
    """
    notes = {id: shown for id, shown in seen.notes.items() if only is None or id in only}
    past = [e for e in seen.events if entered is not None or e.when.date() <= until]
    events = [event for event in past if event.note in notes]
    reports = [event for event in past if event.about in notes]
    reasons = {s.note.id: seen.protected.without(s.reasons) for s in stale if s.note.id in notes}
    readable = _readable(seen, questions)
    found = {
        event.note
        for event in reports
        if event.move == "answer"
        and (since <= event.when.date() if entered is None else event.commit in entered)
    }
    return View(
        level=seen.level,
        since=since,
        until=until,
        notes=notes,
        events=events,
        applications=[use for use in seen.uses if use.note in notes and use.on <= until],
        recorded={event.note: event for event in reports if event.outcome},
        reasons=reasons,
        config=config,
        policy=seen.policy,
        names=_names([*events, *reports], names),
        kinds=kinds,
        link_of=link,
        protected=seen.protected,
        tails=seen.tails,
        said=said,
        questions=[question for question in readable if question.open],
        answered=[
            question
            for question in reversed(readable)
            if question.answered_by in notes and question.id in found
        ],
        audience=seen.audience.name,
        entered=entered,
    )


def _readable(seen: Seen, questions: "Iterable[Asking]") -> "list[Asking]":
    """The questions that the circle may read and that name nothing it may not; newest first."""
    width = seen.policy.width
    readable = [
        question
        for question in questions
        if width(question.level) >= width(seen.level) and not seen.protected.in_text(question.text)
    ]
    return sorted(readable, key=lambda question: (question.on, question.id), reverse=True)


def _names(events: Iterable[Event], names: Mapping[str, str]) -> dict[str, str]:
    """People's names by address in lower case: as the profiles say, else as git does."""
    known = {event.email: event.name for event in events}
    return known | {email.casefold(): name for email, name in names.items()}
