"""A plan: what shall be done about knowledge, by whom and when."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from kmkit.note.records.base import Email, Level, MaybePastDay, Misfit, NoteIds, Record
from kmkit.note.strict import Entry


class PlanAction(Entry):
    """One action of a plan."""

    what: str = Field(description="what is to be done")
    focal_point: Email = Field(
        "", description="e-mail of whoever sees to it; every action names one"
    )
    timeline: str = Field("", description="when: a day, '3/2027', 'Q2 2027', 'ongoing' or 'tbc'")
    group: Literal["", "capture", "access", "exchange"] = Field(
        "", description="whether it captures knowledge, gives access to it, or has it exchanged"
    )
    done_on: MaybePastDay = Field(None, description="the day on which it was done")
    notes: NoteIds = Field((), description="ids of the notes that came of it")


class Plan(Record):
    """What shall be done about knowledge: actions, each with a focal point and a timeline."""

    kind: Literal["plan"] = Field("plan", description="that it is a plan")
    name: str = Field(description="what it is called")
    by: Email = Field(description="e-mail of whoever answers for it")
    level: Level = Field("", description="the widest circle to know of it; empty: the narrowest")
    actions: tuple[PlanAction, ...] = Field((), description="what is to be done, an entry a line")

    @property
    def title(self) -> str:
        """The name."""
        return self.name

    @property
    def who(self) -> str:
        """Whoever answers for it."""
        return self.by

    @property
    def standing(self) -> str:
        """How many actions are done."""
        done = sum(action.done_on is not None for action in self.actions)
        return f"{done} of {len(self.actions)} done" if self.actions else ""

    @property
    def day(self) -> date | None:
        """The day of the latest action that was done."""
        return max((a.done_on for a in self.actions if a.done_on), default=None)

    def misfits(self) -> Iterator[Misfit]:
        """Actions that nobody sees to."""
        for at, action in enumerate(self.actions):
            if not action.focal_point:
                message = f"'{action.what}' has no focal point."
                mend = "Name who sees to it: focal_point: name@example.org."
                yield Misfit(f"actions.{at}", "missing-field", message, mend)
