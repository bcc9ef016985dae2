"""What somebody answered by mail about a note: a proposal, since a mail proves nothing."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from kmkit.note.records.base import Email, MaybePastDay, Misfit, NoteId, PastDay, Record

Answer = Literal["confirm", "revise", "retire", "reassign"]
Decision = Literal["open", "accepted", "declined"]


class Proposal(Record):
    """An answer to a reminder, until somebody with the role accepts or declines it."""

    made_by: ClassVar[str] = "kmkit remind --read"
    walked: ClassVar[frozenset[str]] = frozenset(
        (
            *("note", "move", "because", "to", "superseded_by", "claimed_by", "received"),
            *("message_id", "fingerprint", "status", "decided_by", "decided_on"),
        )
    )

    kind: Literal["proposal"] = Field("proposal", description="that it is a proposal")
    note: NoteId = Field(description="id of the note that it is about")
    move: Answer = Field(description="what is proposed")
    because: str = Field("", description="the reason, as it was written")
    to: Email = Field("", description="who is to own the note, of reassign")
    superseded_by: NoteId = Field("", description="id of the note that replaces it, of retire")
    claimed_by: Email = Field(description="the address that the mail says it comes from")
    received: PastDay = Field(description="the day of the mail")
    message_id: str = Field(description="of the mail, so that it is read once")
    fingerprint: str = Field(description="how the fingerprint of the text begins that it answers")
    status: Decision = Field("open", description="what became of it")
    decided_by: Email = Field("", description="e-mail of whoever accepted or declined it")
    decided_on: MaybePastDay = Field(None, description="the day of that")

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.status == "open"

    @property
    def does(self) -> str:
        """What would happen, in words."""
        if self.to:
            return f"{self.move} to {self.to}"
        return f"{self.move} for {self.superseded_by}" if self.superseded_by else self.move

    @property
    def title(self) -> str:
        """What is proposed, and why."""
        return f"{self.does}: {self.because}" if self.because else self.does

    @property
    def standing(self) -> str:
        """open, accepted or declined."""
        return self.status

    @property
    def who(self) -> str:
        """Whoever is said to have written."""
        return self.claimed_by

    @property
    def about(self) -> str:
        """The note."""
        return self.note

    @property
    def day(self) -> date:
        """The day of the mail."""
        return self.received

    def misfits(self) -> Iterator[Misfit]:
        """A decision that nobody made."""
        if not self.open and not self.decided_by:
            message = f"decided_by is missing: the proposal is {self.status}."
            yield Misfit("status", "missing-field", message, "Add 'decided_by: …'.")
