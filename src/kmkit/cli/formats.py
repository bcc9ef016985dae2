"""The formats that commands offer, and where their text goes."""

import os
import sys
from collections.abc import Mapping, Sequence
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


class Listing(StrEnum):
    """How a list can be shown."""

    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSON = "json"


OutputFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="write to FILE instead of the screen"),
]


def deliver(text: str, file: Path | None = None) -> None:
    """Write ``text`` to a file, or to stdout, with its line ends as they are."""
    data = text.encode("utf-8")
    if file:
        try:
            file.write_bytes(data)
        except OSError as error:
            raise Cannot(f"{file} cannot be written: {error.strerror}.", "Name another.") from None
        say(f"Written: {file}.")
    elif on_terminal() or not hasattr(sys.stdout, "buffer"):
        out(text)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def by_ending(file: Path, endings: Mapping[str, str]) -> str:
    """The format that the name of ``file`` says: ending -> format, the endings in small letters.

    Raises UsageError for another ending, so that nobody sends a page that is called a document.
    """
    if found := endings.get(file.suffix.casefold()):
        return found
    from kmkit.text import one_line

    known = ", ".join(endings)
    raise UsageError(f"-o: what '{one_line(file.name)[:80]}' is to hold is not known.",
                     f"Let its name end in one of: {known}.")  # fmt: skip


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
