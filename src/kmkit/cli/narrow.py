"""``kmkit narrow``: a note reaches a narrower circle, at once."""

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
    """Let a note reach a narrower circle, at once.

    What went out before stays out; the next digests and lists leave the note away.

    \b
    kmkit narrow x7k2 --level internal
    """
    from kmkit.lifecycle.context import Request

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    level = needed(level, "--level", f"Which level ({', '.join(kb.policy.levels)})?", no_input)
    moved = kb.move("narrow", found, Request(level=level, because=because))
    report(moved, dry_run=dry_run)
