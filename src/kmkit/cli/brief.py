"""``kmkit brief``: the lessons that a project should not start without."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.filters import filtered
from kmkit.cli.formats import OutputFile, completing, deliver, format_of
from kmkit.cli.options import DryRun, NoInput, not_empty, open_index, open_kb
from kmkit.cli.screen import console, on_terminal, say
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.briefs.briefing import Brief
    from kmkit.index.choosing.filters import Filter
    from kmkit.note.documents import Document

FORMATS = ("text", "md", "html", "json")
_DOCUMENTS = (".md", ".markdown", ".txt", ".docx")
_STYLES = {
    "title": "bold", "heading": "bold underline", "note": "bold", "quiet": "dim",
    "warn": "yellow", "good": "green",
}  # fmt: skip
_WIDEST = 100


@filtered(without=("level", "level_at_least"))
def command(
    ctx: typer.Context,
    asked: "Filter",
    description: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE",
            help="the description: Markdown, text or .docx; - reads it from stdin",
        ),
    ],
    audience: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="AUDIENCE",
            help="who will read it: an audience of kmkit.toml or a level; by default the narrowest",
            autocompletion=complete_circle,
            callback=not_empty,
        ),
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="at most so many for each part")
    ] = 3,
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"one of {', '.join(FORMATS)}",
            autocompletion=completing(FORMATS),
        ),
    ] = "",
    output: OutputFile = None,
    project: Annotated[
        str,
        typer.Option("--record", metavar="PROJECT", help="keep what this project makes of each"),
    ] = "",
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers", metavar="FILE", help="with --record: a CSV; written if it is not there"
        ),
    ] = None,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Bring up the lessons that a project should not start without.

    Give it a project description or terms of reference. For each part of it come the approved
    lessons that fit, best first and each once, with why it was chosen, what it says, where it was
    used, and what to beware of. Where nothing fits, nothing is brought up.

    With `--record` each lesson is decided on: not applicable, applicable without action, or an
    action with who and until when, which `kmkit actions` then lists.

    \b
    kmkit brief terms-of-reference.docx -o brief.html
    kmkit brief "Sirens and drills for coastal schools"
    kmkit brief terms-of-reference.docx --record "Coastal schools" --answers decisions.csv
    """
    from kmkit.reach.briefs import brief_for

    wanted = format_of(fmt, output, FORMATS, "text")
    document = _document(description)
    with open_index(ctx, records=True) as index:
        kb = open_kb(ctx, dry_run=dry_run)
        made = brief_for(kb, index, document, to=audience, limit=limit, asked=asked)
        _deliver(made, wanted, output, index.root)
        if project:
            from kmkit.cli.dispositions import record

            record(kb, index, made, project, answers, no_input=no_input)
    for note in document.notes:
        say(note)
    if wanted != "text" or output:
        _say(made)


def _document(given: str) -> "Document":
    """The description, from a file, from stdin or as it was typed."""
    from kmkit.note.documents import read_document

    if given == "-":
        return read_document(sys.stdin.buffer.read(), "-")
    path = Path(given)
    if _is(path.is_file):
        try:
            return read_document(path.read_bytes(), path.name)
        except OSError as error:
            raise Cannot(f"{given} cannot be read: {error.strerror}.") from None
    if _is(path.is_dir):
        raise UsageError(f"{given} is a folder.", "Name a file, or write the description.")
    if path.suffix.casefold() in _DOCUMENTS and not any(map(str.isspace, given)):
        raise UsageError(f"There is no file {given}.", "Name one that is there.")
    if not given.strip():
        raise UsageError("The description is empty.", "Give a text or a file.")
    return read_document(given.encode(), "-")


def _is(what: Callable[[], bool]) -> bool:
    try:
        return what()
    except (OSError, ValueError):  # too long to be a name, or a text with a zero in it
        return False


def _deliver(made: "Brief", fmt: str, output: Path | None, root: Path) -> None:
    """The brief where it was asked for."""
    from kmkit.views.brief import lines, page, render

    if fmt != "text":
        deliver(render(made, fmt, root), output)
    elif output or not on_terminal():
        deliver("".join(f"{line.text}\n" for line in lines(page(made))), output)
    else:
        from rich.text import Text

        screen = console()
        for line in lines(page(made), min(screen.width, _WIDEST)):
            screen.print(Text(line.text, _STYLES.get(line.style, "")), soft_wrap=True)


def _say(made: "Brief") -> None:
    """What was brought up, where the page itself does not tell on the screen."""
    from kmkit.views.brief import page

    say(page(made).opening)
