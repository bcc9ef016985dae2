"""The search language: words, quoted phrases, ``-word``, ``prefix*`` and ``field:value``.

Whatever is typed means something: a sign in a place where it says nothing is passed over, and
nothing is ever refused.
"""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

PLACES = ("title", "summary", "topics")
"""What may stand before the colon to search a part of the notes alone."""
FILTERS = frozenset(
    {
        *("state", "kind", "topic", "owner", "unit", "level", "method", "language"),
        *("since", "until", "linked-to", "stale", "problem"),
    }
)
"""What may stand before the colon to choose notes by their facts, which is the caller's to do."""
MOST_PARTS = 48
"""Words and phrases beyond this many say nothing more about what is meant."""
LONGEST = 20_000
"""Characters beyond this many are not read."""

_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_PART = re.compile(
    r"""
    (?P<no>(?<!\S)(?:-|not:(?=\S)))?
    (?:(?P<field>[a-z][a-z-]{2,9}):(?=[^\s:]))?
    (?: "(?P<phrase>[^"]*)" | (?P<word>[^\s"]+) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LETTER = re.compile(r"\w")


class Part(NamedTuple):
    """One word or phrase that is searched for."""

    text: str
    phrase: bool = False
    """Its words stand together, exactly as they are written."""
    prefix: bool = False
    """Words that begin so are meant too."""
    no: bool = False
    """Notes with it are left out."""
    place: str = ""
    """One of PLACES; '' for anywhere."""

    def __str__(self) -> str:
        text = f'"{self.text}"' if self.phrase else self.text
        field = f"{self.place}:" if self.place else ""
        return f"{'-' * self.no}{field}{text}{'*' * self.prefix}"


class Chosen(NamedTuple):
    """A fact that the notes are chosen by: ``owner:ana@example.org``."""

    field: str
    value: str
    no: bool = False


class Asked(NamedTuple):
    """What somebody searches for."""

    parts: tuple[Part, ...] = ()
    filters: tuple[Chosen, ...] = ()

    @property
    def wanted(self) -> tuple[Part, ...]:
        """The parts that a note should have."""
        return tuple(part for part in self.parts if not part.no)

    @property
    def unwanted(self) -> tuple[Part, ...]:
        """The parts that a note must not have."""
        return tuple(part for part in self.parts if part.no)

    def __str__(self) -> str:
        return " ".join(map(str, self.parts))


def parse(typed: str | Iterable[str], filters: Collection[str] = FILTERS) -> Asked:
    """What ``typed`` asks for; never an error.

    ``typed`` is one text or the words of a command line. A name of ``filters`` before a colon makes
    a Chosen; any other name that is not of PLACES is a word like all others: 10:30, C++, https://.
    """
    text = typed if isinstance(typed, str) else " ".join(typed)
    parts: list[Part] = []
    chosen: list[Chosen] = []
    for match in _PART.finditer(text[:LONGEST].translate(_QUOTES)):
        field = (match["field"] or "").lower()
        value = match["word"] if match["phrase"] is None else match["phrase"]
        if field in filters and value.strip():
            chosen.append(Chosen(field, value.strip(), bool(match["no"])))
        elif len(parts) < MOST_PARTS and (part := _part(match, field, value)):
            parts.append(part)
    return Asked(tuple(parts), tuple(chosen))


def _part(match: re.Match[str], field: str, value: str) -> Part | None:
    """The part that ``match`` stands for; None where there is no letter in it."""
    if field and field not in PLACES:
        value, field = f"{match['field']}:{value}", ""
    phrase = match["phrase"] is not None
    prefix = not phrase and value.endswith("*")
    value = " ".join(value.split()) if phrase else value.rstrip("*:")
    if not _LETTER.search(value):
        return None
    return Part(value, phrase, prefix, bool(match["no"]), field)
