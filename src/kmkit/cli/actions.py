"""``kmkit actions``: what is owed: lessons that are to be used and have not been."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_owner
from kmkit.cli.formats import (
    Findings,
    deliver,
    in_repository,
    many,
    show_findings,
)
from kmkit.cli.options import AsJson
from kmkit.cli.recording import called
from kmkit.cli.screen import on_terminal, say, table
from kmkit.cli.told import Audience, for_whom, in_the_house, open_for, say_for_whom
from kmkit.errors import Exit

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.learn.actions import Action
    from kmkit.learn.learned import Learned

_NOTHING = "Nothing is owed. A lesson to be used: kmkit apply NOTE --in WHERE --action WHAT."
_COLUMNS = ("action", "what", "where", "lesson", "by", "due")
_WIDE = ("what", "where", "lesson", "due")
"""For a circle beyond the narrowest."""
_LEARNED = ("note", "lesson", "learned", "since", "why")


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
    audience: Audience = "",
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
        _learned(ctx, audience, as_json=as_json or fmt is Findings.JSON)
        return
    from kmkit.learn.actions import actions

    with open_for(ctx, audience) as index:
        if mine or by:
            in_the_house(index, "Whose actions they are is about people")
        who = index.git.identity().key if mine else by
        rows = actions(index, by=who, where=where, overdue=overdue, unverified=to_verify)
        _show(index, rows, Findings.JSON if as_json else fmt)
        chosen = bool(by or where or mine or index.wide)
        say(_sum(rows, to_verify=to_verify, chosen=chosen))
        if by and not rows:
            _nobody(index, by)
        say_for_whom(index)
    if overdue and rows:
        raise typer.Exit(Exit.FINDINGS)


def _nobody(index: "Index", by: str) -> None:
    """Say so where nobody's address has ``by`` in it."""
    from kmkit.text import did_you_mean, fold, one_line

    if not any(fold(by) in email for email in index.people):
        near = did_you_mean(by[:80], index.people)
        say(f"Nobody in people/ has '{one_line(by)}' in the address. {near}")


def _sum(rows: "list[Action]", *, to_verify: bool, chosen: bool) -> str:
    """How many there are, in words."""
    count = many(len(rows), "action")
    if to_verify:
        return f"{count} to be verified." if rows else "Nothing waits to be verified."
    if not rows:
        return "No action is like that." if chosen else _NOTHING
    return f"{count} owed, {sum(row.overdue for row in rows)} overdue."


def _learned(ctx: typer.Context, audience: str, *, as_json: bool) -> None:
    """The lessons that were applied, or are to be: which are learned, and why or why not."""
    from kmkit.learn.learned import learned
    from kmkit.views import records

    with open_for(ctx, audience) as index:
        found = sorted(learned(index).values(), key=lambda one: (not one.learned, one.note))
        cards = {one.note: index.by_id(one.note) for one in found}
        circle, foot = index.circle, for_whom(index)
    titles = {id: card.title if card else id for id, card in cards.items()}
    if as_json:
        deliver(records.learned(found, titles, circle))
    elif found or not on_terminal():
        table(_LEARNED, [_standing(one, titles[one.note]) for one in found])
    many_ = many(len(found), "lesson")
    say(f"{sum(one.learned for one in found)} learned, of {many_} applied or to be applied.")
    if not found:
        say("Where one was used: kmkit apply NOTE --in WHERE --outcome helped --because WHY.")
    say(foot)


def _standing(one: "Learned", title: str) -> tuple[object, ...]:
    """Whether one lesson is learned, and why or why not."""
    note = one.note[-4:] if on_terminal() else one.note
    learned = "yes" if one.learned else "not yet"
    return (note, title, learned, one.since, " ".join(one.reasons))


def _show(index: "Index", rows: "list[Action]", fmt: Findings) -> None:
    """The rows in the format that was asked for."""
    from kmkit.views import records

    if fmt is Findings.JSON:
        deliver(records.actions(rows, index.circle, wide=index.wide))
    elif fmt is not Findings.TEXT:
        in_the_house(index, "Findings are for those who work here: they name people")
        from kmkit.index.recorded import place_of

        base = in_repository(index)
        found = records.as_problems(rows, lambda row: place_of(index, row.path, "due"))
        show_findings([p._replace(path=str(PurePosixPath(base, p.path))) for p in found], fmt)
    elif rows or not on_terminal():
        columns = _WIDE if index.wide else _COLUMNS
        table(columns, [_line(index, row) for row in rows])


def _line(index: "Index", row: "Action") -> tuple[object, ...]:
    """As much as is needed to see to it."""
    if index.wide:
        return (row.action, row.where, row.title, row.due)
    if not on_terminal():
        return (row.id, row.action, row.where, row.note, row.by, row.due)
    due = f"{row.due}, overdue" if row.overdue else row.due
    lesson = f"{row.title} ({row.note[-4:]})"
    return (row.short, row.action, row.where, lesson, called(index, row.by), due)
