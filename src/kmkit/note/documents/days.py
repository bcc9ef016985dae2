"""The days that a text names: ISO dates, '31st March 2021', '20. January', '31/03/2021'.

A day is taken only where it can be read in one way: 31/03/2021 is the last of March, 03/04/2021
is nothing.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

_NAMES = (
    "january jan janvier janv enero ene يناير",
    "february feb février fevrier févr febrero فبراير",
    "march mar mars marzo مارس",
    "april apr avril avr abril abr أبريل ابريل",
    "may mai mayo مايو",
    "june jun juin junio يونيو",
    "july jul juillet juil julio يوليو",
    "august aug août aout agosto ago أغسطس اغسطس",
    "september sept sep septembre septiembre سبتمبر",
    "october oct octobre octubre أكتوبر اكتوبر",
    "november nov novembre noviembre نوفمبر",
    "december dec décembre decembre déc diciembre dic ديسمبر",
)
_MONTHS = {name: at for at, names in enumerate(_NAMES, start=1) for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20|١٩|٢٠)\d\d"
_DAY_NAMED = re.compile(
    rf"(?<![\w./-])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[ \t]+"
    rf"(?:of |de |d')?(?P<m>{_MONTH})\b\.?"
    rf"(?:,?[ \t]+(?:de |of )?(?P<y>{_YEAR})(?![\w/]))?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<m>{_MONTH})\b\.?[ \t]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:%])"
    rf"(?:,?[ \t]+(?P<y>{_YEAR})(?![\w/]))?",
    re.IGNORECASE,
)
_ISO = re.compile(rf"(?<![\w-])(?P<y>{_YEAR})([-/.])(?P<m>\d{{2}})\2(?P<d>\d{{2}})(?![\d-])")
_NUMERIC = re.compile(rf"(?<![\w./-])(\d{{1,2}})([/.-])(\d{{1,2}})\2({_YEAR})(?![\w/]|\.\d)")
_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")


class Day(NamedTuple):
    """A day that a text names; ``year`` is 0 where it does not say which."""

    at: int
    """Where in the text."""
    text: str
    year: int
    month: int
    day: int

    def in_year(self, year: int) -> date | None:
        """The date, in ``year`` where the text names none; None for a day that does not exist."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


def days_in(text: str) -> list[Day]:
    """Every day that the text names, in its order; days that do not exist left out."""
    found = sorted({*_iso(text), *_named(text), *_numeric(text)})
    return [day for day in found if day.in_year(2000)]


def year_in(text: str) -> int:
    """The first year that the text names, or 0."""
    found = _ANY_YEAR.search(text)
    return int(found[0]) if found else 0


def _iso(text: str) -> Iterator[Day]:
    for m in _ISO.finditer(text):
        yield Day(m.start(), m[0], int(m["y"]), int(m["m"]), int(m["d"]))


def _named(text: str) -> Iterator[Day]:
    for pattern in (_DAY_NAMED, _MONTH_FIRST):
        for m in pattern.finditer(text):
            if m["m"] not in ("may", "mar", "march", "dec"):  # 'it may 5 times' is no date
                month = _MONTHS[m["m"].casefold()]
                yield Day(m.start(), m[0], int(m["y"] or 0), month, int(m["d"]))


def _numeric(text: str) -> Iterator[Day]:
    """31/03/2021 and 03/31/2021; 31.3.2021 always begins with the day."""
    for m in _NUMERIC.finditer(text):
        first, second, year = int(m[1]), int(m[3]), int(m[4])
        if m[2] == "." or first > 12 or first == second:
            yield Day(m.start(), m[0], year, second, first)
        elif second > 12:
            yield Day(m.start(), m[0], year, first, second)
