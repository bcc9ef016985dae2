"""What waits for a person in a knowledge base, and what is worth doing next."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.index.rules import Rules
from kmkit.learn.actions import actions
from kmkit.learn.plans import planned
from kmkit.lifecycle.states import State
from kmkit.text import as_typed

if TYPE_CHECKING:
    from kmkit.learn.status import InState


class Task(NamedTuple):
    """Something that waits for a person."""

    why: str
    """``asked``, ``returned``, ``apply``, or the code of a reason why a note is stale."""
    note: Card
    by: date | None
    message: str
    command: str


class Step(NamedTuple):
    """Something worth doing next."""

    message: str
    command: str


def steps(
    states: "Sequence[InState]",
    uncovered: Sequence[str],
    stale: Mapping[str, int],
    mine: Sequence[Task],
    broken: int,
    who: str,
    rules: Rules,
    settle: Sequence[Step],
    due_by_records: Sequence[Step],
    torn: Sequence[Card],
    astray: Sequence[Card],
) -> Iterator[Step]:
    """What is worth doing next, of what ``who`` may do; most urgent first.

    With notes in conflict (``torn``), and with those whose file says other than their trail
    (``astray``), nothing else can be done before.
    """
    count = Counter({found.state: found.notes for found in states})
    if not sum(count.values()):
        yield Step("There are no notes yet.", "kmkit capture")
        return
    if torn:
        which = torn[0].short if len(torn) == 1 else "NOTE"
        yield Step(f"In conflict: {_notes(len(torn))}.", f"kmkit resolve {which}")
    if astray:
        which = f" {astray[0].short}" if len(astray) == 1 else ""
        said = f"Not as {'its' if which else 'their'} history says: {_notes(len(astray))}."
        yield Step(said, f"kmkit audit{which}")
    count -= Counter(note.state for note in (*torn, *astray))
    broken -= sum(bool(note.errors) for note in torn)
    reviewer, editor, manager = (
        rules.has_role(who, role) for role in ("reviewer", "editor", "manager")
    )
    waiting = count[State.CAPTURED] - len(settle)
    off = {note.n for note in astray}
    due = sum(task.why in _DUE and task.note.n not in off for task in mine)
    for what, many, command in (
        ("Cannot be read without an error", broken, "kmkit check"),
        ("Yours, to be reviewed", due, "kmkit review"),
        ("To be validated", reviewer * waiting, "kmkit validate --queue"),
        ("To be made ready for readers", editor * count[State.VALIDATED], "kmkit format --all"),
        (
            "Ready to go out",
            editor * count[State.FORMATTED],
            "kmkit disseminate --all --channel CHANNEL",
        ),
        ("Nobody answers for", manager * stale.get("orphaned", 0), "kmkit review --stale"),
    ):
        if many:
            yield Step(f"{what}: {_notes(many)}.", command)
    yield from settle
    yield from due_by_records
    for topic in uncovered:
        said = f"No validated note covers the critical topic '{topic}'."
        yield Step(said, f"kmkit capture --for {as_typed(topic)}")


_DUE = ("overdue", "due-soon", "contradicted")
"""Reasons for which an owner reviews a note."""


def unsettled(index: Index, who: str, torn: Collection[int]) -> list[Step]:
    """Each note of which a merge brought enough approvals together, where ``who`` may settle it.

    ``torn``: the rows of notes with which nothing can be done now.
    """
    marked = "n IN (SELECT n FROM marks WHERE name = 'settle')"
    entitled = index.rules.has_role(who, "contributor")
    return [
        Step(f"All approvals stand: {note.title}.", f"kmkit validate {note.short} --settle")
        for note in index.cards(marked)
        if (entitled or note.owner == who) and note.n not in torn
    ]


def owed(index: Index) -> list[Step]:
    """What records say is owed: answers by mail, lessons to be applied, actions of plans."""
    cards = index.query("SELECT card FROM records WHERE kind = 'proposal' AND card NOT NULL")
    waiting = sum(json.loads(card)["status"] == "open" for (card,) in cards)
    late, plans = len(actions(index, overdue=True)), len(planned(index, overdue=True))
    rows = (
        (waiting, "answer", "by mail to be decided about", "kmkit review --proposals"),
        (late, "lesson", "to be applied by now", "kmkit actions --overdue"),
        (plans, "overdue action", "of plans", "kmkit plan --overdue"),
    )
    return [
        Step(f"{n} {one if n == 1 else one + 's'} {what}.", how) for n, one, what, how in rows if n
    ]


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"
