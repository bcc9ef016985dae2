"""``kmkit plan``: what shall be done about knowledge, by whom and when."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note, complete_owner
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, DryRun, open_index, open_kb
from kmkit.cli.recording import a_record, report
from kmkit.cli.screen import say, table
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
    if group and group not in _GROUPS:
        raise UsageError(f"--group: there is no '{group}'.", f"Use one of: {', '.join(_GROUPS)}.")
    if not (add or done):
        _list(ctx, plan, overdue, mine, group, as_json)
        return
    if not plan:
        raise UsageError("Which plan?", "kmkit list --kind plan shows them.")
    from kmkit.kb.planning import action_done, add_action

    path = a_record(ctx, plan, "plan")
    kb = open_kb(ctx, dry_run=dry_run)
    if add:
        _a_time(when, kb.today)
        made = add_action(kb, path, add, focal_point=by, timeline=when, group=group)
        report(made, f"to be done: {add}")
        return
    notes = [kb.resolve(ref).id for ref in note]
    assert done is not None
    report(action_done(kb, path, done, notes=notes), f"action {done} is done")


def _a_time(when: str, today: "date") -> None:
    """Refuse what is no timeline, before it is written."""
    from kmkit.learn.plans import ends

    try:
        ends(when, today)
    except ValueError:
        raise UsageError(
            f"--when: '{when}' is no time.", "Write 2027-03-31, 3/2027, 'Q2 2027', ongoing or tbc."
        ) from None


def _list(
    ctx: typer.Context, plan: str, overdue: bool, mine: bool, group: str, as_json: bool
) -> None:
    from kmkit.learn.plans import planned
    from kmkit.views import plans as view

    with open_index(ctx, records=True) as index:
        me = index.git.identity().key if mine else ""
        found = planned(index, mine=me, overdue=overdue, group=group or None)
        if plan:
            from kmkit.index.recorded import record_path

            only = str(record_path(index, plan, "plan"))
            found = [one for one in found if one.path == only]
    if as_json:
        deliver(view.plans_json(found))
    else:
        table(view.COLUMNS, view.rows(found))
    _said(found, chosen=overdue or mine or bool(plan or group))
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
