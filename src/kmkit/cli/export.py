"""``kmkit export``: notes for other programs and other organisations."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.filters import filtered
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import DryRun, open_kb
from kmkit.cli.screen import broken, say
from kmkit.errors import Cannot, Refused, UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.reach.exporting import Exported

_FORMATS = ("md", "json", "jsonl", "csv")


def complete_format(incomplete: str) -> list[str]:
    """The formats that begin with ``incomplete``."""
    return [name for name in _FORMATS if name.startswith(incomplete)]


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
        ),
    ] = "",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="md (a folder of files), json (without -o), jsonl or csv",
            autocompletion=complete_format,
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
    from kmkit.text import did_you_mean, one_line

    if fmt and fmt not in _FORMATS:
        mend = did_you_mean(fmt[:80], _FORMATS) or f"Use one of: {', '.join(_FORMATS)}."
        raise UsageError(f"--format: there is no '{one_line(fmt)}'.", mend)
    suffix = output.suffix.casefold().removeprefix(".") if output else "json"
    wanted = fmt or (suffix if suffix in _FORMATS[1:] else "md")
    if wanted == "md" and output is None:
        raise UsageError("Markdown needs a folder.", "Name one: -o FOLDER.")
    kb = open_kb(ctx)
    made = export(kb, audience, wanted, asked=asked)
    broken(made.problems)
    if output is None:
        (data,) = made.files.values()
        deliver(data.decode())
    elif not dry_run:
        _write(made, kb.root, output, folder=wanted == "md")
    would = "Would export" if dry_run else "Exported"
    place = f": {output}" if output else ""
    say(f"{would} {many(made.notes, 'note')} for the circle {made.level}{place}.")


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
