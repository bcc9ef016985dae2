"""Days as people say them: 'yesterday', 'last month', '2 weeks', 'Q3 2026', '1 March'."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kmkit.period import Period

HOW = "Write it as 2026-11-21, 2026-10, 2026, 'last month', '2 weeks', monday or 'Q3 2026'."
"""What somebody is told whose words name no day."""

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_UNITS = {"day": Period(0, 1), "week": Period(0, 7), "fortnight": Period(0, 14)}
_UNITS |= {"month": Period(1), "quarter": Period(3), "year": Period(12)}
_YEAR = r"(?P<year>[12]\d{3})"
_NAME = r"(?P<name>[a-z]{3,9})"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        _YEAR,
        rf"{_YEAR}-(?P<month>\d\d)",
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)",
        rf"{_YEAR}[ -]?q(?P<quarter>[1-4])",
        rf"q(?P<quarter>[1-4])(?:[ -]?{_YEAR})?",
        rf"{_YEAR}-w(?P<week>\d\d)",
        rf"{_NAME}(?:,? {_YEAR})?",
        rf"{_YEAR} {_NAME}",
        rf"{_NTH} (?:of )?{_NAME}(?:,? {_YEAR})?",
        rf"{_NAME} {_NTH}(?:,? {_YEAR})?",
    )
]
_LENGTH = re.compile(
    rf"(?:past |(?:(?:last|past) )?(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)}) ?)"
    rf"(?P<unit>{'|'.join(_UNITS)})s?(?P<ago> ago)?",
    re.ASCII,
)
_RUNNING = re.compile(r"(?P<which>this|last|previous) (?P<unit>week|month|quarter|year)")


class Span(NamedTuple):
    """Days one after another, both ends among them."""

    first: date
    last: date


def since(text: str, today: date, *, until: date | None = None) -> date:
    """The first day that ``text`` means; a length of time ends on ``until``, by default today.

    '2026-10' is its first of October, 'P1W' the first of the seven days that end today. Raises
    ValueError where the words name no day.
    """
    words = _words(text)
    if length := _length(words):
        return _back(Period(length.months, length.days - 1), until or today)
    return _span(words, today).first


def until(text: str, today: date) -> date:
    """The last day that ``text`` means: '2026-10' is the last of October, '2 weeks' 2 weeks ago.

    'The last 2 weeks' end today. Raises ValueError where the words name no day.
    """
    words = _words(text)
    if length := _length(words):
        return today if words.startswith(("last ", "past ")) else _back(length, today)
    return _span(words, today).last


def _words(text: str) -> str:
    """The words as they are compared: no case, single blanks, no 'the'."""
    return " ".join(text.replace("_", " ").casefold().split()).removeprefix("the ")


def _length(words: str) -> Period | None:
    """A length of time that counts back from a day: '2 weeks', 'last 3 months', 'p1w'."""
    if found := _LENGTH.fullmatch(words):
        return None if found["ago"] else _counted(found)
    try:
        return Period.parse(words)
    except ValueError:
        return None


def _counted(found: re.Match[str]) -> Period:
    """How long a match of ``_LENGTH`` is."""
    count, unit = found["count"] or "a", _UNITS[found["unit"]]
    number = int(count) if count.isdigit() else _NUMBERS[count]
    return Period(unit.months * number, unit.days * number)


def _back(length: Period, day: date) -> date:
    """The day that long before ``day``; the first of all days where there is none."""
    try:
        return Period(-length.months, -length.days).after(day)
    except (ValueError, OverflowError):
        return date.min


def _span(words: str, today: date) -> Span:
    """The days that words other than a length name; ValueError where they name none."""
    if words in ("today", "yesterday"):
        day = today - timedelta(days=words == "yesterday")
        return Span(day, day)
    if found := _LENGTH.fullmatch(words):
        day = _back(_counted(found), today)
        return Span(day, day)
    if found := _RUNNING.fullmatch(words):
        return _around(found["unit"], today, before=found["which"] != "this")
    last = words.startswith("last ")
    words = words.removeprefix("last ")
    if weekday := _named(words, _WEEKDAYS):
        back = (today.weekday() - weekday + 1) % 7
        day = today - timedelta(days=back or 7 * last)
        return Span(day, day)
    for pattern in _DATES:
        if found := pattern.fullmatch(words):
            return _dated({k: v for k, v in found.groupdict().items() if v}, today, before=last)
    raise ValueError(HOW)


def _named(word: str, names: Sequence[str]) -> int:
    """Which of ``names`` a word or its beginning of three letters or more is, from 1; 0 for none.

    Only whole names and their usual short forms count: 'mar', 'sept', 'tues'.
    """
    short = len(word) in (3, 4)
    for at, name in enumerate(names, 1):
        if word == name or (short and name.startswith(word)):
            return at
    return 0


def _dated(said: dict[str, str], today: date, *, before: bool) -> Span:
    """The days that a date names; without a year the latest that have begun, not after today.

    With ``before`` the latest that are over: 'last january' in January is a year ago.
    """
    if "week" in said:
        first = date.fromisocalendar(int(said["year"]), int(said["week"]), 1)
        return Span(first, first + timedelta(days=6))
    if "name" in said:
        month = _named(said["name"], _MONTHS)
    elif "quarter" in said:
        month = 3 * int(said["quarter"]) - 2
    else:
        month = int(said.get("month", 1))
    length = _UNITS["quarter" if "quarter" in said else "month" if month else "day"]
    if said.keys() == {"year"}:
        length = _UNITS["year"]
    if "year" in said:
        return _stretch(int(said["year"]), month, said.get("day", ""), length)
    for year in range(today.year, today.year - 9, -1):  # eight years hold a 29 February
        try:
            span = _stretch(year, month, said.get("day", ""), length)
        except ValueError:
            continue
        if (span.last < today) if before else (span.first <= today):
            return span
    raise ValueError(HOW)


def _stretch(year: int, month: int, day: str, length: Period) -> Span:
    """One day, or the days of ``length`` from the first of ``month``; ValueError without either."""
    if not month:
        raise ValueError(HOW)
    first = date(year, month, int(day or 1))
    return Span(first, first if day else _end(first, length))


def _around(unit: str, today: date, *, before: bool) -> Span:
    """The week, month, quarter or year that holds ``today``, or the one before it."""
    if unit == "week":
        first = today - timedelta(days=today.weekday() + 7 * before)
        return Span(first, first + timedelta(days=6))
    length = _UNITS[unit]
    month = (today.month - 1) // length.months * length.months + 1
    first = date(today.year, month, 1)
    first = _back(length, first) if before else first
    return Span(first, _end(first, length))


def _end(first: date, length: Period) -> date:
    """The last day of what begins with ``first`` and is ``length`` long."""
    return Period(length.months, length.days - 1).after(first)
