"""What a digest is made of: plain, frozen, already cleaned values that templates only arrange."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kmkit.note.model import Section

READERS = "readers"
STEWARDS = "stewards"

RESULTS = {
    "helped": "It helped",
    "no-difference": "It made no difference",
    "did-not-help": "It did not help",
}
"""What came of using a note, in words."""


class Contact(NamedTuple):
    """A person to ask."""

    name: str
    email: str


class Answer(NamedTuple):
    """A link that opens a letter already addressed and begun."""

    label: str
    href: str


@dataclass(frozen=True)
class Item:
    """A newly disseminated note."""

    id: str
    title: str
    kind: str
    on: date
    """The day it was last disseminated within the period."""
    instruction: tuple[str, ...]
    """What to do: one text, or the items of a list."""
    matters_to: str
    ask: Contact | None
    link: str | None
    full: tuple[Section, ...]
    """The note itself, as Markdown, where there is no link to it; headings may be ''."""
    answers: tuple[Answer, ...]
    language: str
    direction: str
    critical: bool
    being_revised: bool
    overdue: bool

    @property
    def marks(self) -> tuple[str, ...]:
        """What a reader should know about the note before reading it."""
        known = {
            self.kind if self.kind == "how-to" else self.kind.replace("-", " "): True,
            "critical topic": self.critical,
            "being revised": self.being_revised,
            "review overdue": self.overdue,
        }
        return tuple(mark for mark, holds in known.items() if mark and holds)


class Stop(NamedTuple):
    """A note that had gone out and no longer stands."""

    id: str
    title: str
    on: date
    because: str
    instead: str
    """The title of the note that replaces it, '' for none or none that may be shown."""
    instead_link: str | None
    ask: Contact | None
    withdrawn: bool
    """Whether it is not retired for good but being rewritten, with no version in force."""


class Applied(NamedTuple):
    """One time that a note was used, and what came of it."""

    note: str
    title: str
    link: str | None
    outcome: str
    """helped, no-difference or did-not-help."""
    where: str
    because: str
    by: str
    on: date
    being_revised: bool

    @property
    def result(self) -> str:
        """The outcome in words."""
        return RESULTS.get(self.outcome, self.outcome)


class Question(NamedTuple):
    """Something that somebody needs to know."""

    text: str
    note: str
    title: str
    answer: Answer | None
    being_revised: bool


class Task(NamedTuple):
    """Something about one note that waits for a person."""

    note: str
    title: str
    state: str
    being_revised: bool
    overdue: bool
    since: date | None
    message: str
    """What is the matter, in one sentence."""
    owner: Contact
    command: str
    """What to run; quoted for a shell."""

    @property
    def standing(self) -> str:
        """The state, never without what qualifies it: 'maintained, overdue'."""
        words = [self.state, "being revised" * self.being_revised, "overdue" * self.overdue]
        return ", ".join(filter(None, words))


class Owed(NamedTuple):
    """What one owner owes."""

    owner: Contact
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Digest:
    """One issue of a digest for one circle and one period; both days are included."""

    name: str
    level: str
    widest: bool
    """Whether there is no wider circle to keep it from."""
    since: date
    until: date
    organisation: str
    contact: str
    subject: str
    blocks: tuple[str, ...]
    """Which blocks to show, in which order."""
    items: tuple[Item, ...] = ()
    items_left_out: int = 0
    """New notes for which there was no room."""
    stop: tuple[Stop, ...] = ()
    stop_left_out: int = 0
    applied: tuple[Applied, ...] = ()
    applied_left_out: int = 0
    question: Question | None = None
    thanks: tuple[str, ...] = ()
    waiting: tuple[Task, ...] = ()
    due: tuple[Task, ...] = ()
    overdue: tuple[Owed, ...] = ()
    returned: tuple[Task, ...] = ()
    language: str = field(default="en")
    """Of the fixed words."""

    @property
    def edition(self) -> str:
        """Whose templates show it: the stewards' or the readers'."""
        return STEWARDS if self.name == STEWARDS else READERS

    @property
    def empty(self) -> bool:
        """Whether nothing happened that is worth a letter."""
        return not (
            self.items
            or self.items_left_out
            or self.stop
            or self.stop_left_out
            or self.applied
            or self.applied_left_out
            or self.waiting
            or self.due
            or self.overdue
            or self.returned
        )

    @property
    def annex(self) -> tuple[Item, ...]:
        """The items whose text follows in full, because there is no link to it."""
        return tuple(item for item in self.items if not item.link)

    @property
    def late(self) -> int:
        """How many notes are overdue."""
        return sum(len(owed.tasks) for owed in self.overdue)

    @property
    def opening(self) -> str:
        """What a list of letters shows after the subject."""
        told = next((text for item in self.items for text in item.instruction), "")
        return told or f"{self.organisation}, {self.period}"

    @property
    def period(self) -> str:
        """The days it covers, in words."""
        return between(self.since, self.until)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day(on: date) -> str:
    """A date in words: 21 November 2026."""
    return f"{on.day} {_month(on)} {on.year}"


def between(since: date, until: date) -> str:
    """A period in words, no part of the date said twice."""
    if since == until:
        return day(until)
    if since.year != until.year:
        return f"{day(since)} to {day(until)}"
    if since.month != until.month:
        return f"{since.day} {_month(since)} to {day(until)}"
    return f"{since.day} to {day(until)}"


def _month(on: date) -> str:
    return _MONTHS[on.month - 1]
