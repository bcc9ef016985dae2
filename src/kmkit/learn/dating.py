"""Days that are proposed for people or offices to meet, so that nobody is asked too often."""

from collections.abc import Iterable
from datetime import date, timedelta

APART = 14
"""Days between two meetings of one."""
_TUESDAY = 1


def proposed(pairs: Iterable[tuple[str, str]], start: date, *, apart: int = APART) -> list[date]:
    """A Tuesday for each pair, from ``start`` on; nobody twice within ``apart`` days."""
    last: dict[str, date] = {}
    found = []
    for pair in pairs:
        on = start + timedelta(days=(_TUESDAY - start.weekday()) % 7)
        while any(on - last[one] < timedelta(days=apart) for one in pair if one in last):
            on += timedelta(days=7)
        last |= dict.fromkeys(pair, on)
        found.append(on)
    return found
