"""The notes and records that git could not merge, of those in the index."""

from typing import TYPE_CHECKING

from kmkit.index.keeping.schema import IN_CONFLICT, original, stored
from kmkit.places import RECORDS, read_plain

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


def records(index: "Index") -> tuple[str, ...]:
    """The files of people and records in conflict, by path, as `conflicts` tells notes."""
    below = tuple(f"{folder}/" for folder in RECORDS)
    found = {path for path in index.unmerged if path.startswith(below)}
    for (path,) in index.query("SELECT path FROM records WHERE errors"):
        if _marked(index, original(path)):
            found.add(original(path))
    return tuple(sorted(found))


def _marked(index: "Index", path: str) -> bool:
    """Whether marks of git stand in a file."""
    from kmkit.note.conflict import places

    try:
        return bool(places(read_plain(index.root / path)))
    except OSError:
        return False
