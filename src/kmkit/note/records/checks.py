"""What is wrong in records as they stand together: ids, links, days, people, words."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import NamedTuple

from kmkit.note.problem import Place, Problem
from kmkit.note.records.base import Record, Says, marked
from kmkit.note.records.person import Person
from kmkit.note.references import near_ids
from kmkit.text import did_you_mean, one_line

Placed = tuple[PurePosixPath, Record]
"""A record with the path of its file."""
Find = Callable[[PurePosixPath, str], Place]
"""Where a field stands in a file."""


class Known(NamedTuple):
    """What records are compared with."""

    ids: Collection[str]
    """Of the notes."""
    today: date
    levels: Sequence[str] = ()
    topics: Collection[str] = ()


def at_top(path: PurePosixPath, field: str) -> Place:
    """The place of a field where nobody looks it up."""
    return Place(1, 1)


def people_by_email(people: Iterable[Person]) -> dict[str, Person]:
    """People by e-mail in lower case; of two with one address the first."""
    found: dict[str, Person] = {}
    for person in people:
        found.setdefault(person.key, person)
    return found


def check_people(
    people: Iterable[tuple[PurePosixPath, Person]], find: Find = at_top
) -> Iterator[Problem]:
    """Two files for one person."""
    first: dict[str, PurePosixPath] = {}
    for path, person in people:
        if first.setdefault(person.key, path) != path:
            message = f"{first[person.key]} holds {person.key} too."
            place = find(path, "email")
            yield Problem(str(path), *place, "duplicate-person", message, "Keep one of the two.")


def check_records(
    records: Iterable[Placed], known: Known, find: Find = at_top
) -> Iterator[Problem]:
    """What is wrong in records of any kind, by what the fields of its model say they hold."""
    first: dict[str, PurePosixPath] = {}
    for path, record in records:
        for field, rule, message, mend in _misfits(record, known):
            yield Problem(str(path), *find(path, field), rule, message, mend)
        if record.id in known.ids or first.setdefault(record.id, path) != path:
            other = first.get(record.id, "a note")
            message, mend = f"{other} holds the id {record.id} too.", "Give one of the two another."
            yield Problem(str(path), *find(path, "id"), "duplicate-id", message, mend)


def _misfits(record: Record, known: Known) -> Iterator[tuple[str, str, str, str]]:
    """Place, rule, message and mend of what one record gets wrong."""
    for field, id in marked(record, Says.NOTE):
        if id not in known.ids:
            mend = near_ids(id, known.ids) or "Correct the id; kmkit list shows them."
            yield field, "broken-link", f"{field}: there is no note '{one_line(id)}'.", mend
    for field, day in marked(record, Says.PAST):
        if day > known.today + timedelta(days=1):  # somewhere it is tomorrow already
            message = f"{field} is {day}, a day that has not come yet."
            yield field, "future-date", message, "Write the day it happened."
    for field, email in marked(record, Says.WHO):
        if "@" not in email:
            message = f"{field}: '{one_line(email)}' is no e-mail address."
            yield field, "bad-email", message, "Write an address such as name@example.org."
    for field, level in marked(record, Says.LEVEL):
        if known.levels and level not in known.levels:
            mend = f"The levels are {', '.join(known.levels)}."
            yield field, "unknown-level", f"{field}: there is no level '{one_line(level)}'.", mend
    for field, topic in marked(record, Says.TOPIC):
        if known.topics and topic not in known.topics:
            mend = did_you_mean(topic[:80], known.topics) or "Add it to [topics] in kmkit.toml."
            yield field, "unknown-topic", f"{field}: there is no topic '{one_line(topic)}'.", mend
