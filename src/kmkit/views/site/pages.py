"""What the portal's pages beside those of notes are made of: plain, frozen, cleaned values."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kmkit.views.site.values import Count, Link, Row, Use


@dataclass(frozen=True)
class HomePage:
    """Where a reader begins."""

    title: str
    new: tuple[Row, ...]
    start: tuple[Row, ...]
    applied: tuple[Use, ...]
    topics: tuple[Count, ...]
    kinds: tuple[Count, ...]
    recent: int
    """Notes that went out in the last 30 days."""
    confirmed: int
    """Notes that were confirmed in the last 12 months."""
    uses: int


class Pager(NamedTuple):
    """Which part of a long list a page is."""

    number: int
    of: int
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Profile:
    """A person, for a portal of the narrowest circle."""

    name: str
    email: str
    unit: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    gone: bool
    """Whether the person has left."""


@dataclass(frozen=True)
class ListPage:
    """Notes of one topic, kind or person, newest first."""

    title: str
    what: str
    """topic, kind or person."""
    lead: str
    rows: tuple[Row, ...]
    total: int
    pager: Pager | None
    critical: bool = False
    person: Profile | None = None


@dataclass(frozen=True)
class CountsPage:
    """All topics, all kinds or all people."""

    title: str
    what: str
    """topics, kinds or people."""
    counts: tuple[Count, ...]


class Entry(NamedTuple):
    """Something that happened, on the timeline."""

    on: date
    what: str
    """disseminated, confirmed, applied or retired."""
    row: Row


class Month(NamedTuple):
    """A month of the timeline, its last day first."""

    first: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class TimelinePage:
    """What happened in a year, or in a part of one."""

    title: str
    year: int
    months: tuple[Month, ...]
    years: tuple[Link, ...]
    pager: Pager | None


@dataclass(frozen=True)
class SearchPage:
    """Where a reader searches."""

    title: str
    topics: tuple[Count, ...]
    kinds: tuple[Count, ...]
