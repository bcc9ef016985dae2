"""``kmkit onboard``: what somebody who is new should read first, and whom to meet."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_unit
from kmkit.cli.formats import OutputFile, by_ending, deliver
from kmkit.cli.options import AsJson, Topics
from kmkit.cli.screen import on_terminal, say, table
from kmkit.cli.told import Audience, foot_of, open_for, say_for_whom
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index

FORMATS = ("md", "json")


def command(
    ctx: typer.Context,
    unit: Annotated[
        str,
        typer.Option(
            "--unit", metavar="UNIT", help="the unit they join", autocompletion=complete_unit
        ),
    ] = "",
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="a role here, such as expert.floods")
    ] = "",
    topic: Topics = [],  # noqa: B006
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="at most so many notes")
    ] = 10,
    audience: Audience = "",
    output: OutputFile = None,
    as_json: AsJson = False,
) -> None:
    """Lay out a reading path for somebody who is new: by need, and by how good the notes are.

    Approved notes alone: of their topics and their unit, about what must not be forgotten, those
    that helped where they were used; each with why. And whom to meet. -o writes it as Markdown.

    \b
    kmkit onboard --unit "Water and Roads" --topic flood-response
    kmkit onboard --role expert.procurement -o welcome.md
    """
    from kmkit.learn.onboarding import onboarding
    from kmkit.views import people as view

    wanted = "json" if as_json else by_ending(output, FORMATS, "md") if output else ""
    with open_for(ctx, audience) as index:
        try:
            me = "" if index.wide else index.git.identity().key
        except Cannot:
            me = ""
        _known(index, unit, topic, role)
        found = onboarding(index, unit=unit, topics=topic, role=role, limit=limit, me=me)
        if wanted == "json":
            deliver(view.path_json(found, index.circle), output)
        elif wanted:
            name, foot, wide = index.rules.organisation, foot_of(index), index.wide
            text = view.welcome(found, organisation=name, unit=unit, foot=foot, wide=wide)
            deliver(text, output)
        else:
            table(view.READING, view.reading_rows(found))
            if on_terminal():
                for one in found.meetings:
                    say(f"Meet {one.name} <{one.email}>: {', '.join(one.about)}.")
        if not found.readings:
            say("No approved note fits. Name --topic or --unit, or begin: kmkit status.")
        say_for_whom(index)


def _known(index: "Index", unit: str, topics: list[str], role: str) -> None:
    """Refuse a topic that there is not; say so where a unit or a role chooses nothing."""
    from kmkit.text import did_you_mean, fold, one_line

    known = {fold(topic): topic for topic in index.rules.topics}
    for topic in topics:
        if fold(topic) not in known:
            mend = did_you_mean(topic[:80], known.values()) or "[topics] in kmkit.toml has them."
            raise UsageError(f"--topic: there is no '{one_line(topic)}'.", mend)
    if role and fold(role.removeprefix("expert.")) not in known:
        say(f"The role '{one_line(role)}' is about no topic of kmkit.toml, so it chooses nothing.")
    units = {fold(one.unit) for one in index.people.values()}
    if unit and fold(unit) not in units | {fold(card.unit) for card in index.cards("1")}:
        near = did_you_mean(unit[:80], [one.unit for one in index.people.values() if one.unit])
        say(f"No note and nobody in people/ is of the unit '{one_line(unit)}' yet. {near}")
