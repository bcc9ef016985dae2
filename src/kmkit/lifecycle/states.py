"""The states of a note."""

from enum import StrEnum


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
