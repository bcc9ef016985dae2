"""An application: a note is used somewhere; planned, done, verified, or dropped with a reason."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field

from kmkit.dated import Day
from kmkit.note.methods import Outcome
from kmkit.note.records.base import (
    Email,
    MaybePastDay,
    Misfit,
    NoteId,
    PastDay,
    Record,
)
from kmkit.note.strict import Entry, Texts
from kmkit.text import address_key

Status = Literal["planned", "done", "verified", "dropped", "not-applicable", "no-action"]


class Step(NamedTuple):
    """One step of an application."""

    verb: str
    begins: tuple[str, ...]
    """The statuses that it leads from; '' is a record that is not there yet."""
    to: Status


STEPS = (
    Step("plan", ("",), "planned"),
    Step("replan", ("planned",), "planned"),
    Step("apply", ("",), "done"),
    Step("done", ("planned",), "done"),
    Step("verify", ("done",), "verified"),
    Step("drop", ("planned",), "dropped"),
    Step("not-applicable", ("",), "not-applicable"),
    Step("no-action", ("",), "no-action"),
)
"""Every step that there is: the one definition of how an application walks."""

ASKS: dict[str, tuple[str, ...]] = {
    "planned": ("action", "due"),
    "done": ("on", "outcome"),
    "verified": ("on", "outcome", "changed", "verified"),
    "dropped": ("because",),
    "not-applicable": ("because",),
    "no-action": ("because",),
}
"""What a record must say in each status, besides the note, the place and the person."""

DOING = ("apply", "done")
"""The steps of whoever did something, or reported it."""
REPORTED = ("done", "verified")
"""The statuses in which there is an outcome."""


class Verified(Entry):
    """What showed somebody else that a change holds."""

    on: PastDay = Field(description="the day that the evidence is of, later than the change")
    by: Email = Field(description="e-mail of whoever saw it; not who did it, nor who reported it")
    evidence: str = Field(description="the address of what shows it")
    because: str = Field("", description="what it shows")


class ApplicationRecord(Record):
    """One time that a note is to be used somewhere, or was, and what came of it."""

    made_by: ClassVar[str] = "kmkit apply NOTE"
    walked: ClassVar[frozenset[str]] = frozenset(
        ("status", "note", "by", "due", "on", "changed", "outcome", "reported_by", "verified")
    )

    kind: Literal["application"] = Field("application", description="that it is an application")
    status: Status = Field("done", description="how far it has come")
    note: NoteId = Field(description="id of the note that is used")
    in_: str = Field(alias="in", description="where: the project, event or unit")
    action: str = Field("", description="what is to be done")
    by: Email = Field(description="e-mail of whoever is to do it, or did")
    due: Day | None = Field(None, description="the day by which it is to be done")
    on: MaybePastDay = Field(None, description="the day it was used")
    changed: str = Field(
        "", description="what was changed: PATH@COMMIT, a document and paragraph, or a link"
    )
    outcome: Outcome | None = Field(None, description="what came of it")
    because: str = Field("", description="why one thinks so; why it was dropped or set aside")
    evidence: Texts = Field((), description="addresses of what shows it")
    reported_by: Email = Field("", description="e-mail of whoever reported it, if somebody else")
    verified: Verified | None = Field(None, description="who saw that it holds, and by what")

    @property
    def reported(self) -> "Application | None":
        """The use that it reports, None where there is no outcome yet."""
        if self.status not in REPORTED or self.on is None or self.outcome is None:
            return None
        return Application.model_construct(self.model_fields_set, **dict(self))

    @property
    def title(self) -> str:
        """What is to be done, and where."""
        return f"{self.action}: {self.in_}" if self.action else self.in_

    @property
    def standing(self) -> str:
        """The status."""
        return self.status

    @property
    def who(self) -> str:
        """Whoever is to do it, or did."""
        return self.by

    @property
    def about(self) -> str:
        """The note that is used."""
        return self.note

    @property
    def day(self) -> date | None:
        """The day it was used."""
        return self.on

    @property
    def due_by(self) -> date | None:
        """The day by which it is to be done, while it is not."""
        return self.due if self.status == "planned" else None

    def with_story(self, story: str) -> Self:
        """The record; one without ``because`` tells its story below the front matter."""
        return self if self.because else self.model_copy(update={"because": story})

    def misfits(self) -> Iterator[Misfit]:
        """What its status asks for and is not there, and a verification that is none."""
        for name in ASKS[self.status]:
            if not getattr(self, name):
                message = f"{name} is missing: the application is {self.status}."
                yield Misfit("status", "missing-field", message, f"Add '{name}: …'.")
        if self.verified:
            yield from self._unverified(self.verified)

    def _unverified(self, verified: Verified) -> Iterator[Misfit]:
        """Why the verification does not count."""
        if self.status != "verified":
            message = f"It has been verified, and its status is {self.status}."
            yield Misfit("status", "bad-value", message, "Write 'status: verified'.")
        who = address_key(verified.by)
        if who in (address_key(self.by), address_key(self.reported_by)):
            message = f"verified.by: {who} did or reported it, and cannot verify it as well."
            mend = f"Ask somebody else: kmkit apply {self.id[-4:]} --verify --evidence '…'."
            yield Misfit("verified.by", "verified-by-doer", message, mend)
        if self.on and verified.on <= self.on:
            what = f"evidence of {verified.on} is no later than the change, {self.on}"
            message = f"verified.on: {what}."
            mend = "Name evidence from after the change, and its day."
            yield Misfit("verified.on", "early-evidence", message, mend)


class Application(ApplicationRecord):
    """One time that a note was used somewhere, and what came of it."""

    on: PastDay = Field(description="the day it was used")
    outcome: Outcome = Field(description="what came of it")
