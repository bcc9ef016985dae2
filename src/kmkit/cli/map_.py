"""``kmkit map``: what is critical, what is written about it, who holds it, what is missing."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import OutputFile, by_ending, deliver, many
from kmkit.cli.options import AsJson, open_index
from kmkit.cli.screen import say, table
from kmkit.errors import UsageError
from kmkit.period import HOW, Period

if TYPE_CHECKING:
    from kmkit.learn.knowledge_map import Place

_SOON = "P6M"
_ENDINGS = {".svg": "svg", ".html": "html", ".htm": "html", ".json": "json", ".tsv": "tsv"}


def command(
    ctx: typer.Context,
    within: Annotated[
        str, typer.Option("--within", metavar="PERIOD", help="who leaves by then counts as leaving")
    ] = _SOON,
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

    wanted = "json" if as_json else by_ending(output, _ENDINGS) if output else ""
    with open_index(ctx, records=True) as index:
        try:
            until = Period.parse(within).after(index.today)
        except ValueError:
            raise UsageError(f"--within: {HOW}.", "Write P6M or '6 months'.") from None
        found = knowledge_map(index, until)
        name, root = index.rules.organisation, index.root
    if wanted == "json":
        deliver(view.map_json(found), output)
    elif wanted == "svg":
        deliver(view.picture(found), output)
    elif wanted == "html":
        deliver(view.page(found, organisation=name, kb=root), output)
    elif output:
        from kmkit.views.tables import tsv

        deliver(tsv(view.COLUMNS, view.rows(found), header=True), output)
    else:
        table(view.COLUMNS, view.rows(found))
    if not wanted or not found:
        _said(found)


def _said(found: "list[Place]") -> None:
    missing = [one for one in found if one.signs != ("covered",)]
    critical = sum(one.critical for one in missing)
    if not found:
        say("There is nothing to lay out yet: name topics under [topics] in kmkit.toml.")
    elif missing:
        say(f"Something is missing in {len(missing)} of {many(len(found), 'topic')}; "
            f"{critical} of them critical.")  # fmt: skip
        say(f"First: {missing[0].topic}: {missing[0].mend}")
    else:
        say(f"Nothing is missing in {many(len(found), 'topic')}.")
