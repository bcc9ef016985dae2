"""``kmkit skills``: what people offer and want to learn, and who could teach whom."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.calendars import From, IcsFile, first_day, write_days
from kmkit.cli.options import DryRun, open_kb
from kmkit.cli.screen import on_terminal, say, table
from kmkit.cli.told import PEOPLE, Audience, in_the_house, open_for
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.index.card import Profile
    from kmkit.learn.skills import Lesson
    from kmkit.reach.ics import DueDay


def command(
    ctx: typer.Context,
    match: Annotated[bool, typer.Option("--match", help="who could teach whom")] = False,
    each: Annotated[
        int, typer.Option("--each", metavar="N", min=1, help="--match: how many one teaches")
    ] = 2,
    start: From = "",
    ics: IcsFile = None,
    audience: Audience = "",
    dry_run: DryRun = False,
) -> None:
    """List the skills that people offer and those they want to learn; --match pairs them.

    Both stand in people/: skills and wants. Nobody teaches more than --each others; whoever is
    hardest to serve is served first, and a teacher of another unit is preferred. Each pair gets a
    day; --ics writes them as a calendar. It is about people, so it is for the house alone.

    \b
    kmkit skills
    kmkit skills --match --ics lessons.ics
    """
    if (start or ics) and not match:
        raise UsageError("--from and --ics are about days to meet.", "Add --match.")
    with open_for(ctx, audience) as index:
        in_the_house(index, "Skills are people's")
        people = list(index.people.values())
        names = {one.email: one.name for one in people} if on_terminal() else {}
        if match:
            _match(ctx, people, names, each, first_day(start, index.today), ics, dry_run)
        else:
            _list(people, names, index.today)
        say(PEOPLE)


def _list(people: "Sequence[Profile]", names: Mapping[str, str], today: date) -> None:
    from kmkit.learn.skills import skills
    from kmkit.views import people as view

    found = skills(people, today)
    table(view.SKILLS, view.skill_rows(found, names))
    if not found:
        say("Nobody in people/ names a skill yet: kmkit new person.")


def _match(
    ctx: typer.Context,
    people: "Sequence[Profile]",
    names: Mapping[str, str],
    each: int,
    first: date,
    ics: Path | None,
    dry_run: bool,
) -> None:
    from kmkit.learn.skills import dated, lessons
    from kmkit.views import people as view

    kb = open_kb(ctx, dry_run=dry_run)
    pairs = dated(lessons(people, kb.today, each=each), first)
    if str(ics) != "-":
        table(view.LESSONS, view.lesson_rows(pairs, names))
    if not pairs:
        say("Nobody wants to learn what somebody offers. Add 'wants' to files in people/.")
    if ics:
        write_days(kb, ics, list(_days(pairs)), of="lessons among colleagues", thing="proposed day")


def _days(pairs: "Sequence[Lesson]") -> "list[DueDay]":
    """The proposed days, one a pair, with why."""
    from kmkit.reach.ics import DueDay

    return [
        DueDay(
            f"lesson/{one.skill}/{one.learns}/{one.teaches}",
            f"To learn (proposed): {one.skill}, {one.learns} from {one.teaches}",
            one.on,
            one.why,
        )
        for one in pairs
        if one.on
    ]
