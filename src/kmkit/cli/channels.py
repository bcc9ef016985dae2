"""``kmkit channels``: what went where, and bringing to a channel what is new."""

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmkit.cli.completing import complete_channel
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, DryRun, open_kb
from kmkit.cli.screen import out, say, table
from kmkit.errors import Exit, UsageError
from kmkit.text import as_typed, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kmkit.index.card import Card
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.channels import Waiting
    from kmkit.reach.ledger import Ledger, Run
    from kmkit.reach.recording import Left

_ENOUGH = 20
"""Notes that went over a channel which a screen shows."""
_STOPPED = (
    "Stopped. It may have gone there; kmkit outbox says what is known.",
    "Look there. If it did: kmkit disseminate NOTE --channel …; else give the same command again.",
)


def command(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[CHANNEL]",
            help="a channel of kmkit.toml",
            autocompletion=complete_channel,
        ),
    ] = "",
    send: Annotated[
        bool,
        typer.Option(
            "--send", help="bring there what is new, and record it; without it, nothing goes out"
        ),
    ] = False,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="WHEN",
            help="only notes that became ready since then; by default a month ago",
        ),
    ] = "",
    few: Annotated[
        bool,
        typer.Option("--few", help="the notes that reached fewer than two; exit code 1 for any"),
    ] = False,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline", help="with --send: without the remote, which could know of messages sent"
        ),
    ] = False,
    take_over: Annotated[
        bool,
        typer.Option(
            "--take-over", help="with --send: finish what another machine began; may repeat it"
        ),
    ] = False,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Show what went over which channel, or bring to one what is new.

    Alone it lists the channels. With CHANNEL it shows what went there and what waits for it;
    --send brings that there (slack, teams, folder and feed) and records it on the notes.

    \b
    kmkit channels
    kmkit channels --few
    kmkit channels team-chat --send
    """
    if few and (name or send):
        raise UsageError("--few looks at all channels.", "Leave the channel and --send out.")
    if (send or since) and not name:
        raise UsageError("Which channel?", "Name one: kmkit channels CHANNEL --send")
    if (offline or take_over) and not send:
        raise UsageError("--offline and --take-over go with --send only.", "Leave them out.")
    kb = open_kb(ctx, dry_run=dry_run)
    if not name:
        _all(kb, only_few=few, as_json=as_json)
        return
    first = _day(since, kb.today)
    if send and not dry_run:
        _send(kb, name, first, offline=offline, take_over=take_over)
    else:
        _one(kb, name, first, as_json=as_json)


def _cards(kb: "KnowledgeBase") -> "list[Card]":
    """What the index knows of every note."""
    from kmkit.index.book import Index

    with Index.open(kb.root, today=kb.today) as index:
        return list(index.cards())


def _all(kb: "KnowledgeBase", *, only_few: bool, as_json: bool) -> None:
    """The channels, or the notes that reached too few of them."""
    from kmkit.views import channels as view

    cards = _cards(kb)
    ways = view.ways(kb.config, cards)
    widths = {level: kb.policy.width(level) for level in kb.policy.levels}
    found = view.few(kb.config, widths, cards)
    if as_json:
        from kmkit.views.porcelain import dumps

        deliver(dumps(view.values(ways, found)))
    elif only_few:
        if found:
            table(view.FEW_COLUMNS, view.few_rows(found))
    elif ways:
        table(view.COLUMNS, view.rows(ways))
    if not ways:
        say("There is no channel yet. docs/channels.md tells how to write one into kmkit.toml.")
    elif only_few and not found:
        say("Every note that went out reached two channels or more.")
    elif found:
        hint = "kmkit disseminate NOTE --channel …" if only_few else "kmkit channels --few"
        say(f"{many(len(found), 'note')} reached fewer than two channels: {hint}.")
    if only_few and found:
        raise typer.Exit(Exit.FINDINGS)


def _one(kb: "KnowledgeBase", name: str, since: date | None, *, as_json: bool) -> None:
    """What went over a channel and what waits for it."""
    from kmkit.cli.sending import ledger_of
    from kmkit.reach.channels import SENDABLE, waiting
    from kmkit.reach.posting import told

    what = waiting(kb, name, since=since, told=told(ledger_of(kb, offline=True), name))
    _left(what.left, kind=what.channel.kind)
    if as_json:
        _json(kb, _cards(kb), what)
    else:
        _show(_cards(kb), what, sendable=what.channel.kind in SENDABLE)


def _day(text: str, today: date) -> date | None:
    """The first day that counts, None where nothing is said."""
    from kmkit import natural

    try:
        return natural.since(text, today) if text else None
    except ValueError:
        raise UsageError(f"--since: '{text}' is no day.", natural.HOW) from None


def _send(
    kb: "KnowledgeBase", name: str, since: date | None, *, offline: bool, take_over: bool
) -> None:
    """Bring there what waits, and say what was done; one process at a time does so."""
    from kmkit.cli.sending import ledger_of, told_when_stopped
    from kmkit.config.leaving import WEBHOOKS
    from kmkit.kb.rules import settled
    from kmkit.reach.channels import channel_of

    settled(kb)
    ledger = ledger_of(kb, offline=offline)
    with ledger.at_work(), told_when_stopped(*_STOPPED):
        if channel_of(kb, name).kind in WEBHOOKS:
            left = _post(kb, ledger, name, since, take_over=take_over)
        else:
            left = _write(kb, name, since)
    if left:
        raise typer.Exit(Exit.FINDINGS)


def _write(kb: "KnowledgeBase", name: str, since: date | None) -> "Sequence[Left]":
    """Write a folder or a feed; the notes on which that could not be recorded."""
    from kmkit.reach.channels import bring, waiting

    what = waiting(kb, name, since=since)
    _left(what.left, kind=what.channel.kind)
    done = bring(kb, what)
    say(done.said)
    _left(done.recorded.left, kind=what.channel.kind)
    _rest(what)
    return done.recorded.left


def _post(
    kb: "KnowledgeBase", ledger: "Ledger", name: str, since: date | None, *, take_over: bool
) -> "Sequence[Left]":
    """Post to a webhook; the notes that were left out, and those on which it was not recorded."""
    import os
    import time

    from kmkit.reach.posting import Ways, post_waiting

    ways = Ways(os.environ, _patiently(name), time.monotonic, _again)
    done = post_waiting(kb, ledger, name, ways, since=since, take_over=take_over)
    what = done.waiting
    kept = what.left if what else ()
    _left(kept, kind=what.channel.kind if what else "")
    if done.sent:
        say(f"{many(len(done.sent), 'note')} went to {name}.")
    else:
        say(f"Nothing went to {name}." if kept else "Nothing is new.")
    left = [one for recorded in done.recorded for one in recorded.left]
    for one in left:
        say(f"Not recorded: {one.title}: {one.why}")
    if what:
        _rest(what)
    if not ledger.shared:
        say("The remote could not be told what came of it: kmkit outbox does it.")
    return [*kept, *left]


def _again(run: "Run") -> None:
    """Say that a message is posted once more."""
    say(
        f"What was begun on {run.intent.at:%Y-%m-%d} may be there already, and goes there once "
        f"more: {run.intent.subject}"
    )


def _show(cards: "Sequence[Card]", what: "Waiting", *, sendable: bool) -> None:
    """What went there, and what waits."""
    from kmkit.views import channels as view

    went = view.went(cards, what.name)
    if went:
        table(view.WENT_COLUMNS, view.went_rows(went[:_ENOUGH]))
    if len(went) > _ENOUGH:
        say(f"{len(went) - _ENOUGH} more went there before; --json has them all.")
    if not went:
        say(f"Nothing went to {what.name} yet.")
    if what.notes:
        out("\nWaiting:" if went else "Waiting:")
        for shown in what.notes:
            out(f"  {shown.note.short}  {one_line(shown.note.title)}")
    _rest(what)
    if not what.notes:
        say(f"Nothing is new for {what.name}.")
    elif sendable:
        say(f"Nothing was sent. To bring it there: kmkit channels {as_typed(what.name)} --send.")
    else:
        say(f"Once it has gone there: kmkit disseminate NOTE --channel {as_typed(what.name)}.")


def _rest(what: "Waiting") -> None:
    """Say what does not go now."""
    if what.more:
        say(f"{many(what.more, 'more note')} wait for the next message.")
    if what.older:
        say(f"{many(what.older, 'older note')} never went there; an earlier --since has them.")


def _left(left: "Sequence[Left]", *, kind: str) -> None:
    """Name the notes of which it cannot be recorded that they went there.

    A folder and a feed hold all that their circle may see, so these too.
    """
    said = "Not recorded" if kind in ("folder", "feed") else "Left out"
    for why, those in groupby(sorted(left, key=lambda one: one.why), key=lambda one: one.why):
        titles = [one.title for one in those]
        say(f"{said}: {titles[0] if len(titles) == 1 else many(len(titles), 'note')}: {why}")


def _patiently(name: str) -> "Callable[[float], None]":
    """A pause that says why nothing happens."""
    from time import sleep

    def wait(seconds: float) -> None:
        say(f"{name} puts it off; trying again in {seconds:.0f} seconds.")
        sleep(seconds)

    return wait


def _json(kb: "KnowledgeBase", cards: "Sequence[Card]", what: "Waiting") -> None:
    from kmkit.kb.links import links
    from kmkit.views import channels as view
    from kmkit.views.channel import told
    from kmkit.views.porcelain import dumps

    way = next(way for way in view.ways(kb.config, cards) if way.name == what.name)
    address = links(kb)
    waiting: list[dict[str, Any]] = [
        {"note": one.id, "title": one.title, "link": one.link or None}
        for one in (told(shown, address) for shown in what.notes)
    ]
    found = view.went(cards, what.name)
    deliver(dumps(view.channel_values(way, found, waiting, more=what.more, older=what.older)))
