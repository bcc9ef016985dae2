"""The notes that git could not merge, of those in the index."""

from typing import TYPE_CHECKING

from kmkit.index.keeping.schema import IN_CONFLICT, stored

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.card import Card


def conflicts(index: "Index") -> "tuple[Card, ...]":
    """The notes in conflict, by path: git's marks stand in them, or git has several versions."""
    found = {row[0] for row in index.query("SELECT n FROM marks WHERE (name, value) = (?, ?)",
                                           IN_CONFLICT)}  # fmt: skip
    for path in index.unmerged:
        found.update(index.numbers("path = ?", (stored(path),)))
    if not found:
        return ()
    from json import dumps

    numbers = dumps(sorted(found))
    return tuple(index.cards("n IN (SELECT value FROM json_each(?))", (numbers,)))
