"""``kmkit identify``: what the organisation has to know, and how critical that is."""

from typing import Annotated

import typer

from kmkit.cli.options import AsJson, DryRun, NoInput, Topics, open_index, open_kb
from kmkit.cli.recording import report
from kmkit.cli.screen import ask, may_ask, say, table
from kmkit.errors import UsageError


def command(
    ctx: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="[SUBJECT]", help="what has to be known, in a few words")
    ] = "",
    topic: Topics = [],  # noqa: B006
    score: Annotated[
        list[str],
        typer.Option(
            "--score",
            metavar="CRITERION='N WHY'",
            help="such as --score demand='4 asked for every week'; all six, or none",
        ),
    ] = [],  # noqa: B006
    as_json: AsJson = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Screen what the organisation has to know: what is it worth, and how easily is it lost?

    Six criteria, each from 1 to 5 with a reason: strategic need, demand, specificity,
    recordability, transferability, risk of loss. Without a SUBJECT: what was screened, the most
    critical first. The same SUBJECT again is screened anew; the trail keeps what was said before.

    \b
    kmkit identify "Reading the gauges by ear" --topic early-warning
    kmkit identify
    """
    if not subject:
        _list(ctx, as_json)
        return
    from kmkit.kb.screening import screen

    scores = _given(score)
    kb = open_kb(ctx, dry_run=dry_run)
    if not scores and may_ask(no_input):
        scores = _asked()
    made = screen(kb, subject, scores, topics=topic)
    report(made, "screened" if scores else "to be screened", then="Next: kmkit map.")


def _given(options: list[str]) -> dict[str, tuple[int, str]]:
    """The scores of the options."""
    from kmkit.kb.screening import score

    found: dict[str, tuple[int, str]] = {}
    for option in options:
        name, mark, said = option.partition("=")
        if not mark:
            raise UsageError("--score names a criterion.", "Write --score demand='4 because …'.")
        if name in found:
            raise UsageError(f"--score {name} is given twice.", "Give each criterion once.")
        found[name] = score(said)
    return found


def _asked() -> dict[str, tuple[int, str]]:
    """The scores of the person at the terminal."""
    from kmkit.kb.screening import score
    from kmkit.note.records.knowledge import CRITERIA

    say("From 1, hardly, to 5, entirely, and why: '4 because …'. Enter at the first: not now.")
    found: dict[str, tuple[int, str]] = {}
    for name, question in CRITERIA.items():
        while name not in found:
            said = ask(question)
            if not said and not found:
                return {}
            try:
                found[name] = score(said)
            except UsageError as error:
                say(str(error))
    return found


def _list(ctx: typer.Context, as_json: bool) -> None:
    """What was screened, the most critical first."""
    from kmkit.cli.formats import deliver
    from kmkit.learn.knowledge_map import advice
    from kmkit.note.records.knowledge import Knowledge
    from kmkit.views import knowledge_map as view

    with open_index(ctx, records=True) as index:
        known = [one for one in index.records("knowledge") if isinstance(one, Knowledge)]
    known.sort(key=lambda one: (-one.total, one.subject))
    if as_json:
        deliver(view.knowledge_json(known))
        return
    table(view.KNOWLEDGE, view.knowledge_rows(known, advice))
    if not known:
        say("Nothing was screened yet. Begin: kmkit identify 'WHAT WE HAVE TO KNOW' --topic TOPIC")
