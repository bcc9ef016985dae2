"""``kmkit export``: notes for other programs and other organisations."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.filters import filtered
from kmkit.cli.formats import ENDINGS, by_ending, completing, deliver, format_of, many
from kmkit.cli.options import DryRun, not_empty, open_kb
from kmkit.cli.screen import broken, left_behind, say
from kmkit.errors import Cannot, Refused, UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.reach.exporting import Exported

_FORMATS = ("md", "json", "jsonl", "csv")


@filtered()
def command(
    ctx: typer.Context,
    asked: Filter,
    audience: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="AUDIENCE",
            help="who gets it: an audience of kmkit.toml or a level; by default the narrowest",
            autocompletion=complete_circle,
            callback=not_empty,
        ),
    ] = "",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="md (a folder of files), json (without -o), jsonl or csv",
            autocompletion=completing(_FORMATS),
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="PATH", help="the file; for md a new or empty folder"
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Hand notes on: as Markdown files with what is attached to them, as JSON, or as CSV.

    An audience gets only the notes that may reach it, each in the version that stands. Links to
    notes that stay behind become plain text, and people are left out.

    \b
    kmkit export --for partner-agencies --topic procurement -o for-partners
    kmkit export --state maintained --format csv -o notes.csv
    """
    from kmkit.reach.exporting import export

    wanted = format_of(fmt, None, _FORMATS, "") or _fitting(output)
    if wanted == "md" and output is None:
        raise UsageError("Markdown needs a folder.", "Name one: -o FOLDER.")
    kb = open_kb(ctx)
    made = export(kb, audience, wanted, asked=asked)
    broken(made.problems)
    left_behind(made.unknown)
    if output is None:
        (data,) = made.files.values()
        deliver(data.decode())
    elif not dry_run:
        _write(made, kb.root, output, folder=wanted == "md")
    would = "Would export" if dry_run else "Exported"
    place = f": {output}" if output else ""
    say(f"{would} {many(made.notes, 'note')} for the circle {made.level}{place}.")


def _fitting(output: Path | None) -> str:
    """The format that the file's name says; a name that is none of a file is that of a folder."""
    if output is None:
        return "json"
    return by_ending(output, _FORMATS) if output.suffix.casefold() in ENDINGS else "md"


def _write(made: "Exported", root: Path, output: Path, *, folder: bool) -> None:
    """Write the files; into a folder only where it is new or empty."""
    from kmkit.trail.safely import write_file

    if not folder:
        (data,) = made.files.values()
        write_file(output.resolve(), data)
        return
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise Refused(f"{output} is not empty, and what is in it is left alone.", "Name another.")
    try:
        for name, data in made.files.items():
            place = output / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        for path, name in made.attached:
            place = output / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / path, place)
    except OSError as error:
        raise Cannot(f"{output} cannot be written: {error.strerror}.", "Name another.") from None
