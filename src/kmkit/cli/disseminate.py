"""``kmkit disseminate``: record that a note was brought to people."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_audience, complete_channel
from kmkit.cli.completing import complete_note as notes
from kmkit.cli.options import Because, DryRun, NoInput, a_day, open_kb
from kmkit.cli.reading import notes_where
from kmkit.cli.screen import broken, needed, report, say
from kmkit.cli.validate import rehearsed
from kmkit.errors import Exit, Refused, UsageError

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from kmkit.kb import KnowledgeBase
    from kmkit.lifecycle.context import Request
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
        typer.Option(
            "--channel",
            metavar="CHANNEL",
            help="a channel of kmkit.toml; can be given again",
            autocompletion=complete_channel,
        ),
    ] = [],  # noqa: B006
    audience: Annotated[
        str,
        typer.Option(
            "--audience",
            metavar="AUDIENCE",
            help="an audience of kmkit.toml",
            autocompletion=complete_audience,
        ),
    ] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="the day, where it is not today")
    ] = "",
    evidence: Annotated[
        str,
        typer.Option(
            "--evidence", metavar="TEXT", help="what shows it: a link, a list of participants"
        ),
    ] = "",
    because: Because = "",
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Record that a note was brought to people: over which channel, when, to whom.

    A note reaches no channel and no audience that is wider than its level.

    \b
    kmkit disseminate x7k2 --channel weekly-digest
    kmkit disseminate --all --channel portal --channel weekly-digest
    """
    from kmkit.lifecycle.context import Request

    if bool(note) == every:
        raise UsageError("Name a note, or give --all.", "kmkit list --state formatted shows them.")
    kb = open_kb(ctx, dry_run=dry_run)
    known = ", ".join(kb.config.channels) or "none yet; add one to kmkit.toml"
    only = [kb.resolve(note)] if note else None
    channels = channel or [needed("", "--channel", f"By which channel ({known})?", no_input)]
    day = a_day(on, "--on") if on else None
    asked = [
        Request(channel=name, audience=audience, evidence=evidence, on=day, because=because)
        for name in dict.fromkeys(_known(kb, name) for name in channels)
    ]
    for request in asked if only else ():
        rehearsed(kb).move("disseminate", kb.resolve(note), request)
    failed = 0
    for request in asked:
        for found in only or _ready(kb, request.channel):
            failed += _record(kb, found.path, request, keep_on=every)
    if failed:
        raise typer.Exit(Exit.REFUSED)


def _known(kb: "KnowledgeBase", name: str) -> str:
    """The channel ``name``; UsageError where there is none."""
    from kmkit.text import did_you_mean, one_line

    if name in kb.config.channels:
        return name
    listed = ", ".join(kb.config.channels) or "none yet"
    near = did_you_mean(name[:80], kb.config.channels)
    raise UsageError(
        f"There is no channel '{one_line(name)}'.", f"{near} In kmkit.toml: {listed}.".strip()
    )


def _record(kb: "KnowledgeBase", path: "PurePosixPath", request: "Request", keep_on: bool) -> int:
    """One dissemination; 1 where it is refused and the others are still to be told."""
    note = kb.read(path)
    try:
        report(kb.move("disseminate", note, request), dry_run=kb.dry_run)
    except Refused as refusal:
        if not keep_on:
            raise
        say(f"{note.title} ({note.short}): {refusal}")
        return 1
    return 0


def _ready(kb: "KnowledgeBase", channel: str) -> "list[Note]":
    """The formatted notes whose level reaches the channel; the others are named."""
    where = "state = 'formatted' OR (state = 'disseminated' AND latest >= ?)"
    found = notes_where(kb, where, kb.today.isoformat())
    found = [note for note in found if note.state == "formatted" or _today(kb, note)]
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
