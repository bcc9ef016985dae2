"""``kmkit outbox``: which letters were meant to go out, and what came of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_audience
from kmkit.cli.options import AsJson, open_kb
from kmkit.cli.screen import on_terminal, out, say, table
from kmkit.errors import Cannot, Exit, UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.ledger import Ledger, Run

COLUMNS = ("run", "what", "to", "letters", "state", "sent", "refused", "deferred", "unknown")
"""In a pipe."""
_SHORT = ("run", "begun", "what", "to", "state", "letters")
"""On a terminal."""


def command(
    ctx: typer.Context,
    run: Annotated[
        str, typer.Argument(metavar="[RUN]", help="one run, or the end of its name; in full")
    ] = "",
    audience: Annotated[
        str,
        typer.Option(
            "--audience",
            metavar="AUDIENCE",
            help="what went to this audience only",
            autocompletion=complete_audience,
        ),
    ] = "",
    offline: Annotated[
        bool, typer.Option("--offline", help="by what is known here, without the remote")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the letters that were meant to go out, run by run, and what came of them.

    A run is written down before its first letter, in the branch kmkit-outbox; addresses are in it
    as keyed hashes alone. sent: a mail server took it. refused: it never will. deferred: not now;
    the next --send tries again, for two weeks. unknown: the answer was lost; it is sent again.
    Messages to Slack and Teams are runs of one. Exits with 1 if something is unfinished.
    """
    from kmkit.cli.sending import ledger_of

    kb = open_kb(ctx)
    ledger = ledger_of(kb, offline=offline)
    _brought_up(ledger)
    found = [r for r in ledger.runs() if not audience or r.intent.what.audience == audience]
    if run:
        found = [_one(found, run)]
    if as_json:
        out(_json(ledger, found))
    elif run:
        _in_full(kb, ledger, found[0])
    elif found:
        row = _short if on_terminal() else _row
        table(_SHORT if on_terminal() else COLUMNS, (row(ledger, one) for one in found))
    else:
        say("No letters have been sent from here.")
    if any(one.state(kb.now) != "done" for one in found):
        raise typer.Exit(Exit.FINDINGS)


def _brought_up(ledger: "Ledger") -> None:
    """What other machines wrote is taken over, what was written here is shared."""
    try:
        ledger.fetch()
        ledger.share()
    except Cannot as error:
        say(f"{error.message} This is what is known here.")


def _one(runs: "list[Run]", name: str) -> "Run":
    """The run of that name, or the only one that ends with it."""
    found = [one for one in runs if one.id == name] or [r for r in runs if r.id.endswith(name)]
    if len(found) == 1:
        return found[0]
    from kmkit.text import one_line

    said = "no run" if not found else "more than one run"
    raise UsageError(f"There is {said} '{one_line(name)}'.", "kmkit outbox lists them.")


def _row(ledger: "Ledger", run: "Run") -> list[object]:
    intent, counts = run.intent, run.counts()
    what, to, state = _named(ledger, run)
    return [run.id, what, to, len(intent.to), state, *(counts[kind] for kind in COLUMNS[5:])]


def _short(ledger: "Ledger", run: "Run") -> list[object]:
    counts = {kind: count for kind, count in run.counts().items() if count and kind != "sent"}
    said = [f"{run.counts()['sent']} of {len(run.intent.to)} sent"]
    said += [f"{count} {kind}" for kind, count in counts.items()]
    return [run.id[-8:], run.intent.at.date(), *_named(ledger, run), ", ".join(said)]


def _named(ledger: "Ledger", run: "Run") -> tuple[str, str, str]:
    """What letters a run is of, to which audience, and its state in words."""
    what = run.intent.what
    state = {"active": "under way", "stopped": "unfinished"}.get(run.state(ledger.now), "done")
    return " ".join(filter(None, what[:2])), what.audience, state


def _in_full(kb: "KnowledgeBase", ledger: "Ledger", run: "Run") -> None:
    """All that is known of one run; whom letters did not reach, as far as the key tells."""
    intent = run.intent
    rows = [
        ("run", run.id),
        ("what", " ".join(filter(None, intent.what))),
        ("subject", intent.subject),
        ("begun", f"{intent.at:%Y-%m-%d %H:%M %Z}"),
        ("machine", "this one" if run.holder == ledger.machine else run.holder),
        ("days", f"{intent.since} to {intent.until}" if intent.until else ""),
        ("commits", "..".join(filter(None, (intent.base[:12], intent.tip[:12])))),
        ("level", intent.level),
        ("notes", ", ".join(intent.notes)),
        ("letters", str(len(intent.to))),
        *((kind, str(count)) for kind, count in run.counts().items()),
        ("not tried", str(run.untried)),
    ]
    table(("what", "is"), [row for row in rows if row[1]])
    for email, said in _missed(kb, ledger, run) if on_terminal() else ():
        out(f"Not reached: {email} ({said})")


def _missed(kb: "KnowledgeBase", ledger: "Ledger", run: "Run") -> "list[tuple[str, str]]":
    """The present readers whom the letter did not reach, and why."""
    from kmkit.audience.recipients import recipients_of
    from kmkit.reach.sending.plan import audience_named

    name = run.intent.what.audience
    if not ledger.knows(run) or name not in kb.config.audiences:
        return []
    found = []
    for one in recipients_of(kb, audience_named(kb, name)):
        mark = ledger.mark(one.email)
        came = run.of(mark)
        if mark in run.intent.to and (came is None or came.kind != "sent"):
            code = f" {came.code}" if came and came.code else ""
            found.append((one.email, f"{came.kind}{code}" if came else "not tried"))
    return found


def _json(ledger: "Ledger", runs: "list[Run]") -> str:
    """The runs as ``kmkit.outbox/1``."""
    from kmkit.views.porcelain import dumps

    return dumps(
        {
            "schema": "kmkit.outbox/1",
            "runs": [
                {
                    "run": run.id,
                    **run.intent.what._asdict(),
                    "level": run.intent.level or None,
                    "subject": run.intent.subject or None,
                    "begun": run.intent.at.isoformat(),
                    "machine": run.holder,
                    "here": run.holder == ledger.machine,
                    "base": run.intent.base or None,
                    "tip": run.intent.tip or None,
                    "since": run.intent.since,
                    "until": run.intent.until,
                    "channel": run.intent.channel or None,
                    "notes": list(run.intent.notes),
                    "state": run.state(ledger.now),
                    "letters": len(run.intent.to),
                    **run.counts(),
                    "not_tried": run.untried,
                }
                for run in runs
            ],
        }
    )
