"""``kmkit init``: begin a knowledge base."""

from pathlib import Path
from typing import Annotated

import typer

from kmkit.cli.options import folder, now
from kmkit.cli.screen import say


def command(
    ctx: typer.Context,
    directory: Annotated[
        str, typer.Argument(metavar="[DIR]", help="the folder; default: the current one")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="the organisation's name, as digests show it")
    ] = "",
    first_note: Annotated[
        bool, typer.Option("--first-note/--no-first-note", help="with a note to look at")
    ] = True,
) -> None:
    """Begin a knowledge base, in a new git repository or inside one.

    Writes kmkit.toml and policy.toml with every setting explained, a first note, and a workflow
    that checks notes and looks for stale ones. You become steward, manager and editor. No file
    that exists is overwritten.
    """
    from kmkit.kb.laying import lay

    root = folder(ctx) / Path(directory)
    laid = lay(root, name=name, now=now(), first_note=first_note)
    if laid.new_repository:
        say(f"Made a git repository in {root}.")
    for path in laid.written:
        say(f"Wrote {path}.")
    for path in laid.kept:
        say(f"Kept {path} as it is.")
    say("Next: kmkit capture writes down your first lesson; kmkit status says where things stand.")
