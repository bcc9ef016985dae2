"""``kmkit disseminate``: record that a note was brought to people."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.options import Because, DryRun, NoInput, a_day, complete_channel, open_kb
from kmkit.cli.options import complete_note as notes
from kmkit.cli.screen import broken, needed, report, say
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note


def command(
    ctx: typer.Context,
    note: Annotated[
        str, typer.Argument(metavar="[NOTE]", help="which note", autocompletion=notes)
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="every formatted note that may go there")
    ] = False,
    channel: Annotated[
        list[str],
        typer.Option("--channel", help="a channel of kmkit.toml", autocompletion=complete_channel),
    ] = [],  # noqa: B006
    audience: Annotated[str, typer.Option("--audience", help="an audience of kmkit.toml")] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="the day, where it is not today")
    ] = "",
    evidence: Annotated[
        str, typer.Option("--evidence", help="what shows it: a link, a list of participants")
    ] = "",
    because: Because = "",
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Record that a note was brought to people: over which channel, when, to whom.

    A note reaches no channel and no audience that is wider than its level.
    """
    from kmkit.lifecycle import Request

    if bool(note) == every:
        raise UsageError("Name a note, or give --all.", "kmkit list --state formatted shows them.")
    kb = open_kb(ctx, dry_run=dry_run)
    known = ", ".join(kb.config.channels) or "none yet; add one to kmkit.toml"
    channels = channel or [needed("", "--channel", f"By which channel ({known})?", no_input)]
    day = a_day(on, "--on") if on else None
    for name in channels:
        for found in [kb.resolve(note)] if note else _ready(kb, name):
            request = Request(
                channel=name, audience=audience, evidence=evidence, on=day, because=because
            )
            report(kb.move("disseminate", kb.read(found.path), request), dry_run=dry_run)


def _ready(kb: "KnowledgeBase", channel: str) -> "list[Note]":
    """The formatted notes whose level reaches the channel; the others are named."""
    found = [note for note in kb.notes() if note.state == "formatted" or _today(kb, note)]
    broken(problem for note in found for problem in note.problems)
    place = kb.config.channels.get(channel)
    wanted = kb.policy.width(place.level) if place else 0
    fits = [note for note in found if kb.policy.width(note.level) >= wanted]
    for note in found:
        if note not in fits:
            say(f"Left out: {note.title} ({note.id[-4:]}) is {note.level}.")
    fits = [n for n in fits if not any(d.channel == channel for d in n.fields.disseminated)]
    if not fits:
        say(f"No formatted note is waiting for {channel}.")
    return fits


def _today(kb: "KnowledgeBase", note: "Note") -> bool:
    """Whether the note left 'formatted' today, by another channel of the same call."""
    days = [entry.on for entry in note.fields.disseminated]
    return note.state == "disseminated" and bool(days) and min(days) == kb.today
