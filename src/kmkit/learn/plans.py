"""Plans: what shall be done about knowledge, by whom and when, and how far it has come."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from kmkit.index.keeping.schema import original
from kmkit.text import address_key, fold

if TYPE_CHECKING:
    from kmkit.index.book import Index

Status = Literal["overdue", "open", "ongoing", "to be confirmed", "done"]
GROUPS = ("capture", "access", "exchange", "")
"""What actions are for, in the order in which they are shown; '' is everything else."""

_MONTH = re.compile(r"(0?[1-9]|1[0-2])\s*/\s*(\d{4})", re.ASCII)
_OPEN = {"ongoing": "ongoing", "tbc": "to be confirmed", "to be confirmed": "to be confirmed",
         "": "to be confirmed"}  # fmt: skip


class Planned(NamedTuple):
    """One action of a plan."""

    plan: str
    """The id of the plan."""
    path: str
    title: str
    """Of the plan."""
    number: int
    """Which of its actions, from 1."""
    what: str
    who: str
    """The focal point's address."""
    timeline: str
    """As the plan writes it."""
    by: date | None
    """The last day that the timeline means; None for 'ongoing', 'tbc' and what is no time."""
    group: str
    status: Status
    notes: tuple[str, ...]
    """What came of it, by id."""

    @property
    def short(self) -> str:
        """What people type for the plan."""
        return self.plan[-4:]


def ends(timeline: str, today: date) -> date | None:
    """The last day that a timeline means: of '3/2027' the last of March; None where it has none.

    Raises ValueError for what is no timeline.
    """
    said = " ".join(timeline.split())
    if fold(said) in _OPEN:
        return None
    from kmkit import natural  # its patterns take a while, and few plans name a day

    if found := _MONTH.fullmatch(said):
        return natural.until(f"{found[2]}-{int(found[1]):02}", today)
    return natural.until(said, today)


def planned(
    index: "Index", *, mine: str = "", overdue: bool = False, group: str | None = None
) -> list[Planned]:
    """The actions of every plan, by group; within one, what is overdue first, what is done last."""
    who = address_key(mine)
    found = [
        one
        for one in _all(index)
        if (not who or address_key(one.who) == who)
        and (not overdue or one.status == "overdue")
        and (group is None or one.group == group)
    ]
    return sorted(found, key=_order)


_RANKS = {"overdue": 0, "open": 1, "ongoing": 2, "to be confirmed": 3, "done": 4}


def _order(one: Planned) -> tuple[int, int, date, str, int]:
    return (GROUPS.index(one.group), _RANKS[one.status], one.by or date.max, one.path, one.number)


def _all(index: "Index") -> Iterator[Planned]:
    """Every action of every plan, from what the index keeps of the files."""
    sql = "SELECT path, card FROM records WHERE kind = 'plan' AND card NOT NULL ORDER BY path"
    for path, card in index.query(sql):
        plan = json.loads(card)
        for number, action in enumerate(plan["actions"], 1):
            done, timeline = action["done_on"], action["timeline"]
            by, status = _standing(
                timeline, date.fromisoformat(done) if done else None, index.today
            )
            yield Planned(
                plan=plan["id"],
                path=original(path),
                title=plan["name"],
                number=number,
                what=action["what"],
                who=action["focal_point"],
                timeline=action["timeline"],
                by=by,
                group=action["group"],
                status=status,
                notes=tuple(action["notes"]),
            )


def _standing(timeline: str, done: date | None, today: date) -> tuple[date | None, Status]:
    try:
        by = ends(timeline, today)
    except ValueError:
        by = None
    if done:
        return by, "done"
    if by is None:
        return None, "ongoing" if fold(timeline.strip()) == "ongoing" else "to be confirmed"
    return by, "overdue" if by < today else "open"
