"""Where a knowledge base stands: its notes by state, its gaps, what waits for a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kmkit.index.astray import astray
from kmkit.index.book import Index
from kmkit.index.card import Card, returns
from kmkit.index.conflicts import conflicts
from kmkit.index.dates import entered, is_overdue, last_review
from kmkit.index.stale import REASONS, Stale
from kmkit.learn.actions import actions
from kmkit.learn.applications import outcomes
from kmkit.learn.habits import MOVES, recent_habits
from kmkit.learn.steps import Step, Task, owed, steps, unsettled
from kmkit.lifecycle.states import WALK, State
from kmkit.text import as_typed, fold


class InState(NamedTuple):
    """The notes in one state."""

    state: str
    notes: int
    overdue: int
    oldest: Card | None
    """The one that has stood in it longest, as far as the files tell."""
    since: date | None
    """Since when, or when it was last reviewed."""


class Status(NamedTuple):
    """Where the knowledge base stands."""

    notes: int
    broken: int
    """Notes that cannot be read without an error."""
    states: tuple[InState, ...]
    stale: Mapping[str, int]
    """Reason -> how many notes; those of nobody left out."""
    uncovered: tuple[str, ...]
    """Critical topics that no validated note covers."""
    outcomes: Mapping[str, int]
    mine: tuple[Task, ...]
    """What waits for the person, most urgent first."""
    next: tuple[Step, ...]
    habits: int = 0
    """How many habits of judging are worth a look; whose they are is for those who ask."""


def status(index: Index, *, me: str) -> Status:
    """The status for the person with the address ``me``; '' for nobody in particular."""
    who = me.strip().casefold()
    stale = index.stale()
    torn = conflicts(index)
    left = {note.n for note in torn}
    off = tuple(note for note in astray(index) if note.n not in left)
    left |= {note.n for note in off}
    states = tuple(_states(index, torn))
    uncovered = _uncovered(index)
    mine = tuple(_mine(index, stale, who, left, off)) if who else ()
    codes = Counter(code for row in stale for code in row.codes)
    broken = index.count("errors")
    settle, due = unsettled(index, who, left), owed(index)
    rules = index.rules
    found = steps(states, uncovered, codes, mine, broken, who, rules, settle, due, torn, off)
    return Status(
        notes=sum(state.notes for state in states),
        broken=broken,
        states=states,
        stale={code: codes[code] for code in REASONS if codes[code]},
        uncovered=uncovered,
        outcomes=outcomes(index.uses),
        mine=mine,
        next=tuple(found),
        habits=_habits(index),
    )


def _states(index: Index, torn: Sequence[Card]) -> Iterator[InState]:
    """Each state in the order of the walk, and those that are none where a note claims one.

    ``torn``: the notes in conflict; those whose state that hides come last.
    """
    counted = Counter(dict(index.query("SELECT state, count(*) FROM notes GROUP BY state")))
    hidden = sum(not note.state for note in torn)  # between git's marks
    counted[""] -= hidden
    late = _late(index)
    for state in dict.fromkeys([*map(str, State), *(+counted)]):
        since, oldest = _oldest(index, state)
        yield InState(state or "unknown", counted[state], late[state], oldest, since)
    if hidden:
        yield InState("in conflict", hidden, 0, None, None)


def _late(index: Index) -> Counter[str]:
    """How many notes of each state are overdue."""
    sql = "SELECT state, count(*) FROM notes WHERE due > '' AND due < ? AND latest <= ?"
    days = (index.today.isoformat(), index.tomorrow.isoformat())
    late = Counter(dict(index.query(f"{sql} GROUP BY state", days)))
    late.update(n.state for n in index.ahead if is_overdue(n, index.rules, index.today))
    return late


def _oldest(index: Index, state: str) -> tuple[date | None, Card | None]:
    """The note that has stood in a state longest, and since when; of two the one with the less id.

    What is said of days to come does not count, so such notes are looked at one by one.
    """
    ahead = {note.n: _since(note, index.today) for note in index.ahead if note.state == state}
    sql = "SELECT n, since FROM notes WHERE state = ? AND since != '' ORDER BY since, id, path"
    first = next((row for row in index.query(sql, (state,)) if row[0] not in ahead), None)
    days = {n: day for n, day in ahead.items() if day}
    if first:
        days[first[0]] = date.fromisoformat(first[1])
    found = [(day, note) for n, day in days.items() for note in index.cards("n = ?", (n,))]
    return min(found, key=lambda pair: (pair[0], pair[1].id), default=(None, None))


def _since(note: Card, today: date) -> date | None:
    return entered(note, today) or last_review(note, today)


def _uncovered(index: Index) -> tuple[str, ...]:
    """The critical topics that no note covers whose validation stands."""
    sql = (
        "SELECT 1 FROM marks JOIN notes USING (n) WHERE name = 'topic' AND value = ?"
        f" AND stands IN ({', '.join('?' * len(WALK[1:]))}) LIMIT 1"
    )
    wanted = index.rules.critical
    return tuple(t for t in wanted if not list(index.query(sql, (fold(t), *WALK[1:]))))


def _habits(index: Index) -> int:
    """How many habits of judging are worth a look; counted once a day for each HEAD."""

    def count() -> int:
        """Count them in the steps of the last year."""
        first = index.today - timedelta(days=366)
        where = f"day >= ? AND move IN ({', '.join('?' * len(MOVES))})"
        return len(recent_habits(index.steps(where, (first.isoformat(), *MOVES)), index.today))

    return int(index.remembered("habits", count))


def _mine(
    index: Index, stale: Sequence[Stale], who: str, left: Collection[int], off: Sequence[Card]
) -> Iterator[Task]:
    """What ``who`` was asked, what was returned to them or they owe, what of theirs needs them.

    ``left``: the rows of notes that nobody can judge or edit now; ``off``: those of them whose file
    says other than their trail.
    """
    marked = "n IN (SELECT n FROM marks WHERE name = ? AND value = ?)"
    asked = [note for note in index.cards(marked, ("asked", who)) if note.n not in left]
    yield from sorted(_asked(asked, who), key=lambda task: task.by or date.max)
    returned, astray_rows = set(), {note.n for note in off}
    for note in index.cards(marked, ("returned", who)):
        if note.n in left:
            continue
        returned.add(note.path)
        yield _returned(note)
    for action in actions(index):
        if action.by == who and (card := index.by_id(action.note)):
            what = f"{action.action}: {action.where}"
            way = f"kmkit apply {action.short} --done"
            yield Task("apply", card, action.due, what, way)
    for row in stale:
        if row.owner == who and row.note.path not in returned:
            reason = row.reasons[0]
            way = f"kmkit audit {row.note.short}" if row.note.n in astray_rows else _way(row)
            yield Task(reason.code, row.note, reason.since, reason.message, way)


def _asked(notes: Iterable[Card], who: str) -> Iterator[Task]:
    for note in notes:
        for entry in note.asked:
            if entry.to == who:
                message = f"{entry.by} asked you on {entry.on} to validate it."
                yield Task("asked", note, entry.due, message, f"kmkit validate {note.short}")


def _returned(note: Card) -> Task:
    """The task of an owner whose note was returned and is still as it was."""
    last = returns(note)[-1]
    message = f"{last.by} returned it on {last.on}: {last.because}"
    return Task("returned", note, None, message, f"kmkit edit {note.short}")


def _way(row: Stale) -> str:
    """The command that takes up a stale note."""
    short, code = row.note.short, row.reasons[0].code
    if way := row.reasons[0].way:
        return way.format(note=short)
    if row.note.conflict:
        return f"kmkit resolve {short}"
    if code == "unreadable":
        return f"kmkit check {as_typed(row.note.path)}"
    if code == "orphaned":
        return f"kmkit reassign {short} --to EMAIL"
    if code == "waiting":
        moves = {State.CAPTURED: "validate {} --ask EMAIL", State.VALIDATED: "format {}"}
        move = moves.get(State(row.note.state), "disseminate {} --channel CHANNEL")
        return f"kmkit {move.format(short)}"
    return f"kmkit review {short}"
