"""The lifecycle, defined here only: states, moves, guards, rounds of validation, fingerprint."""

from kmkit.lifecycle.context import Context, Person, Request, in_brief
from kmkit.lifecycle.fingerprint import fingerprint, short
from kmkit.lifecycle.guards import Objection
from kmkit.lifecycle.moves import MOVES, VERBS, Move, choose, legal, next_step, objections
from kmkit.lifecycle.rounds import (
    VALIDATION_METHODS,
    Round,
    approved_by,
    approved_fingerprints,
    current_round,
)
from kmkit.lifecycle.states import WALK, State

__all__ = [
    "MOVES",
    "VALIDATION_METHODS",
    "VERBS",
    "WALK",
    "Context",
    "Move",
    "Objection",
    "Person",
    "Request",
    "Round",
    "State",
    "approved_by",
    "approved_fingerprints",
    "choose",
    "current_round",
    "fingerprint",
    "in_brief",
    "legal",
    "next_step",
    "objections",
    "short",
]
