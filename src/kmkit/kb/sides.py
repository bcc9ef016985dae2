"""The three versions of a note that a merge looks at, and what each branch did."""

from dataclasses import dataclass

from kmkit.lifecycle.states import State
from kmkit.note.model import Note


@dataclass(frozen=True)
class Sides:
    """The three versions, and the fingerprint of each."""

    base: Note
    ours: Note
    theirs: Note
    prints: dict[str, str]
    new: str = ""
    """The fingerprint of the merged text."""

    @property
    def both(self) -> tuple[Note, Note]:
        """Ours and theirs."""
        return self.ours, self.theirs

    def print_of(self, side: Note) -> str:
        """A side's fingerprint."""
        return self.prints["ours" if side is self.ours else "theirs"]

    def began(self, side: Note) -> bool:
        """Whether the side took the note back to the start of its walk.

        It may have gone on before, from the start: then another version is in force, or verdicts
        that stood no longer do.
        """
        if side.state != State.CAPTURED or self.base.state != State.CAPTURED:
            return side.state == State.CAPTURED
        return self.anew(side) or left(side) != left(self.base)

    def anew(self, side: Note) -> bool:
        """Whether the side has its verdicts from a round that began after the base."""
        return any(verdict not in side.fields.verdicts for verdict in self.base.fields.verdicts)

    def returned(self, side: Note) -> bool:
        """Whether somebody returned the merged text there, and has not approved it since."""
        said = {
            one.by.casefold(): one for one in side.fields.verdicts if one.fingerprint == self.new
        }
        returns = any(one.verdict == "return" for one in said.values())
        return returns and side.state == State.CAPTURED

    def ended(self, side: Note) -> bool:
        """Whether the side retired the note."""
        return side.state == State.RETIRED != self.base.state


def left(side: Note) -> tuple[str, str] | None:
    """The version that a revision leaves in force, whatever day it says."""
    found = side.fields.in_force
    return (found.blob, found.state) if found else None
