"""``kmkit site``: the notes as a portal, a folder of pages that needs no server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.formats import many
from kmkit.cli.options import DryRun, not_empty, open_kb
from kmkit.cli.screen import broken, left_behind, say

if TYPE_CHECKING:
    from kmkit.reach.site import Made

For = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="AUDIENCE",
        help="who will read it: an audience of kmkit.toml or a level; by default the narrowest",
        autocompletion=complete_circle,
        callback=not_empty,
    ),
]


def command(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="[DIR]", help="where to put it; by default site", show_default=False
        ),
    ] = Path("site"),
    audience: For = "",
    dry_run: DryRun = False,
) -> None:
    """Make a portal of the notes: pages to read and search, without any server.

    It shows an audience only the notes that may reach it. Made again, it changes only what
    changed, and takes away what may not be seen any more. DIR holds nothing but the portal.
    """
    from kmkit.reach.site import portal

    made = portal(open_kb(ctx), folder, to=audience, dry=dry_run)
    broken(made.problems)
    left_behind(made.unknown)
    say(told(made, dry_run=dry_run))
    if not dry_run:
        say(f"Open {folder / 'index.html'} in a browser, or run kmkit serve.")


def told(made: "Made", *, dry_run: bool = False) -> str:
    """What was made, in one sentence."""
    would = "Would make" if dry_run else "Made"
    gone = f", {made.removed} taken away" if made.removed else ""
    return (
        f"{would} a portal of {many(made.notes, 'note')} for the circle {made.level}: "
        f"{many(made.changed, 'file')} of {made.files} written{gone}."
    )
