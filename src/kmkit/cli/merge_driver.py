"""The merge of one note, as git calls it where it was told to."""

import os
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from kmkit.cli.options import folder
from kmkit.errors import Exit


def command(
    ctx: typer.Context,
    base: Annotated[str, typer.Argument(metavar="BASE", help="the common beginning")],
    ours: Annotated[str, typer.Argument(metavar="OURS", help="our side; the merge goes here")],
    theirs: Annotated[str, typer.Argument(metavar="THEIRS", help="their side")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="of the note, from the top")],
) -> None:
    """Merge three versions of a note; git calls it: kmkit hook install merge-driver.

    Exits with 1 where both sides changed the same; then git's own marks stand in the file.
    """
    from kmkit.kb.resolving import in_place_of_git, mark, root_of

    top = Path(os.path.abspath(folder(ctx)))
    places = [top / name for name in (base, ours, theirs)]
    kb = root_of(top, path)
    data = in_place_of_git(kb, PurePosixPath(path), *(place.read_bytes() for place in places))
    if data is None:
        mark(kb.git, *places)
        raise typer.Exit(Exit.FINDINGS)
    places[1].write_bytes(data)
