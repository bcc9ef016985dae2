"""Whose turn it is to be asked about a note: the owner, then who stands in, then a manager."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kmkit.config.leaving import Remind
from kmkit.errors import Cannot
from kmkit.index.card import Card, Profile
from kmkit.index.dates import last_look
from kmkit.period import Period
from kmkit.reach.addresses import address_of
from kmkit.views.reminder_values import ASKED, LEFT, OUTSIDE, UNKNOWN, UNREACHED, Earlier

WEEK = timedelta(days=7)
"""The least that lies between two letters to one person."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEAR = 366


class Turn(NamedTuple):
    """Who is to be asked about a note, and who was before."""

    part: str
    """owner, backup or manager; '' where nobody is left to ask."""
    email: str
    before: tuple[Earlier, ...] = ()


class Asked(NamedTuple):
    """What is known of earlier letters."""

    first: Callable[[str, str, date], date | None] = lambda email, note, since: None
    """When somebody was first asked about a note, on that day or later."""
    last: Callable[[str], date | None] = lambda email: None
    """When somebody was last written to."""
    unreached: Callable[[str], bool] = lambda email: False
    """Whether the mail server took no letter to that address, the last time."""
    known: bool = False
    """Whether letters are counted at all; where not, the days alone tell whose turn it is."""


class Around(NamedTuple):
    """What the turns depend on beside the note."""

    today: date
    settings: Remind
    people: Mapping[str, Profile]
    """By e-mail in lower case; empty where the knowledge base keeps none."""
    managers: Sequence[str]
    asked: Asked
    sees: Callable[[str, Card], bool]
    """Whether a person may see a note."""


def turn(note: Card, due: date | None, around: Around) -> Turn:
    """Whose turn it is; ``due``: the day from which the time is counted, None for the first letter.

    With letters counted, the next person is asked once ``grace`` has passed since the note's day
    and since the one before was asked; else once it has passed as often as people were before.
    """
    before: list[Earlier] = []
    since = last_look(note, around.today) or date.min
    patience = around.settings.grace
    for part, email in _line(note, around):
        if away := _away(email, note, around):
            before.append(Earlier(part, email, *away))
            continue
        if around.asked.known:
            began = around.asked.first(email, note.id, since)
            over = began and patience.after(max(began, due or began))
        else:
            began = None
            waited = sum(one.why == ASKED for one in before) + 1
            over = _later(due, patience, waited) if due else None
        if over is None or over >= around.today:
            return Turn(part, email, tuple(before))
        before.append(Earlier(part, email, ASKED, began))
        since = max(since, over)
    return _last(before)


def _last(before: Sequence[Earlier]) -> Turn:
    """Nobody comes next: whoever was asked last is asked again."""
    for at in reversed(range(len(before))):
        if before[at].why == ASKED:
            return Turn(before[at].part, before[at].email, tuple(before[:at]))
    return Turn("", "", tuple(before))


def _later(day: date, period: Period, times: int) -> date:
    for _ in range(times):
        day = period.after(day)
    return day


def _line(note: Card, around: Around) -> Iterator[tuple[str, str]]:
    """Everybody who can be asked about a note, in their order, each once."""
    found: dict[str, str] = {}
    for part in around.settings.escalate:
        named = {"owner": [note.owner], "backup": [note.backup]}.get(part, around.managers)
        for email in named:
            found.setdefault(email.strip().casefold(), part)
    return ((part, email) for email, part in found.items() if email)


def _away(email: str, note: Card, around: Around) -> tuple[str, date | None] | None:
    """Why somebody cannot be asked, None where they can."""
    person = around.people.get(email)
    if not _writable(email) or (person is None and around.people):
        return UNKNOWN, None
    if person and person.until and person.until < around.today:
        return LEFT, person.until
    if not around.sees(email, note):
        return OUTSIDE, None
    return (UNREACHED, None) if around.asked.unreached(email) else None


def _writable(email: str) -> bool:
    """Whether a letter can be addressed to ``email``."""
    try:
        return bool(address_of(email))
    except Cannot:
        return False


def closed(day: date, settings: Remind) -> bool:
    """Whether nobody is asked on ``day``: a weekend, or a holiday."""
    return _DAYS[day.weekday()] in settings.weekend or day in settings.holidays


def opens(day: date, settings: Remind) -> date:
    """The first day from ``day`` on which people are asked; Cannot where a year has none."""
    for ahead in range(_YEAR):
        if not closed(later := day + timedelta(days=ahead), settings):
            return later
    raise Cannot(
        "kmkit.toml: remind.weekend and remind.holidays leave no day to ask anybody.",
        "Take a day out of remind.weekend.",
    )
