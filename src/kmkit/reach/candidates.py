"""Which notes a digest can speak of: chosen by the index, so that no other has to be read."""

from collections.abc import Iterable
from datetime import date

from kmkit.audience.choosing import cards_of
from kmkit.index.book import Index
from kmkit.index.dates import OUT
from kmkit.index.stale import Stale
from kmkit.period import Period
from kmkit.trail.event import Event


def candidates(
    index: Index,
    since: date,
    until: date,
    stale: Iterable[Stale],
    *,
    wide: bool,
    period: Iterable[Event] | None = None,
) -> set[str]:
    """The ids of the notes that a digest of these days can speak of, beside ``stale`` ones.

    ``period``: the events that it tells of, where the days do not say. ``wide``: it goes beyond
    the narrowest circle. Where a note names what must not leave that circle, the text of every
    note has to be looked at.
    """
    if wide and list(index.query("SELECT 1 FROM marks WHERE name = 'protect' LIMIT 1")):
        return {row[0] for row in index.query("SELECT coalesce(nullif(id, ''), path) FROM notes")}
    if period is None:
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


def recalled(index: Index, since: date, until: date, width: int) -> set[str]:
    """The ids of the notes that a newsletter calls to mind again: stories, and some of last year.

    The stories that went out in the month before ``until``, and the few notes that went out or
    were confirmed for the last time in the same days a year before; of those whose level is at
    least so wide as ``width``.
    """
    out = ", ".join(f"'{state.value}'" for state in OUT)
    moves = "move IN ('disseminate', 'confirm')"
    last = (
        f"SELECT note, max(day) AS told FROM events WHERE {moves}"
        f" AND note IN (SELECT note FROM events WHERE day BETWEEN ?1 AND ?2 AND {moves})"
        f" AND note IN (SELECT id FROM notes WHERE width >= ?3 AND stands IN ({out}) AND {{kind}})"
        " GROUP BY note HAVING told <= ?2 ORDER BY told DESC, note LIMIT 8"
    )
    year, month = Period(months=-12), Period(days=-31)
    then = (year.after(since).isoformat(), year.after(until).isoformat(), width)
    lately = (month.after(until).isoformat(), until.isoformat(), width)
    found = index.query(last.format(kind="1"), then)
    stories = index.query(last.format(kind="kind = 'story'"), lately)
    return {row[0] for row in (*found, *stories)}
