"""``kmkit related``: what lies near a note, what was captured again, what hangs on nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, open_index
from kmkit.cli.picking import picked
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.nearby.related import Near

_COLUMNS = ("id", "title", "kind", "state", "score", "why")
_ENOUGH = 10


def command(
    ctx: typer.Context,
    note: Annotated[
        str,
        typer.Argument(
            metavar="[NOTE]", help="an id, a part of one, or a path", autocompletion=complete_note
        ),
    ] = "",
    backlinks: Annotated[
        bool, typer.Option("--backlinks", help="only the notes that point to it")
    ] = False,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="without NOTE: lessons that were captured again")
    ] = False,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="without NOTE: notes with no link from or to another")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help="show at most so many; 10 for a NOTE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the notes near a note, and why they are near.

    Notes that are linked with it come first, then those that share third notes, topics and weighty
    words with it; retired ones last. A lesson that was captured again was identified but not
    learned: --repeats shows each with all the times it was captured, from the texts and from the
    field `repeats`. --orphans shows notes in use that nothing leads to.
    """
    if not (note or repeats or orphans):
        note = picked(ctx, mend="Name it: kmkit related NOTE; or give --repeats or --orphans.")
    if bool(note) + repeats + orphans != 1 or (backlinks and not note):
        raise UsageError("It is one of: a NOTE, --repeats, --orphans.", "Run: kmkit related NOTE")
    with open_index(ctx) as index:
        if repeats:
            _repeats(index, limit, as_json)
        elif orphans:
            _orphans(index, limit, as_json)
        else:
            _near(index, note, limit or _ENOUGH, as_json, backlinks=backlinks)


def _near(index: "Index", ref: str, limit: int, as_json: bool, *, backlinks: bool) -> None:
    from kmkit.index.nearby import related

    card = index.resolve(ref)
    found = related.backlinks(index, card.n) if backlinks else related.near(index, card.n)
    shown = found[:limit]
    if as_json:
        from kmkit.views.related import related as text

        deliver(text(card, shown))
        return
    if shown and on_terminal():
        rows = [(r.listed.card.short, r.listed.card.title, r.listed.standing, r.why) for r in shown]
        table(("note", "title", "state", "why"), rows)
    else:
        table(_COLUMNS, map(_line, shown))
    say(_sum(card.title, len(shown), len(found), backlinks=backlinks))


def _line(one: "Near") -> tuple[str, ...]:
    card = one.listed.card
    score = f"{one.score:.2f}"
    return (card.id, card.title, card.kind, one.listed.standing, score, one.why)


def _sum(title: str, shown: int, found: int, *, backlinks: bool) -> str:
    what = "points to" if backlinks else "is near"
    if not found:
        return f"No note {what} '{title}'."
    part = "" if shown == found else f"; {shown} shown, --limit {found} shows all"
    verb = what if found == 1 else {"points to": "point to", "is near": "are near"}[what]
    return f"{many(found, 'note')} {verb} '{title}'{part}."


def _repeats(index: "Index", limit: int | None, as_json: bool) -> None:
    from kmkit.cli.reading import watched
    from kmkit.index.nearby.repeated import repeated
    from kmkit.views.related import later
    from kmkit.views.related import repeats as text

    found = repeated(index, lambda notes, total: watched(notes, "Comparing notes:", total))
    found = found[:limit]
    if as_json:
        deliver(text(found))
        return
    rows: list[Sequence[object]] = []
    for number, times in enumerate(found, 1):
        before = None
        for one in times:
            card, after = one.listed.card, later(one.on, before)
            name = card.short if on_terminal() else card.id
            rows.append((number, one.on, after, name, card.title, one.listed.standing))
            before = one.on
    if rows or not on_terminal():
        table(("lesson", "captured", "after", "note", "title", "state"), rows)
    if found:
        say(f"{many(len(found), 'lesson')} captured more than once.")
        say("Next: kmkit apply NOTE where one is used now; kmkit retire NOTE for a mere double.")
    else:
        say("No lesson was captured twice.")


def _orphans(index: "Index", limit: int | None, as_json: bool) -> None:
    from kmkit.index.nearby.links import ORPHAN
    from kmkit.views.listing import as_json as text

    found = list(index.select(ORPHAN))
    shown = found[:limit]
    if as_json:
        deliver("".join(text(shown)))
        return
    short = on_terminal()
    rows = [
        (r.card.short if short else r.card.id, r.card.title, r.standing, r.card.owner)
        for r in shown
    ]
    if rows or not short:
        table(("note" if short else "id", "title", "state", "owner"), rows)
    if found:
        say(f"{many(len(found), 'note')} with no link from or to another.")
    else:
        say("Every note in use is linked with another.")
