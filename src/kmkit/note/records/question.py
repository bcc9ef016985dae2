"""A question that nobody has answered yet, or that a note answers."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from kmkit.note.records.base import (
    Email,
    Level,
    MaybePastDay,
    NoteId,
    PastDay,
    Record,
    Topics,
)


class Question(Record):
    """A question that somebody needs an answer to; a note that answers it closes it."""

    walked: ClassVar[frozenset[str]] = frozenset(("answered_by", "answered_on"))

    kind: Literal["question"] = Field("question", description="that it is a question")
    text: str = Field(description="the question, in one sentence")
    by: Email = Field(description="e-mail of whoever asks")
    on: PastDay = Field(description="the day it was asked")
    level: Level = Field("", description="the widest circle that may read it; empty: the narrowest")
    topics: Topics = Field((), description="what it is about, in words of kmkit.toml")
    answered_by: NoteId = Field("", description="id of the note that answers it")
    answered_on: MaybePastDay = Field(None, description="the day on which that note was named")

    @property
    def open(self) -> bool:
        """Whether no note answers it yet."""
        return not self.answered_by

    @property
    def title(self) -> str:
        """The question itself."""
        return self.text

    @property
    def standing(self) -> str:
        """open or answered."""
        return "open" if self.open else "answered"

    @property
    def who(self) -> str:
        """Whoever asks."""
        return self.by

    @property
    def about(self) -> str:
        """The note that answers it."""
        return self.answered_by

    @property
    def day(self) -> date:
        """The day it was asked."""
        return self.on
