"""A listing straight from the tables: in the order that is asked for, put together by SQLite."""

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from kmkit.errors import UsageError
from kmkit.index.choosing.where import Where
from kmkit.lifecycle.states import State
from kmkit.text import did_you_mean, one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

COLUMNS = ("id", "title", "kind", "state", "owner", "level", "due")
"""What a line says of a note."""

_STEPS = " ".join(f"WHEN '{state}' THEN {step}" for step, state in enumerate(State))
SORTS = {
    "captured": "captured",
    "title": "title_folded",
    "state": f"CASE stands {_STEPS} ELSE {len(State)} END",
    "owner": "owner",
    "kind": "kind",
    "level": "width",
    "due": "due",
    "unit": "unit_folded",
    "language": "language",
    "id": "id",
    "path": "path",
}
"""What notes can be sorted by; captured is newest first, the others lowest first."""
_FEW = 200
"""So many notes are told of one by one; where there are more, all are."""

_LINE = "WHEN due <> '' AND due < ? THEN head || ', overdue' || tail ELSE head || tail END"
_TOLD = "WHEN {odd} THEN (SELECT value FROM json_each(?) WHERE key = CAST(n AS TEXT))"


def order(by: str, *, reverse: bool = False) -> str:
    """The order of rows: by one of `SORTS`, then by title; ``-`` in front turns it round.

    What has no value comes last. UsageError where nothing is sorted by that.
    """
    field = by.removeprefix("-")
    if field not in SORTS:
        mend = did_you_mean(field, SORTS) or f"Known: {', '.join(SORTS)}."
        raise UsageError(f"Nothing is sorted by '{field}'.", mend)
    down = (field == "captured") ^ by.startswith("-") ^ reverse
    value = SORTS[field]
    if field == "captured" and down:
        return "captured DESC, title_folded, n"  # as its index has it: '' stands last by itself
    return f"{value} = '', {value}{' DESC' * down}, title_folded, n"


def lines(index: "Index", where: Where, order: str, limit: int = -1) -> tuple[bytes, int]:
    """The notes as lines with tabs between `COLUMNS`, in UTF-8, and how many they are.

    A line never holds a tab of its own, a line break or a control character.
    """
    odd = "id = '' OR latest > ?"  # of these notes the tables alone do not tell all
    ahead = (index.today + timedelta(days=1)).isoformat()
    line, values = _LINE, [index.today.isoformat()]
    if many := index.count(odd, (ahead,)):
        if many > _FEW:
            rows = islice(index.select(*where, order=order), limit if limit >= 0 else None)
            told = list(map(_line, rows))
            return "".join(told).encode("utf-8", "replace"), len(told)
        from json import dumps

        own = dumps({str(row.card.n): _line(row) for row in index.select(odd, (ahead,))})
        line, values = f"{_TOLD.format(odd=odd)} {_LINE}", [ahead, own, *values]
    # SQLite keeps the order of a part that has a limit, also below what joins its rows.
    part = f"SELECT CASE {line} AS line FROM notes WHERE {where.sql} ORDER BY {order} LIMIT ?"
    sql = f"SELECT CAST(group_concat(line, '') AS BLOB), count(*) FROM ({part})"
    found, count = next(index.query(sql, (*values, *where.values, limit)))
    return found or b"", count


def _line(row: "Listed") -> str:
    return "\t".join(map(one_line, cells(row))) + "\n"


def cells(row: "Listed") -> tuple[str, ...]:
    """What a line says of a note."""
    card = row.card
    due = row.due.isoformat() if row.due else ""
    return (card.id, card.title, card.kind, row.standing, card.owner, card.level, due)
