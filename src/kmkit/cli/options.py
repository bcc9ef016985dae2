"""The options that several commands share, and the knowledge base that a command works on."""

import os
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase


def open_kb(ctx: typer.Context, *, dry_run: bool = False) -> "KnowledgeBase":
    """The knowledge base that the command was called in, or the one that -C names."""
    from kmkit.kb import KnowledgeBase

    return KnowledgeBase.find(folder(ctx), now=now(), dry_run=dry_run)


def folder(ctx: typer.Context) -> Path:
    """Where the command works: the current folder, or what -C names."""
    root = ctx.find_root()
    if isinstance(root.obj, Path):
        return root.obj
    return Path(root.params.get("directory") or "")  # the shell completes: no command was called


def now() -> datetime:
    """The clock, with its time zone; KMKIT_TODAY sets its day, for tests and rehearsals."""
    moment = datetime.now().astimezone()
    wanted = os.environ.get("KMKIT_TODAY", "")
    if not wanted:
        return moment
    day = a_day(wanted, "KMKIT_TODAY")
    return datetime.combine(day, time(12), tzinfo=moment.tzinfo)


def a_day(text: str, option: str) -> date:
    """A date from an option; UsageError where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option}: '{text}' is no date.", "Write it as 2026-11-21.") from None


def complete_note(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids that begin with ``incomplete``; no failure ever reaches the shell."""
    try:
        ids = open_kb(ctx).ids
    except Exception:
        return []
    wanted = incomplete.casefold()
    return sorted(name for name in ids if name.startswith(wanted))


def complete_kind(ctx: typer.Context, incomplete: str) -> list[str]:
    """The kinds of notes that begin with ``incomplete``."""
    try:
        from kmkit.note.kinds import kind_names

        names = kind_names(open_kb(ctx).root)
    except Exception:
        return []
    return [name for name in names if name.startswith(incomplete)]


def complete_channel(ctx: typer.Context, incomplete: str) -> list[str]:
    """The channels that begin with ``incomplete``."""
    try:
        return [name for name in open_kb(ctx).config.channels if name.startswith(incomplete)]
    except Exception:
        return []


def complete_audience(ctx: typer.Context, incomplete: str) -> list[str]:
    """The audiences that begin with ``incomplete``."""
    try:
        return [name for name in open_kb(ctx).config.audiences if name.startswith(incomplete)]
    except Exception:
        return []


def complete_level(ctx: typer.Context, incomplete: str) -> list[str]:
    """The levels that begin with ``incomplete``."""
    try:
        return [name for name in open_kb(ctx).policy.levels if name.startswith(incomplete)]
    except Exception:
        return []


def complete_topic(ctx: typer.Context, incomplete: str) -> list[str]:
    """The topics of the vocabulary that begin with ``incomplete``."""
    try:
        return [name for name in open_kb(ctx).config.topics if name.startswith(incomplete)]
    except Exception:
        return []


def complete_method(ctx: typer.Context, incomplete: str) -> list[str]:
    """The methods of validation that begin with ``incomplete``."""
    from kmkit.config import QUORUM

    return [name for name in QUORUM if name.startswith(incomplete)]


def complete_outcome(ctx: typer.Context, incomplete: str) -> list[str]:
    """The outcomes of an application that begin with ``incomplete``."""
    from kmkit.note.records import OUTCOMES

    return [name for name in OUTCOMES if name.startswith(incomplete)]


NoteArg = Annotated[
    str,
    typer.Argument(
        metavar="NOTE",
        help="an id, a unique part of one such as x7k2, or a path",
        autocompletion=complete_note,
    ),
]
Because = Annotated[
    str, typer.Option("--because", metavar="REASON", help="why; it becomes part of the trail")
]
Level = Annotated[
    str,
    typer.Option("--level", metavar="LEVEL", help="the circle", autocompletion=complete_level),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="say what would happen, and change nothing")
]
NoInput = Annotated[
    bool, typer.Option("--no-input", help="ask nothing; what is missing is an error")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="answer every question with yes")]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON, with a versioned schema")]
