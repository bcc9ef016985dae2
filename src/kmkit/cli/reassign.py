"""``kmkit reassign``: somebody else answers for a note."""

from typing import Annotated

import typer

from kmkit.cli.options import Because, DryRun, NoInput, NoteArg, open_kb
from kmkit.cli.persons import a_person
from kmkit.cli.screen import needed, report


def command(
    ctx: typer.Context,
    note: NoteArg,
    to: Annotated[str, typer.Option("--to", metavar="EMAIL", help="the new owner")] = "",
    because: Because = "",
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Give a note another owner, who answers for it from now on.

    \b
    kmkit reassign x7k2 --to ben@example.org
    """
    from kmkit.lifecycle.context import Request

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    to = needed(to, "--to", "Who owns it from now on (e-mail)?", no_input)
    to = a_person(kb, to, "--to", outside=False)
    moved = kb.move("reassign", found, Request(owner=to, because=because))
    report(moved, dry_run=dry_run)
