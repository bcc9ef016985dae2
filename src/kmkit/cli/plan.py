"""``kmkit plan``: what shall be done about knowledge, by whom and when."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note, complete_owner
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, DryRun, open_kb
from kmkit.cli.persons import a_person
from kmkit.cli.recording import a_record, called, report
from kmkit.cli.screen import on_terminal, say, table
from kmkit.cli.told import Audience, for_whom, in_the_house, open_for
from kmkit.errors import Exit, UsageError

if TYPE_CHECKING:
    from datetime import date

    from kmkit.learn.plans import Planned

_GROUPS = ("capture", "access", "exchange")


def complete_group(incomplete: str) -> list[str]:
    """The groups that begin with ``incomplete``."""
    return [name for name in _GROUPS if name.startswith(incomplete)]


def command(
    ctx: typer.Context,
    plan: Annotated[
        str, typer.Argument(metavar="[PLAN]", help="with --add and --done: which plan")
    ] = "",
    add: Annotated[str, typer.Option("--add", metavar="WHAT", help="add an action")] = "",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="EMAIL",
            help="--add: who sees to it; by default you",
            autocompletion=complete_owner,
        ),
    ] = "",
    when: Annotated[
        str,
        typer.Option(
            "--when", metavar="TIMELINE", help="--add: a day, 3/2027, 'Q2 2027', ongoing or tbc"
        ),
    ] = "",
    group: Annotated[
        str,
        typer.Option(
            "--group",
            metavar="GROUP",
            help="capture, access or exchange",
            autocompletion=complete_group,
        ),
    ] = "",
    done: Annotated[
        int | None, typer.Option("--done", metavar="N", min=1, help="the Nth action of it is done")
    ] = None,
    note: Annotated[
        list[str],
        typer.Option(
            "--note", metavar="NOTE", help="--done: what came of it", autocompletion=complete_note
        ),
    ] = [],  # noqa: B006
    overdue: Annotated[
        bool, typer.Option("--overdue", help="only those; exits with 1 where there is one")
    ] = False,
    mine: Annotated[bool, typer.Option("--mine", help="those that I am to see to")] = False,
    audience: Audience = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """List the actions of all plans, what is overdue first; add one, or say that one is done.

    A plan is begun with kmkit new plan.

    \b
    kmkit plan --overdue
    kmkit plan p3k9 --add "Film the gauge readers" --when "Q2 2027" --group capture
    kmkit plan p3k9 --done 2 --note x7k2
    """
    if add and done:
        raise UsageError("--add and --done exclude each other.", "Take one step at a time.")
    if note and not done:
        raise UsageError("--note goes with --done.", "It says what came of an action.")
    if (by or when) and not add:
        raise UsageError("--by and --when are of an action that is added.", "Give --add 'WHAT'.")
    if group and group not in _GROUPS:
        raise UsageError(f"--group: there is no '{group}'.", f"Use one of: {', '.join(_GROUPS)}.")
    if not (add or done):
        _list(ctx, plan, overdue, mine, group, audience, as_json)
        return
    if audience:
        raise UsageError("--audience is for lists.", "Leave it out to change a plan.")
    if not plan:
        raise UsageError("Which plan?", "kmkit list --kind plan shows them.")
    from kmkit.kb.planning import action_done, add_action

    path = a_record(ctx, plan, "plan")
    kb = open_kb(ctx, dry_run=dry_run)
    if add:
        _a_time(when, kb.today)
        who = a_person(kb, by, "--by")
        made = add_action(kb, path, add, focal_point=who, timeline=when, group=group)
        report(made, f"to be done: {add}")
        return
    notes = [kb.resolve(ref).id for ref in note]
    assert done is not None
    report(action_done(kb, path, done, notes=notes), f"action {done} is done")


def _a_time(when: str, today: "date") -> None:
    """Refuse what is no timeline, and one that is past, before it is written."""
    from kmkit.learn.plans import ends

    try:
        last = ends(when, today)
    except ValueError:
        raise UsageError(
            f"--when: '{when}' is no time.", "Write 2027-03-31, 3/2027, 'Q2 2027', ongoing or tbc."
        ) from None
    if last and last < today:
        raise UsageError(f"--when: {when} is past.", "Give a time that is still to come.")


def _list(
    ctx: typer.Context,
    plan: str,
    overdue: bool,
    mine: bool,
    group: str,
    audience: str,
    as_json: bool,
) -> None:
    from kmkit.learn.plans import planned
    from kmkit.views import plans as view

    with open_for(ctx, audience) as index:
        if mine:
            in_the_house(index, "Whose actions they are is about people")
        me = index.git.identity().key if mine else ""
        found = planned(index, mine=me, overdue=overdue, group=group or None)
        if plan:
            from kmkit.index.recorded import record_path

            only = str(record_path(index, plan, "plan"))
            found = [one for one in found if one.path == only]
        circle, wide, foot = index.circle, index.wide, for_whom(index)
        if on_terminal() and not as_json:
            found = [one._replace(who=called(index, one.who)) for one in found]
    if as_json:
        deliver(view.plans_json(found, circle, wide=wide))
    else:
        table(view.WIDE if wide else view.COLUMNS, view.rows(found, wide=wide))
    _said(found, chosen=overdue or mine or wide or bool(plan or group))
    say(foot)
    if overdue and found:
        raise typer.Exit(Exit.FINDINGS)


def _said(found: "list[Planned]", *, chosen: bool) -> None:
    late = sum(one.status == "overdue" for one in found)
    done = sum(one.status == "done" for one in found)
    if found:
        say(f"{many(len(found), 'action')}: {done} done, {late} overdue.")
    elif chosen:
        say("No action of a plan is like that.")
    else:
        say("No action is planned yet. Begin a plan: kmkit new plan.")
