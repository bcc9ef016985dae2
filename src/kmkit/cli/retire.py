"""``kmkit retire``: a note is no longer to be used."""

from typing import Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.options import Because, DryRun, NoInput, NoteArg, open_kb
from kmkit.cli.screen import needed, report


def command(
    ctx: typer.Context,
    note: NoteArg,
    because: Because = "",
    superseded_by: Annotated[
        str,
        typer.Option(
            "--superseded-by",
            metavar="NOTE",
            help="the note that replaces it",
            autocompletion=complete_note,
        ),
    ] = "",
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Take a note out of use; readers whom it reached are told to stop using it.

    It stays in the history, and a manager can reopen it.

    \b
    kmkit retire x7k2 --superseded-by p3m9
    """
    from kmkit.lifecycle.context import Request

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    heir = kb.resolve(superseded_by).id if superseded_by else ""
    if not heir:
        because = needed(because, "--because", "Why is it no longer to be used?", no_input)
    moved = kb.move("retire", found, Request(because=because, superseded_by=heir))
    report(moved, dry_run=dry_run)
