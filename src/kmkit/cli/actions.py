"""``kmkit actions``: what is owed: lessons that are to be used and have not been."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_owner
from kmkit.cli.formats import Findings, deliver, in_repository, many, show_findings
from kmkit.cli.options import AsJson, open_index
from kmkit.cli.recording import called
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import Exit

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.learn.actions import Action

_NOTHING = "Nothing is owed. A lesson to be used: kmkit apply NOTE --in WHERE --action WHAT."
_COLUMNS = ("action", "what", "where", "lesson", "by", "due")


def command(
    ctx: typer.Context,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="only those; exits with 1 where there is one")
    ] = False,
    mine: Annotated[bool, typer.Option("--mine", help="those that I am to see to")] = False,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="EMAIL",
            help="those of this person; a part of the address will do",
            autocompletion=complete_owner,
        ),
    ] = "",
    where: Annotated[
        str, typer.Option("--in", metavar="WHERE", help="those of this project, event or unit")
    ] = "",
    to_verify: Annotated[
        bool, typer.Option("--to-verify", help="what was done and nobody else has verified")
    ] = False,
    learned: Annotated[
        bool, typer.Option("--learned", help="the applied lessons: which are learned, and why")
    ] = False,
    fmt: Annotated[Findings, typer.Option("--format", help="how to show them")] = Findings.TEXT,
    as_json: AsJson = False,
) -> None:
    """List what is owed: lessons that are to be used somewhere and have not been.

    \b
    kmkit actions --mine
    kmkit actions --overdue --format github
    kmkit actions --learned
    """
    if learned:
        _learned(ctx, as_json=as_json or fmt is Findings.JSON)
        return
    from kmkit.learn.actions import actions

    with open_index(ctx, records=True) as index:
        who = index.git.identity().key if mine else by
        rows = actions(index, by=who, where=where, overdue=overdue, unverified=to_verify)
        _show(index, rows, Findings.JSON if as_json else fmt)
    late = sum(row.overdue for row in rows)
    what = "to be verified" if to_verify else "owed"
    said = f"{many(len(rows), 'action')} {what}, {late} overdue." if rows else _NOTHING
    if to_verify:
        said = f"{many(len(rows), 'action')} {what}." if rows else "Nothing waits to be verified."
    say(said)
    if overdue and rows:
        raise typer.Exit(Exit.FINDINGS)


def _learned(ctx: typer.Context, *, as_json: bool) -> None:
    """The lessons that were applied, or are to be: which are learned, and why or why not."""
    from kmkit.learn.learned import learned
    from kmkit.views import records

    with open_index(ctx, records=True) as index:
        found = sorted(learned(index).values(), key=lambda one: (not one.learned, one.note))
        cards = {one.note: index.by_id(one.note) for one in found}
    titles = {id: card.title if card else id for id, card in cards.items()}
    if as_json:
        deliver(records.learned(found, titles))
    elif found or not on_terminal():
        rows = [
            (
                one.note[-4:] if on_terminal() else one.note,
                titles[one.note],
                "yes" if one.learned else "not yet",
                one.since,
                " ".join(one.reasons),
            )
            for one in found
        ]
        table(("note", "lesson", "learned", "since", "why"), rows)
    many_ = many(len(found), "lesson")
    say(f"{sum(one.learned for one in found)} learned, of {many_} applied or to be applied.")
    if not found:
        say("Where one was used: kmkit apply NOTE --in WHERE --outcome helped --because WHY.")


def _show(index: "Index", rows: "list[Action]", fmt: Findings) -> None:
    """The rows in the format that was asked for."""
    from kmkit.views import records

    if fmt is Findings.JSON:
        deliver(records.actions(rows))
    elif fmt is not Findings.TEXT:
        from kmkit.index.recorded import place_of

        base = in_repository(index)
        found = records.as_problems(rows, lambda row: place_of(index, row.path, "due"))
        show_findings([p._replace(path=str(PurePosixPath(base, p.path))) for p in found], fmt)
    elif rows or not on_terminal():
        table(_COLUMNS, [_line(index, row) for row in rows])


def _line(index: "Index", row: "Action") -> tuple[object, ...]:
    """As much as is needed to see to it."""
    if not on_terminal():
        return (row.id, row.action, row.where, row.note, row.by, row.due)
    due = f"{row.due}, overdue" if row.overdue else row.due
    lesson = f"{row.title} ({row.note[-4:]})"
    return (row.short, row.action, row.where, lesson, called(index, row.by), due)
