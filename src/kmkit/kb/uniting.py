"""Lists and single entries that two branches changed, brought together."""

from collections.abc import Sequence
from datetime import date
from typing import Any


def texts(base: Any, ours: Any, theirs: Any) -> list[Any]:
    """A list of texts with the changes of both sides."""
    was, here, there = (
        value if isinstance(value, list) else [] if value is None else [value]
        for value in (base, ours, theirs)
    )
    kept = [one for one in here if one in there or one not in was]
    return kept + [one for one in there if one not in was and one not in here]


def united(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> tuple[Any, ...]:
    """Entries of a list with the changes of both sides: oldest first, none of them twice.

    Of what one person said twice, the later counts.
    """
    kept = [one for one in ours if _among(one, base) and _among(one, theirs)]
    here = [one for one in ours if not _among(one, base)]
    there = [one for one in theirs if not _among(one, base) and not _among(one, here)]
    stands = [*_returned(here, there), *_returned(there, here)]
    added = sorted([*here, *there], key=lambda one: (one in stands, one.on))
    once = [one for at, one in enumerate(added) if not _among(one, added[at + 1 :])]
    return (*kept, *once)


def _returned(some: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The returns of people who said something else on the other branch: they stand.

    Which of the two they said last, no branch can tell.
    """
    who = {one.by.casefold() for one in others if getattr(one, "verdict", "return") != "return"}
    return [
        one for one in some if getattr(one, "verdict", "") == "return" and one.by.casefold() in who
    ]


def _among(entry: Any, entries: Sequence[Any]) -> bool:
    """Whether an entry is there already, whatever day each says."""
    dated = hasattr(entry, "channel")  # what went out on two days went out twice

    def same(one: Any) -> bool:
        return bool(one == (entry if dated else entry.model_copy(update={"on": one.on})))

    return any(same(one) for one in entries)


def later(base: Any, ours: Any, theirs: Any) -> Any:
    """A single entry: as the side that changed it has it, the later one where both did."""
    if theirs == base or ours == theirs:
        return ours
    if ours == base:
        return theirs
    there = [one for one in (ours, theirs) if one is not None]
    return max(there, key=_day) if there else None


def _day(entry: Any) -> date:
    day: date = entry.on
    return day
