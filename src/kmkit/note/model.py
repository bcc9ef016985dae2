"""The field table, and the Note that the rest of kmkit works with.

`Fields` is the one definition of every front-matter field: its name, its type, its help and who
may write it. The documentation of the format, the options of ``capture`` and the reader's
messages are all derived from it.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kmkit.dated import Day, PeriodField
from kmkit.note.frontmatter import places_of
from kmkit.note.methods import GATHERING_METHODS as GATHERING_METHODS
from kmkit.note.problem import Place, Problem

_PRINTED = b"\n\r" + bytes(range(0x20, 0x7F))
"""What prints of ASCII, and line ends."""
MOVE = "moves only"
"""Marks a field that no hand writes: a move of the lifecycle does."""


def _as_list(value: Any) -> Any:
    """A single value where a list is meant is a list of one."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""A list of texts; one text alone is a list of one."""


class Entry(BaseModel):
    """The base of the small maps inside front matter."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Gathered(Entry):
    """Where the knowledge comes from: its provenance."""

    on: Day = Field(description="the day it was gathered")
    method: str = Field(description="how: one of " + ", ".join(GATHERING_METHODS))
    by: str = Field(description="who gathered it, by e-mail address")
    from_: str = Field("", alias="from", description="the event, project or person it comes from")


class Verdict(Entry):
    """One answer of a reviewer to one version of the substance."""

    on: Day = Field(description="the day it was given")
    by: str = Field(description="e-mail of the reviewer, or of whom recorded a decision")
    method: str = Field(description="how it was judged: self-review, peer-review and so on")
    verdict: Literal["approve", "return", "reject"] = Field(description="what was said")
    fingerprint: str = Field(description="of the substance that was judged")
    because: str = Field("", description="the reason")
    topic: str = Field("", description="the expert's topic, of an expert review")
    decided_by: str = Field("", description="who decided, where somebody else recorded it")
    minutes: str = Field("", description="where the decision is written down")
    same_as: str = Field("", description="the approved fingerprint that this one means the same as")


class Dissemination(Entry):
    """One time that the note was brought to people."""

    on: Day = Field(description="the day it went out")
    channel: str = Field(description="a channel of kmkit.toml")
    audience: str = Field("", description="an audience of kmkit.toml")
    by: str = Field("", description="e-mail of the person who recorded it")
    evidence: str = Field("", description="what shows it: a link, a list of participants")


class Reviewed(Entry):
    """The last time that somebody confirmed that the note still holds."""

    on: Day = Field(description="the day of the review")
    by: str = Field(description="e-mail of the person who confirmed it")
    because: str = Field(description="what it was checked against")


class InForce(Entry):
    """The approved version that stands while the note is being revised."""

    blob: str = Field(description="git's name of that version of the file")
    state: str = Field(description="the state it had")
    since: Day | None = Field(None, description="the day the revision began")


class Asked(Entry):
    """A request to a person to validate the note."""

    on: Day = Field(description="the day of the request")
    to: str = Field(description="e-mail of the person who is asked")
    by: str = Field(description="e-mail of the person who asks")
    due: Day | None = Field(None, description="until when an answer is wanted")


class Deferred(Entry):
    """A review that was put off, once."""

    until: Day = Field(description="the day on which it is due instead")
    by: str = Field(description="e-mail of the person who put it off")
    on: Day = Field(description="the day on which it was put off")
    because: str = Field("", description="the reason")


class Fields(BaseModel):
    """Every field of a note's front matter; the order here is the order in the documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Field(
        None, description="the note's identity: date, slug, four characters; never changed"
    )
    title: str | None = Field(None, description="what the note says, in one line")
    kind: str | None = Field(
        None,
        description="what sort of knowledge this is: the name of a template in templates/notes",
    )
    state: str | None = Field(
        None, description="where the note stands in its walk", json_schema_extra={"by": MOVE}
    )
    owner: str | None = Field(
        None,
        description="e-mail of the person who answers for the note",
        json_schema_extra={"by": MOVE},
    )
    backup: str | None = Field(None, description="e-mail of the person who stands in for the owner")
    level: str | None = Field(
        None, description="the widest circle the note may reach", json_schema_extra={"by": MOVE}
    )
    summary: str | None = Field(None, description="the note in one or two sentences")
    topics: Texts = Field((), description="words of the knowledge base's vocabulary")
    gathered: Gathered | None = Field(
        None, description="on which day, by which method, by whom and from what it was gathered"
    )
    sources: Texts = Field(
        (), description="who gave the knowledge, by name or e-mail, or anonymous"
    )
    authors: Texts = Field((), description="who wrote it, where that is not whom git names")
    unit: str | None = Field(None, description="the part of the organisation it comes from")
    evidence: Texts = Field((), description="addresses of what proves it: files, links, documents")
    matters_to: str | None = Field(None, description="what is in it for the reader")
    review_every: PeriodField | None = Field(
        None, description="how often the owner is asked whether it still holds, such as P1Y"
    )
    language: str | None = Field(None, description="language code such as en, fr, ar")
    translation_of: str | None = Field(None, description="id of the note this one translates")
    derived_from: Texts = Field((), description="ids of the notes this one was drawn from")
    supersedes: Texts = Field((), description="ids of the notes this one replaces")
    superseded_by: str | None = Field(
        None, description="id of the note that replaces this one", json_schema_extra={"by": MOVE}
    )
    repeats: Texts = Field((), description="ids of earlier notes that said the same")
    protect: Texts = Field((), description="names that must not appear above the narrowest level")
    verdicts: tuple[Verdict, ...] = Field(
        (), description="the answers of reviewers, one entry a line", json_schema_extra={"by": MOVE}
    )
    asked: tuple[Asked, ...] = Field(
        (), description="who was asked to validate it, and by when", json_schema_extra={"by": MOVE}
    )
    disseminated: tuple[Dissemination, ...] = Field(
        (),
        description="when, over which channel and to whom it went",
        json_schema_extra={"by": MOVE},
    )
    reviewed: Reviewed | None = Field(
        None,
        description="when, by whom and against what it was last confirmed",
        json_schema_extra={"by": MOVE},
    )
    deferred: Deferred | None = Field(
        None, description="until when its review was put off", json_schema_extra={"by": MOVE}
    )
    in_force: InForce | None = Field(
        None,
        description="the approved version that stands while this one is revised",
        json_schema_extra={"by": MOVE},
    )


