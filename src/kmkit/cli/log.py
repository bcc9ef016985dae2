"""``kmkit log``: what happened to a note, who did it, and whether it is about what stands."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import typer

from kmkit.cli.formats import deliver
from kmkit.cli.options import AsJson, NoInput, NoteArg, asked_of
from kmkit.cli.screen import broken_files, console, on_terminal, out, say

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.card import Card
    from kmkit.trail.event import Event

STANDS, REVISION, EARLIER, NOTHING = "what stands", "the revision", "an earlier text", ""
_COLUMNS = (
    "when", "who", "email", "move", "from", "to", "method", "verdict", "fingerprint", "binds",
    "reason", "commit",
)  # fmt: skip


def command(
    ctx: typer.Context, note: NoteArg, no_input: NoInput = False, as_json: AsJson = False
) -> None:
    """Show every step of a note: who took it, by which method, with which verdict and reason.

    Each step's fingerprint tells whether it was about the text that stands now.
    """
    from kmkit.views import porcelain

    found, steps, undone, stands, shallow = asked_of(
        ctx, lambda index: _told(index, note), about=lambda told: told.note
    )
    if found.errors and not found.conflict:
        broken_files([found.path])
    if not stands:
        say("What stands cannot be read.")
    if as_json:
        told = {STANDS: True, REVISION: False, EARLIER: False}
        bound = [(event, told.get(binds)) for event, binds in steps]
        deliver(porcelain.events(found, bound, undone))
    elif on_terminal():
        _page(found, steps)
    else:
        _lines(steps)
    if shallow:
        say("This clone is shallow, so earlier steps may be missing: git fetch --unshallow.")
    if not steps:
        proved = f": nothing proves that it is {found.state}" if found.state else ""
        say(f"No step of it is in the history{proved}.")


class _Told(NamedTuple):
    """What there is to say of a note's past."""

    note: "Card"
    steps: "Sequence[tuple[Event, str]]"
    """Each with what it is bound to."""
    undone: Mapping[str, str]
    """By the commit of a step: the one that took it back."""
    stands: str
    """The fingerprint of what stands."""
    shallow: bool
    """History is missing."""


def _told(index: "Index", ref: str) -> _Told:
    """The note of that name and its past."""
    from kmkit.trail.undone import taken_back

    note = index.resolve(ref)
    events = [*index.trail("note = ?", (note.own_id,))] if note.own_id else []
    undone = taken_back(index.git, index.root, note.path, events)
    names = {"": NOTHING, index.fingerprint(note.n): REVISION}
    if stands := index.fingerprint(note.n, standing=True):
        names[stands] = STANDS
    torn = note.conflict and note.errors  # what stands is in its front matter, too
    other = NOTHING if torn else EARLIER
    steps = [
        (event, f"taken back by {undone[event.commit][:12]}")
        if event.commit in undone
        else (event, names.get(event.fingerprint, other))
        for event in events
    ]
    return _Told(note, steps, undone, stands, index.git.shallow)


def _lines(steps: "Sequence[tuple[Event, str]]") -> None:
    """A line for each step, for a pipe."""
    from kmkit.views.tables import tsv

    rows = [
        (
            event.when.isoformat(),
            event.name,
            event.email,
            event.move,
            event.from_state,
            event.to_state,
            event.method,
            event.verdict,
            event.short_fingerprint,
            bound,
            event.reason,
            event.commit,
        )
        for event, bound in steps
    ]
    out(tsv(_COLUMNS, rows, header=True))


def _page(note: "Card", steps: "Sequence[tuple[Event, str]]") -> None:
    """The steps as people read them, latest last."""
    from rich.padding import Padding
    from rich.text import Text

    from kmkit.text import one_line

    screen = console()
    screen.print(Text(one_line(note.title), style="bold"))
    for event, bound in steps:
        head = Text.assemble(
            f"{event.when:%Y-%m-%d}  ",
            (event.move, "bold"),
            f"  {_states(event)}",
            (f"  {one_line(event.name or event.email)}", "dim"),
        )
        screen.print(head)
        for line in _details(event, bound):
            screen.print(Padding(Text(one_line(line)), (0, 0, 0, 12)))


def _states(event: "Event") -> str:
    """The states a step led between, or the one it kept."""
    if event.from_state in ("", event.to_state):
        return event.to_state
    return f"{event.from_state} → {event.to_state}"


_TOLD = ("Channel", "Audience", "On", "Level", "Owner", "Asked", "Due", "Topic", "Minutes",
         "Decided-By", "Superseded-By", "On-Behalf-Of")  # fmt: skip
"""The trailers that people want to see."""


def _details(event: "Event", bound: str) -> list[str]:
    """What else there is to say of a step, in lines."""
    said = [part for part in (event.method, event.verdict) if part]
    said += [
        f"{name.replace('-', ' ').lower()} {event.get(name)}" for name in _TOLD if event.get(name)
    ]
    lines = [", ".join(said)] if said else []
    lines += [event.reason] if event.reason else []
    if event.fingerprint or bound:
        lines.append(", ".join(filter(None, (event.short_fingerprint, bound))))
    return lines
