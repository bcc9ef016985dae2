"""The one language in which notes are chosen: words and ``field:value``."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kmkit.errors import UsageError
from kmkit.lifecycle.states import State

OVERDUE, STALE, REVISED = "overdue", "stale", "revised"
STATES = (*State, OVERDUE, STALE, REVISED)
"""What ``state:`` can ask for: the states, overdue, in need of a person, being revised."""
ANY = "any"
"""``problem:any`` and ``stale:any``: whichever."""
NOT = "not:"
AT_LEAST = "level>="
WORD = "word"

FIELDS = {
    "state": "a state, or overdue, stale, revised",
    "kind": "lesson, story …",
    "topic": "a topic",
    "owner": "me, an address or a part of one",
    "unit": "a part of the organisation, or of its name",
    "level": "of this level",
    "method": "gathered or judged by this method",
    "since": "something happened to it then or later: 2026-10, 'last month', '2 weeks'",
    "until": "something happened to it then or earlier",
    "linked-to": "names this note in its fields or its text",
    "stale": "needs a person: any, or for this reason, such as waiting",
    "problem": "has a problem: any, or this rule's",
    "language": "such as fr, which takes fr-CA too",
    "filter": "a saved filter of kmkit.toml",
}
"""What notes can be chosen by beside words, and what stands behind the colon."""


class Term(NamedTuple):
    """One thing that is asked of a note."""

    field: str
    """One of `FIELDS`, `AT_LEAST` or `WORD`."""
    value: str
    wanted: bool = True
    """False where the note must not be so."""


class Filter(NamedTuple):
    """Which notes are asked for: of each field any of its values, and all of the words."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, words: Iterable[str]) -> "Filter":
        """The filter in words such as ``fuel kind:lesson not:topic:boats level>=domestic``.

        A word with a colon that names no field is a word.
        """
        return cls(tuple(_term(word.strip()) for word in words if word.strip()))

    @classmethod
    def of(cls, options: Mapping[str, Iterable[str]]) -> "Filter":
        """The filter that options such as ``--topic not:boats`` mean: field -> values."""
        terms = []
        for field, values in options.items():
            for value in values:
                wanted = not value.startswith(NOT)
                value = value.removeprefix(NOT).strip()
                if not value:
                    option = "level-at-least" if field == AT_LEAST else field
                    raise UsageError(f"--{option} is given without a value.", "Leave it out.")
                terms.append(Term(field, value, wanted))
        return cls(tuple(terms))

    def and_(self, other: "Filter") -> "Filter":
        """What both ask for; values of one field are alternatives, wherever they stand."""
        return Filter(self.terms + other.terms)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that have to stand in the note."""
        return tuple(term.value for term in self.terms if term.field == WORD and term.wanted)

    def without(self, *names: str) -> "Filter":
        """The same, with nothing asked of the fields ``names``."""
        return Filter(tuple(term for term in self.terms if term.field not in names))


def _term(word: str) -> Term:
    """What one word asks; ``-`` in front is ``not:``, as in searches."""
    bare = word
    wanted = True
    for sign in (NOT, "-"):
        if len(bare) > len(sign) and bare.startswith(sign):
            bare, wanted = bare.removeprefix(sign), False
            break
    if bare.startswith(AT_LEAST) and len(bare) > len(AT_LEAST):
        return Term(AT_LEAST, bare.removeprefix(AT_LEAST), wanted)
    field, colon, value = bare.partition(":")
    if not (colon and value and field in FIELDS):
        return Term(WORD, bare, wanted)
    if value.startswith(NOT) and value != NOT:
        value, wanted = value.removeprefix(NOT), not wanted
    return Term(field, value, wanted)
