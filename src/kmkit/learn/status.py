"""Where a knowledge base stands: its notes by state, its gaps, what waits for a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kmkit.config import Config, Policy
from kmkit.index.dates import entered, is_overdue, last_review, standing_state
from kmkit.index.stale import REASONS, Stale
from kmkit.learn.applications import outcomes
from kmkit.learn.habits import recent_habits
from kmkit.lifecycle.states import WALK, State
from kmkit.note.kinds import Kind
from kmkit.note.model import Note
from kmkit.note.records import Application
from kmkit.text import fold
from kmkit.trail.event import Event


class InState(NamedTuple):
    """The notes in one state."""

    state: str
    notes: int
    overdue: int
    oldest: Note | None
    """The one that has stood in it longest, as far as the files tell."""
    since: date | None
    """Since when, or when it was last reviewed."""


class Task(NamedTuple):
    """Something that waits for a person."""

    why: str
    """``asked``, ``returned``, or the code of a reason why a note is stale."""
    note: Note
    by: date | None
    message: str
    command: str


class Step(NamedTuple):
    """Something worth doing next."""

    message: str
    command: str


@dataclass(frozen=True)
class Status:
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


def status(
    notes: Iterable[Note],
    stale: Iterable[Stale],
    *,
    me: str,
    today: date,
    config: Config,
    policy: Policy,
    kinds: Mapping[str, Kind],
    applications: Iterable[Application] = (),
    events: Iterable[Event] = (),
) -> Status:
    """The status for the person with the address ``me``; '' for nobody in particular."""
    every, rows = list(notes), list(stale)
    who = me.strip().casefold()
    states = tuple(_states(every, kinds, today))
    uncovered = _uncovered(every, config)
    mine = tuple(_mine(every, rows, who)) if who else ()
    codes = Counter(code for row in rows for code in row.codes)
    broken = [n for n in every if any(p.severity == "error" for p in n.problems)]
    steps = _next(states, uncovered, codes, mine, len(broken), who, policy)
    return Status(
        notes=len(every),
        broken=len(broken),
        states=states,
        stale={code: codes[code] for code in REASONS if codes[code]},
        uncovered=uncovered,
        outcomes=outcomes(applications),
        mine=mine,
        next=tuple(steps),
        habits=len(recent_habits(events, today)),
    )


def _states(notes: Sequence[Note], kinds: Mapping[str, Kind], today: date) -> Iterator[InState]:
    """Each state in the order of the walk, and those that are none where a note claims one."""
    by_state: dict[str, list[Note]] = {str(state): [] for state in State}
    for note in notes:
        by_state.setdefault(note.state or "unknown", []).append(note)
    for state, found in by_state.items():
        dated = [(day, n) for n in found if (day := _since(n, today))]
        since, oldest = min(dated, key=lambda pair: (pair[0], pair[1].id), default=(None, None))
        late = sum(is_overdue(note, kinds.get(note.kind), today) for note in found)
        yield InState(state, len(found), late, oldest, since)


def _since(note: Note, today: date) -> date | None:
    return entered(note, today) or last_review(note, today)


def _uncovered(notes: Sequence[Note], config: Config) -> tuple[str, ...]:
    """The critical topics that no note covers whose validation stands."""
    validated = (note for note in notes if standing_state(note) in WALK[1:])
    covered = {fold(topic) for note in validated for topic in note.fields.topics}
    return tuple(topic for topic in config.critical.topics if fold(topic) not in covered)


def _mine(notes: Sequence[Note], stale: Sequence[Stale], who: str) -> Iterator[Task]:
    """What ``who`` was asked, what was returned to them, what of theirs needs them."""
    yield from sorted(_asked(notes, who), key=lambda task: task.by or date.max)
    returned = set()
    for note in notes:
        if task := _returned(note, who):
            returned.add(note.path)
            yield task
    for row in stale:
        if row.owner == who and row.note.path not in returned:
            reason = row.reasons[0]
            yield Task(reason.code, row.note, reason.since, reason.message, _way(row))


def _asked(notes: Sequence[Note], who: str) -> Iterator[Task]:
    for note in notes if who else ():
        for entry in note.fields.asked:
            if note.state == State.CAPTURED and entry.to.strip().casefold() == who:
                message = f"{entry.by} asked you on {entry.on} to validate it."
                yield Task("asked", note, entry.due, message, f"kmkit validate {note.short}")


def _returned(note: Note, who: str) -> Task | None:
    """The task of an owner whose note was returned and is still as it was."""
    latest = {entry.by.strip().casefold(): entry for entry in note.fields.verdicts}
    returns = [entry for entry in latest.values() if entry.verdict == "return"]
    if note.state != State.CAPTURED or note.owner != who or not returns:
        return None
    last = returns[-1]
    message = f"{last.by} returned it on {last.on}: {last.because}"
    return Task("returned", note, None, message, f"kmkit edit {note.short}")


def _way(row: Stale) -> str:
    """The command that takes up a stale note."""
    short, code = row.note.short, row.reasons[0].code
    if code == "unreadable":
        return f"kmkit check {row.note.path}"
    if code == "orphaned":
        return f"kmkit reassign {short} --to EMAIL"
    if code == "changed":
        return f"kmkit reopen {short}"
    if code == "waiting":
        moves = {State.CAPTURED: "validate {} --ask EMAIL", State.VALIDATED: "format {}"}
        move = moves.get(State(row.note.state), "disseminate {} --channel CHANNEL")
        return f"kmkit {move.format(short)}"
    return f"kmkit review {short}"


def _next(
    states: Sequence[InState],
    uncovered: Sequence[str],
    stale: Mapping[str, int],
    mine: Sequence[Task],
    broken: int,
    who: str,
    policy: Policy,
) -> Iterator[Step]:
    """What is worth doing next, of what ``who`` may do; most urgent first."""
    count = {found.state: found.notes for found in states}
    if not sum(count.values()):
        yield Step("There are no notes yet.", "kmkit capture")
        return
    reviewer, editor, manager = (
        policy.has_role(who, role) for role in ("reviewer", "editor", "manager")
    )
    due = sum(task.why in ("overdue", "due-soon", "contradicted") for task in mine)
    for what, many, command in (
        ("Cannot be read without an error", broken, "kmkit check"),
        ("Yours, to be reviewed", due, "kmkit review"),
        ("To be validated", reviewer * count[State.CAPTURED], "kmkit validate --queue"),
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
    for topic in uncovered:
        said = f"No validated note covers the critical topic '{topic}'."
        yield Step(said, f"kmkit capture --for {topic}")


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"
