"""``kmkit search``: notes by their words, best first."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.filters import filtered
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, open_index
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import UsageError
from kmkit.index.choosing.filters import Filter
from kmkit.text import as_typed

if TYPE_CHECKING:
    from rich.text import Text

    from kmkit.index.book import Index
    from kmkit.index.choosing.searching import Result, Results
    from kmkit.index.search.snippets import Passage

_COLUMNS = ("id", "title", "state", "owner", "score", "words", "snippet")


@filtered()
def command(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="what to look for")],
    asked: Filter,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="at most so many notes")
    ] = 10,
    explain: Annotated[
        bool, typer.Option("--explain", help="say which words were found where, and what counts")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find notes by their words, best first; retired ones last, with what replaced them.

    Forms of a word are found too; case and accents do not matter. Notes with all the words come
    before those with most of them. Further: '"as written"', -without, begin*, title:word, and
    every filter of `kmkit list` as a word, such as owner:me.

    \b
    kmkit search fuel contracts
    kmkit search '"early warning"' -drill --state not:captured
    """
    from kmkit.index.choosing.searching import search, understood

    typed = " ".join(words)
    what, chosen = understood(typed)
    if not what.parts:
        raise UsageError(
            "There is no word to look for.",
            f"Notes by filters alone: kmkit list {typed}" if chosen.terms else "Give a word.",
        )
    early: list[Results] = []

    def meanwhile(index: "Index") -> None:
        """What is found, if nothing has changed."""
        early.append(search(index, what, chosen.and_(asked), limit, explain=explain))

    with open_index(ctx, meanwhile=meanwhile) as index:
        if not (early and index.unmoved):
            meanwhile(index)
        found = early[-1]
        if as_json:
            from kmkit.views.search import search as text

            deliver(text(typed, found, explain=explain))
        elif on_terminal():
            _show(index, found)
        else:
            table((*_COLUMNS, "why") if explain else _COLUMNS, map(_line, found.results))
    _sum(typed, found, limit)


def _line(one: "Result") -> tuple[object, ...]:
    card = one.listed.card
    words = "all" if one.hit.whole else "most"
    score = f"{one.hit.score:.2f}"
    line = (card.id, card.title, one.listed.standing, card.owner, score, words, one.snippet.text)
    return (*line, _why(one)) if one.whys else line


def _show(index: "Index", found: "Results") -> None:
    """For people: three lines a note, with what was found marked."""
    from rich.text import Text

    from kmkit.cli.rows import short_ids
    from kmkit.cli.screen import console

    screen = console()
    listed = [one.listed for one in found.results]
    short = short_ids(index, [*listed, *(heir for one in found.results for heir in one.heirs)])
    for number, one in enumerate(found.results):
        if not one.hit.whole and (number == 0 or found.results[number - 1].hit.whole):
            screen.print(Text("These have most of the words:\n", style="italic"))
        card = one.listed.card
        person = index.people.get(card.owner)
        about = [one.listed.standing, short[card.id], person.name if person else card.owner]
        about += [f"replaced by: {h.card.title} ({short[h.card.id]})" for h in one.heirs]
        screen.print(_marked(one.title, "bold", "bold reverse"))
        screen.print(_plain(" · ".join(about), "dim"))
        screen.print(_marked(one.snippet, "", "bold"))
        if one.whys:
            screen.print(_plain(_why(one), "dim"))
        screen.print()


def _plain(text: str, style: str) -> "Text":
    from rich.text import Text

    from kmkit.text import one_line

    return Text(one_line(text), style=style)


def _marked(passage: "Passage", style: str, mark: str) -> "Text":
    from rich.text import Text

    text = Text(passage.text, style=style)
    for start, end in passage.marks:
        text.stylize(mark, start, end)
    return text


def _why(one: "Result") -> str:
    """Which words were found where: ``fuel: title 1, body 3 (12.4)``."""
    found: dict[str, list[str]] = {}
    scores: dict[str, float] = {}
    for why in one.whys:
        name = why.found if why.found == why.asked.lower() else f"{why.asked} as {why.found}"
        found.setdefault(name, []).append(f"{why.place} {why.times}")
        scores[name] = scores.get(name, 0.0) + why.score
    return "; ".join(
        f"{name}: {', '.join(places)} ({scores[name]:.1f})" for name, places in found.items()
    )


def _sum(typed: str, found: "Results", limit: int) -> None:
    """What there is to say beside the notes."""
    shown = len(found.results)
    if found.meant:
        say(f"No note has all of '{typed}'. Did you mean '{found.meant}'? It was searched for.")
    if not shown:
        say("No note was found. Try other words, or fewer.")
    elif not found.total:
        say(f"No note has all the words; {many(shown, 'note')} with most of them.")
    elif found.total > limit:
        say(f"{shown} of {many(found.total, 'note')}. More: --limit {found.total}.")
    else:
        more = shown - found.total
        also = f", and {more} with most of the words" if more > 0 else ""
        say(f"{many(found.total, 'note')}{also}.")
    if (not found.total or found.meant) and on_terminal():
        say(f"To keep it as a question: kmkit ask {as_typed(typed)}")
