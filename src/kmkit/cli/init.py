"""``kmkit init``: begin a knowledge base."""

import os
from pathlib import Path
from typing import Annotated

import typer

from kmkit.cli.fields import line
from kmkit.cli.options import DryRun, folder, now
from kmkit.cli.screen import say
from kmkit.text import as_typed


def command(
    ctx: typer.Context,
    directory: Annotated[
        str, typer.Argument(metavar="[DIR]", help="the folder; default: the current one")
    ] = "",
    name: Annotated[
        str,
        typer.Option("--name", metavar="NAME", help="the organisation's name, as digests show it"),
    ] = "",
    first_note: Annotated[
        bool, typer.Option("--first-note/--no-first-note", help="with a note to look at")
    ] = True,
    dry_run: DryRun = False,
) -> None:
    """Begin a knowledge base, in a new git repository or inside one.

    Writes kmkit.toml and policy.toml with every setting explained, a first note, and a workflow
    that checks notes and looks for stale ones. You become steward, manager and editor. No file
    that exists is overwritten.

    \b
    kmkit init knowledge --name "National Works Agency"
    """
    from kmkit.kb.laying import lay

    root = folder(ctx) / Path(directory)
    name = line(name, "--name")
    laid = lay(root, name=name, now=now(), first_note=first_note, dry_run=dry_run)
    would = "Would have " if dry_run else ""
    if laid.new_repository:
        place = os.path.abspath(root)
        say(f"{would}{'made' if dry_run else 'Made'} a git repository in {place}.")
    for path in laid.written:
        say(f"{would}{'written' if dry_run else 'Wrote'} {path}.")
    for path in laid.kept:
        say(f"{'Would have kept' if dry_run else 'Kept'} {path} as it is.")
    if not dry_run:
        elsewhere = directory and root.resolve() != Path.cwd()
        go = f"cd {as_typed(root)}; then " if elsewhere else ""
        say(f"Next: {go}kmkit capture writes down a lesson; kmkit status says what to do.")
