"""``kmkit review``: confirm that notes still hold; list what is stale."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.filters import filtered
from kmkit.cli.options import Because, DryRun, NoInput, a_day, open_index, open_kb
from kmkit.cli.picking import picked
from kmkit.cli.screen import may_ask, needed, report
from kmkit.errors import UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase


@filtered(without=("stale",))
def command(
    ctx: typer.Context,
    asked: Filter,
    note: Annotated[
        str, typer.Argument(metavar="[NOTE]", help="which note", autocompletion=complete_note)
    ] = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="it still holds")] = False,
    defer: Annotated[
        str, typer.Option("--defer", metavar="DATE", help="put it off, once, 30 days at most")
    ] = "",
    because: Because = "",
    stale: Annotated[bool, typer.Option("--stale", help="list what needs a person")] = False,
    within: Annotated[
        str, typer.Option("--within", metavar="PERIOD", help="with --stale: due soon, too")
    ] = "",
    grace: Annotated[
        str,
        typer.Option("--grace", metavar="PERIOD", help="with --stale: fail only after that long"),
    ] = "",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="with --stale: text, json, github, gitlab, sarif or junit",
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="with --stale or --proposals: as JSON")
    ] = False,
    proposals: Annotated[
        bool, typer.Option("--proposals", help="list what was answered by mail")
    ] = False,
    accept: Annotated[bool, typer.Option("--accept", help="do what was answered by mail")] = False,
    decline: Annotated[
        bool, typer.Option("--decline", help="do not do what was answered by mail")
    ] = False,
    proposal: Annotated[
        str, typer.Option("--proposal", metavar="ID", help="which answer, where there are several")
    ] = "",
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Confirm that notes still hold.

    Alone, it walks you through your notes that are due: confirm, revise, retire, hand over, or
    put off once. `--stale` lists every note that needs a person, and exits with 1 if there is one;
    with it go the options that choose notes. `--proposals` lists what was answered by mail to
    `kmkit remind`; a mail proves nothing, so whoever may do it accepts or declines.

    \b
    kmkit review x7k2 --confirm --because "Checked against this year's fuel log."
    kmkit review --stale --within P30D
    kmkit review --stale --mine --kind not:story
    kmkit review x7k2 --accept
    """
    if proposals or accept or decline or proposal:
        from kmkit.cli.proposing import decide, show_proposals

        way = Way(proposals, accept, decline, stale or confirm or bool(defer))
        _one_way(way, note, proposal)
        if proposals:
            show_proposals(ctx, as_json=as_json)
        else:
            note = picked(ctx, note, mend="Name it: kmkit review NOTE --accept.")
            kb = open_kb(ctx, dry_run=dry_run)
            decide(kb, note, proposal, accept=accept, because=because, no_input=no_input)
        return
    if (within or grace or asked.terms or fmt or as_json) and not stale:
        raise UsageError(
            "--within, --grace, --format, --json and the options that choose notes go with "
            "--stale.",
            "Add --stale.",
        )
    if stale and (note or confirm or defer):
        raise UsageError("--stale lists every note.", "To answer for one, leave --stale out.")
    if stale:
        from kmkit.cli.stale import show_stale

        kind = "json" if as_json else fmt or "text"
        show_stale(ctx, asked, within=within, grace=grace, fmt=kind)
        return
    if confirm or defer:
        note = picked(ctx, note, mend="Name it: kmkit review NOTE --confirm --because '…'.")
    kb = open_kb(ctx, dry_run=dry_run)
    if confirm or defer:
        _one(kb, note, confirm, defer, because, no_input)
    elif may_ask(no_input):
        from kmkit.cli.walk import walk

        with open_index(ctx, records=True) as index:
            due = index.stale()
        walk(kb, due, note)
    else:
        raise UsageError(
            "What about it?", "Give --stale, or NOTE with --confirm --because '…' or --defer DATE."
        )


class Way(NamedTuple):
    """What is to be done with answers by mail, as the options say it."""

    listed: bool
    accept: bool
    decline: bool
    other: bool
    """Something else is asked for as well."""


def _one_way(way: Way, note: str, proposal: str) -> None:
    """Refuse options about answers by mail that exclude each other."""
    if sum(way) != 1 or way.other or (way.listed and (note or proposal)):
        raise UsageError(
            "--proposals lists; --accept and --decline decide about one NOTE.",
            "Give one of the three, and no other way to answer.",
        )


def _one(
    kb: "KnowledgeBase", note: str, confirm: bool, defer: str, because: str, no_input: bool
) -> None:
    """One answer about one note."""
    from kmkit.lifecycle.context import Request

    if confirm and defer:
        raise UsageError("--confirm and --defer exclude each other.", "Give one of them.")
    found = kb.resolve(note)
    if confirm:
        because = needed(because, "--because", "What did you check it against?", no_input)
        moved = kb.move("confirm", found, Request(because=because))
    else:
        request = Request(due=a_day(defer, "--defer"), because=because)
        moved = kb.move("defer", found, request)
    report(moved, dry_run=kb.dry_run)
