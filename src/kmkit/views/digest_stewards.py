"""The stewards' blocks: what waits, what is due, what is overdue, what was returned."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from kmkit.index.reasons import fact
from kmkit.note.model import Note
from kmkit.text import as_typed, one_line
from kmkit.trail.event import Event
from kmkit.views.digest_values import Owed, Task
from kmkit.views.digest_view import View
from kmkit.views.reasons import in_words

_NEXT = {
    "captured": "kmkit validate {note} --ask EMAIL",
    "validated": "kmkit format {note}",
    "formatted": "kmkit disseminate {note} --channel CHANNEL",
}
"""The command that moves a waiting note on, by its state."""

_MENDS = {
    "due-soon": "kmkit review {note}",
    "overdue": "kmkit review {note}",
    "superseded": "kmkit review {note}",
    "contradicted": "kmkit review {note}",
    "orphaned": "kmkit reassign {note}",
    "unreadable": "kmkit check {path}",
}
"""The command for each reason that is not waiting and does not name its own."""

DUE = ("due-soon", "changed", "superseded", "contradicted", "orphaned", "unreadable")
"""The reasons that make a note due before its date has passed."""


def waiting(view: View) -> tuple[Task, ...]:
    """The notes that stand in a state for longer than the policy allows, longest first."""
    return _sorted(_tasks(view, lambda code: code == "waiting"))


def due(view: View) -> tuple[Task, ...]:
    """The notes that are due soon or were overtaken by events."""
    return _sorted(_tasks(view, lambda code: code in DUE))


def overdue(view: View) -> tuple[Owed, ...]:
    """The overdue notes by owner; who owes most comes first."""
    by_owner: dict[str, list[Task]] = {}
    for task in _sorted(_tasks(view, lambda code: code == "overdue")):
        by_owner.setdefault(task.owner.email or task.owner.name, []).append(task)
    owed = [Owed(tasks[0].owner, tuple(tasks)) for tasks in by_owner.values()]
    return tuple(sorted(owed, key=lambda o: (-len(o.tasks), o.owner.name.casefold())))


def returned(view: View) -> tuple[Task, ...]:
    """The notes whose last verdict is a return, with its reason; newest first."""
    last: dict[str, Event] = {}
    for event in view.events:
        if event.move == "validate" and event.verdict:
            last[event.note] = event
    standing = [
        event
        for event in last.values()
        if event.verdict == "return" and _now(view, event.note) == "captured"
    ]
    standing.sort(key=lambda event: event.when, reverse=True)
    return tuple(_returned(view, event) for event in standing)


def _returned(view: View, event: Event) -> Task:
    note = view.notes[event.note].note
    reason = one_line(event.reason) or view.said.gettext("no reason was given")
    asked = fact("returned", name=event.email, reason=reason)
    message = in_words((asked,), view.said, lambda email: view.contact(email).name)
    return _task(view, note, event.when.date(), message, "kmkit edit {note}")


def _tasks(view: View, wanted: Callable[[str], bool]) -> Iterator[Task]:
    """One task a note: its first reason that is ``wanted``."""
    for id, reasons in view.reasons.items():
        note = view.notes[id].note
        if reason := next((r for r in reasons if wanted(r.code)), None):
            command = (
                reason.way
                or _MENDS.get(reason.code)
                or _NEXT.get(_now(view, id), "kmkit show {note}")
            )
            message = in_words(reason.facts, view.said, lambda email: view.contact(email).name)
            yield _task(view, note, reason.since, view.protected.masked(message), command)


def _now(view: View, note: str) -> str:
    """The state of the file, which of a note that is being revised is not the one in force."""
    shown = view.notes[note]
    return "captured" if shown.being_revised else shown.state


def _task(view: View, note: Note, since: date | None, message: str, command: str) -> Task:
    return Task(
        note=one_line(note.id),
        title=one_line(note.title),
        state=one_line(view.notes[note.id].state),
        being_revised=view.notes[note.id].being_revised,
        overdue=view.first(note.id, "overdue") is not None,
        since=since,
        message=message,
        owner=view.contact(
            note.owner or view.config.organisation.contact or view.said.gettext("no owner")
        ),
        command=command.format(
            note=as_typed(_short(view, note)), path=as_typed(one_line(str(note.path)))
        ),
    )


def _short(view: View, note: Note) -> str:
    """What to type for the note: the last four characters of its id where no other ends so."""
    tail = _tail(note.id)
    return tail if tail and view.tails(tail) == 1 else one_line(note.id)


def _tail(id: str) -> str:
    match = re.fullmatch(r"\d{8}-(?:.+-)?([a-z0-9]{4})", id)
    return match[1] if match else ""


def _sorted(tasks: Iterator[Task]) -> tuple[Task, ...]:
    return tuple(sorted(tasks, key=lambda t: (t.since or date.min, t.title.casefold(), t.note)))
