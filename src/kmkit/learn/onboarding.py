"""What somebody who is new should read first, and whom to meet."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.card import Card
from kmkit.index.dates import OUT
from kmkit.learn.learned import learned
from kmkit.lifecycle.states import WALK
from kmkit.text import fold

if TYPE_CHECKING:
    from kmkit.index.book import Index


class Reading(NamedTuple):
    """A note to read, and why."""

    note: Card
    why: tuple[str, ...]
    points: int


class Meeting(NamedTuple):
    """Somebody to meet."""

    email: str
    name: str
    about: tuple[str, ...]
    """Topics."""


class Path(NamedTuple):
    """Where to begin."""

    readings: tuple[Reading, ...]
    meetings: tuple[Meeting, ...]


def onboarding(
    index: "Index",
    *,
    unit: str = "",
    topics: Collection[str] = (),
    role: str = "",
    limit: int = 10,
    me: str = "",
) -> Path:
    """What a newcomer of a unit, to topics or to a role should read, best first.

    Approved notes alone; one that needs a person comes later than one that does not. ``me`` is
    not proposed to themselves. What the unit's own notes are about counts as its topics.
    """
    wanted = {fold(topic) for topic in (*topics, *_of_role(index, role))}
    people = index.people
    units = {email for email, person in people.items() if unit and fold(person.unit) == fold(unit)}
    old = {row.note.id for row in index.stale()}
    proved = {id for id, it in learned(index).items() if it.learned}
    helped = {use.note for use in index.uses if use.outcome == "helped"}
    critical = {fold(topic) for topic in index.rules.critical}
    found: list[Reading] = []
    for row in index.select(f"stands IN ({', '.join('?' * len(WALK[1:]))})", WALK[1:]):
        card, about = row.card, {fold(topic) for topic in row.card.topics}
        signs = [
            (4, "it is of your topics", bool(about & wanted)),
            (3, "it comes from your unit", bool(unit) and (
                fold(card.unit) == fold(unit) or card.owner in units)),
            (3, "it is about something that must not be forgotten", bool(about & critical)),
            (3, "it was applied, and that was verified", card.id in proved),
            (2, "it helped where it was used", card.id in helped),
            (1, "it says how something is done", card.kind in ("how-to", "handover")),
            (1, "it was sent to everybody concerned", row.state in OUT),
            (-4, "it waits for a person to look at it", card.id in old),
        ]  # fmt: skip
        held = [(points, why) for points, why, holds in signs if holds]
        found.append(Reading(card, tuple(why for _, why in held), sum(p for p, _ in held)))
    ranked = sorted(found, key=lambda one: (-one.points, one.note.id))
    readings = tuple(one for one in ranked if one.points > 0)[:limit]
    return Path(readings, tuple(_meetings(index, readings, me)))


def _of_role(index: "Index", role: str) -> Iterable[str]:
    """The topics of a role: of ``expert.floods`` it is floods."""
    return [role.removeprefix("expert.")] if role.startswith("expert.") else []


def _meetings(index: "Index", readings: Iterable[Reading], me: str) -> Iterable[Meeting]:
    """The owners of what is to be read, who are still here; those of most first."""
    about: dict[str, list[str]] = {}
    for reading in readings:
        about.setdefault(reading.note.owner, []).extend(reading.note.topics)
    for email, topics in sorted(about.items(), key=lambda row: (-len(row[1]), row[0])):
        person = index.people.get(email)
        here = person and not (person.until and person.until < index.today)
        if person and here and email != me:
            yield Meeting(email, person.name, tuple(dict.fromkeys(topics)))
