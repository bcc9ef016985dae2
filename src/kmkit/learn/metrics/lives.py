"""What the trail and the files tell of each note's way, as plain values to count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from kmkit.index.card import Card, Profile
from kmkit.index.dates import id_date
from kmkit.index.rules import Rules
from kmkit.lifecycle.states import State
from kmkit.period import Period
from kmkit.trail.event import Event


class Step(NamedTuple):
    """One move of a note."""

    on: date
    move: str
    before: str
    after: str
    verdict: str
    channel: str
    until: date | None
    """Until when a review was put off."""
    email: str


class Stay(NamedTuple):
    """A note's time in one state."""

    state: str
    entered: date
    left: date


class Life(NamedTuple):
    """One note's way."""

    id: str
    title: str
    kind: str
    unit: str
    """Its own, else its owner's; '' where neither is known."""
    topics: tuple[str, ...]
    claimed: str
    """The state in its file."""
    every: Period | None
    """How often it is reviewed; None for never."""
    steps: tuple[Step, ...]
    """Oldest first."""
    captured: date | None

    def state(self, on: date) -> str:
        """The state at the end of a day, '' where the note was not there yet."""
        if not self.steps:
            there = self.captured is not None and self.captured <= on
            return self.claimed if there else ""
        past = [step.after for step in self.steps if step.on <= on and step.after]
        return past[-1] if past else ""

    def stays(self) -> Iterator[Stay]:
        """The states that it was in and left, oldest first."""
        changes = [step for step in self.steps if step.after and step.after != step.before]
        for entered, left in pairwise(changes):
            yield Stay(entered.after, entered.on, left.on)

    def first(self, *moves: str) -> date | None:
        """The day of the first of these moves."""
        return next((step.on for step in self.steps if step.move in moves), None)


def lives(
    cards: Iterable[tuple[Card, str]],
    events: Iterable[Event],
    *,
    rules: Rules,
    people: Mapping[str, Profile],
) -> list[Life]:
    """The way of each note: ``cards``, each with the state of its file, and all of the ``events``.

    A second capture, and a step that begins in a state that the note is not in, tell of nothing
    that happened on the way that stands; they are left out, as the fold of the trail does.
    """
    steps: dict[str, list[Step]] = {}
    for event in sorted(events, key=lambda event: event.when):
        steps.setdefault(event.note, []).append(_step(event))
    return [_life(card, state, steps.get(card.id, ()), rules, people) for card, state in cards]


def _step(event: Event) -> Step:
    due = event.get("Due")
    return Step(
        on=event.when.date(),
        move=event.move,
        before=event.from_state,
        after=event.to_state,
        verdict=event.verdict,
        channel=event.get("Channel"),
        until=date.fromisoformat(due) if _is_day(due) else None,
        email=event.email,
    )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _life(
    card: Card, state: str, steps: Sequence[Step], rules: Rules, people: Mapping[str, Profile]
) -> Life:
    owner = people.get(card.owner)
    walked = tuple(_walked(steps))
    return Life(
        id=card.id,
        title=card.title,
        kind=card.kind,
        unit=card.unit or (owner.unit if owner else ""),
        topics=card.topics,
        claimed=state,
        every=card.review_every or rules.kinds.get(card.kind),
        steps=walked,
        captured=walked[0].on if walked else id_date(card) or card.gathered_on,
    )


def _walked(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps that lead on from where the note stood."""
    state = ""
    for step in steps:
        ends = step.after == State.RETIRED and state not in ("", State.RETIRED)
        if step.before == state or step.move == "renew" or ends:
            yield step._replace(before=state)
            state = step.after or state
