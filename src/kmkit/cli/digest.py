"""``kmkit digest``: the letter that brings what is new to those who need it."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_level
from kmkit.cli.filters import filtered
from kmkit.cli.options import open_kb
from kmkit.cli.screen import broken_files, on_terminal, out, say
from kmkit.errors import Cannot, UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.digests import Gathered
    from kmkit.views.digest import Digest

FORMATS = ("md", "html", "text", "eml", "json")
NAMES = ("readers", "stewards")
_SUFFIXES = {".htm": "html", ".markdown": "md", ".txt": "text"} | {f".{f}": f for f in FORMATS}


For = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="LEVEL",
        help="the circle that will read it; by default the narrowest",
        autocompletion=complete_level,
    ),
]
Since = Annotated[
    str,
    typer.Option(
        "--since", metavar="WHEN", help="the first day: 2026-10, 'last month', '2 weeks', P2W"
    ),
]
Until = Annotated[
    str, typer.Option("--until", metavar="WHEN", help="the last day; by default today")
]
Format = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
]
Output = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="FILE", help="where to write it; the ending may say the format"
    ),
]
Name = Annotated[str, typer.Option(metavar="NAME", help="whose digest: readers or stewards")]
Sender = Annotated[
    str, typer.Option("--from", metavar="ADDRESS", help="who sends it, for --format eml")
]
SkipEmpty = Annotated[
    bool, typer.Option("--skip-empty", help="write nothing when nothing happened")
]


@filtered(without=("since", "until"))
def command(
    ctx: typer.Context,
    asked: Filter,
    circle: For = "",
    first: Since = "P1W",
    last: Until = "",
    fmt: Format = "",
    output: Output = "",
    name: Name = "readers",
    sender: Sender = "",
    skip_empty: SkipEmpty = False,
) -> None:
    """Write the letter of what is new: for readers, or for stewards what waits for them.

    It shows a circle only the notes that may reach it, and tells them from the history: what
    went out in these days, what to stop using, what was applied and with what result.
    """
    from kmkit.reach.digests import digest_of

    wanted = _format(fmt, output)
    _one_of(name, NAMES, "--name")
    kb = open_kb(ctx)
    since, until = _days(first, last, kb.today)
    gathered = digest_of(kb, to=circle, since=since, until=until, name=name, asked=asked)
    _broken(gathered)
    made = gathered.digest
    if made.empty and skip_empty:
        say(f"Nothing to tell, {made.period}: nothing was written.")
        return
    _deliver(_bytes(kb, made, wanted, sender), output)
    if _is_file(output):
        say(f"{output}: {made.subject} (for the circle {made.level}, {made.period}).")


def digest_text(kb: "KnowledgeBase", level: str, fmt: str) -> str:
    """The readers' digest of the seven days up to today, in a format of text."""
    from kmkit.reach.digests import digest_of
    from kmkit.views.digest_render import render

    gathered = digest_of(kb, to=level)
    _broken(gathered)
    return render(gathered.digest, fmt, kb.root)


def _broken(gathered: "Gathered") -> None:
    """Name on stderr the files with problems."""
    paths = [p.path for p in gathered.problems if p.severity == "error"]
    broken_files(list(dict.fromkeys([*gathered.broken, *paths])))


def _format(given: str, output: str) -> str:
    """The format that was asked for, that the file's name says, or that fits where it goes."""
    if given:
        return _one_of(given, FORMATS, "--format")
    if _is_file(output):
        return _SUFFIXES.get(Path(output).suffix.casefold(), "md")
    return "text" if on_terminal() else "md"


def _one_of(value: str, known: tuple[str, ...], option: str) -> str:
    from kmkit.text import did_you_mean

    if value not in known:
        mend = did_you_mean(value, known) or f"Use one of: {', '.join(known)}."
        raise UsageError(f"{option}: there is no '{value}'.", mend)
    return value


def _days(since: str, until: str, today: date) -> tuple[date, date]:
    """The first and the last day; a length of time ends with the last one."""
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


def _bytes(kb: "KnowledgeBase", made: "Digest", wanted: str, sender: str) -> bytes:
    """The digest as a file of the ``wanted`` format."""
    from kmkit.reach.mail import eml, message
    from kmkit.views.digest_render import render

    if wanted == "eml":
        return eml(message(made, sender=sender or _sender(kb), sent=kb.now, kb=kb.root))
    return render(made, wanted, kb.root).encode()


def _sender(kb: "KnowledgeBase") -> str:
    """The organisation's contact, else whoever git says writes here."""
    try:
        return kb.config.organisation.contact or kb.actor.email
    except Cannot:
        raise UsageError("Nobody sends this letter.", "Give --from ADDRESS.") from None


def _is_file(output: str) -> bool:
    return output not in ("", "-")


def _deliver(data: bytes, output: str) -> None:
    """Write a file whole or not at all; without one, print it."""
    from kmkit.trail.safely import write_file

    if not _is_file(output):
        if data.count(b"\r\n"):  # a letter: its line ends are part of it
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            out(data.decode())
        return
    path = Path(output).resolve()
    if path.is_dir():
        raise UsageError(f"{output} is a folder.", "Name a file.")
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a device or a pipe, which nothing may replace
    else:
        write_file(path, data)
