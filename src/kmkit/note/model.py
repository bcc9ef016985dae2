"""The field table, and the Note that the rest of kmkit works with.

`Fields` is the one definition of every front-matter field: its name, its type, its help and who
may write it. The documentation of the format, the options of ``capture`` and the reader's
messages are all derived from it.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple

from kmkit.note.frontmatter import place_of, places_of
from kmkit.note.methods import GATHERING_METHODS as GATHERING_METHODS
from kmkit.note.plain import Plain, said
from kmkit.note.problem import Place, Problem
from kmkit.period import Period
from kmkit.text import as_typed

_PRINTED = b"\n\r" + bytes(range(0x20, 0x7F))
"""What prints of ASCII, and line ends."""


class Gathered(Plain):
    """Where the knowledge comes from: its provenance."""

    on: date = said("the day it was gathered")
    method: str = said("how: one of " + ", ".join(GATHERING_METHODS))
    by: str = said("who gathered it, by e-mail address")
    from_: str = said("the event, project or person it comes from", default="", written="from")


class Verdict(Plain):
    """One answer of a reviewer to one version of the substance."""

    on: date = said("the day it was given")
    by: str = said("e-mail of the reviewer, or of whom recorded a decision")
    method: str = said("how it was judged: self-review, peer-review and so on")
    verdict: Literal["approve", "return", "reject"] = said("what was said")
    fingerprint: str = said("of the substance that was judged")
    because: str = said("the reason", default="")
    topic: str = said("the expert's topic, of an expert review", default="")
    decided_by: str = said("who decided, where somebody else recorded it", default="")
    minutes: str = said("where the decision is written down", default="")
    same_as: str = said("the approved fingerprint that this one means the same as", default="")


class Dissemination(Plain):
    """One time that the note was brought to people."""

    on: date = said("the day it went out")
    channel: str = said("a channel of kmkit.toml")
    audience: str = said("an audience of kmkit.toml", default="")
    by: str = said("e-mail of the person who recorded it", default="")
    evidence: str = said("what shows it: a link, a list of participants", default="")


class Reviewed(Plain):
    """The last time that somebody confirmed that the note still holds."""

    on: date = said("the day of the review")
    by: str = said("e-mail of the person who confirmed it")
    because: str = said("what it was checked against")


class InForce(Plain):
    """The approved version that stands while the note is being revised."""

    blob: str = said("git's name of that version of the file")
    state: str = said("the state it had")
    since: date | None = said("the day the revision began", default=None)


class Asked(Plain):
    """A request to a person to validate the note."""

    on: date = said("the day of the request")
    to: str = said("e-mail of the person who is asked")
    by: str = said("e-mail of the person who asks")
    due: date | None = said("until when an answer is wanted", default=None)


class Deferred(Plain):
    """A review that was put off, once."""

    until: date = said("the day on which it is due instead")
    by: str = said("e-mail of the person who put it off")
    on: date = said("the day on which it was put off")
    because: str = said("the reason", default="")


class Fields(Plain):
    """Every field of a note's front matter; the order here is the order in the documentation."""

    id: str | None = said(
        "the note's identity: date, slug, four characters; never changed", default=None
    )
    title: str | None = said("what the note says, in one line", default=None)
    kind: str | None = said(
        "what sort of knowledge this is: the name of a template in templates/notes", default=None
    )
    state: str | None = said("where the note stands in its walk", default=None, by_moves=True)
    owner: str | None = said(
        "e-mail of the person who answers for the note", default=None, by_moves=True
    )
    backup: str | None = said("e-mail of the person who stands in for the owner", default=None)
    level: str | None = said("the widest circle the note may reach", default=None, by_moves=True)
    summary: str | None = said("the note in one or two sentences", default=None)
    topics: tuple[str, ...] = said("words of the knowledge base's vocabulary", default=())
    gathered: Gathered | None = said(
        "on which day, by which method, by whom and from what it was gathered", default=None
    )
    sources: tuple[str, ...] = said(
        "who gave the knowledge, by name or e-mail, or anonymous", default=()
    )
    authors: tuple[str, ...] = said("who wrote it, where that is not whom git names", default=())
    unit: str | None = said("the part of the organisation it comes from", default=None)
    evidence: tuple[str, ...] = said(
        "addresses of what proves it: files, links, documents", default=()
    )
    matters_to: str | None = said("what is in it for the reader", default=None)
    review_every: Period | None = said(
        "how often the owner is asked whether it still holds, such as P1Y", default=None
    )
    language: str | None = said("language code such as en, fr, ar", default=None)
    translation_of: str | None = said("id of the note this one translates", default=None)
    derived_from: tuple[str, ...] = said("ids of the notes this one was drawn from", default=())
    supersedes: tuple[str, ...] = said("ids of the notes this one replaces", default=())
    superseded_by: str | None = said(
        "id of the note that replaces this one", default=None, by_moves=True
    )
    repeats: tuple[str, ...] = said("ids of earlier notes that said the same", default=())
    protect: tuple[str, ...] = said(
        "names that must not appear above the narrowest level", default=()
    )
    verdicts: tuple[Verdict, ...] = said(
        "the answers of reviewers, one entry a line", default=(), by_moves=True
    )
    asked: tuple[Asked, ...] = said(
        "who was asked to validate it, and by when", default=(), by_moves=True
    )
    disseminated: tuple[Dissemination, ...] = said(
        "when, over which channel and to whom it went", default=(), by_moves=True
    )
    reviewed: Reviewed | None = said(
        "when, by whom and against what it was last confirmed", default=None, by_moves=True
    )
    deferred: Deferred | None = said(
        "until when its review was put off", default=None, by_moves=True
    )
    in_force: InForce | None = said(
        "the approved version that stands while this one is revised", default=None, by_moves=True
    )


