"""``kmkit review --stale``: the notes that need a person, each with its reasons, by owner."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import typer

from kmkit.cli.formats import Findings, deliver, in_repository, many, show_findings
from kmkit.cli.options import open_index
from kmkit.cli.screen import console, on_terminal, out, say
from kmkit.errors import Exit, UsageError
from kmkit.index.choosing.filters import Filter
from kmkit.period import Period
from kmkit.text import did_you_mean, one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.card import Card
    from kmkit.index.stale import Stale
    from kmkit.note.model import Note

_COLUMNS = ("owner", "note", "title", "state", "reason", "since", "message")


def show_stale(
    ctx: typer.Context, asked: Filter, *, within: str = "", grace: str = "", fmt: str = "text"
) -> None:
    """List what is stale, from the files alone; exit with 1 if it has stood longer than ``grace``.

    ``asked``: of which notes. ``within`` and ``grace`` are durations or ''.
    """
    from kmkit.index.stale import fails

    if fmt not in tuple(Findings):
        mend = did_you_mean(fmt, Findings) or f"Known: {', '.join(Findings)}."
        raise UsageError(f"There is no format '{fmt}'.", mend)
    soon = _period(within, "--within") or Period()
    patience = _period(grace, "--grace")
    early: list[list[Stale]] = []

    def meanwhile(index: "Index") -> None:
        """What is stale, if nothing has changed."""
        early.append(_rows(index, asked, soon))

    with open_index(ctx, records=True, meanwhile=meanwhile) as index:
        rows = early[0] if early and index.unmoved else _rows(index, asked, soon)
        _show(index, rows, Findings(fmt), patience)
        failed = fails(rows, today=index.today, grace=patience)
    if failed:
        raise typer.Exit(Exit.FINDINGS)


def _rows(index: "Index", asked: Filter, soon: Period) -> "list[Stale]":
    """The stale notes that are asked for."""
    from kmkit.index.choosing.conditions import where

    rows = index.stale(soon)
    if asked.terms:
        chosen = set(index.numbers(*where(asked, index)))
        rows = [row for row in rows if row.note.n in chosen]
    return rows


def _period(text: str, option: str) -> Period | None:
    """A duration from an option, None where it is not given."""
    try:
        return Period.parse(text) if text.strip() else None
    except ValueError:
        mend = "Write it as P30D, P6M or '30 days'."
        raise UsageError(f"{option}: '{text}' is no duration.", mend) from None


def _show(index: "Index", rows: "Sequence[Stale]", fmt: Findings, grace: Period | None) -> None:
    """The rows in the format that was asked for."""
    from kmkit.views import porcelain
    from kmkit.views.tables import tsv

    if fmt is Findings.JSON:
        deliver(porcelain.stale(rows))
    elif fmt is not Findings.TEXT:
        from kmkit.views.findings import as_problems

        base = in_repository(index)

        def whole(card: "Card") -> "Note":
            """The note as its file stands."""
            return index.kb.read(PurePosixPath(card.path))

        found = as_problems(rows, whole, today=index.today, grace=grace)
        show_findings([p._replace(path=str(PurePosixPath(base, p.path))) for p in found], fmt)
    elif on_terminal():
        _by_owner(index, rows)
    else:
        out(tsv(_COLUMNS, _lines(index, rows), header=True))
    owners = len({row.owner for row in rows})
    say(
        f"{many(len(rows), 'note')} of {many(owners, 'owner')} need a person."
        if rows
        else "No note needs a person."
    )


def _lines(index: "Index", rows: "Sequence[Stale]") -> list[tuple[str, ...]]:
    """A line for each reason."""
    return [
        (
            row.owner,
            row.note.id,
            row.note.title,
            _state(index, row),
            reason.code,
            str(reason.since or ""),
            reason.message,
        )
        for row in rows
        for reason in row.reasons
    ]


def _state(index: "Index", row: "Stale") -> str:
    """The state in words, never without 'overdue' where it is."""
    from kmkit.index.dates import standing

    return standing(row.note, index.rules, index.today)


def _by_owner(index: "Index", rows: "Sequence[Stale]") -> None:
    """For people: each owner, their notes, why, and what to do."""
    from rich.padding import Padding
    from rich.text import Text

    screen, people = console(), index.people
    for owner, owned in groupby(rows, key=lambda row: row.owner):
        known = people.get(owner)
        name = f"{known.name} <{owner}>" if known else owner or "Nobody answers for these"
        screen.print(Text(one_line(name), style="bold"))
        for row in owned:
            said = Text.assemble(
                one_line(row.note.title), "  ", (f"{_state(index, row)}, {row.note.short}", "dim")
            )
            screen.print(Padding(said, (0, 0, 0, 2)))
            for reason in row.reasons:
                why = Text.assemble((reason.code, _COLOUR.get(reason.code, "red")), "  ")
                why.append(one_line(reason.message))
                screen.print(Padding(why, (0, 0, 0, 4)))
        screen.print()


_COLOUR = {"due-soon": "green", "waiting": "yellow"}
"""Of reasons that are less than urgent."""
