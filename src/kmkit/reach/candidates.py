"""Which notes a digest can speak of: chosen by the index, so that no other has to be read."""

from collections import Counter
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
    lately, others = _lately(index, since, until)
    return {row.note for row in lately} | others


class _Lately(NamedTuple):
    """What happened in some days to the note of a file."""

    note: str
    last: int
    """The last step."""
    told: bool
    """Whether it went out."""
    more: bool
    """Whether something happened that does not happen to a note that is merely new."""
    out: bool
    """Whether a version stands that readers may rely on."""
    width: int
    odd: bool
    """Whether it is being revised, or is not as it was approved."""
    known: bool
    """Whether it may have reached readers before."""


_LATELY = (
    f"SELECT note, last, told, more, {_OUT}, width, drifted OR errors OR revised, steps != (SELECT"
    " count(*) FROM events WHERE note = g.note) AND EXISTS (SELECT 1 FROM events"
    " WHERE note = g.note AND move = 'disseminate' AND day < ?1)"
    " FROM (SELECT note, max(seq) AS last, max(move = 'disseminate') AS told,"
    f" max(move NOT IN {_MERELY}) AS more, count(*) AS steps"
    " FROM events INDEXED BY events_by_day WHERE day BETWEEN ?1 AND ?2 GROUP BY note) AS g"
    " LEFT JOIN notes ON id = g.note"
)
"""By the index of days: a history is long."""


def _lately(index: Index, since: date, until: date) -> tuple[list[_Lately], set[str]]:
    """What happened in these days to the notes that there are; and the ids of others.

    Those are of notes that are gone, and of the notes that records are about.
    """
    days = (since.isoformat(), until.isoformat())
    rows = list(index.told(_LATELY, days))
    lately = [_Lately(*row) for row in rows if row[5] is not None]
    if len(lately) == len(rows):
        return lately, set()
    where = "day >= ? AND day <= ? AND NOT EXISTS (SELECT 1 FROM notes WHERE id = note)"
    return lately, {event.about or event.note for event in index.trail(where, days)}


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
    lately, others = _lately(index, since, until)
    found = {row.note for row in lately}
    looked_at = {row.note for row in lately if row.more or row.odd or row.known}
    if len(found) < len(lately):  # two files have one id
        looked_at |= {note for note, files in Counter(r.note for r in lately).items() if files > 1}
    merely = [row for row in lately if row.note not in looked_at]
    critical = on_topics(index, index.rules.critical)
    merely.sort(key=lambda row: (row.note in critical, row.last), reverse=True)
    asked = [r for r in merely if r.width >= width and (wanted is None or r.note in wanted)]
    went_out = [row.note for row in asked if row.told and row.out]
    on_the_way = [row.note for row in asked if not (row.told and row.out)]
    kept = {*went_out[:LOOKED_AT], *on_the_way[:LOOKED_AT]}
    found |= others
    found -= {row.note for row in merely} - kept
    return Days(found, frozenset(went_out[LOOKED_AT:]))


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
    within = f"day BETWEEN ?1 AND ?2 AND {moves}"
    last = (
        f"SELECT note, max(day) AS told FROM ({{some}}) AS s CROSS JOIN events ON note = s.id"
        f" WHERE {moves} AND EXISTS"
        f" (SELECT 1 FROM notes WHERE id = s.id AND width >= ?3 AND {_OUT} AND {{kind}})"
        f" GROUP BY note HAVING told <= ?2 AND max(day BETWEEN ?1 AND ?2)"
        " ORDER BY told DESC, note LIMIT 8"
    )
    some = f"SELECT DISTINCT note AS id FROM events INDEXED BY events_by_day WHERE {within}"
    stories = "SELECT DISTINCT id FROM notes WHERE kind = 'story'"
    year, month = Period(months=-12), Period(days=-31)
    then = (year.after(since).isoformat(), year.after(until).isoformat(), width)
    lately = (month.after(until).isoformat(), until.isoformat(), width)
    found = index.told(last.format(some=some, kind="1"), then)
    told = index.told(last.format(some=stories, kind="kind = 'story'"), lately)
    return {row[0] for row in (*found, *told)}
