"""The states of a note, and how long the review of one can be put off."""

from enum import StrEnum

from kmkit.period import Period


class State(StrEnum):
    """Where a note stands in its walk."""

    CAPTURED = "captured"
    VALIDATED = "validated"
    FORMATTED = "formatted"
    DISSEMINATED = "disseminated"
    MAINTAINED = "maintained"
    RETIRED = "retired"


WALK = (
    State.CAPTURED,
    State.VALIDATED,
    State.FORMATTED,
    State.DISSEMINATED,
    State.MAINTAINED,
)
"""The five states of the walk, in order; ``retired`` ends it."""

LONGEST_DEFERRAL = Period(days=30)
"""For how long the owner can put a review off."""
