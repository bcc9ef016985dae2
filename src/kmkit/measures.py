"""What the rules ask of notes by default, and what a check needs to know of the settings.

policy.toml and kmkit.toml are read by models; an index keeps what they said. Both serve.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

REQUIRED: dict[str, tuple[str, ...]] = {
    "captured": ("id", "title", "kind", "state", "owner", "level", "gathered"),
    "validated": ("summary", "verdicts"),
    "formatted": ("topics", "matters_to"),
    "disseminated": ("disseminated",),
    "maintained": ("reviewed",),
}
"""Fields that a note must have from each state on; sections come from its kind."""

QUORUM = {"self-review": 1, "peer-review": 1, "expert-review": 1, "committee": 1, "crowd": 3}
"""Approvals that each way of validating needs."""


class Measures(Protocol):
    """What policy.toml says that a single note is measured by."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The circles, narrowest first."""

    @property
    def quorum(self) -> Mapping[str, int]:
        """Method -> the approvals that it needs."""

    def width(self, level: str) -> int:
        """How wide a level is."""

    def required_by(self, states: Iterable[str]) -> tuple[str, ...]:
        """The fields required in any of ``states``."""


class Vocabulary(Protocol):
    """What kmkit.toml says of the words in a single note."""

    @property
    def topics(self) -> Mapping[str, str]:
        """The vocabulary: topic -> what belongs there."""

    @property
    def channels(self) -> Collection[str]:
        """The names of the ways by which notes leave."""

    @property
    def protect(self) -> Mapping[str, str]:
        """Names that must not leave a circle -> the widest level that each may reach."""


def width(levels: Sequence[str], level: str) -> int:
    """How wide a level is; 0 is the narrowest, and so is an unknown or missing one."""
    return levels.index(level) if level in levels else 0


def required_by(required: Mapping[str, tuple[str, ...]], states: Iterable[str]) -> tuple[str, ...]:
    """The fields required in any of ``states``, each once."""
    found: dict[str, None] = {}
    for state in states:
        found |= dict.fromkeys(required.get(state, ()))
    return tuple(found)
