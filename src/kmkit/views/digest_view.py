"""What a circle may see. Everything that a digest says derives from this, and from nothing else."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kmkit.config import Config, Policy
from kmkit.errors import UsageError
from kmkit.index.stale import Reason, Stale
from kmkit.note.kinds import Kind
from kmkit.note.model import Note
from kmkit.note.records import Application
from kmkit.text import find_folded, fold, one_line
from kmkit.trail.event import Event
from kmkit.views.clean import clean
from kmkit.views.digest_values import Contact, Shown

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\?&#%]+@[^\s@<>,;:\"()\[\]\\?&#%]+")

_TOKEN = re.compile(r"[^\s()\[\]{}<>'\",:;]+")
"""What may be an id in a sentence."""


class Others(NamedTuple):
    """What a digest has to know of the notes that it is not given."""

    hidden: Container[str] = frozenset()
    """The ids, folded, of those that the circle may not see."""
    tails: Callable[[str], int] | None = None
    """How many of all ids end with these four characters."""


@dataclass(frozen=True)
class View:
    """The notes, events, applications and reasons that one circle may see in one period."""

    level: str
    since: date
    until: date
    notes: Mapping[str, Shown]
    """By id."""
    events: Sequence[Event]
    """Of these notes up to the end of the period, oldest first."""
    applications: Sequence[Application]
    """Of these notes up to the end of the period, newest first."""
    recorded: Mapping[str, date]
    """The day on which each application was recorded, by its id, as far as the trail tells."""
    reasons: Mapping[str, Sequence[Reason]]
    """Why a note is stale, by id."""
    config: Config
    policy: Policy
    names: Mapping[str, str]
    kinds: Mapping[str, Kind]
    link_of: Callable[[Note], str | None]
    protected: "Protected"
    tails: Callable[[str], int]
    """How many ids end with these four characters."""

    def within(self, on: date) -> bool:
        """Whether ``on`` is a day of the period."""
        return self.since <= on <= self.until

    def reported(self, application: Application) -> date:
        """The day the application was recorded; without a trail, the day the note was used."""
        return self.recorded.get(application.id, application.on)

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
        email = one_line(email)
        name = one_line(self.names.get(email.casefold())) or email
        return Contact(name, email if _EMAIL.fullmatch(email) else "")

    def ask(self, note: Note) -> Contact | None:
        """Whom to ask about the note: the owner; where that person has left, who stands in."""
        left = self.first(note.id, "orphaned") is not None
        candidates = [] if left else [note.owner]
        candidates += [note.fields.backup or "", self.config.organisation.contact]
        contacts = (self.contact(email) for email in candidates if email)
        return next((c for c in contacts if c.email and not self.protected.in_text(*c)), None)


def view(
    *,
    level: str,
    since: date,
    until: date,
    notes: Iterable[Shown],
    events: Iterable[Event],
    applications: Iterable[Application],
    stale: Iterable[Stale],
    config: Config,
    policy: Policy,
    names: Mapping[str, str],
    kinds: Mapping[str, Kind],
    link: Callable[[Note], str | None],
    others: "Others | None" = None,
    only: Container[str] | None = None,
) -> View:
    """What circle ``level`` may see of all this; refuses a level that the policy does not know.

    ``others`` tells of the notes that are not among ``notes``; ``only`` holds the ids of the notes
    that are asked for, None for all.
    """
    if level not in policy.levels:
        known = ", ".join(policy.levels)
        raise UsageError(f"There is no level '{one_line(level)}'.", f"Choose one of: {known}.")
    everything = list(notes)
    protected = Protected.above(level, policy, everything)
    hidden = {
        shown.note.id
        for shown in everything
        if not admits(policy, level, shown) or protected.in_note(shown.note)
    }
    by_id = {
        shown.note.id: shown
        for shown in everything
        if shown.note.id not in hidden and (only is None or shown.note.id in only)
    }
    others = others or Others()
    protected = protected.with_ids(hidden, others.hidden)
    past = sorted((e for e in events if e.when.date() <= until), key=lambda event: event.when)
    seen = [event for event in past if event.note in by_id]
    past_uses = (a for a in applications if a.note in by_id and a.on <= until)
    used = [a for a in past_uses if not protected.in_text(a.in_, a.because, a.by)]
    reports = [event for event in past if event.about in by_id]
    return View(
        level=level,
        since=since,
        until=until,
        notes=by_id,
        events=seen,
        applications=sorted(used, key=lambda a: (a.on, a.id), reverse=True),
        recorded={event.note: event.when.date() for event in reports},
        reasons={s.note.id: protected.without(s.reasons) for s in stale if s.note.id in by_id},
        config=config,
        policy=policy,
        names=_names([*seen, *reports], names),
        kinds=kinds,
        link_of=link,
        protected=protected,
        tails=others.tails or Counter(id[-4:] for id in by_id).__getitem__,
    )


def _names(events: Iterable[Event], names: Mapping[str, str]) -> dict[str, str]:
    """People's names by address in lower case: as the profiles say, else as git does."""
    known = {event.email: event.name for event in events}
    return known | {email.casefold(): name for email, name in names.items()}


def admits(policy: Policy, level: str, shown: Shown) -> bool:
    """The rule: an output for a circle shows a note only when the note's level is as wide."""
    levels = [shown.note.level] if shown.level is None else [shown.note.level, shown.level]
    return min(map(policy.width, levels)) >= policy.width(level)


@dataclass(frozen=True)
class Protected:
    """Names that must not leave the narrowest circle, whichever note asks for it.

    The ids of notes that the circle may not see are kept back with them.
    """

    names: tuple[str, ...]
    ids: frozenset[str] = frozenset()
    """Folded."""
    others: Container[str] = frozenset()
    """More such ids."""

    @classmethod
    def above(cls, level: str, policy: Policy, notes: Iterable[Shown]) -> "Protected":
        """The names to keep back from ``level``; none in the narrowest circle."""
        if policy.width(level) == 0:
            return cls(())
        return cls(tuple({name for shown in notes for name in shown.note.fields.protect}))

    def with_ids(self, ids: Iterable[str], others: Container[str]) -> "Protected":
        """These names, and the ids of notes."""
        return Protected(self.names, frozenset(map(fold, ids)), others)

    def without(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        """The reasons that tell of nothing kept back."""
        return tuple(reason for reason in reasons if not self.in_text(reason.message))

    def in_text(self, *texts: str | None) -> bool:
        """Whether one of the names or ids stands in one of ``texts``."""
        return any(self._in(clean(text)) for text in texts if text)

    def _in(self, text: str) -> bool:
        folded = fold(text)
        words = {word.strip(".!?…") for word in _TOKEN.findall(folded)}
        if not self.ids.isdisjoint(words) or any(word in self.others for word in words):
            return True
        likely = (
            name
            for name in self.names
            if all(part in folded for part in re.split(r"[\W_]+", fold(name)))
        )
        return any(next(find_folded(text, name), None) is not None for name in likely)

    def in_note(self, note: Note) -> bool:
        """Whether one of the names stands in what a digest could show of the note."""
        if not self.names:
            return False
        fields = note.fields
        shown = [note.title, note.id, str(note.path), fields.owner, fields.backup]
        shown += [fields.summary, fields.matters_to, str(note.raw.get("x_question") or "")]
        sections = [text for s in note.sections for text in (s.heading, s.text)]
        return self.in_text(*shown, note.preamble, *sections)
