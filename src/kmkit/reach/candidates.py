"""Which notes a digest can speak of: chosen by the index, so that no other has to be read."""

from collections.abc import Container, Iterable
from datetime import date
from typing import NamedTuple

from kmkit.audience.choosing import cards_of
from kmkit.index.book import Index
from kmkit.index.dates import OUT
from kmkit.index.stale import Stale
from kmkit.period import Period
from kmkit.text import fold

LOOKED_AT = 50
"""Of the notes that merely are new so many are looked at, and of those on the way to readers."""
_MERELY = ("capture", "edit", "reassign", "validate", "format", "release", "disseminate")
"""What happens to a note that is merely new."""
_OUT = f"stands IN ({', '.join(repr(state.value) for state in OUT)})"


class Days(NamedTuple):
    """What happened in some days."""

    found: set[str]
    """The ids of the notes that have to be looked at."""
    counted: frozenset[str] = frozenset()
    """Those of others that are new to the readers too, as the index tells."""


def of_days(index: Index, since: date, until: date) -> set[str]:
    """The ids of the notes to which something happened in these days, or to a record about them."""
    days = (since.isoformat(), until.isoformat())
    within = "day >= ? AND day <= ?"
    known = f"SELECT DISTINCT note FROM events JOIN notes ON id = note WHERE {within}"
    found = {row[0] for row in index.told(known, days)}
    others = f"{within} AND NOT EXISTS (SELECT 1 FROM notes WHERE id = note)"
    return found | {event.about or event.note for event in index.trail(others, days)}


def few_of_days(
    index: Index, since: date, until: date, width: int, wanted: Container[str] | None = None
) -> Days:
    """Like `of_days`, where a letter that has room for few is made of them.

    Of the ``wanted`` notes (their ids, None for all) to which nothing happened but that they were
    made and went out, the last `LOOKED_AT` are chosen, those on critical topics first, and as many
    of those that have not gone out yet; the others that went out are counted. None of them has a
    level narrower than ``width``. A note that may have reached readers before, or is not as it was
    approved, is looked at.
    """
    found = of_days(index, since, until)
    sql = (
        f"SELECT note, max(seq), max(move = 'disseminate') AND {_OUT}, width >= ?3"
        " FROM events JOIN notes ON id = note WHERE day BETWEEN ?1 AND ?2 GROUP BY note"
        f" HAVING NOT max(move NOT IN {_MERELY} OR drifted OR errors OR revised)"
        " AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.note = events.note"
        " AND e.move = 'disseminate' AND e.day < ?1)"
    )
    rows = list(index.told(sql, (since.isoformat(), until.isoformat(), width)))
    critical = on_topics(index, index.rules.critical)
    rows.sort(key=lambda row: (row[0] in critical, row[1]), reverse=True)
    asked = [row for row in rows if row[3] and (wanted is None or row[0] in wanted)]
    went_out = [row[0] for row in asked if row[2]]
    on_the_way = [row[0] for row in asked if not row[2]]
    kept = {*went_out[:LOOKED_AT], *on_the_way[:LOOKED_AT]}
    return Days(found - ({row[0] for row in rows} - kept), frozenset(went_out[LOOKED_AT:]))


def on_topics(index: Index, topics: Iterable[str]) -> set[str]:
    """The ids of the notes on any of the topics."""
    sql = "SELECT id FROM marks JOIN notes USING (n) WHERE name = 'topic' AND value = ?"
    return {row[0] for topic in topics for row in index.query(sql, (fold(topic),))}


def candidates(
    index: Index,
    happened: set[str],
    since: date,
    until: date,
    stale: Iterable[Stale],
    *,
    wide: bool,
) -> set[str]:
    """The ids of the notes that a digest of these days can speak of, beside ``stale`` ones.

    ``happened``: the ids of the notes of which it tells what happened to them. ``wide``: it goes
    beyond the narrowest circle. Where a note names what must not leave that circle, the text of
    every note has to be looked at.
    """
    if wide and protects(index):
        return {row[0] for row in index.query("SELECT coalesce(nullif(id, ''), path) FROM notes")}
    found = happened | {row.note.id for row in stale}
    found |= {
        use.note for use in index.uses if since <= use.on <= until or use.outcome == "did-not-help"
    }
    asking = "SELECT id FROM notes JOIN marks USING (n) WHERE name = 'question'"
    judged = (
        "SELECT id FROM notes WHERE state = 'captured'"
        " AND EXISTS (SELECT 1 FROM events WHERE note = id AND move = 'validate')"
    )
    found |= {row[0] for sql in (asking, judged) for row in index.told(sql)}
    found |= {card.superseded_by for card in cards_of(index, found) if card.superseded_by}
    return found - {""}


def protects(index: Index) -> bool:
    """Whether a note names what must not leave the narrowest circle."""
    return bool(list(index.query("SELECT 1 FROM marks WHERE name = 'protect' LIMIT 1")))


def recalled(index: Index, since: date, until: date, width: int) -> set[str]:
    """The ids of the notes that a newsletter calls to mind again: stories, and some of last year.

    The stories that went out in the month before ``until``, and the few notes that went out or
    were confirmed for the last time in the same days a year before; of those whose level is at
    least so wide as ``width``.
    """
    moves = "move IN ('disseminate', 'confirm')"
    last = (
        f"SELECT note, max(day) AS told FROM events WHERE {moves}"
        f" AND note IN (SELECT note FROM events WHERE day BETWEEN ?1 AND ?2 AND {moves})"
        f" AND note IN (SELECT id FROM notes WHERE width >= ?3 AND {_OUT} AND {{kind}})"
        " GROUP BY note HAVING told <= ?2 ORDER BY told DESC, note LIMIT 8"
    )
    year, month = Period(months=-12), Period(days=-31)
    then = (year.after(since).isoformat(), year.after(until).isoformat(), width)
    lately = (month.after(until).isoformat(), until.isoformat(), width)
    found = index.query(last.format(kind="1"), then)
    stories = index.query(last.format(kind="kind = 'story'"), lately)
    return {row[0] for row in (*found, *stories)}
