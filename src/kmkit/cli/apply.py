"""``kmkit apply``: a lesson is used: planned, done, verified, or dropped with a reason."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from kmkit.cli.completing import complete_application, complete_outcome, complete_owner
from kmkit.cli.options import Because, DryRun, NoInput, a_day, open_kb
from kmkit.cli.persons import a_person
from kmkit.cli.picking import picked
from kmkit.cli.recording import a_record, report
from kmkit.cli.screen import needed, on_terminal, out, say
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kmkit.kb import KnowledgeBase


class Said(NamedTuple):
    """What the options say."""

    ref: str
    where: str
    action: str
    by: str
    due: "date | None"
    changed: str
    outcome: str
    because: str
    on: "date | None"
    evidence: list[str]
    attach: list[Path]
    no_input: bool


def command(
    ctx: typer.Context,
    note: Annotated[
        str,
        typer.Argument(
            metavar="NOTE|APPLICATION",
            default_factory=str,
            show_default=False,
            help="the lesson; with --done, --verify, --drop or --replan the application of it",
            autocompletion=complete_application,
        ),
    ],
    where: Annotated[
        str, typer.Option("--in", metavar="WHERE", help="the project, event or unit")
    ] = "",
    action: Annotated[
        str, typer.Option("--action", metavar="TEXT", help="what is to be done: plans it")
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="EMAIL",
            help="who is to do it; default: you",
            autocompletion=complete_owner,
        ),
    ] = "",
    due: Annotated[
        str, typer.Option("--due", metavar="DATE", help="the day by which it is to be done")
    ] = "",
    done: Annotated[bool, typer.Option("--done", help="what was planned is done")] = False,
    changed: Annotated[
        str,
        typer.Option(
            "--changed",
            metavar="WHAT",
            help="what was changed: PATH@COMMIT, 'DOCUMENT, paragraph', or a link",
        ),
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
    verify: Annotated[
        bool, typer.Option("--verify", help="you saw, and did not do it, what came of it")
    ] = False,
    drop: Annotated[bool, typer.Option("--drop", help="it will not be done")] = False,
    replan: Annotated[
        bool, typer.Option("--replan", help="another day, or somebody else to do it")
    ] = False,
    because: Because = "",
    on: Annotated[
        str,
        typer.Option(
            "--on",
            metavar="DATE",
            help="the day of the use, or of the evidence; default: today",
        ),
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
    """Record that a lesson was used and what came of it, or plan its use; open to everybody.

    What is planned is done, then verified by somebody else, or dropped with a reason. A lesson
    that did not help is as welcome as one that did: its owner is asked to look at it.

    \b
    kmkit apply x7k2 --in "Flood of 2027" --outcome helped --because "Fuel was there on day one."
    kmkit apply x7k2 --in "Coast road" --action "Sign fuel contracts" --due 2027-03-01
    kmkit apply r4m8 --done --changed plans/fuel.md --outcome helped --because "Signed in May."
    kmkit apply r4m8 --verify --evidence "Fuel log of 12 June" --on 2027-06-12
    """
    steps = {"--done": done, "--verify": verify, "--drop": drop, "--replan": replan}
    taken = [name for name, wanted in steps.items() if wanted]
    if len(taken) > 1:
        raise UsageError(f"{' and '.join(taken)} exclude each other.", "Take one step at a time.")
    kb = open_kb(ctx, dry_run=dry_run)
    who = a_person(kb, by, "--by")
    said = Said(
        note, where, action, who, a_day(due, "--due") if due else None, changed, outcome, because,
        a_day(on, "--on") if on else None, evidence, attach, no_input,
    )  # fmt: skip
    if taken:
        _walk(ctx, kb, said, taken[0])
    elif action or due:
        _plan(ctx, kb, said)
    else:
        _report(ctx, kb, said)


def _report(ctx: typer.Context, kb: "KnowledgeBase", said: Said) -> None:
    """A use that has happened, in one step."""
    found = kb.resolve(picked(ctx, said.ref))
    where = needed(said.where, "--in", "Where was it used?", said.no_input)
    outcome = _outcome(said)
    because = needed(said.because, "--because", "Why do you think so?", said.no_input)
    path = kb.apply(
        found,
        where=where,
        outcome=outcome,
        because=because,
        on=said.on,
        evidence=said.evidence,
        attach=said.attach,
        changed=said.changed,
    )
    say(f"{'Would record' if kb.dry_run else 'Recorded'}: {found.title}: {outcome} in {where}.")
    if not on_terminal() and not kb.dry_run:
        out(str(path))


def _outcome(said: Said) -> str:
    """What came of it, from the option or the person."""
    from kmkit.note.methods import OUTCOMES
    from kmkit.text import did_you_mean, one_line

    known = ", ".join(OUTCOMES)
    given = needed(said.outcome, "--outcome", f"What came of it ({known})?", said.no_input).strip()
    if given not in OUTCOMES:
        near = did_you_mean(given[:80], OUTCOMES) or f"Use one of: {known}."
        raise UsageError(f"'{one_line(given)}' is no outcome.", near)
    return given


def _plan(ctx: typer.Context, kb: "KnowledgeBase", said: Said) -> None:
    """A use that is to happen."""
    from kmkit.kb.applying import plan

    found, ask = kb.resolve(picked(ctx, said.ref)), said.no_input
    if said.outcome:
        raise UsageError(
            "--outcome is of what has happened, and --action of what will.", "Leave one out."
        )
    where = needed(said.where, "--in", "Where is it to be used?", ask)
    action = needed(said.action, "--action", "What is to be done?", ask)
    due = said.due or a_day(needed("", "--due", "By which day (2027-03-01)?", ask), "--due")
    made = plan(kb, found, where=where, action=action, due=due, by=said.by, because=said.because)
    how = f"When it is done: kmkit apply {made.record.id[-4:]} --done --changed WHAT --outcome …"
    report(made, "planned", then=how)


def _walk(ctx: typer.Context, kb: "KnowledgeBase", said: Said, step: str) -> None:
    """The next step of an application that is there."""
    from kmkit.kb import applying

    if not said.ref:
        raise UsageError("Which application?", f"kmkit actions lists them: kmkit apply ID {step}.")
    path, ask = a_record(ctx, said.ref, "application"), said.no_input
    if step == "--verify":
        seen = needed(", ".join(said.evidence), "--evidence", "What shows that it holds?", ask)
        report(
            applying.verify(
                kb, path, evidence=seen, because=said.because, on=said.on,
                changed=said.changed, outcome=said.outcome,
            ),
            "verified",
        )  # fmt: skip
        return
    if step == "--done":
        changed = needed(said.changed, "--changed", "What was changed, and where?", ask)
        outcome = _outcome(said)
        because = needed(said.because, "--because", "Why do you think so?", ask)
        made = applying.done(
            kb, path, changed=changed, outcome=outcome, because=because, on=said.on,
            evidence=said.evidence, attach=said.attach,
        )  # fmt: skip
        then = f"Somebody else verifies it: kmkit apply {made.record.id[-4:]} --verify"
        report(made, f"done, {outcome}", then=f"{then} --evidence WHERE.")
        return
    because = needed(said.because, "--because", "Why?", ask)
    if step == "--drop":
        report(applying.drop(kb, path, because=because), "dropped")
    else:
        made = applying.replan(kb, path, due=said.due, by=said.by, because=because)
        report(made, "planned anew")
