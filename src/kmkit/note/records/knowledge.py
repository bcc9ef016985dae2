"""Something that the organisation has to know, and how critical that knowledge is."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal, get_args

from pydantic import Field

from kmkit.note.records.base import Email, Misfit, PastDay, Record, Topics
from kmkit.note.strict import Entry

Criterion = Literal[
    "strategic-need", "demand", "specificity", "recordability", "transferability", "risk-of-loss"
]
CRITERIA: dict[str, str] = {
    "strategic-need": "How much does what we want to achieve depend on it?",
    "demand": "How many need it, and how often?",
    "specificity": "How much of it is our own, to be had nowhere else?",
    "recordability": "How far can it be written down?",
    "transferability": "How far can somebody else use it who was not there?",
    "risk-of-loss": "How likely are we to lose it in the next two years?",
}
"""What knowledge is screened by; each is scored from 1, hardly, to 5, entirely."""
LEAST, MOST = 1, 5


class Scored(Entry):
    """What one criterion came to."""

    criterion: Criterion = Field(description="what was asked")
    score: int = Field(ge=LEAST, le=MOST, description="from 1, hardly, to 5, entirely")
    because: str = Field(min_length=1, description="why one thinks so")


class Knowledge(Record):
    """Something that the organisation has to know, screened for how critical it is."""

    walked: ClassVar[frozenset[str]] = frozenset(("scores", "by", "on"))

    kind: Literal["knowledge"] = Field("knowledge", description="that it is a piece of knowledge")
    subject: str = Field(description="what has to be known, in a few words")
    topics: Topics = Field((), description="the topics it belongs to, in words of kmkit.toml")
    by: Email = Field(description="e-mail of whoever screened it last")
    on: PastDay = Field(description="the day on which it was last screened")
    scores: tuple[Scored, ...] = Field((), description="what each criterion came to, one a line")

    @property
    def title(self) -> str:
        """What has to be known."""
        return self.subject

    @property
    def who(self) -> str:
        """Whoever screened it last."""
        return self.by

    @property
    def day(self) -> date:
        """The day on which it was last screened."""
        return self.on

    @property
    def standing(self) -> str:
        """The sum of the scores, of the most that there can be."""
        return f"{self.total} of {MOST * len(CRITERIA)}" if self.scores else "not screened"

    @property
    def total(self) -> int:
        """The sum of the scores; the more, the more critical."""
        return sum(one.score for one in self.scores)

    def score(self, criterion: str) -> int | None:
        """The score of one criterion, None where it has none."""
        return next((one.score for one in self.scores if one.criterion == criterion), None)

    def misfits(self) -> Iterator[Misfit]:
        """Criteria that stand there twice, and those that are missing."""
        given = [one.criterion for one in self.scores]
        for at, name in enumerate(given):
            if name in given[:at]:
                message = f"{name} is scored twice."
                yield Misfit(f"scores.{at}", "bad-value", message, "Keep one of the two.")
        left = [name for name in get_args(Criterion) if name not in given]
        if given and left:
            message = f"Not scored: {', '.join(left)}."
            yield Misfit("scores", "missing-field", message, "Score all six, or none.")
