"""Front matter as it was read, and what both of its readers go by."""

import re
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, NamedTuple

from kmkit.note.problem import Flaw, Place

MAX_FRONT = 64 * 1024
"""Front matter longer than this (in bytes) is not read."""
MAX_FLAWS = 50
"""More than these are not told."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What says 'nothing' where it stands without quotation marks."""


@cache
def unwanted() -> re.Pattern[str]:
    """Finds what YAML forbids, and what some tools take for a line end or drop.

    Those are NEL, LS, PS, and a BOM inside.
    """
    return re.compile(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
    )


class Where(NamedTuple):
    """Where things stand in front matter."""

    places: dict[str, Place]
    """Of each value: ``{"verdicts": …, "verdicts.0.on": …}``."""
    names: dict[str, Place]
    """Of the name of each field, and of each part of a map."""


class Loaded:
    """Front matter as read, and what is wrong with it."""

    def __init__(
        self, values: dict[str, Any], flaws: list[Flaw], seek: Callable[[], Where]
    ) -> None:
        self.values = values
        """Text, None, lists and dicts, by field."""
        self.flaws = flaws
        self._seek = seek

    @cached_property
    def where(self) -> Where:
        """Where everything stands; sought when somebody asks, for few notes are wrong."""
        return self._seek()
