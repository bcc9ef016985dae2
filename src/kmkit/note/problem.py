"""A problem in the data is a value: where it is, which rule it breaks, how to mend it."""

from typing import Literal, NamedTuple


class Place(NamedTuple):
    """Where something stands in its file, from 1."""

    line: int
    col: int


class Flaw(NamedTuple):
    """Something in a file that cannot be read for certain; a `Problem` without its path."""

    line: int
    """From 1."""
    col: int
    """From 1, in characters."""
    rule: str
    message: str
    mend: str = ""


class Problem(NamedTuple):
    """One thing that is wrong in one file.

    ``line`` and ``col`` count from 1; ``path`` is relative to the knowledge base, with ``/``.
    """

    path: str
    line: int
    col: int
    rule: str
    """A key of `RULES`."""
    message: str
    """One sentence that says what is wrong."""
    mend: str = ""
    """What to do about it."""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        mend = f" {self.mend}" if self.mend else ""
        return f"{self.path}:{self.line}:{self.col}: {self.rule}: {self.message}{mend}"
