"""What is owed: notes that are to be used somewhere and have not been, and uses to be verified."""

import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kmkit.index.book import Index
from kmkit.text import fold


class Action(NamedTuple):
    """One application that somebody still has to see to."""

    path: str
    id: str
    note: str
    """Id of the note that is used."""
    title: str
    """The note's title; its id where there is no such note."""
    where: str
    action: str
    by: str
    """The address of whoever is to do it, or did, in lower case."""
    due: date | None
    status: str
    """``planned``, or ``done`` where nobody has verified it."""
    overdue: bool

    @property
    def short(self) -> str:
        """What people type for it."""
        return self.id[-4:]


def actions(
    index: Index, *, by: str = "", where: str = "", overdue: bool = False, unverified: bool = False
) -> list[Action]:
    """What is owed, the most urgent first.

    ``by`` an address or a part of one, ``where`` a part of the project's name. With
    ``unverified`` what was done and names what it changed, and nobody else has looked at.
    """
    wanted = (fold(by), fold(where))
    found = [
        one
        for one in _all(index, unverified=unverified)
        if wanted[0] in fold(one.by) and wanted[1] in fold(one.where)
    ]
    found = [one for one in found if one.overdue or not overdue]
    return sorted(found, key=lambda one: (one.due or date.max, one.where, one.path))


def _all(index: Index, *, unverified: bool) -> Iterator[Action]:
    """Everything that is owed, or to be verified, by path."""
    status, more = ("done", "changed") if unverified else ("planned", "due")
    sql = (
        "SELECT path, card FROM records WHERE kind = 'application' AND card NOT NULL"
        f" AND json_extract(card, '$.status') = ? AND json_extract(card, '$.{more}') > ''"
    )
    titles: dict[str, str] = {}
    for path, text in index.query(f"{sql} ORDER BY path", (status,)):
        of = json.loads(text)
        note = of["note"]
        if note not in titles:
            card = index.by_id(note)
            titles[note] = card.title if card else note
        due = None if unverified else date.fromisoformat(of["due"])
        yield Action(
            path=path,
            id=of["id"],
            note=note,
            title=titles[note],
            where=of["in"],
            action=of["action"],
            by=of["by"].strip().casefold(),
            due=due,
            status=status,
            overdue=due is not None and due < index.today,
        )
