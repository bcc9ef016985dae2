"""The options that several commands share, and the knowledge base that a command works on."""

import os
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kmkit.cli.completing import complete_level, complete_note, complete_topic
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kmkit.index.book import Index
    from kmkit.index.card import Card
    from kmkit.kb import KnowledgeBase


T = TypeVar("T")


def open_kb(ctx: typer.Context, *, dry_run: bool = False, torn: bool = False) -> "KnowledgeBase":
    """The knowledge base that the command was called in, or the one that -C names.

    A note that git could not merge is refused where a command names it, unless ``torn``.
    """
    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.conflicts import settled

    kb = KnowledgeBase.find(folder(ctx), now=now(), dry_run=dry_run)

    known: dict[tuple[str, str], list[str]] = {}  # one look at the index tells both

    def learn(index: Index, note: str) -> None:
        """Keep the commits of a note's steps, as the history stands now."""
        sql = "SELECT lower(hex(sha)) FROM events WHERE note = ? ORDER BY seq"
        found = [row[0] for row in index.told(sql, (note,))]
        known[note, index.head] = found

    def find(ref: str, here: Path | None) -> PurePosixPath:
        """The path of the note, by the index."""
        with open_index(ctx, telling=False) as index:
            card = None
            try:
                card = index.resolve(ref, folder=here)
            finally:
                tell(index, but=card, filed=card is not None)
            with suppress(Cannot):  # a damaged history hides no note
                learn(index, card.id)
        path = PurePosixPath(card.path)
        if not torn:
            settled(kb, kb.read(path))
        return path

    def told(note: str, head: str) -> list[str] | None:
        """The commits of the note's steps, by the index."""
        if (note, head) not in known:
            with Index.open(kb.root, today=kb.today) as index:
                learn(index, note)
        return known.get((note, head))

    kb.finder, kb.told = find, told
    return kb


def open_index(
    ctx: typer.Context,
    *,
    records: bool = False,
    telling: bool = True,
    meanwhile: "Callable[[Index], object] | None" = None,
) -> "Index":
    """The index of the knowledge base that the command was called in, or that -C names.

    With ``telling``, files that could not be read in full are named on stderr, as `tell` does it.
    ``meanwhile`` asks the index as it was left while git looks for what has changed.
    """
    from kmkit.cli.early import asked_of_git
    from kmkit.places import find_root

    root, today = find_root(folder(ctx)), now().date()
    asked = asked_of_git(root)  # git works while the rest is imported

    from kmkit.cli.reading import watched
    from kmkit.index.book import Index

    def track(files: "Iterable[object]", count: int) -> "Iterable[object]":
        """The files go by while the index takes them in."""
        return watched(files, "Reading files:", count)

    index = Index.open(root, today=today, track=track, meanwhile=meanwhile, asked=asked)
    if telling:
        tell(index, records=records)
    return index


def tell(
    index: "Index",
    *,
    records: bool = False,
    about: "Card | None" = None,
    but: "Card | None" = None,
    filed: bool = True,
) -> None:
    """Name on stderr the files that could not be read in full: notes, with ``records`` others too.

    Files in conflict are named apart: first the note that the command is ``about``, and never the
    one of which the command says so itself (``but``); people and records where they are ``filed``.
    """
    from kmkit.cli.screen import broken_files, in_conflict, torn_files
    from kmkit.index.conflicts import conflicts
    from kmkit.index.conflicts import records as torn_records

    torn, others = conflicts(index), torn_records(index)
    paths = {*others, *(note.path for note in torn)}
    broken = index.broken(records=records, standing=not records)
    broken_files([path for path in broken if path not in paths])
    first = about or but
    in_conflict([note for note in torn if about and note.path == about.path])
    in_conflict([note for note in torn if not (first and note.path == first.path)])
    if filed and others:
        torn_files(index.kb, others)


def asked_of(
    ctx: typer.Context,
    ask: "Callable[[Index], T]",
    *,
    records: bool = False,
    about: "Callable[[T], Card] | None" = None,
) -> "T":
    """What ``ask`` takes from the index, as plain values.

    It is asked while git looks for what has changed, and again where something has. ``about``:
    which note that is; of others in conflict it is told beside it.
    """
    early: list[T] = []

    def meanwhile(index: "Index") -> None:
        """What there is, if nothing has changed."""
        early.append(ask(index))

    telling = about is None
    with open_index(ctx, records=records, telling=telling, meanwhile=meanwhile) as index:
        told = early[0] if early and index.unmoved else ask(index)
        if about:
            tell(index, about=about(told))
        return told


def folder(ctx: typer.Context) -> Path:
    """Where the command works: the current folder, or what -C names."""
    root = ctx.find_root()
    if isinstance(root.obj, Path):
        return root.obj
    return Path(root.params.get("directory") or "")  # the shell completes: no command was called


def sender_of(kb: "KnowledgeBase") -> str:
    """Who sends a letter: the organisation's contact, else whoever git says writes here."""
    try:
        return kb.config.organisation.contact or kb.actor.email
    except Cannot:
        raise UsageError("Nobody sends this letter.", "Give --from ADDRESS.") from None


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


def a_period(since: str, until: str, today: date) -> tuple[date, date]:
    """The first and the last day of ``--since`` and ``--until``; '' for until is today.

    A length of time ends with the last day. UsageError where one is no day, or they are turned.
    """
    from kmkit import natural

    option, said = "--until", until
    try:
        last = natural.until(until, today) if until else today
        option, said = "--since", since
        first = natural.since(since, today, until=last)
    except ValueError:
        raise UsageError(f"{option}: '{said}' is no day.", natural.HOW) from None
    if first > last:
        raise UsageError(f"--since {first} is later than {last}.", "Give an earlier --since.")
    return first, last


def _picked(ctx: typer.Context, value: str) -> str:
    """The note that was named, or is picked now."""
    from kmkit.cli.picking import picked

    return picked(ctx, value)


NoteArg = Annotated[
    str,
    typer.Argument(
        metavar="NOTE",
        default_factory=str,
        show_default=False,
        callback=_picked,
        help="an id, a unique part of one such as x7k2, or a path; on a terminal you can pick it",
        autocompletion=complete_note,
    ),
]
Because = Annotated[
    str, typer.Option("--because", metavar="REASON", help="why; it becomes part of the trail")
]
Level = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="the widest circle that may see it",
        autocompletion=complete_level,
    ),
]
Topics = Annotated[
    list[str],
    typer.Option(
        "--topic",
        metavar="TOPIC",
        help="what it is about; can be given again",
        autocompletion=complete_topic,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="say what would happen, and change nothing")
]
NoInput = Annotated[
    bool, typer.Option("--no-input", help="ask nothing; what is missing is an error")
]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON, with a versioned schema")]


def given(ctx: typer.Context, name: str) -> bool:
    """Whether the command line itself names a parameter, be it with nothing in it."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def not_empty(ctx: typer.Context, param: typer.CallbackParam, value: str) -> str:
    """What an option names; UsageError where it is there and empty, as by a variable not set.

    Without the option there is a default; nobody who names a circle means that.
    """
    if not value and given(ctx, param.name or ""):
        raise UsageError(f"{param.opts[0]} is empty.", "Name what you mean, or leave it out.")
    return value
