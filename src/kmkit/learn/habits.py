"""Habits worth a look: what the trail shows of how notes are judged. Facts, never an accusation.

Each has an innocent reason often enough: a day set aside for reviews, a team that reads together
before one of them types. So they are counted and shown to whoever asks, and nobody is named where
many read.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from kmkit.text import one_line
from kmkit.trail.event import Event

MANY = 5
"""Notes confirmed or approved within a minute, from which on they are counted."""
MINUTE = timedelta(minutes=1)
SECONDS = timedelta(seconds=30)
"""After a text was written down; an approval within them is quick."""
PAUSE = timedelta(hours=1)
"""What ends a sitting."""
SEVERAL = 3
"""Sittings, or quick approvals, from which on they are counted."""
VERDICTS = 10
"""That somebody has to have given before it is looked at what they were."""
_WRITES = ("capture", "edit", "revise", "reword", "reopen")
_JUDGES = ("confirm", "validate", "renew")
MOVES = (*_WRITES, *_JUDGES)
"""The moves that habits are told by."""
_SHOWN = 60


class Habit(NamedTuple):
    """Something that happens often, by one person."""

    code: str
    """``bulk``, ``repeated-reason``, ``quick-approval`` or ``never-returns``."""
    message: str
    """The fact, with its count; it names nobody."""
    times: int
    who: str
    """An e-mail, for those who look into it; in no digest."""
    notes: tuple[str, ...]
    first: date
    last: date


class Act(NamedTuple):
    """A step of the trail, as far as habits are told by it."""

    when: datetime
    email: str
    note: str
    move: str
    verdict: str
    reason: str
    own_eyes: bool
    """Whether somebody judged a note, and did not record what others had decided."""


def recent_habits(events: Iterable[Event], today: date) -> list[Habit]:
    """What is worth a look in the year before ``today``."""
    return habits(events, since=date.fromordinal(max(1, today.toordinal() - 365)))


def habits(events: Iterable[Event], *, since: date | None = None) -> list[Habit]:
    """What is worth a look in ``events``, in those from ``since`` on; most of a kind first.

    Decisions that were recorded for a committee, and self-reviews, are left out: there haste and
    one pen are how it is meant to be.
    """
    acts = (_act(e) for e in events if e.move in MOVES)
    ordered = sorted(acts, key=lambda act: act.when)
    if since:
        ordered = [act for act in ordered if act.when.date() >= since]
    judged = sorted((a for a in ordered if a.own_eyes), key=lambda a: (a.email, a.when))
    found = list(_quick(ordered))
    for who, own in groupby(judged, key=lambda event: event.email):
        mine = list(own)
        yes = [event for event in mine if _agrees(event)]
        found += [*_bulk(who, yes), *_repeated(who, yes), *_never_returns(who, mine)]
    return sorted(found, key=lambda habit: (habit.code, -habit.times, habit.who, habit.first))


def _act(event: Event) -> Act:
    judges = event.move in _JUDGES
    own_eyes = judges and not event.get("Decided-By") and event.method != "self-review"
    reason = event.reason if judges else ""
    return Act(event.when, event.email, event.note, event.move, event.verdict, reason, own_eyes)


def _agrees(event: Act) -> bool:
    return event.move == "confirm" or event.verdict == "approve"


def _bulk(who: str, yes: Sequence[Act]) -> Iterator[Habit]:
    """Many notes within a minute."""
    start = end = 0
    while start < len(yes):
        until = yes[start].when + MINUTE
        while end < len(yes) and yes[end].when <= until:
            end += 1
        within = yes[start:end]
        count = len({act.note for act in within})
        if count >= MANY:
            said = f"{count} notes were confirmed or approved within a minute."
            yield _habit("bulk", said, count, who, within)
            start = end
        else:
            start += 1


def _repeated(who: str, yes: Sequence[Act]) -> Iterator[Habit]:
    """One reason, word for word, in several sittings."""
    sittings = _sittings(yes)
    reasons: dict[str, list[int]] = {}
    for at, event in enumerate(yes):
        if reason := " ".join(event.reason.casefold().split()):
            reasons.setdefault(reason, []).append(at)
    for places in reasons.values():
        held = len({sittings[at] for at in places})
        if held >= SEVERAL:
            same = [yes[at] for at in places]
            said = (
                f"One reason stands word for word under {len(same)} confirmations or approvals, "
                f"in {held} sittings: '{_short(same[-1].reason)}'"
            )
            yield _habit("repeated-reason", said, len(same), who, same)


def _sittings(own: Sequence[Act]) -> list[int]:
    """For each event of one person the number of the sitting that it belongs to."""
    numbers: list[int] = []
    for before, event in zip([None, *own], own, strict=False):
        apart = before is not None and event.when - before.when > PAUSE
        numbers.append((numbers[-1] if numbers else 0) + apart)
    return numbers


def _short(reason: str) -> str:
    text = one_line(reason)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"


def _quick(ordered: Sequence[Act]) -> Iterator[Habit]:
    """Approvals that came within seconds of the text they approve."""
    written: dict[str, Act] = {}
    found: dict[str, list[Act]] = {}
    for event in ordered:
        if event.move in _WRITES:
            written[event.note] = event
        elif event.move == "validate" and event.own_eyes and _agrees(event):
            before = written.get(event.note)
            if before and event.when - before.when <= SECONDS:
                found.setdefault(event.email, []).append(event)
    for who, quick in found.items():
        if len(quick) >= SEVERAL:
            said = (
                f"{len(quick)} approvals came within {SECONDS.seconds} seconds of the text that "
                "they approve."
            )
            yield _habit("quick-approval", said, len(quick), who, quick)


def _never_returns(who: str, judged: Sequence[Act]) -> Iterator[Habit]:
    """Many verdicts, and each an approval."""
    verdicts = [event for event in judged if event.verdict]
    if len(verdicts) >= VERDICTS and all(event.verdict == "approve" for event in verdicts):
        said = f"{len(verdicts)} verdicts were given, and none returns or rejects a note."
        yield _habit("never-returns", said, len(verdicts), who, verdicts)


def _habit(code: str, said: str, count: int, who: str, seen: Sequence[Act]) -> Habit:
    notes = tuple(dict.fromkeys(event.note for event in seen))
    return Habit(code, said, count, who, notes, seen[0].when.date(), seen[-1].when.date())
