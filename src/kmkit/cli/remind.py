"""``kmkit remind``: ask each owner whether the notes that are due still hold; read the answers."""

from pathlib import Path
from typing import Annotated

import typer

from kmkit.cli.completing import complete_owner
from kmkit.cli.options import AsJson, DryRun, open_index, open_kb
from kmkit.errors import UsageError

To = Annotated[
    str,
    typer.Option(
        "--to", metavar="EMAIL", help="ask that person alone", autocompletion=complete_owner
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="DIR", help="write the letters there, as .eml drafts"),
]
Send = Annotated[bool, typer.Option("--send", help="send the letters by the server of [mail]")]
ReadMail = Annotated[
    Path | None,
    typer.Option("--read", metavar="PATH", help="read answers: a Maildir, an mbox or .eml files"),
]
Ics = Annotated[
    Path | None, typer.Option("--ics", metavar="FILE", help="write the due days as a calendar")
]
Mine = Annotated[bool, typer.Option("--mine", help="with --ics: of my notes")]
Owner = Annotated[
    str,
    typer.Option(
        "--owner",
        metavar="EMAIL",
        help="with --ics: of that person's notes",
        autocompletion=complete_owner,
    ),
]
TakeOver = Annotated[
    bool, typer.Option("--take-over", help="with --send: go on with what another machine began")
]
Offline = Annotated[
    bool, typer.Option("--offline", help="do not ask the remote what was sent elsewhere")
]


def command(
    ctx: typer.Context,
    to: To = "",
    output: Output = None,
    send: Send = False,
    read: ReadMail = None,
    ics: Ics = None,
    mine: Mine = False,
    owner: Owner = "",
    take_over: TakeOver = False,
    offline: Offline = False,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Ask owners whether their notes still hold: one letter to each, with all that is due.

    Alone, it shows who would be asked about what. `--send` asks; whoever does not answer within
    remind.grace is followed by the backup, then by a manager. Nobody gets more than one letter a
    week, and none on weekends and holidays. `--read` takes answers by mail and proposes what they
    say; somebody accepts it with `kmkit review NOTE --accept`.

    \b
    kmkit remind
    kmkit remind --send
    kmkit remind --read ~/Maildir
    kmkit remind --ics reviews.ics --mine
    """
    _one_of(send=send, output=bool(output), read=bool(read), ics=bool(ics))
    if (mine or owner) and not ics:
        raise UsageError("--mine and --owner go with --ics.", "To ask one person, use --to EMAIL.")
    kb = open_kb(ctx, dry_run=dry_run)
    with open_index(ctx, records=True) as index:
        if read:
            from kmkit.cli.reminding_read import read_mail

            read_mail(kb, index, read, as_json=as_json)
        elif ics:
            from kmkit.cli.reminding import write_calendar

            if mine and owner:
                raise UsageError("--mine and --owner exclude each other.", "Give one of them.")
            write_calendar(kb, index, ics, owner=kb.actor.key if mine else owner)
        else:
            from kmkit.cli.reminding import ask

            sending = send and not dry_run
            ask(
                kb, index, to, output, send=sending, take_over=take_over, offline=offline,
                as_json=as_json,
            )  # fmt: skip


def _one_of(**given: bool) -> None:
    """Refuse options that exclude each other."""
    named = [f"--{name}" for name, there in given.items() if there]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} exclude each other.", "Give one of them.")
