"""One round of a self-assessment: what was answered, added up, without anybody in it."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from kmkit.note.records.base import Misfit, PastDay, Record
from kmkit.note.strict import Entry

Counts = tuple[int, ...]


class Answered(Entry):
    """What was answered to one item."""

    item: str = Field(description="its id and the revision of its words, such as org-01@1")
    counts: Counts = Field(
        description="how many gave each answer, the least agreement first; last who could not say"
    )


class AnsweredUnit(Entry):
    """What a unit answered, by dimension."""

    unit: str = Field(description="its name")
    people: int = Field(ge=5, description="how many of it answered; never fewer than five")
    dimension: str = Field(description="the id of the dimension")
    counts: Counts = Field(description="as above, over all items of the dimension")


class Assessment(Record):
    """One round of a self-assessment: sums alone, of five people at least."""

    made_by: ClassVar[str] = "kmkit assess collect"
    walked: ClassVar[frozenset[str]] = frozenset(
        ("instrument", "version", "round", "on", "people", "answers", "units")
    )

    kind: Literal["assessment"] = Field("assessment", description="that it is an assessment")
    instrument: str = Field(description="the name of the instrument")
    version: int = Field(ge=1, description="of the instrument")
    round: str = Field(description="what the round is called, such as 2026 or before-the-flood")
    on: PastDay = Field(description="the day on which it was collected")
    people: int = Field(ge=5, description="how many answered; never fewer than five")
    answers: tuple[Answered, ...] = Field(description="what was answered, an item a line")
    units: tuple[AnsweredUnit, ...] = Field((), description="by unit, where enough answered")

    @property
    def title(self) -> str:
        """The instrument and the round."""
        return f"{self.instrument}, {self.round}"

    @property
    def day(self) -> date:
        """The day on which it was collected."""
        return self.on

    def misfits(self) -> Iterator[Misfit]:
        """Counts that cannot be those of so many people."""
        for at, one in enumerate(self.answers):
            if sum(one.counts) != self.people or min(one.counts, default=0) < 0:
                message = f"The counts of {one.item} are not those of {self.people} people."
                yield Misfit(f"answers.{at}", "bad-value", message, "Collect the round again.")
