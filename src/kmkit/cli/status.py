"""``kmkit status``: what there is, what waits, what to do next."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, asked_of
from kmkit.cli.screen import console, on_terminal, out, say
from kmkit.errors import Cannot

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

    from kmkit.index.book import Index
    from kmkit.learn.status import Status

_HABITS = "kmkit audit --habits"


def command(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show how many notes are in each state, what waits for you, and what to do next.

    Also the critical topics that no validated note covers.
    """
    from kmkit.views import porcelain

    found, organisation, unknown = asked_of(ctx, _status, records=True)
    if unknown:
        say(f"What waits for you cannot be told: {unknown}")
    if as_json:
        deliver(porcelain.status(found))
    elif on_terminal():
        _page(organisation, found)
    else:
        _lines(found)


def _status(index: "Index") -> "tuple[Status, str, str]":
    """The status for whoever git says is here, the organisation, and why nobody is here."""
    from kmkit.learn.status import status

    me = unknown = ""
    try:
        me = index.git.identity().key
    except Cannot as error:
        unknown = error.message
    return status(index, me=me), index.rules.organisation, unknown


def _lines(found: "Status") -> None:
    """Tab-separated: what it is about, and its values."""
    from kmkit.views.tables import tsv

    rows: list[tuple[str, ...]] = [
        ("state", s.state, str(s.notes), str(s.since or ""), s.oldest.id if s.oldest else "")
        for s in found.states
    ]
    rows += [("stale", code, str(count), "", "") for code, count in found.stale.items()]
    rows += [("uncovered", topic, "", "", "") for topic in found.uncovered]
    rows += [("applied", outcome, str(count), "", "") for outcome, count in found.outcomes.items()]
    rows += [
        ("mine", task.why, task.note.id, str(task.by or ""), task.command) for task in found.mine
    ]
    if found.habits:
        rows.append(("habits", "", str(found.habits), "", _HABITS))
    rows += [("next", step.message, "", "", step.command) for step in found.next]
    out(tsv(("about", "what", "value", "day", "more"), rows, header=True))


def _page(organisation: str, found: "Status") -> None:
    """The status as people read it on a terminal."""
    from rich.text import Text

    from kmkit.text import one_line

    screen = console()
    late = found.stale.get("overdue", 0)
    head = f"{organisation}: {many(found.notes, 'note')}"
    screen.print(Text(one_line(f"{head}, {late} overdue" if late else head), style="bold"))
    _states(found)
    if used := sum(found.outcomes.values()):
        said = ", ".join(f"{n} {outcome}" for outcome, n in found.outcomes.items() if n)
        screen.print(Text(f"Applied {used} times: {said}.\n"))
    if found.uncovered:
        topics = ", ".join(found.uncovered)
        screen.print(Text(f"Critical topics without a validated note: {topics}.\n", style="yellow"))
    if found.mine:
        screen.print(Text("Waits for you", style="bold"))
        _tasks(found)
    if found.next:
        screen.print(Text("What to do next", style="bold"))
        screen.print(_grid([(Text(one_line(s.message)), s.command) for s in found.next]))
    if found.habits:
        screen.print(Text(f"\nHabits worth a look: {found.habits}; {_HABITS}"))


def _grid(rows: "Sequence[tuple[Text, str]]") -> "Padding":
    """What is to be done, and the command beside it."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for said, command in rows:
        grid.add_row(said, Text(command, style="cyan"))
    return Padding(grid, (0, 0, 0, 2))


def _states(found: "Status") -> None:
    """How many notes are in each state, and the oldest in each."""
    from kmkit.cli.screen import table

    table(
        ("state", "notes", "overdue", "oldest", "since"),
        [
            (
                state.state,
                state.notes,
                state.overdue or "",
                f"{state.oldest.title} ({state.oldest.short})" if state.oldest else "",
                state.since,
            )
            for state in found.states
        ],
    )


_MOST = 10
"""Tasks that are shown; the rest are counted."""


def _tasks(found: "Status") -> None:
    """What waits for me, each with its command."""
    from rich.text import Text

    from kmkit.text import one_line

    screen = console()
    rows = []
    for task in found.mine[:_MOST]:
        by = f", by {task.by}" if task.by and task.why in ("asked", "apply") else ""
        said = Text.assemble(one_line(task.note.title), "  ", (f"{task.why}{by}", "yellow"))
        if task.why in ("asked", "returned", "apply"):
            said.append(f"\n{one_line(task.message)}", style="dim")
        rows.append((said, task.command))
    screen.print(_grid(rows))
    left = len(found.mine) - _MOST
    if left > 0:
        screen.print(Text(f"  … and {left} more: kmkit review"))
    screen.print()
