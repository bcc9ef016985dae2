"""Plain values of notes: what is read of every note, without pydantic.

Nothing is checked when one is made by hand; what comes from a file is checked by
`kmkit.note.fitting`.
"""

from collections.abc import Mapping
from typing import Any, Self

from kmkit import plain
from kmkit.plain import NEEDED as NEEDED
from kmkit.plain import About as About
from kmkit.plain import said as said


class Plain(plain.Plain):
    """The base of what notes are made of."""

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        """One of values as a file has them, or as they are; ValueError where they do not fit."""
        from kmkit.note.fitting import fitting

        quickly = fitting(cls, values)
        if quickly is not None:
            return quickly
        from kmkit.note.strict import validated

        return validated(cls, values)