MOVE_FIELDS = frozenset(name for name, info in Fields.model_fields.items() if info.by_moves)
"""The fields that only moves write; capture, the first move, may set owner and level."""


class Section(NamedTuple):
    """One heading of a note and what stands under it."""

    heading: str
    text: str
    """Without the blank lines around it; LF line ends."""
    line: int
    """Of the heading, from 1."""
    level: int = 2


def shows_all(data: bytes) -> bool:
    """Whether there is nothing in the bytes of a file but characters that print, and line ends."""
    left = data.translate(None, _PRINTED)  # no part of a character beyond ASCII is one of ASCII's
    return not left or left.decode("utf-8", "surrogateescape").isprintable()


@dataclass(frozen=True)
class Note:
    """A note as it stands in one version of its file.

    A note with problems is still a Note: the fields that could be read are there, the others are
    None or empty, and ``problems`` says what is wrong.
    """

    path: PurePosixPath
    """Relative to the knowledge base."""
    data: bytes
    """The file, byte for byte."""
    fields: Fields
    raw: dict[str, Any] = field(default_factory=dict)
    """The front matter as read, text throughout; the ``x_`` fields are here."""
    preamble: str = ""
    """What stands before the first heading."""
    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def id(self) -> str:
        """The note's identity; its path where it has none."""
        return self.fields.id or str(self.path)

    @property
    def short(self) -> str:
        """What people type for it: the last four characters of its id; its path without one."""
        return as_typed(self.fields.id[-4:] if self.fields.id else self.path)

    @property
    def title(self) -> str:
        """The title; the file's name where there is none."""
        return self.fields.title or self.path.stem

    @property
    def kind(self) -> str:
        """The kind, '' where it cannot be read."""
        return self.fields.kind or ""

    @property
    def state(self) -> str:
        """The state it claims, '' where it cannot be read."""
        return self.fields.state or ""

    @property
    def owner(self) -> str:
        """The owner's e-mail in lower case, '' where there is none."""
        return (self.fields.owner or "").strip().casefold()

    @property
    def level(self) -> str:
        """The level it claims, '' where it cannot be read (which counts as the narrowest)."""
        return self.fields.level or ""

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where each field's value stands: ``{"verdicts": …, "verdicts.0.on": …}``."""
        return places_of(self.text)

    @cached_property
    def text(self) -> str:
        """The whole file as text, as far as it is UTF-8."""
        return self.data.decode("utf-8", errors="replace")

    @cached_property
    def ordinary(self) -> bool:
        """Whether it is known that ``fields`` are what `kmkit.note.fitting` makes of ``raw``."""
        return False

    @cached_property
    def clear(self) -> bool:
        """Whether it is known that nothing is hidden in the file; reading a file tells.

        Then its front matter is ordinary, without comments, and preamble, sections and values hold
        nothing but characters that print, and line feeds.
        """
        return False

    @cached_property
    def fingerprints(self) -> dict[frozenset[str], str]:
        """Its fingerprints so far, by the guidance that is not part of them."""
        return {}

    def section(self, heading: str) -> str:
        """The text under ``heading`` (the first, compared without case), or ''."""
        wanted = heading.casefold()
        return next((s.text for s in self.sections if s.heading.casefold() == wanted), "")

    def place(self, name: str) -> Place:
        """Where a field stands, or the top of the file."""
        if "places" not in vars(self) and (quickly := place_of(self.text, name)):
            return quickly
        return self.places.get(name) or self.places.get(name.split(".")[0]) or Place(1, 1)

    def problem(
        self, rule: str, message: str, mend: str = "", *, at: str = "", warning: bool = False
    ) -> Problem:
        """A problem of this note, at the field ``at``."""
        line, col = self.place(at)
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        return Problem(str(self.path), line, col, rule, message, mend, severity)
