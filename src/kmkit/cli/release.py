"""``kmkit release``: a note may reach a wider circle."""

import typer

from kmkit.cli.options import Because, DryRun, Level, NoInput, NoteArg, open_kb
from kmkit.cli.screen import needed, report


def command(
    ctx: typer.Context,
    note: NoteArg,
    level: Level = "",
    because: Because = "",
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Let a note reach a wider circle.

    A manager does this, for the text as it stands; the widest level asks for an expert review or
    a decision of the committee.

    \b
    kmkit release x7k2 --level domestic --because "Nobody is named in it."
    """
    from kmkit.lifecycle.context import Request

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    level = needed(level, "--level", f"Which level ({', '.join(kb.policy.levels)})?", no_input)
    because = needed(because, "--because", "Why may they read it?", no_input)
    moved = kb.move("release", found, Request(level=level, because=because))
    report(moved, dry_run=dry_run)
