"""Outputs: what was written, judged, brought to people and looked after."""

from collections.abc import Iterable, Iterator
from datetime import date

from kmkit.learn.metrics.figures import Figure, Item, count, median, share
from kmkit.learn.metrics.lives import Life
from kmkit.learn.metrics.world import World
from kmkit.lifecycle.states import WALK, State
from kmkit.text import fold

_LOOKS = ("confirm", "revise", "reopen", "retire")
"""The moves by which an owner answers whether a note still holds."""
_OUT = (State.DISSEMINATED, State.MAINTAINED)


def item(life: Life, more: str = "", days: float | None = None) -> Item:
    """A note as an item of a figure."""
    return Item(life.id, f"{life.title}: {more}" if more else life.title, days)


def notes(world: World) -> Iterator[Figure]:
    """The notes in each state at the end of the period."""
    standing = [(life, life.state(world.until)) for life in world.lives]
    states = dict.fromkeys([*map(str, State), *(state for _, state in standing if state)])
    for state in states:
        yield count("notes", (item(life) for life, its in standing if its == state), detail=state)


def days_in_state(world: World) -> Iterator[Figure]:
    """How long the notes that left a state in the period had been in it."""
    left = [
        (life, stay) for life in world.lives for stay in life.stays() if world.within(stay.left)
    ]
    for state in WALK:
        stays = [(life, (s.left - s.entered).days) for life, s in left if s.state == state]
        yield median("days-in-state", (item(life, days=days) for life, days in stays), detail=state)


def captured(world: World) -> Iterator[Figure]:
    """The notes that were written down in the period."""
    yield count("captured", (item(life) for life in world.lives if world.within(life.captured)))


def accepted(world: World) -> Iterator[Figure]:
    """Of the judgements that ended in the period, those that ended well."""
    yield share("accepted", _ended(world))


def _ended(world: World) -> Iterator[tuple[Item, bool]]:
    for life in world.lives:
        for step in life.steps:
            ended = step.move in ("validate", "settle") and step.after != step.before
            if ended and world.within(step.on):
                yield item(life, step.on.isoformat()), step.verdict != "reject"


def returned(world: World) -> Iterator[Figure]:
    """Of the notes that were judged in the period, those that were returned at least once."""
    judged = (
        (life, [s.verdict for s in life.steps if s.move == "validate" and world.within(s.on)])
        for life in world.lives
    )
    yield share("returned", ((item(life), "return" in said) for life, said in judged if said))


def on_time(world: World) -> Iterator[Figure]:
    """Of the reviews that came due in the period, those that happened by their day."""
    due = ((life, day, met) for life in world.lives for day, met in reviews(life))
    yield share(
        "on-time",
        (
            (item(life, f"due {day}"), met)
            for life, day, met in due
            if world.within(day) and (met or day < world.until)  # the last day is not over yet
        ),
    )


def reviews(life: Life) -> Iterator[tuple[date, bool]]:
    """The days on which the note's review was due, each with whether it was looked at by then.

    What was looked at early is not due any more; a review that was put off is due when it was put
    off to.
    """
    due: date | None = None
    for step in life.steps if life.every else ():
        if due and step.move in _LOOKS:
            yield due, step.on <= due
            due = None
        elif due and step.move == "defer" and step.until:
            due = max(due, step.until)
        if due is None and step.after in _OUT and life.every:
            due = life.every.after(step.on)
    if due:
        yield due, False


def reach(world: World) -> Iterator[Figure]:
    """How often notes went out in the period, by channel."""
    sent: dict[str, list[Item]] = {name: [] for name in world.rules.channels}
    for life in world.lives:
        for step in life.steps:
            if step.move == "disseminate" and world.within(step.on):
                sent.setdefault(step.channel or "unknown", []).append(item(life, str(step.on)))
    yield from (count("reach", items, detail=channel) for channel, items in sent.items())


def two_channels(world: World) -> Iterator[Figure]:
    """Of the notes that are out at the end of the period, those that reached two channels."""
    yield share("two-channels", _channels(world))


def _channels(world: World) -> Iterator[tuple[Item, bool]]:
    for life in world.lives:
        if life.state(world.until) in _OUT:
            by = {s.channel for s in life.steps if s.move == "disseminate" and s.on <= world.until}
            yield item(life, ", ".join(sorted(by))), len(by) > 1


def covered(world: World) -> Iterator[Figure]:
    """Of the critical topics, those that an approved note covers."""
    approved = (life for life in world.lives if life.state(world.until) in WALK[1:])
    there = {fold(topic) for life in approved for topic in life.topics}
    wanted = world.rules.critical
    yield share("covered", ((Item("", topic), fold(topic) in there) for topic in wanted))


def alone(world: World) -> Iterator[Figure]:
    """The approved notes that one person alone holds, as things stand today."""
    yield count("held-by-one", (item(life) for life in world.lives if life.id in world.alone))


def people(world: World) -> Iterator[Figure]:
    """How many people did something for a note in the period; nobody is named or ranked."""
    who = {s.email for life in world.lives for s in life.steps if world.within(s.on)}
    known = world.people or {}
    units = sorted(known[email].unit if email in known else "" for email in who)
    yield count("people", (Item("", f"somebody of {unit or 'no unit'}") for unit in units))


def units(world: World) -> Iterator[Figure]:
    """Of the units, those that a note of the period came from."""
    told = {life.unit for life in world.lives if world.within(life.captured)} - {""}
    every = {person.unit for person in (world.people or {}).values()} - {""} | told
    yield share("units", ((Item("", unit), unit in told) for unit in sorted(every)))


def habits(world: World) -> Iterator[Figure]:
    """How many habits of judging are worth a look."""
    yield count("habits", _unnamed(world.habits))


def _unnamed(many: int) -> Iterable[Item]:
    return (Item("", "a habit that kmkit audit --habits tells") for _ in range(many))
