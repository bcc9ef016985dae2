"""Conditions on the rows of the index, and how they are joined."""

from collections.abc import Collection, Iterable
from typing import NamedTuple


class Where(NamedTuple):
    """A condition on the rows of ``notes``, and the values of its question marks."""

    sql: str
    values: tuple[str | int, ...] = ()

    def __invert__(self) -> "Where":
        return Where(f"NOT ({self.sql})", self.values)


EVERY = Where("1")


def all_of(conditions: Iterable[Where]) -> Where:
    """What fulfils each of the conditions."""
    return _joined(" AND ", conditions)


def any_of(conditions: Iterable[Where]) -> Where:
    """What fulfils any of the conditions; every row where there are none."""
    return _joined(" OR ", conditions)


def _joined(word: str, conditions: Iterable[Where]) -> Where:
    """The conditions with ``word`` between them; every row where there are none."""
    some = list(conditions)
    if len(some) < 2:
        return some[0] if some else EVERY
    return Where(word.join(f"({c.sql})" for c in some), tuple(v for c in some for v in c.values))


def among(numbers: Collection[int]) -> Where:
    """The notes whose rows have these numbers."""
    listed = ",".join(map(str, numbers))
    return Where("n IN (SELECT value FROM json_each(?))", (f"[{listed}]",))
