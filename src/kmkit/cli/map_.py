"""``kmkit map``: what is critical, what is written about it, who holds it, what is missing."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import OutputFile, by_ending, deliver, many
from kmkit.cli.options import AsJson
from kmkit.cli.screen import say, table
from kmkit.cli.told import Audience, open_for, say_for_whom
from kmkit.errors import UsageError
from kmkit.period import HOW, Period

if TYPE_CHECKING:
    from kmkit.learn.knowledge_map import Place

_SOON = "P6M"
FORMATS = ("svg", "html", "json", "tsv", "csv")


def command(
    ctx: typer.Context,
    within: Annotated[
        str, typer.Option("--within", metavar="PERIOD", help="who leaves by then counts as leaving")
    ] = _SOON,
    audience: Audience = "",
    as_json: AsJson = False,
    output: OutputFile = None,
) -> None:
    """Lay out what the organisation knows, topic by topic, and where it is thin.

    Every topic of kmkit.toml with what was screened about it (kmkit identify), its approved notes,
    those of them that are stale, and who holds it; what is critical and missing comes first. With
    -o FILE.svg or FILE.html the map is a picture.

    \b
    kmkit map
    kmkit map -o map.html
    """
    from kmkit.learn.knowledge_map import knowledge_map
    from kmkit.views import knowledge_map as view

    wanted = "json" if as_json else by_ending(output, FORMATS, "tsv") if output else ""
    with open_for(ctx, audience) as index:
        try:
            until = Period.parse(within).after(index.today)
        except ValueError:
            raise UsageError(f"--within: {HOW}.", "Write P6M or '6 months'.") from None
        found = knowledge_map(index, until)
        name, circle, wide = index.rules.organisation, index.circle, index.wide
        columns, rows = (view.WIDE, view.wide_rows) if wide else (view.COLUMNS, view.rows)
        match wanted:
            case "json":
                deliver(view.map_json(found, circle), output)
            case "svg" if found:
                deliver(view.picture(found, wide=wide), output)
            case "svg":
                say(f"Nothing was written to {output}.")
            case "html":
                page = view.page(found, organisation=name, kb=index.root, circle=circle, wide=wide)
                deliver(page, output)
            case "csv" | "tsv":
                from kmkit.views.tables import csv, tsv

                made = csv if wanted == "csv" else partial(tsv, header=True)
                deliver(made(columns, rows(found)), output)
            case _:
                table(columns, rows(found))
        if not wanted or not found:
            _said(found, wide=wide)
        say_for_whom(index)


def _said(found: "list[Place]", *, wide: bool) -> None:
    missing = [one for one in found if one.signs != ("covered",)]
    critical = sum(one.critical for one in missing)
    if not found and wide:
        say("No note may reach this circle yet.")
    elif not found:
        say("There is nothing to lay out yet: name topics under [topics] in kmkit.toml.")
    elif missing and wide:
        say(f"Something is missing in {len(missing)} of {many(len(found), 'topic')}.")
    elif missing:
        say(f"Something is missing in {len(missing)} of {many(len(found), 'topic')}; "
            f"{critical} of them critical.")  # fmt: skip
        say(f"First: {missing[0].topic}: {missing[0].mend}")
    else:
        say(f"Nothing is missing in {many(len(found), 'topic')}.")
