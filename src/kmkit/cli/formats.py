"""The formats that commands offer, and where their text goes."""

import os
import sys
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.screen import console, on_terminal, out, say
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.note.problem import Problem


class Findings(StrEnum):
    """How findings can be shown: for people, for scripts, for CI systems."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"


def one_format(ctx: typer.Context) -> None:
    """UsageError where a command line gives ``--json`` and another ``--format``.

    `kmkit.cli.table.Command` asks it of every command that has both.
    """
    from kmkit.cli.options import given

    fmt = ctx.params.get("fmt")
    if ctx.params.get("as_json") and given(ctx, "fmt") and fmt != Findings.JSON:
        raise UsageError(f"--json and --format {fmt} exclude each other.", "Give one of them.")


OutputFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="write to FILE instead of the screen"),
]


def deliver(text: str, file: Path | None = None) -> None:
    """Write ``text`` to a file, or to stdout, with its line ends as they are."""
    if file:
        write_out(text.encode("utf-8"), file)
        say(f"Written: {file}.")
    elif on_terminal() or not hasattr(sys.stdout, "buffer"):
        out(text)
    else:
        _print(text.encode("utf-8"))


def deliver_letter(data: bytes, file: Path | None = None) -> None:
    """Write a letter to a file, or to stdout; its line ends are part of it."""
    if file:
        write_out(data, file)
        say(f"Written: {file}. Open it to send it.")
    else:
        _print(data)


def _print(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def write_out(data: bytes, file: Path) -> None:
    """Write a file whole or not at all; UsageError for a folder, Cannot where it cannot be."""
    from kmkit.trail.safely import write_file

    place = file.resolve()
    if place.is_dir():
        raise UsageError(f"{file} is a folder.", "Name a file.")
    if not place.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent}.", "Make it, or name another.")
    try:
        if place.exists() and not place.is_file():
            place.write_bytes(data)  # a device or a pipe, which nothing may replace
        else:
            write_file(place, data)
    except OSError as error:
        raise Cannot(f"{file} cannot be written: {error.strerror}.", "Name another.") from None


ENDINGS = {
    ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".txt": "text", ".eml": "eml",
    ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".svg": "svg",
    ".xlsx": "xlsx",
}  # fmt: skip
"""What the ending of a file's name says that it holds, whichever command writes it."""


def by_ending(file: Path, formats: Collection[str], otherwise: str = "") -> str:
    """The one of ``formats`` that the name of ``file`` says, whatever the case of its ending.

    ``otherwise`` is that of a name without an ending, '' for none. Lines with tabs are text.
    Raises UsageError for another ending, so that nobody sends a page that is called a document.
    """
    plain = "text" if "text" in formats else "tsv"
    offered = {ending: plain if fmt == "text" else fmt for ending, fmt in ENDINGS.items()}
    offered = {ending: fmt for ending, fmt in offered.items() if fmt in formats}
    ending = file.suffix.casefold()
    if found := offered.get(ending) or ("" if ending else otherwise):
        return found
    from kmkit.text import one_line

    raise UsageError(f"-o: what '{one_line(file.name)[:80]}' is to hold is not known.",
                     f"Let its name end in one of: {', '.join(offered)}.")  # fmt: skip


def format_of(given: str, file: Path | None, formats: Collection[str], otherwise: str) -> str:
    """The format that was asked for, else the one that the file's name says, else ``otherwise``.

    UsageError where ``given`` or the ending is none of ``formats``.
    """
    if given and given not in formats:
        from kmkit.text import did_you_mean, one_line

        mend = did_you_mean(given[:80], formats) or f"Use one of: {', '.join(formats)}."
        raise UsageError(f"--format: there is no '{one_line(given)}'.", mend)
    return given or (by_ending(file, formats, otherwise) if file else otherwise)


def completing(formats: Collection[str]) -> "Callable[[str], list[str]]":
    """What completes a format."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in formats if name.startswith(incomplete)]

    return complete


def many(count: int, thing: str) -> str:
    """``1 note``, ``2 notes``."""
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"


def in_repository(kb: "KnowledgeBase | Index") -> str:
    """The knowledge base's path from the top of its repository, '.' without one."""
    try:
        return Path(os.path.relpath(kb.root.resolve(), kb.git.top.resolve())).as_posix()
    except (Cannot, ValueError):
        return "."


def show_findings(problems: "Sequence[Problem]", fmt: Findings, output: Path | None = None) -> None:
    """Show findings: lines for people on a terminal, else the format's text."""
    from kmkit.views.findings import FORMATS

    if fmt is not Findings.TEXT or output or not on_terminal():
        deliver(FORMATS[fmt](problems), output)
        return
    from rich.padding import Padding
    from rich.text import Text

    from kmkit.text import one_line

    screen = console()
    for problem in problems:
        place = f"{one_line(problem.path)}:{problem.line}:{problem.col}"
        colour = "red" if problem.severity == "error" else "yellow"
        screen.print(Text.assemble((place, "bold"), "  ", (problem.rule, colour)), soft_wrap=True)
        said = Text.assemble(one_line(problem.message), " ", (one_line(problem.mend), "dim"))
        screen.print(Padding(said, (0, 0, 0, 2)))
