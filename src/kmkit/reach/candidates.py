"""Which notes a digest can speak of: chosen by the index, so that no other has to be read."""

from collections.abc import Iterable
from datetime import date

from kmkit.audience.choosing import cards_of
from kmkit.index.book import Index
from kmkit.index.stale import Stale


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
