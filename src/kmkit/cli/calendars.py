"""Days that a command proposes or lists, written as a calendar for Outlook and others."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import deliver, many
from kmkit.cli.options import a_day, now
from kmkit.cli.screen import say
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.ics import DueDay

_LATER = timedelta(days=14)
"""How long before the first day that is proposed people hear of it."""

IcsFile = Annotated[
    Path | None,
    typer.Option("--ics", metavar="FILE", help="write the days as a calendar; - prints it"),
]
From = Annotated[
    str,
    typer.Option(
        "--from", metavar="DATE", help="the first day to propose; by default in two weeks"
    ),
]


def first_day(start: str, today: date) -> date:
    """The first day to propose; UsageError for one that is past."""
    day = a_day(start, "--from") if start else today + _LATER
    if day < today:
        raise UsageError(f"--from: {day} is past.", "Give a day that is still to come.")
    return day


def write_days(
    kb: "KnowledgeBase",
    place: Path,
    days: "Sequence[DueDay]",
    *,
    of: str,
    thing: str,
    organisation: str = "",
) -> None:
    """Write ``days`` to a file as a calendar that says what it is ``of``; ``thing``: one of them.

    ``organisation``: its name as readers may have it, by default that of kmkit.toml.
    """
    from kmkit.reach.ics import calendar
    from kmkit.reach.ledger import Ledger

    if kb.dry_run:
        say(f"Would write {many(len(days), thing)} to {place}.")
        return
    name = f"{organisation or kb.config.organisation.name}: {of}"
    data = calendar(days, name=name, of=of, now=now(), kb_id=Ledger(kb).kb_id)
    deliver(data.decode("utf-8"), None if str(place) == "-" else place)
    say(f"{many(len(days), thing)}.")
