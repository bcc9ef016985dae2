"""``kmkit experts``: whom to ask about a topic or a note, and what could be lost."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note, complete_topic
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, open_index
from kmkit.cli.screen import console, on_terminal, out, say
from kmkit.errors import Exit, UsageError
from kmkit.period import HOW, Period
from kmkit.text import one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.knowing.at_risk import Risk
    from kmkit.index.knowing.experts import Expert
    from kmkit.index.knowing.subject import Subject

_ENOUGH = 10
"""People that a screen shows."""
_SOON = "P6M"


def _complete(ctx: typer.Context, incomplete: str) -> list[str]:
    """The topics that begin like that, else the notes."""
    return complete_topic(ctx, incomplete) or complete_note(ctx, incomplete)


def command(
    ctx: typer.Context,
    about: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TOPIC|NOTE|WORDS]...",
            help="a topic of the vocabulary, a note, or any words",
            autocompletion=_complete,
        ),
    ] = None,
    at_risk: Annotated[
        bool,
        typer.Option("--at-risk", help="what one person alone knows, or people who leave"),
    ] = False,
    within: Annotated[
        str, typer.Option("--within", metavar="PERIOD", help="with --at-risk: who leaves by then")
    ] = _SOON,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="at most so many; 0 for all")
    ] = _ENOUGH,
    as_json: AsJson = False,
) -> None:
    """Find out whom to ask about a topic or a note, and why them.

    Each person comes with the facts: skills, notes owned, judged, written and used. The order says
    whom to ask first and nothing else; people who left come last. --at-risk names the topics and
    notes that one person alone holds or that leave with somebody, critical topics first; the exit
    code is then 1.

    \b
    kmkit experts fuel
    kmkit experts x7k2
    kmkit experts --at-risk --within P1Y
    """
    if at_risk and about:
        raise UsageError("--at-risk looks at everything.", "Leave the topic or the note out.")
    if not at_risk and not about:
        raise UsageError("About what?", "Name a topic, a note or words: kmkit experts fuel")
    with open_index(ctx) as index:
        if at_risk:
            _risks(index, within, as_json)
        else:
            _people(index, about or [], limit, as_json)


def _people(index: "Index", about: list[str], limit: int, as_json: bool) -> None:
    from kmkit.index.knowing.subject import subject_of, who_knows

    subject = subject_of(index, about)
    found = who_knows(index, subject)
    if as_json:
        _json(subject, found[: limit or None])
        return
    shown = found[: limit or None]
    if on_terminal():
        for one in shown:
            _person(one)
    else:
        from kmkit.views.experts import COLUMNS, rows
        from kmkit.views.tables import tsv

        out(tsv(COLUMNS, rows(shown), header=True))
    if not found:
        say(f"Nobody is known to know about {subject.title}.")
        return
    rest = len(found) - len(shown)
    more = f"; {rest} more: --limit 0" if rest else ""
    say(f"{_knows(len(found))} about {subject.title}{more}.")


def _knows(count: int) -> str:
    return "1 person is known to know" if count == 1 else f"{count} people are known to know"


def _json(subject: "Subject", found: "list[Expert]") -> None:
    from kmkit.views.experts import values
    from kmkit.views.porcelain import dumps

    note = subject.note.id if subject.note else ""
    deliver(dumps(values(found, topics=subject.topics, words=subject.words, note=note)))


def _person(one: "Expert") -> None:
    """For people: who it is, and why."""
    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    name = one_line(one.name)
    address = "" if name == one.email else f" <{one_line(one.email)}>"
    said = Text.assemble((name, "dim" if one.left else "bold"), address)
    for mark, style in _marks(one):
        said.append(f"  {one_line(mark)}", style)
    screen.print(said)
    screen.print(Padding(Text(one_line(one.why), "dim" if one.left else ""), (0, 0, 0, 2)))


def _marks(one: "Expert") -> list[tuple[str, str]]:
    """What stands beside the name, and how."""
    marks = [(one.unit, "dim")] if one.unit else []
    if one.left:
        marks.append((f"left on {one.until}", "yellow"))
    elif one.until:
        marks.append((f"leaves on {one.until}", "yellow"))
    if not one.listed:
        marks.append(("not among the people", "dim"))
    return marks


def _risks(index: "Index", within: str, as_json: bool) -> None:
    from kmkit.index.knowing.at_risk import risks_of

    try:
        until = Period.parse(within).after(index.today)
    except ValueError:
        raise UsageError(f"--within: {HOW}.", "Write P6M or '6 months'.") from None
    risks = risks_of(index, index.select(), until)
    if as_json:
        from kmkit.views.experts import risk_values
        from kmkit.views.porcelain import dumps

        deliver(dumps(risk_values(risks, within)))
    elif on_terminal():
        _risk_page(risks)
    else:
        from kmkit.views.experts import RISK_COLUMNS, risk_rows
        from kmkit.views.tables import tsv

        out(tsv(RISK_COLUMNS, risk_rows(risks), header=True))
    topics = sum(risk.note is None for risk in risks)
    notes = many(len(risks) - topics, "note")
    if risks:
        say(f"{many(topics, 'topic')} and {notes} could be lost.")
        raise typer.Exit(Exit.FINDINGS)
    say("No knowledge is held by one person alone or by people who leave.")


def _risk_page(risks: "list[Risk]") -> None:
    """For people: what is the matter, and what to do."""
    from itertools import groupby

    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    for heading, group in groupby(risks, _heading):
        screen.print(Text(heading, "bold"))
        for risk in group:
            colour = "yellow" if risk.code == "one-person" else "red"
            screen.print(Padding(Text(one_line(risk.message), colour), (0, 0, 0, 2)))
            screen.print(Padding(Text(one_line(risk.mend), "dim"), (0, 0, 0, 4)))
        screen.print()


def _heading(risk: "Risk") -> str:
    what = "notes" if risk.note else "topics"
    if risk.critical:
        return "Notes on critical topics" if risk.note else "Critical topics"
    return f"Other {what}" if risk.note is None else "Notes"
