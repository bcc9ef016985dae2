"""Who wrote the words that stand: the one rule of kmkit's own commands and of the audit.

An author is whoever changed the words in a line of history that led to them, and whom no validation
came after. Where they were validated before, whoever was their author then is it still. Of a merge,
every line counts that has the very words that the merge has; where none has them, all lines do, and
whoever merged.

What is known of two lines is joined as sets, so it does not matter in which order, how often, or
whether one of them is where the other came from.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.lifecycle.moves import legal
from kmkit.lifecycle.rounds import quorum
from kmkit.lifecycle.states import State
from kmkit.trail.event import Event


class Writing(NamedTuple):
    """One commit that changed the words, and whom it names as author and co-authors."""

    commit: int
    """Its number in the history that is looked at."""
    emails: frozenset[str]
    """In lower case."""
    names: frozenset[str]


class Authors(NamedTuple):
    """Everybody who wrote a text."""

    emails: frozenset[str]
    """In lower case."""
    names: frozenset[str]


class Written(NamedTuple):
    """How a text came to be, along every line of history that led to it."""

    since: frozenset[Writing] = frozenset()
    """What no validation came after."""
    before: frozenset[tuple[str, Writing]] = frozenset()
    """What one came after, each with the fingerprint of the text that was validated."""

    def authors(self, print_: str) -> Authors:
        """Everybody who wrote the text with this fingerprint, where that is what stands."""
        found = self._of(print_)
        if len(found) == 1:  # as of most notes
            ((_, emails, names),) = found
            return Authors(emails, names)
        none: frozenset[str] = frozenset()
        return Authors(
            none.union(*(one.emails for one in found)), none.union(*(one.names for one in found))
        )

    def wrote(self, writing: Writing) -> "Written":
        """Once a commit changed the words."""
        return Written(self.since | {writing}, self.before)

    def validated(self, print_: str) -> "Written":
        """Once the text with this fingerprint, which stands, was validated."""
        return Written(frozenset(), self.before.union([(print_, one) for one in self._of(print_)]))

    def reprinted(self, old: str, new: str) -> "Written":
        """Once the text with the fingerprint ``old`` has another, and no other words."""
        pairs = ((new if print_ == old else print_, one) for print_, one in self.before)
        return self._replace(before=frozenset(pairs))

    def _of(self, print_: str) -> frozenset[Writing]:
        if not self.before:
            return self.since
        return self.since.union([one for about, one in self.before if about == print_])


NOBODY = Written()
Line = tuple[str, Written]
"""Of one parent of a merge: the fingerprint of its text, and how that came to be."""


def joined(lines: Iterable[Written]) -> Written:
    """What several lines with the same text know of it, together."""
    every = tuple(lines)
    before = frozenset[tuple[str, Writing]]().union(*(one.before for one in every))
    done = {writing for _, writing in before}
    since = frozenset[Writing]().union(*(one.since for one in every))
    return Written(since - done, before)


def merged(print_: str, lines: Sequence[Line], by: Writing) -> Written:
    """How the text of a merge came to be; ``by`` is the merge itself and those who made it."""
    alike = [written for about, written in lines if about == print_]
    return joined(alike) if alike else united(lines, by)


def united(lines: Sequence[Line], by: Writing) -> Written:
    """How a text came to be that no line has: it is by all who wrote on any, and by ``by``."""
    each = [written.authors(about) for about, written in lines]
    emails = by.emails.union(*(authors.emails for authors in each))
    names = by.names.union(*(authors.names for authors in each))
    return joined(one for _, one in lines).wrote(Writing(by.commit, emails, names))


def validates(event: Event, policy: Policy) -> bool:
    """Whether a move is the last that a validation needed: what stands was approved by others."""
    if event.verdict == "reject" or not legal(event.move, event.from_state, event.to_state):
        return False
    if event.move == "renew":
        return event.verdict == "approve" and quorum(event.method, policy) == 1
    return event.move in ("validate", "settle") and event.from_state != event.to_state


def restores(event: Event) -> bool:
    """Whether a move puts back what a revision had changed: whoever does wrote nothing."""
    back = event.to_state not in (State.CAPTURED, State.RETIRED)
    return event.move == "validate" and event.verdict == "reject" and back
