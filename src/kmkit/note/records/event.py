"""An event where people learn from each other: a brown bag, a fair, a peer assist."""

from datetime import date
from typing import Literal

from pydantic import Field

from kmkit.dated import Day
from kmkit.note.records.base import Email, Level, NoteIds, Record

Session = Literal["brown-bag", "fair", "peer-assist", "training", "review", "other"]
"""The kinds of session that are counted apart."""


class EventRecord(Record):
    """An event where people learn from each other, and what was captured from it."""

    kind: Literal["event"] = Field("event", description="that it is an event")
    name: str = Field(description="what it is called")
    on: Day = Field(description="the day it is held; it may be still to come")
    by: Email = Field(description="e-mail of whoever holds it")
    level: Level = Field("", description="the widest circle to know of it; empty: the narrowest")
    session: Session = Field("other", description="what kind of session it is")
    attendance: int | None = Field(None, ge=0, description="how many came; a number, no names")
    captured: NoteIds = Field((), description="ids of the notes that were captured from it")

    @property
    def title(self) -> str:
        """The name."""
        return self.name

    @property
    def standing(self) -> str:
        """The kind of session."""
        return self.session

    @property
    def who(self) -> str:
        """Whoever holds it."""
        return self.by

    @property
    def day(self) -> date:
        """The day it is held."""
        return self.on
