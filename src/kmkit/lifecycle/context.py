"""What a move is judged by: who asks for what, when, and what the trail says of the note.

Nobody changes these once they are made. They are not frozen, since an audit makes two of them for
each commit, and to make a frozen one takes four times as long.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kmkit.config import Config, Policy
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.rounds import Round, current_round
from kmkit.note.kind import Kind
from kmkit.note.model import Note, Verdict
from kmkit.text import one_line

LONGEST_COPY = 500
"""Characters of a reason that the front matter copies."""


def in_brief(reason: str) -> str:
    """A reason as the front matter copies it: one line, not too long; the trail has it whole."""
    line = one_line(reason)
    return line if len(line) <= LONGEST_COPY else line[: LONGEST_COPY - 1].rstrip() + "…"


@dataclass(slots=True)
class Request:
    """What somebody asks a move to do; each move reads what it needs."""

    because: str = ""
    method: str = ""
    verdict: str = ""
    topic: str = ""
    decided_by: str = ""
    minutes: str = ""
    channel: str = ""
    audience: str = ""
    evidence: str = ""
    on: date | None = None
    """The day that something happened, where it is not today."""
    level: str = ""
    owner: str = ""
    to: str = ""
    due: date | None = None
    superseded_by: str = ""
    withdraw: bool = False
    """A revision takes the approved version out of force."""


class Changed(NamedTuple):
    """A commit that changed an approved text and was no rewording."""

    commit: str
    """git's name of it."""
    merge: bool
    put_back: str
    """The commands that undo it, '' where that mends nothing."""
    dirty: bool
    """The file has changes that are not committed."""


@dataclass(slots=True)
class Context:
    """The circumstances of one move; everything a guard may look at besides the note."""

    actor: Person
    today: date
    policy: Policy
    config: Config
    kind: Kind
    request: Request
    fingerprint: str
    """Of the substance that stands in the file."""
    verdicts: tuple[Verdict, ...] = ()
    """From the trail: those since the note last became captured, oldest first."""
    held: tuple[Verdict, ...] = ()
    """From the trail: those on the version in force, while this one is revised."""
    approved: frozenset[str] = frozenset()
    """Fingerprints that the trail approves."""
    authors: frozenset[str] = frozenset()
    """E-mails, in lower case, of those who wrote this substance."""
    author_names: frozenset[str] = frozenset()
    """Their names, as git has them; several people can share one."""
    scribe: str = ""
    """E-mail, in lower case, of whoever typed the note in."""
    scribe_name: str = ""
    """Their name, as git has it."""
    people: dict[str, date | None] = field(default_factory=dict)
    """Known people by e-mail in lower case, with the day they leave; empty: nobody is known."""
    known_ids: frozenset[str] = frozenset()
    blob: str = ""
    """git's name of the file as it is committed."""
    committed: Note | None = None
    """The note as it is committed; None for a new one."""
    committed_fingerprint: str = ""
    """Of the substance that is committed."""
    last_approved: str = ""
    """git's name of the newest version that is approved, where the committed one is not."""
    reworded: bool = True
    """Whether the substance that stands is one that ``reword`` recorded, where it matters."""
    by_hand: Changed | None = None
    """What else changed the approved substance, where it matters and is not made good."""
    in_force: Note | None = None
    """The approved version that stands while this one is revised."""

    @property
    def committed_approved(self) -> bool:
        """Whether the committed substance is an approved one, by the trail."""
        return self.committed_fingerprint in self.approved

    @property
    def round(self) -> Round:
        """The round of validation as it stands."""
        return current_round(self.verdicts, self.fingerprint, self.policy)
