"""``kmkit event``: sessions where people learn from each other, and what came of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.calendars import IcsFile, write_days
from kmkit.cli.completing import complete_note
from kmkit.cli.formats import many
from kmkit.cli.options import DryRun, open_kb
from kmkit.cli.recording import a_record, report
from kmkit.cli.screen import say, table
from kmkit.cli.told import Audience, open_for, say_for_whom
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.note.records import EventRecord
    from kmkit.reach.ics import DueDay


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
    ics: IcsFile = None,
    audience: Audience = "",
    dry_run: DryRun = False,
) -> None:
    """List the sessions where people learn from each other; say what came of one.

    A session is announced with kmkit new event. Attendance is a number: who came is nobody's
    business but theirs. --ics writes the sessions to come; other circles than the house hear of
    those alone whose level says so.

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
    with open_for(ctx, audience) as index:
        found, wide = _sessions(index, event), index.wide
        if ics:
            kb = open_kb(ctx, dry_run=dry_run)
            days, name = _days(index, found), index.rules.organisation
            write_days(kb, ics, days, of="sessions", thing="session", organisation=name)
        else:
            from kmkit.views import plans as view

            table(view.OPEN if wide else view.SESSIONS, view.session_rows(found, wide=wide))
            none = "No session yet" + ("." if wide else ": kmkit new event.")
            say(f"{many(len(found), 'session')}." if found else none)
        say_for_whom(index)


def _sessions(index: "Index", event: str) -> "list[EventRecord]":
    """All sessions, the latest first, or the one that is meant."""
    from kmkit.index.recorded import record_path
    from kmkit.note.records import EventRecord

    only = str(record_path(index, event, "event")) if event else ""
    rows = [(path, one) for path, one in index.filed("event") if not only or path == only]
    found = [one for _, one in rows if isinstance(one, EventRecord)]
    return sorted(found, key=lambda one: (one.on, one.id), reverse=True)


def _days(index: "Index", found: "list[EventRecord]") -> "list[DueDay]":
    """Those to come, as days of a calendar."""
    from kmkit.reach.ics import DueDay

    return [
        DueDay(
            one.id,
            one.name,
            one.on,
            one.session if index.wide else f"{one.session}, held by {one.by}",
        )
        for one in found
        if one.on >= index.today
    ]
