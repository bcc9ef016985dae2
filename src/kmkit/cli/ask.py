"""``kmkit ask``: keep a question that nobody has answered yet; close it by the note that does."""

from typing import Annotated

import typer

from kmkit.cli.completing import complete_question
from kmkit.cli.fields import line, text
from kmkit.cli.options import Because, DryRun, Level, NoInput, Topics, open_index, open_kb
from kmkit.cli.recording import a_record, report
from kmkit.cli.screen import needed
from kmkit.errors import UsageError


def command(
    ctx: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="[QUESTION]", help="the question; with --answered, the NOTE")
    ] = "",
    level: Level = "",
    topic: Topics = [],  # noqa: B006
    because: Because = "",
    answered: Annotated[
        str,
        typer.Option(
            "--answered",
            metavar="QUESTION",
            help="a question that the NOTE answers",
            autocompletion=complete_question,
        ),
    ] = "",
    listing: Annotated[bool, typer.Option("--list", help="the open questions")] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Keep a question that nobody has answered yet; close it by the note that does.

    Open questions stand in the digest of those who may read them: without --level the narrowest
    circle. Whoever asked is told there when a note answers it.

    \b
    kmkit ask "How do we keep fuel fresh for longer than a year?" --topic fuel
    kmkit ask --list
    kmkit ask --answered q4m8 x7k2
    """
    if listing:
        _list(ctx)
        return
    kb = open_kb(ctx, dry_run=dry_run)
    if answered:
        from kmkit.kb.asking import answer

        if not question:
            raise UsageError("Which note answers it?", "Run: kmkit ask --answered QUESTION NOTE.")
        path, note = a_record(ctx, answered, "question"), kb.resolve(question)
        made = answer(kb, path, note, because=text(because, "--because"))
        report(made, f"answered by '{note.title}'")
        return
    from kmkit.kb.asking import ask

    asked = needed(line(question, "The question"), "QUESTION", "What is the question?", no_input)
    why = text(because, "--because")
    made = ask(kb, line(asked, "The question"), level=level, topics=topic, because=why)
    then = f"When a note answers it: kmkit ask --answered {made.record.id[-4:]} NOTE."
    report(made, "asked", then=then)


def _list(ctx: typer.Context) -> None:
    """The open questions, as ``kmkit list --kind question --state open`` lists them."""
    from kmkit.cli import rows
    from kmkit.cli.record_rows import show
    from kmkit.index.choosing.filters import Filter, Term

    how = rows.shape(rows.TABLE, as_json=False, limit=None, null=False, output=None)
    none = "No question is open. To keep one: kmkit ask 'QUESTION'."
    with open_index(ctx) as index:
        show(index, Filter((Term("kind", "question"), Term("state", "open"))), how, none=none)
