"""A note as lists show it."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kmkit.index.card import Card


class Listed(NamedTuple):
    """A note as lists show it."""

    card: "Card"
    """Of the version that stands."""
    state: str
    """Of the version that stands."""
    revised: bool
    """Whether a revision of the note is under way."""
    overdue: bool
    """Whether its review was due before today."""
    due: date | None
    captured: date | None
    several: bool = False
    """Whether a merge that stopped has left several versions of it in git's index."""

    @property
    def torn(self) -> bool:
        """Whether git could not merge it, and nobody has settled that."""
        return self.several or bool(self.card.conflict)

    @property
    def standing(self) -> str:
        """The state in words, with 'being revised', 'in conflict' and 'overdue'."""
        from kmkit.index.dates import worded

        conflict = bool(self.card.conflict)
        return worded(self.state, revised=self.revised, overdue=self.overdue, conflict=conflict)
