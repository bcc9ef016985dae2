"""``kmkit onboard``: what somebody who is new should read first, and whom to meet."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_topic, complete_unit
from kmkit.cli.formats import OutputFile, deliver
from kmkit.cli.options import AsJson, open_index
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index


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
    topic: Annotated[
        list[str],
        typer.Option(
            "--topic",
            metavar="TOPIC",
            help="what they will work on; can be given again",
            autocompletion=complete_topic,
        ),
    ] = [],  # noqa: B006
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="at most so many notes")
    ] = 10,
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

    with open_index(ctx, records=True) as index:
        try:
            me = index.git.identity().key
        except Cannot:
            me = ""
        _known(index, unit, topic, role)
        found = onboarding(index, unit=unit, topics=topic, role=role, limit=limit, me=me)
        name = index.rules.organisation
    if as_json:
        deliver(view.path_json(found), output)
    elif output:
        deliver(view.welcome(found, organisation=name, unit=unit), output)
    else:
        table(view.READING, view.reading_rows(found))
        if on_terminal():
            for one in found.meetings:
                say(f"Meet {one.name} <{one.email}>: {', '.join(one.about)}.")
    if not found.readings:
        say("No approved note fits. Name --topic or --unit, or begin: kmkit status.")


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
        say(f"No note and nobody in people/ is of the unit '{one_line(unit)}' yet.")
