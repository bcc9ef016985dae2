"""What the portal's pages are made of: plain, frozen, cleaned values that templates only arrange.

Addresses (``href``) of notes, lists and files begin at the portal's root; a template puts ``top``
before them. Addresses that lead out of the portal are whole.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from kmkit.views.digest_values import Contact

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
"""What a page may load: the portal's own files, and nothing that stands in the page itself."""


class Link(NamedTuple):
    """Something to go to."""

    label: str
    href: str | None
    """None: nothing to go to; show the label."""


class Count(NamedTuple):
    """A list of notes, and how many it has."""

    label: str
    href: str
    notes: int
    help: str = ""
    critical: bool = False


class Row(NamedTuple):
    """A note in a list."""

    id: str
    href: str
    title: str
    summary: str
    """At most 50 words."""
    kind: str
    """In words: 'after action review'."""
    kind_href: str
    topics: tuple[Link, ...]
    language: str
    """Its code, '' where it is the portal's."""
    direction: str
    """ltr or rtl."""
    state: str
    on: date | None
    """The day it last went out, else that of its last step, else that of its id."""
    due: date | None
    """When its review is due."""
    marks: tuple[str, ...]
    """Of overdue, revised, retired, critical, captured."""


class Use(NamedTuple):
    """One time that a note was applied, and what came of it."""

    title: str
    href: str
    where: str
    on: date
    outcome: str
    """helped, no-difference or did-not-help."""
    because: str
    by: str
    """Name, '' where it may not be said."""
    direction: str


class Approval(NamedTuple):
    """One approval of the note as it stands."""

    on: date
    method: str
    names: tuple[str, ...]
    """Nobody's beyond the narrowest circle."""
    because: str
    topic: str


class Confirmed(NamedTuple):
    """The last time that somebody said that the note still holds."""

    on: date
    by: str
    because: str
    """What it was checked against."""


class Gathered(NamedTuple):
    """Where the knowledge comes from."""

    on: date
    method: str
    from_: str
    by: str


class Ended(NamedTuple):
    """Since when the note is out of use, and why."""

    on: date | None
    because: str
    instead: Link | None


class Step(NamedTuple):
    """Something that happened to the note."""

    on: date
    what: str
    """captured, validated, formatted, disseminated, confirmed, revised, retired or applied."""
    name: str
    """Who did it, '' where that may not be said."""


class Part(NamedTuple):
    """A section of a note."""

    heading: str
    """'' for what stands before the first heading."""
    anchor: str
    html: Markup


class Related(NamedTuple):
    """A note that lies near another."""

    row: Row
    why: tuple[str, ...]
    """The words that both say, the weightiest first."""


class Translation(NamedTuple):
    """The note in another language."""

    language: str
    href: str
    title: str


class File(NamedTuple):
    """A file that goes with the note."""

    name: str
    href: str
    size: int
    """In bytes."""


@dataclass(frozen=True)
class Site:
    """What all pages share."""

    organisation: str
    language: str
    direction: str
    level: str
    audience: str
    """Who it is for, in words; '' for everybody of the circle."""
    widest: bool
    narrowest: bool
    contact: str
    on: date
    """The day on which it was made."""
    notes: int
    has_people: bool


@dataclass(frozen=True)
class NotePage:
    """One note."""

    row: Row
    short: str
    """What people type for it in kmkit."""
    language: str
    level: str
    matters_to: str
    first: tuple[str, ...]
    """What to do, before all else; () where the note does not say."""
    parts: tuple[Part, ...]
    overdue: date | None
    """Since when."""
    ended: Ended | None
    approvals: tuple[Approval, ...]
    confirmed: Confirmed | None
    gathered: Gathered | None
    sources: tuple[str, ...]
    owner: Contact | None
    owner_href: str
    """Of the owner's page, '' without one."""
    unit: str
    uses: tuple[Use, ...]
    evidence: tuple[Link, ...]
    files: tuple[File, ...]
    related: tuple[Related, ...]
    backlinks: tuple[Row, ...]
    """Notes that point to this one."""
    replaces: tuple[Row, ...]
    derived_from: tuple[Row, ...]
    translations: tuple[Translation, ...]
    history: tuple[Step, ...]

    @property
    def title(self) -> str:
        """The note's."""
        return self.row.title
