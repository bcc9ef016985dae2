"""``kmkit assess``: ask how well the organisation learns, without asking who says so."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.assess_rounds import chosen, collect, match, report, rounds_of
from kmkit.cli.calendars import From, IcsFile, first_day
from kmkit.cli.formats import OutputFile, by_ending, deliver, write_out
from kmkit.cli.options import DryRun, NoInput, folder, open_kb
from kmkit.cli.screen import ask, may_ask, say, table
from kmkit.cli.told import Audience
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.learn.assess.instrument import Instrument

ACTIONS = {
    "list": "the instruments, and the rounds that were collected",
    "ask": "ask one person here; the answers become a file",
    "form": "write the instrument as a page (.html) or a workbook (.xlsx)",
    "collect": "add up files of answers into a round",
    "report": "what a round tells, as a table or as a page (.html)",
    "share": "write a round as a file for another office",
    "match": "pair offices by what one needs and another has",
}


def complete_action(incomplete: str) -> list[str]:
    """The actions that begin with ``incomplete``."""
    return [name for name in ACTIONS if name.startswith(incomplete)]


def complete_what(ctx: typer.Context, incomplete: str) -> list[str]:
    """The instruments that begin with ``incomplete``."""
    from kmkit.learn.assess.instrument import instrument_names
    from kmkit.places import find_root

    try:
        root: Path | None = find_root(folder(ctx))
    except Cannot:
        root = None
    return [name for name in instrument_names(root) if name.startswith(incomplete)]


def command(
    ctx: typer.Context,
    action: Annotated[
        str,
        typer.Argument(
            metavar="ACTION",
            help=", ".join(ACTIONS),
            autocompletion=complete_action,
        ),
    ] = "list",
    instrument: Annotated[
        str,
        typer.Argument(
            metavar="[INSTRUMENT]",
            help="learning-for-change, six-building-blocks, after-an-event, or one of your own",
            autocompletion=complete_what,
        ),
    ] = "",
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES]...", help="answers (collect), shared rounds (match)"),
    ] = None,
    name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="what the round is called; e.g. 2026")
    ] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT", help="ask: the unit")] = "",
    others: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="FILE", help="report: a round that another office shared"),
    ] = None,
    each: Annotated[
        int, typer.Option("--each", metavar="N", min=1, help="match: how many an office helps")
    ] = 1,
    start: From = "",
    ics: IcsFile = None,
    audience: Audience = "",
    output: OutputFile = None,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Ask how well the organisation learns, and see what changes between rounds.

    Answers are anonymous: no name, no words, no commit for an answer. A round is kept as sums, of
    five people at least, and a unit is told apart only where five of it answered. An instrument
    of your own is a file in templates/assess/.

    \b
    kmkit assess form learning-for-change -o form.html
    kmkit assess collect learning-for-change answers/*.json --round 2026
    kmkit assess report learning-for-change -o report.html
    kmkit assess share learning-for-change -o ours.json
    kmkit assess match learning-for-change theirs.json others.json --ics days.ics
    """
    if action not in ACTIONS:
        from kmkit.text import did_you_mean, one_line

        mend = did_you_mean(action[:80], ACTIONS) or f"Use one of: {', '.join(ACTIONS)}."
        raise UsageError(f"There is nothing called '{one_line(action)}' to do.", mend)
    if action == "list":
        _list(ctx)
        return
    if not instrument:
        raise UsageError("Which instrument?", "kmkit assess list shows them.")
    if action in ("ask", "form"):
        found = _instrument(ctx, instrument)
        if action == "form":
            _form(ctx, found, output)
        else:
            _ask(found, unit, output, no_input)
        return
    kb = open_kb(ctx, dry_run=dry_run)
    from kmkit.learn.assess.instrument import load_instrument

    found = load_instrument(instrument, kb.root)
    if action == "collect":
        collect(kb, found, files or [], name)
    elif action == "report":
        report(ctx, kb, found, name, others or [], audience, output)
    elif action == "share":
        from kmkit.learn.assess.rounds import shared

        now = chosen(kb, found, name)[0]
        deliver(shared(now, kb.config.organisation.name), output)
    else:
        match(kb, found, files or [], name, each, first_day(start, kb.today), ics)


def _instrument(ctx: typer.Context, name: str) -> "Instrument":
    """The instrument, also where there is no knowledge base."""
    from kmkit.learn.assess.instrument import load_instrument
    from kmkit.places import find_root

    try:
        root: Path | None = find_root(folder(ctx))
    except Cannot:
        root = None
    return load_instrument(name, root)


def _list(ctx: typer.Context) -> None:
    from kmkit.learn.assess.instrument import instrument_names, load_instrument

    kb = open_kb(ctx)
    rounds = rounds_of(kb)
    rows = []
    for name in instrument_names(kb.root):
        found = load_instrument(name, kb.root)
        own = [one for one in rounds if one.instrument == name]
        told = ", ".join(f"{one.name} ({one.tally.people})" for one in own)
        rows.append((name, found.title, len(found.items), told))
    table(("instrument", "title", "items", "rounds (people)"), rows)


def _form(ctx: typer.Context, found: "Instrument", output: Path | None) -> None:
    from kmkit.views.assess import form, workbook

    if output and by_ending(output, ("html", "xlsx")) == "xlsx":
        write_out(workbook(found), output)
        say(f"Written: {output}.")
        return
    deliver(form(found, None), output)


def _ask(found: "Instrument", unit: str, output: Path | None, no_input: bool) -> None:
    """Put the sentences to the person at the terminal, one after the other."""
    from kmkit.learn.assess.sheets import Sheet, written

    if not may_ask(no_input):
        raise UsageError(
            "Nobody is there to answer.", f"kmkit assess form {found.name} makes a page for it."
        )
    say(f"{found.title}. {found.about}")
    say("No name is asked. Enter: I cannot say.")
    unit = unit or ask("Your unit (Enter leaves it out):")
    say(found.scale.question)
    say("  ".join(f"{n} {label}" for n, label in enumerate(found.scale.labels, 1)))
    answers: dict[str, int | None] = {}
    for dimension in found.dimensions:
        say(f"{dimension.title}: {dimension.about}")
        for item in dimension.items:
            answers[item.key] = _answer(item.text, found.points)
    place = output or Path(f"answers-{secrets.token_hex(4)}.json")
    deliver(written(Sheet(found.name, found.version, unit, answers)), place)
    say("Hand this file to whoever collects the answers.")


def _answer(text: str, points: int) -> int | None:
    while True:
        given = ask(f"{text} [1-{points}]")
        if not given:
            return None
        if given.isascii() and given.isdigit() and 1 <= int(given) <= points:
            return int(given)
        say(f"A number from 1 to {points}, or Enter.")
