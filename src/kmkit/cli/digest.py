"""``kmkit digest``: the letter that brings what is new to those who need it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.early import asked_of_git
from kmkit.cli.filters import filtered
from kmkit.cli.formats import format_of, write_out
from kmkit.cli.options import a_period, not_empty, open_kb, sender_of
from kmkit.cli.screen import broken, on_terminal, out, say
from kmkit.errors import UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.digests import Gathered
    from kmkit.views.digest import Digest

FORMATS = ("md", "html", "text", "eml", "json")
NAMES = ("readers", "stewards")


For = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="AUDIENCE",
        help="who will read it: an audience or a level; by default the narrowest level",
        autocompletion=complete_circle,
        callback=not_empty,
    ),
]
Since = Annotated[
    str,
    typer.Option(
        "--since",
        metavar="WHEN",
        help="the first day: 2026-10, 'last month', '2 weeks'; by default a week, P1W",
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
Send = Annotated[
    bool, typer.Option("--send", help="send it by mail to the audience, all that is new to it")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="say what --send would send to whom, and send nothing")
]
IfDue = Annotated[
    bool,
    typer.Option("--if-due", help="with --send: not before 'every' of the audience has passed"),
]
EvenEmpty = Annotated[
    bool, typer.Option("--even-empty", help="with --send: also when nothing is new")
]
Offline = Annotated[
    bool,
    typer.Option(
        "--offline", help="with --send: without the remote, which could know of letters sent"
    ),
]
TakeOver = Annotated[
    bool,
    typer.Option(
        "--take-over", help="with --send: finish what another machine began; may repeat letters"
    ),
]


@filtered(without=("since", "until"))
def command(
    ctx: typer.Context,
    asked: Filter,
    circle: For = "",
    first: Since = "",
    last: Until = "",
    fmt: Format = "",
    output: Output = "",
    name: Name = "readers",
    sender: Sender = "",
    skip_empty: SkipEmpty = False,
    send: Send = False,
    dry_run: DryRun = False,
    if_due: IfDue = False,
    even_empty: EvenEmpty = False,
    offline: Offline = False,
    take_over: TakeOver = False,
) -> None:
    """Write the letter of what is new: for readers, or for stewards what waits for them.

    It shows a circle only the notes that may reach it, and tells them from the history: what
    went out in these days, what to stop using, what was applied and with what result.

    With --send it goes to an audience by mail, to each reader once, whatever cuts it off: all that
    came into the history since the last one. Delivery is recorded on the notes.

    \b
    kmkit digest --for partner-agencies --dry-run
    kmkit digest --for partner-agencies --send
    """
    _one_of(name, NAMES, "--name")
    printed: dict[str, object] = {
        "--since": first,
        "--until": last,
        "--format": fmt,
        "--output": output,
    }
    printed |= {"--from": sender, "--skip-empty": skip_empty, "A filter": asked.terms}
    sent = {"--if-due": if_due, "--even-empty": even_empty, "--take-over": take_over}
    sending = send or dry_run
    _fits(printed if sending else {**sent, "--offline": offline}, sending=sending)
    if not sending:
        _written(ctx, asked, circle, (first, last), (fmt, output, name, sender), skip_empty)
    elif dry_run:
        _shown(ctx, circle, name, offline)
    else:
        _sent(ctx, circle, name, (take_over, even_empty, if_due), offline)


def _fits(given: Mapping[str, object], *, sending: bool) -> None:
    """Refuse options that mean nothing here."""
    odd = next((option for option, value in given.items() if value), None)
    if odd and sending:
        raise UsageError(
            f"{odd} does not go with --send: what is sent is all that is new to the audience.",
            "Leave it out; without --send the digest is written, not sent.",
        )
    if odd:
        raise UsageError(f"{odd} goes with --send only.", "Add --send, or leave it out.")


def _sent(
    ctx: typer.Context, circle: str, name: str, wish: tuple[bool, bool, bool], offline: bool
) -> None:
    from kmkit.cli import sending
    from kmkit.reach.sending.digest import Wish

    kb = open_kb(ctx)
    sending.send(kb, name, sending.named(kb, circle), Wish(*wish), offline=offline)


def _shown(ctx: typer.Context, circle: str, name: str, offline: bool) -> None:
    from kmkit.cli import sending

    kb = open_kb(ctx)
    sending.show(kb, name, sending.named(kb, circle), offline=offline)


def _written(
    ctx: typer.Context,
    asked: Filter,
    circle: str,
    days: tuple[str, str],
    how: tuple[str, str, str, str],
    skip_empty: bool,
) -> None:
    """Write the digest to a file, or print it; ``how``: format, file, name, sender."""
    from kmkit.reach.digests import digest_of

    fmt, output, name, sender = how
    wanted = _format(fmt, output)
    kb = open_kb(ctx)
    since, until = a_period(days[0] or "P1W", days[1], kb.today) if any(days) else (None, None)
    looking = asked_of_git(kb.root)
    gathered = digest_of(
        kb, to=circle, since=since, until=until, name=name, asked=asked, looking=looking
    )
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
    broken(gathered.problems, gathered.broken)


def _format(given: str, output: str) -> str:
    """The format that was asked for, that the file's name says, or that fits where it goes."""
    file = Path(output) if _is_file(output) else None
    return format_of(given, file, FORMATS, "text" if on_terminal() and not file else "md")


def _one_of(value: str, known: tuple[str, ...], option: str) -> str:
    from kmkit.text import did_you_mean

    if value not in known:
        mend = did_you_mean(value, known) or f"Use one of: {', '.join(known)}."
        raise UsageError(f"{option}: there is no '{value}'.", mend)
    return value


def _bytes(kb: "KnowledgeBase", made: "Digest", wanted: str, sender: str) -> bytes:
    """The digest as a file of the ``wanted`` format."""
    from kmkit.views.digest_render import render

    if wanted == "eml":
        from kmkit.reach.letters import digest_letter, eml

        return eml(digest_letter(made, sender=sender or sender_of(kb), sent=kb.now, kb=kb.root))
    return render(made, wanted, kb.root).encode()


def _is_file(output: str) -> bool:
    return output not in ("", "-")


def _deliver(data: bytes, output: str) -> None:
    """Write a file whole or not at all; without one, print it."""
    if not _is_file(output):
        if data.count(b"\r\n"):  # a letter: its line ends are part of it
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            out(data.decode())
        return
    write_out(data, Path(output))
