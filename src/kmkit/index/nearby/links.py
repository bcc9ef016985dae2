"""Which notes point to which: by their fields, and by the links in their text."""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.choosing.where import among

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

TEXT = "link"
"""The field of a link that stands in the text."""

_WORDS = {
    "derived_from": ("this note is drawn from it", "drawn from this note"),
    "translation_of": ("this note translates it", "a translation of this note"),
    "supersedes": ("replaced by this note", "replaces this note"),
    "superseded_by": ("replaces this note", "replaced by this note"),
    "repeats": ("this note says it again", "says this note again"),
    TEXT: ("this note links to it", "links to this note"),
}


class Tie(NamedTuple):
    """How another note is linked with this one."""

    field: str
    back: bool
    """Whether the other one points to this one."""

    def __str__(self) -> str:
        return _WORDS[self.field][self.back]


_ID = f"t.id = l.target AND l.field != '{TEXT}'"
_PATH = f"t.path = l.target AND l.field = '{TEXT}'"
_PAIRS = (
    f"SELECT l.n, l.field, t.n FROM links l JOIN notes t ON {_ID} AND t.n != l.n {{0}}"
    f" UNION SELECT l.n, l.field, t.n FROM links l JOIN notes t ON {_PATH} AND t.n != l.n {{0}}"
    " ORDER BY 1, 3, 2"
)
"""Either half has an index to go by; a condition with OR would have none."""


def _no(condition: str, source: str, of: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM links l JOIN notes t"
        f" ON {condition} AND t.n != l.n WHERE {source} = {of})"
    )


_NONE = (_no(way, end, "notes.n") for way in (_ID, _PATH) for end in ("l.n", "t.n"))
ORPHAN = " AND ".join(["notes.stands != 'retired'", *_NONE])
"""Holds for notes in use that point to no other, and that no other points to."""


class Link(NamedTuple):
    """One note points to another; both by the number of their row."""

    n: int
    field: str
    to: int


def all_links(index: "Index") -> Iterator[Link]:
    """Every link between two notes."""
    return (Link(*row) for row in index.query(_PAIRS.format("")))


def links_of(index: "Index", n: int) -> list[Link]:
    """The links from a note and to it."""
    found = index.query(_PAIRS.format("WHERE l.n = ?1"), (n,))
    back = index.query(_PAIRS.format("WHERE t.n = ?1"), (n,))
    return list(dict.fromkeys(Link(*row) for rows in (found, back) for row in rows))


def listed_by(index: "Index", numbers: Iterable[int]) -> "dict[int, Listed]":
    """The notes of these rows."""
    return {row.card.n: row for row in index.select(*among(set(numbers)))}


def around(index: "Index", n: int, depth: int) -> set[int]:
    """The notes that are at most ``depth`` links away from a note, itself among them."""
    found = {n}
    edge: Collection[int] = found
    for _ in range(depth):
        ends = {end for one in edge for link in links_of(index, one) for end in (link.n, link.to)}
        edge = ends - found
        if not edge:
            break
        found |= ends
    return found
