"""Front matter as it was read."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from kmkit.note.problem import Flaw, Place


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
