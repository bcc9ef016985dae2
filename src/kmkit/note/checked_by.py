"""What a note is checked by: rules, words, people, and the other notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from kmkit.measures import QUORUM, REQUIRED, Measures, Vocabulary
from kmkit.note.kind import Kind
from kmkit.note.model import Note
from kmkit.note.required import Asked, asked_by

if TYPE_CHECKING:
    from kmkit.note.records import Person

WALK = tuple(REQUIRED)
"""The states that a note walks through."""
STATES = (*WALK, "retired")


@dataclass(frozen=True, eq=False, repr=False)  # whoever lists after an edit waits for its code
class CheckContext:
    """What a note is compared with."""

    policy: Measures
    config: Vocabulary
    kinds: Mapping[str, Kind]
    people: "Mapping[str, Person]"
    """By e-mail in lower case; empty where the knowledge base keeps no people."""
    ids: Mapping[str, tuple[str, ...]]
    """Every note's id, and the paths of the files that hold it."""
    today: date | None = None
    """For what depends on the day: without it nobody has left and no date is too early."""
    approved: Callable[[Note], bool] | None = None
    """Whether a note's substance is an approved one; None leaves that out."""
    unfounded: Callable[[Note], tuple[str, str]] | None = None
    """What is said of a state that the history does not lead to, and its mend; None: nobody knows.

    Both are empty where it does.
    """
    exists: Callable[[str], bool] | None = None
    """Whether there is a file at a path in the knowledge base; None leaves files out."""

    def asked(self, state: str, kind: str) -> Asked:
        """What is asked of a note of this kind in this state; found once for many notes."""
        if asked := self._asked.get((state, kind)):
            return asked
        reached = WALK.index(state) if state in WALK else 0
        asked = asked_by(WALK[: reached + 1], self.policy, self.kinds.get(kind))
        if state in STATES and kind in self.kinds:  # so that there are few of them
            self._asked[state, kind] = asked
        return asked

    @cached_property
    def _asked(self) -> dict[tuple[str, str], Asked]:
        return {}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels that there are."""
        return self.policy.levels

    @cached_property
    def topics(self) -> Mapping[str, str]:
        """The vocabulary."""
        return self.config.topics

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """The channels that there are."""
        return tuple(self.config.channels)

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The ways to validate."""
        return (*QUORUM, *self.policy.quorum)

    @cached_property
    def protect(self) -> Mapping[str, str]:
        """Names that must not leave a circle, and the widest level that each may reach."""
        return self.config.protect
