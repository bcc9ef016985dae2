"""``kmkit doctor``: what a command that was cut off left behind, and the mending of it."""

from typing import Annotated

import typer

from kmkit.cli.options import open_kb
from kmkit.cli.screen import out, say
from kmkit.errors import Exit
from kmkit.text import one_line


def command(
    ctx: typer.Context,
    mend: Annotated[
        bool,
        typer.Option("--mend", help="finish an unfinished move, remove what was left behind"),
    ] = False,
) -> None:
    """Name what a kmkit command that was cut off left behind: a move, a lock, files made ready.

    After a kill or a power cut the next command that writes here finishes the move by itself; this
    one does nothing else, and also where the move was begun on another machine. Mend only when no
    kmkit command is running there. What was changed since, and a lock that is not kmkit's, stay as
    they are. Exits with 1 if something is left.
    """
    from kmkit.trail import recovery

    git = open_kb(ctx).git
    if mend:
        for line in recovery.mend(git):
            say(line)
    left = recovery.examine(git)
    for one in left:
        out(one_line(f"{one.message} {one.mend}"))
    if left:
        raise typer.Exit(Exit.FINDINGS)
    say("Nothing is left behind here.")
