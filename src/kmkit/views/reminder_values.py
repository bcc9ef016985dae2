"""What a reminder is made of: plain, frozen, already cleaned values that templates only arrange."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kmkit.index.stale import Reason
from kmkit.views.digest_values import Answer, Contact

LEFT, UNKNOWN, UNREACHED, OUTSIDE, ASKED = "left", "unknown", "unreached", "outside", "asked"
"""Why somebody is not asked now: they left, are not among the people, the mail server did not take
the letter, may not see the note; or were asked and let the time pass."""


class Earlier(NamedTuple):
    """Somebody whose turn came before."""

    part: str
    """owner, backup or manager."""
    email: str
    why: str
    on: date | None = None
    """The day they were first asked, or left."""


class Matter(NamedTuple):
    """One note that somebody is asked about, and what is known of it beside its text."""

    id: str
    code: str
    """What an answer names it by: the end of its id, and how its fingerprint begins."""
    due: date | None
    reasons: tuple[Reason, ...]
    part: str = "owner"
    """As what the person is asked."""
    before: tuple[Earlier, ...] = ()
    newer: tuple[str, ...] = ()
    """The ids of notes on the same matter that are newer than its last confirmation."""
    broken: tuple[str, ...] = ()
    """What is wrong with its links, a sentence each."""


class Checked(NamedTuple):
    """When the note was last looked at."""

    on: date
    by: str
    how: str
    """confirmed, or approved."""
    because: str


@dataclass(frozen=True)
class Due:
    """One note of a reminder."""

    id: str
    short: str
    """What people type for it."""
    code: str
    title: str
    summary: str
    link: str | None
    due: date | None
    overdue: bool
    checked: Checked | None
    changes: tuple[str, ...]
    """What changed around it since then, a sentence each."""
    before: tuple[str, ...]
    """Who was asked before, or could not be, a sentence each."""
    answers: tuple[Answer, ...]
    command: str
    language: str
    direction: str


@dataclass(frozen=True)
class Reminder:
    """One letter to one person about the notes that are due."""

    to: Contact
    part: str
    """As what they are asked about all of them: owner, backup or manager; '' for several."""
    organisation: str
    contact: str
    reply_to: str
    subject: str
    level: str
    widest: bool
    """Whether there is no wider circle to keep it from."""
    on: date
    items: tuple[Due, ...]
    more: int
    """Notes for which there was no room."""
    language: str

    @property
    def count(self) -> int:
        """How many notes there are, shown or not."""
        return len(self.items) + self.more
