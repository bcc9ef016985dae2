"""``kmkit skills``: what people offer and want to learn, and who could teach whom."""

from typing import Annotated

import typer

from kmkit.cli.options import open_index
from kmkit.cli.screen import say, table


def command(
    ctx: typer.Context,
    match: Annotated[bool, typer.Option("--match", help="who could teach whom")] = False,
    each: Annotated[
        int, typer.Option("--each", metavar="N", min=1, help="--match: how many one teaches")
    ] = 2,
) -> None:
    """List the skills that people offer and those they want to learn; --match pairs them.

    Both stand in people/: skills and wants. Nobody teaches more than --each others; whoever is
    hardest to serve is served first, and a teacher of another unit is preferred.

    \b
    kmkit skills
    kmkit skills --match
    """
    from kmkit.learn.skills import lessons, skills
    from kmkit.views import people as view

    with open_index(ctx, records=True) as index:
        people, today = list(index.people.values()), index.today
    if match:
        pairs = lessons(people, today, each=each)
        table(view.LESSONS, view.lesson_rows(pairs))
        if not pairs:
            say("Nobody wants to learn what somebody offers. Add 'wants' to files in people/.")
        return
    found = skills(people, today)
    table(view.SKILLS, view.skill_rows(found))
    if not found:
        say("Nobody in people/ names a skill yet: kmkit new person.")
