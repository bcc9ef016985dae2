"""``kmkit event``: sessions where people learn from each other, and what came of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.formats import many
from kmkit.cli.options import DryRun, now, open_index, open_kb
from kmkit.cli.recording import a_record, report
from kmkit.cli.screen import say, table
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.note.records import EventRecord


def command(
    ctx: typer.Context,
    event: Annotated[
        str, typer.Argument(metavar="[EVENT]", help="which session; without it: all of them")
    ] = "",
    attendance: Annotated[
        int | None, typer.Option("--attendance", metavar="N", min=0, help="how many came")
    ] = None,
    captured: Annotated[
        list[str],
        typer.Option(
            "--captured",
            metavar="NOTE",
            help="a note that was captured from it; can be given again",
            autocompletion=complete_note,
        ),
    ] = [],  # noqa: B006
    ics: Annotated[
        Path | None,
        typer.Option("--ics", metavar="FILE", help="write the sessions to come as a calendar"),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """List the sessions where people learn from each other; say what came of one.

    A session is announced with kmkit new event. Attendance is a number: who came is nobody's
    business but theirs.

    \b
    kmkit event
    kmkit event e5v2 --attendance 23 --captured x7k2
    kmkit event --ics sessions.ics
    """
    if event and (attendance is not None or captured):
        from kmkit.kb.planning import held

        path = a_record(ctx, event, "event")
        kb = open_kb(ctx, dry_run=dry_run)
        notes = [kb.resolve(ref).id for ref in captured]
        report(held(kb, path, attendance=attendance, captured=notes), "what came of it")
        return
    if captured or attendance is not None:
        raise UsageError("Of which session?", "kmkit event shows them.")
    with open_index(ctx, records=True) as index:
        found = _sessions(index, event)
        if ics:
            _calendar(index, found, ics, dry_run)
            return
    from kmkit.views import plans as view

    table(view.SESSIONS, view.session_rows(found))
    say(f"{many(len(found), 'session')}." if found else "No session yet: kmkit new event.")


def _sessions(index: "Index", event: str) -> "list[EventRecord]":
    """All sessions, the latest first, or the one that is meant."""
    from kmkit.index.recorded import record_path
    from kmkit.note.records import EventRecord

    only = str(record_path(index, event, "event")) if event else ""
    rows = [(path, one) for path, one in index.filed("event") if not only or path == only]
    found = [one for _, one in rows if isinstance(one, EventRecord)]
    return sorted(found, key=lambda one: (one.on, one.id), reverse=True)


def _calendar(index: "Index", found: "list[EventRecord]", place: Path, dry_run: bool) -> None:
    """Write those to come as a calendar."""
    from kmkit.reach.ics import DueDay, calendar
    from kmkit.reach.ledger import Ledger
    from kmkit.trail.safely import write_file

    coming = [one for one in found if one.on >= index.today]
    days = [DueDay(one.id, one.name, one.on, f"{one.session}, held by {one.by}") for one in coming]
    name = f"{index.rules.organisation}: sessions"
    if dry_run:
        say(f"Would write {many(len(days), 'session')} to {place}.")
        return
    data = calendar(days, name=name, now=now(), kb_id=Ledger(index.kb).kb_id)
    write_file(place.resolve(), data)
    say(f"Written: {place} ({many(len(days), 'session')}).")
