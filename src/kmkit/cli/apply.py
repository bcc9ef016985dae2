"""``kmkit apply``: record that a lesson was used, and what came of it."""

from pathlib import Path
from typing import Annotated

import typer

from kmkit.cli.options import Because, DryRun, NoInput, NoteArg, a_day, open_kb
from kmkit.cli.screen import needed, on_terminal, out, say


def command(
    ctx: typer.Context,
    note: NoteArg,
    where: Annotated[
        str, typer.Option("--in", metavar="WHERE", help="the project, event or unit")
    ] = "",
    outcome: Annotated[
        str, typer.Option("--outcome", help="helped, no-difference or did-not-help")
    ] = "",
    because: Because = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="the day, where it is not today")
    ] = "",
    evidence: Annotated[
        list[str], typer.Option("--evidence", help="the address of what shows it")
    ] = [],  # noqa: B006
    attach: Annotated[
        list[Path], typer.Option("--attach", help="a file to keep with it, with its SHA-256")
    ] = [],  # noqa: B006
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Record that a lesson was used, and what came of it; open to everybody.

    A lesson that did not help is as welcome as one that did: its owner is asked to look at it.
    """
    from kmkit.note.records import OUTCOMES

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    where = needed(where, "--in", "Where was it used?", no_input)
    outcome = needed(outcome, "--outcome", f"What came of it ({', '.join(OUTCOMES)})?", no_input)
    because = needed(because, "--because", "Why do you think so?", no_input)
    day = a_day(on, "--on") if on else None
    path = kb.apply(
        found,
        where=where,
        outcome=outcome,
        because=because,
        on=day,
        evidence=evidence,
        attach=attach,
    )
    say(f"{'Would record' if dry_run else 'Recorded'}: {found.title}: {outcome} in {where}.")
    if not on_terminal():
        out(str(path))