MOVE_FIELDS = frozenset(
    name
    for name, info in Fields.model_fields.items()
    if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("by") == MOVE
)
"""The fields that only moves write; capture, the first move, may set owner and level."""


class Section(NamedTuple):
    """One heading of a note and what stands under it."""

    heading: str
    text: str
    """Without the blank lines around it; LF line ends."""
    line: int
    """Of the heading, from 1."""
    level: int = 2


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
        return self.fields.id[-4:] if self.fields.id else str(self.path)

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
    def shows_all(self) -> bool:
        """Whether the file holds nothing but characters that print, and line ends."""
        return not self.data.translate(None, _PRINTED) or (
            self.text.replace("\n", "").replace("\r", "").isprintable()
        )

    def section(self, heading: str) -> str:
        """The text under ``heading`` (the first, compared without case), or ''."""
        wanted = heading.casefold()
        return next((s.text for s in self.sections if s.heading.casefold() == wanted), "")

    def place(self, name: str) -> Place:
        """Where a field stands, or the top of the file."""
        return self.places.get(name) or self.places.get(name.split(".")[0]) or Place(1, 1)

    def problem(
        self, rule: str, message: str, mend: str = "", *, at: str = "", warning: bool = False
    ) -> Problem:
        """A problem of this note, at the field ``at``."""
        line, col = self.place(at)
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        return Problem(str(self.path), line, col, rule, message, mend, severity)
