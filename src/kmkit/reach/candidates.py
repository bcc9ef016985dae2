"""Which notes a digest can speak of: chosen by the index, so that no other has to be read."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.index.stale import Stale
from kmkit.trail.event import Event

_SHARE = 500
"""Ids in one question to the tables."""


def candidates(
    index: Index, since: date, until: date, stale: Iterable[Stale], *, wide: bool
) -> set[str]:
    """The ids of the notes that a digest of these days can speak of, beside ``stale`` ones.

    ``wide``: it goes beyond the narrowest circle. Where a note names what must not leave that
    circle, the text of every note has to be looked at.
    """
    if wide and list(index.query("SELECT 1 FROM marks WHERE name = 'protect' LIMIT 1")):
        return {row[0] for row in index.query("SELECT coalesce(nullif(id, ''), path) FROM notes")}
    period = index.trail("day >= ? AND day <= ?", (since.isoformat(), until.isoformat()))
    found = {event.about or event.note for event in period}
    found |= {row.note.id for row in stale}
    found |= {
        use.note for use in index.uses if since <= use.on <= until or use.outcome == "did-not-help"
    }
    asking = "SELECT id FROM notes JOIN marks USING (n) WHERE name = 'question'"
    judged = (
        "SELECT id FROM notes WHERE state = 'captured'"
        " AND id IN (SELECT note FROM events WHERE move = 'validate')"
    )
    found |= {row[0] for sql in (asking, judged) for row in index.query(sql)}
    found |= {card.superseded_by for card in cards_of(index, found) if card.superseded_by}
    return found - {""}


def cards_of(index: Index, ids: Collection[str]) -> Iterator[Card]:
    """The notes with these ids, as their files stand, by path."""
    found = [card for share in _shares(ids) for card in index.cards(f"id IN {share[0]}", share[1])]
    paths = {id for id in ids if id.endswith(".md")}
    found += [card for path in paths for card in index.cards("id = '' AND path = ?", (path,))]
    return iter(sorted(found, key=lambda card: card.path))


def trail_of(index: Index, ids: Collection[str]) -> list[Event]:
    """Every step of the notes with these ids, and of the records about them, oldest first."""
    index.told("SELECT 1")
    records = {use.id for use in index.uses if use.note in ids and use.id}
    seqs: set[int] = set()
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
