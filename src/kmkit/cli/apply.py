"""``kmkit apply``: record that a lesson was used, and what came of it."""

from pathlib import Path
from typing import Annotated

import typer

from kmkit.cli.completing import complete_outcome
from kmkit.cli.options import Because, DryRun, NoInput, NoteArg, a_day, open_kb
from kmkit.cli.screen import needed, on_terminal, out, say
from kmkit.errors import UsageError


def command(
    ctx: typer.Context,
    note: NoteArg,
    where: Annotated[
        str, typer.Option("--in", metavar="WHERE", help="the project, event or unit")
    ] = "",
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome",
            metavar="OUTCOME",
            help="helped, no-difference or did-not-help",
            autocompletion=complete_outcome,
        ),
    ] = "",
    because: Because = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="the day, where it is not today")
    ] = "",
    evidence: Annotated[
        list[str],
        typer.Option("--evidence", metavar="TEXT", help="the address of what shows it"),
    ] = [],  # noqa: B006
    attach: Annotated[
        list[Path],
        typer.Option("--attach", metavar="FILE", help="a file to keep with it, with its SHA-256"),
    ] = [],  # noqa: B006
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Record that a lesson was used, and what came of it; open to everybody.

    A lesson that did not help is as welcome as one that did: its owner is asked to look at it.

    \b
    kmkit apply x7k2 --in "Flood of 2027" --outcome helped --because "Fuel was there on day one."
    """
    from kmkit.note.methods import OUTCOMES
    from kmkit.text import did_you_mean, one_line

    kb = open_kb(ctx, dry_run=dry_run)
    found = kb.resolve(note)
    where = needed(where, "--in", "Where was it used?", no_input)
    known = ", ".join(OUTCOMES)
    outcome = needed(outcome, "--outcome", f"What came of it ({known})?", no_input).strip()
    if outcome not in OUTCOMES:
        near = did_you_mean(outcome[:80], OUTCOMES) or f"Use one of: {known}."
        raise UsageError(f"'{one_line(outcome)}' is no outcome.", near)
    because = needed(because, "--because", "Why do you think so?", no_input)
    day = a_day(on, "--on") if on else None
    path = kb.apply(
        found,
        where=where,
        outcome=outcome,
        because=because,
        on=day,
        evidence=evidence,
        attach=attach,
    )
    say(f"{'Would record' if dry_run else 'Recorded'}: {found.title}: {outcome} in {where}.")
    if not on_terminal() and not dry_run:
        out(str(path))
