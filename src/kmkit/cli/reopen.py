"""``kmkit reopen``: an approved or retired note is judged anew."""

from typing import Annotated

import typer

from kmkit.cli.options import Because, DryRun, NoInput, NoteArg, open_kb
from kmkit.cli.screen import needed, report


def command(
    ctx: typer.Context,
    note: NoteArg,
    because: Because = "",
    withdraw: Annotated[
        bool,
        typer.Option("--withdraw", help="take the approved version out of force until then"),
    ] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Have a note judged anew: it is captured again.

    The approved version stays in force meanwhile, unless --withdraw is given. A retired note is
    reopened by a manager, and nothing of it is in force.

    \b
    kmkit reopen x7k2 --because "The law has changed."
    """
    from kmkit.lifecycle.context import Request

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    because = needed(because, "--because", "Why must it be judged anew?", no_input)
    moved = kb.move("reopen", found, Request(because=because, withdraw=withdraw))
    report(moved, dry_run=dry_run)
