"""``kmkit offboard``: what hangs on somebody who leaves, and who takes it on."""

from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_owner
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, DryRun, a_day, open_kb
from kmkit.cli.persons import a_person
from kmkit.cli.screen import report, say, table
from kmkit.cli.told import PEOPLE, Audience, in_the_house, open_for
from kmkit.errors import Exit, Refused
from kmkit.text import as_typed

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.learn.people import Holding


def command(
    ctx: typer.Context,
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON",
            help="the address, or a part of the name",
            autocompletion=complete_owner,
        ),
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="the last day; kept in people/")
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="EMAIL",
            help="who answers for the notes from now on",
            autocompletion=complete_owner,
        ),
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="write the exit interview and the handover there"
        ),
    ] = None,
    audience: Audience = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """See what hangs on somebody who leaves: what they own, know alone and still owe.

    --to gives each of their notes to somebody else, a commit for each, as reassign does; on a
    branch of its own, one merge reviews them all. -o writes two drafts to be filled in together
    before the last day: the questions of an exit interview, and the handover. It is about a
    person, so it is for the house alone.

    \b
    kmkit offboard ruth --until 2026-12-31 -o leaving/
    kmkit offboard ruth --to ben@example.org
    """
    from kmkit.learn.people import find_person, holding
    from kmkit.views import people as view

    kb = open_kb(ctx, dry_run=dry_run)
    heir = a_person(kb, to, "--to", outside=False)
    with open_for(ctx, audience) as index:
        in_the_house(index, "What hangs on somebody is about that person")
        email = find_person(index, person)
        leaves = a_day(until, "--until") if until else None
        found = holding(index, email, leaves=leaves)
        profile = index.people.get(email)
    if as_json:
        deliver(view.holding_json(found))
    else:
        table(view.COLUMNS, view.rows(found))
        say(view.summary(found))
    say(PEOPLE)
    if leaves:
        _leaving(kb, profile.path if profile else "", leaves)
    if folder:
        _drafts(kb, found, folder)
    if heir:
        _reassign(kb, found, heir)


def _leaving(kb: "KnowledgeBase", path: str, leaves: date) -> None:
    """Write the last day into the person's file."""
    from kmkit.kb.recording import change

    if not path:
        say("There is no file of that person in people/: kmkit new person.")
        return
    try:
        change(kb, PurePosixPath(path), {"until": leaves}, move="leave")
    except Refused as refusal:
        if "change nothing" not in str(refusal):
            raise
        return
    say(f"{'Would write' if kb.dry_run else 'Wrote'} the last day, {leaves}: {path}.")


def _drafts(kb: "KnowledgeBase", found: "Holding", folder: Path) -> None:
    """Write the two drafts; what is there already is left as it is."""
    from kmkit.trail.safely import write_file
    from kmkit.views.people import exit_interview, handover

    for name, text in (
        ("exit-interview.md", exit_interview(found)),
        ("handover.md", handover(found)),
    ):
        place = folder / name
        if place.exists():
            say(f"{place} is there already and was left as it is.")
        elif kb.dry_run:
            say(f"Would write {place}.")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            write_file(place.resolve(), text.encode())
            kind = place.stem
            then = f"kmkit capture --from {as_typed(place)} --kind {kind}"
            say(f"Wrote {place}. Fill it in, then: {then}.")


def _reassign(kb: "KnowledgeBase", found: "Holding", to: str) -> None:
    """Give each note to ``to``; what is refused is told, and the others go on."""
    from kmkit.lifecycle.context import Request

    if not found.owns:
        say(f"{found.name} owns no note, so there is none to give to {to}.")
    refused = 0
    for card in found.owns:
        note = kb.read(PurePosixPath(card.path))
        try:
            why = f"{found.name} leaves."
            moved = kb.move("reassign", note, Request(owner=to, because=why))
            report(moved, dry_run=kb.dry_run, then="")
        except Refused as refusal:
            say(f"{card.title} ({card.short}): {refusal}")
            refused += 1
    if refused:
        say(f"{many(refused, 'note')} of {len(found.owns)} could not be given to {to}.")
        raise typer.Exit(Exit.REFUSED)
