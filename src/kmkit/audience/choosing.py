"""Notes and steps by id, taken from the index."""

from collections.abc import Collection, Iterator

from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.index.keeping.schema import original
from kmkit.trail.event import Event

_SHARE = 500
"""Ids in one question to the tables."""


def cards_of(index: Index, ids: Collection[str]) -> Iterator[Card]:
    """The notes with these ids, as their files stand, by path."""
    found = [card for share in _shares(ids) for card in index.cards(f"id IN {share[0]}", share[1])]
    paths = {id for id in ids if id.endswith(".md")}
    found += [card for path in paths for card in index.cards("id = '' AND path = ?", (path,))]
    return iter(sorted(found, key=lambda card: card.path))


def reaching(index: Index, width: int, ids: Collection[str] | None = None) -> dict[str, str]:
    """The paths of the notes whose file says a level at least so wide, with their ids, by path.

    Of those with ``ids``, or of all. A note without an id goes by its path.
    """
    asked = "SELECT path, coalesce(nullif(id, ''), path) FROM notes WHERE width >= ?"
    if ids is None:
        rows = list(index.query(asked, (width,)))
    else:
        rows = [
            row
            for question, values in _shares(set(ids))
            for column in ("id", "path")
            for row in index.query(f"{asked} AND {column} IN {question}", (width, *values))
            if column == "id" or row[0] == row[1]
        ]
    return {original(path): original(id) for path, id in sorted(rows)}


def trail_of(index: Index, ids: Collection[str]) -> list[Event]:
    """Every step of the notes with these ids, and of the records about them, oldest first."""
    index.told("SELECT 1")
    records: set[str] = set()
    seqs: set[int] = set()
    for question, values in _shares(set(ids)):
        about = f"SELECT id FROM records WHERE id != '' AND note IN {question}"
        records.update(row[0] for row in index.query(about, values))
    for question, values in _shares({*ids, *records}):
        seqs.update(
            r[0] for r in index.told(f"SELECT seq FROM events WHERE note IN {question}", values)
        )
    found: list[Event] = []
    for question, values in _shares(sorted(seqs)):
        found += index.trail(f"seq IN {question}", values)
    return found


def _shares(values: Collection[object]) -> Iterator[tuple[str, list[object]]]:
    """The values in shares, each with the question marks for it."""
    listed = sorted(values, key=str) if isinstance(values, set | frozenset) else list(values)
    for at in range(0, len(listed), _SHARE):
        share = listed[at : at + _SHARE]
        yield f"({', '.join('?' * len(share))})", share
