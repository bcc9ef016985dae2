"""What a digest is made of: plain, frozen, already cleaned values that templates only arrange."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from kmkit.note.model import Section
from kmkit.text import one_line
from kmkit.views.wording import N_, words

READERS = "readers"
STEWARDS = "stewards"

RESULTS = {
    "helped": N_("It helped"),
    "no-difference": N_("It made no difference"),
    "did-not-help": N_("It did not help"),
}
"""What came of using a note, in words."""

day, between = words().day, words().between
"""A date, and a period, in English words."""


_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\?&#%]+@[^\s@<>,;:\"()\[\]\\?&#%]+")


class Contact(NamedTuple):
    """A person to ask."""

    name: str
    email: str
    """'' where it is none that a letter or a page could lead to."""


def contact_of(email: str, names: Mapping[str, str]) -> Contact:
    """The person with an address; the address stands for a name that is not among ``names``."""
    email = one_line(email)
    name = one_line(names.get(email.casefold())) or email
    return Contact(name, email if _EMAIL.fullmatch(email) else "")


class Answer(NamedTuple):
    """A link that opens a letter already addressed and begun."""

    label: str
    href: str


class Item(NamedTuple):
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
        """What a reader should know about the note before reading it; templates translate it."""
        known = {
            self.kind if self.kind == "how-to" else self.kind.replace("-", " "): True,
            N_("critical topic"): self.critical,
            N_("being revised"): self.being_revised,
            N_("review overdue"): self.overdue,
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


class Asked(NamedTuple):
    """A question that somebody put to everybody and that no note answers yet."""

    id: str
    text: str
    on: date
    answer: Answer | None


class Answered(NamedTuple):
    """A question that the note ``title`` has answered; ``by`` is '' beyond the narrowest circle."""

    text: str
    by: str
    on: date
    title: str
    link: str | None


class YearAgo(NamedTuple):
    """A note to be asked about again: does it still hold?"""

    note: Item
    on: date
    """The day, about a year ago, on which it last went out or was confirmed."""
    confirmed: bool
    """Whether it was confirmed on that day."""


_STATES = {
    "captured": N_("captured"),
    "validated": N_("validated"),
    "formatted": N_("formatted"),
    "disseminated": N_("disseminated"),
    "maintained": N_("maintained"),
    "retired": N_("retired"),
}


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
        return ", ".join(self.marks)

    @property
    def marks(self) -> tuple[str, ...]:
        """The parts of ``standing``; templates translate them."""
        known = {
            _STATES.get(self.state, self.state): True,
            N_("being revised"): self.being_revised,
            N_("overdue"): self.overdue,
        }
        return tuple(mark for mark, holds in known.items() if mark and holds)


class Owed(NamedTuple):
    """What one owner owes."""

    owner: Contact
    tasks: tuple[Task, ...]


class Digest(NamedTuple):
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
    story: Item | None = None
    """The story of the month; not among the ``items``."""
    story_is_news: bool = False
    """Whether the story went out in this period."""
    question: Question | None = None
    answered: tuple[Answered, ...] = ()
    ask: Asked | None = None
    year_ago: YearAgo | None = None
    thanks: tuple[str, ...] = ()
    waiting: tuple[Task, ...] = ()
    due: tuple[Task, ...] = ()
    overdue: tuple[Owed, ...] = ()
    returned: tuple[Task, ...] = ()
    language: str = "en"
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
            or self.story_is_news
            or self.waiting
            or self.due
            or self.overdue
            or self.returned
        )

    @property
    def filled(self) -> tuple[str, ...]:
        """The readers' blocks that have something to say, in their order."""
        says = {
            "greeting": True,
            "why": any(item.matters_to for item in self.items),
            "notes": self.items or self.items_left_out,
            "stop": self.stop or self.stop_left_out,
            "applied": self.applied or self.applied_left_out,
        }
        return tuple(b for b in self.blocks if says.get(b) or (b not in says and getattr(self, b)))

    @property
    def annex(self) -> tuple[Item, ...]:
        """The items whose text follows in full, because there is no link to it."""
        told = [*self.items, *([self.story] if self.story else [])]
        return tuple(item for item in told if not item.link)

    @property
    def late(self) -> int:
        """How many notes are overdue."""
        return sum(len(owed.tasks) for owed in self.overdue)

    @property
    def opening(self) -> str:
        """What a list of letters shows after the subject; '' where there is no advice."""
        return next((text for item in self.items for text in item.instruction), "")

    @property
    def period(self) -> str:
        """The days it covers, in words."""
        return words(self.language).between(self.since, self.until)
