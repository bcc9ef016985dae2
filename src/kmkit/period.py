"""Days, durations such as ``P1Y`` or ``6 months``, and what a day plus a duration is."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

_ISO = r"P(?:(\d{1,7})Y)?(?:(\d{1,7})M)?(?:(\d{1,7})W)?(?:(\d{1,7})D)?"
_WORDS = r"(\d{1,4})\s*(day|week|month|year)s?"
_LETTERS = re.IGNORECASE | re.ASCII
HOW = "a duration is written P1Y, P6M, P2W, P90D or '12 months'"
"""What somebody is told who wrote another."""


class Period(NamedTuple):
    """A length of time in calendar months and days."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``P1Y``, ``P6M``, ``P2W``, ``P90D`` or ``12 months``; raise ValueError otherwise."""
        text = text.strip()
        if words := re.fullmatch(_WORDS, text, _LETTERS):
            count, unit = int(words[1]), words[2].lower()
            return cls(
                months=count * {"year": 12, "month": 1}.get(unit, 0),
                days=count * {"week": 7, "day": 1}.get(unit, 0),
            )
        iso = re.fullmatch(_ISO, text, _LETTERS)
        if not iso or not any(iso.groups()):
            raise ValueError(HOW)
        years, months, weeks, days = (int(part or 0) for part in iso.groups())
        months, days = 12 * years + months, 7 * weeks + days
        if months > 12 * 9999 or days > 9_999_999:
            raise ValueError(HOW)
        return cls(months, days)

    def after(self, start: date) -> date:
        """The day this long after ``start``; month ends clamp (31 January + P1M = 28 February)."""
        return _after(self, start)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = [(years, "Y"), (months, "M"), (self.days, "D")]
        return "P" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0D")


@lru_cache(maxsize=4096)
def _after(period: Period, start: date) -> date:
    years, month = divmod(start.year * 12 + start.month - 1 + period.months, 12)
    if years > 9999:
        return date.max
    try:
        first = date(years, month + 1, 1)
        last = (date(years, month + 2, 1) - timedelta(1)).day if month < 11 else 31
        return first + timedelta(days=min(start.day, last) - 1 + period.days)
    except OverflowError:
        return date.max
