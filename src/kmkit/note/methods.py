"""How knowledge is gathered and validated, and what comes of its use: the names."""

from typing import Literal, get_args

GATHERING_METHODS = (
    "after-action-review",
    "retrospect",
    "interview",
    "focus-group",
    "storytelling",
    "observation",
    "knowledge-engineering",
    "discussion",
    "exit-interview",
    "peer-assist",
    "debriefing",
)
"""How knowledge can have been gathered."""

VALIDATION_METHODS = ("self-review", "peer-review", "expert-review", "committee", "crowd")
"""How a note can be judged, the lightest first."""

Outcome = Literal["helped", "no-difference", "did-not-help"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
"""How the use of a lesson can have ended."""
