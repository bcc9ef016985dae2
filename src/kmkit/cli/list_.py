"""``kmkit list``: notes by words and by what their fields say."""

from typing import TYPE_CHECKING

import typer

from kmkit.cli import rows
from kmkit.cli.filters import filtered
from kmkit.cli.formats import OutputFile
from kmkit.cli.options import AsJson, open_index
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.index.book import Index


@filtered(words=True)
def command(
    ctx: typer.Context,
    asked: Filter,
    sort: rows.Sort = "captured",
    reverse: rows.Reverse = False,
    limit: rows.Limit = None,
    fmt: rows.Format = rows.TABLE,
    null: rows.Null = False,
    as_json: AsJson = False,
    output: OutputFile = None,
) -> None:
    """List notes: those that hold all the words, and whose fields are as the options say.

    Case and accents do not matter. An option given twice means either; `not:` in front of a value
    means the others. Every option can be written as a word too: `kind:lesson`,
    `not:topic:fuel`, `owner:me`, `level>=domestic`; so can saved filters. `--kind question` lists
    records of that kind: person, application, question, plan, event.

    \b
    kmkit list --topic fuel --state not:retired --since "last month"
    kmkit list owner:me --stale --sort due
    kmkit list --format paths -0 fuel | xargs -0 wc -w
    """
    from kmkit.index.choosing.lines import order

    how = rows.shape(fmt, as_json=as_json, limit=limit, null=null, output=output)
    by = order(sort, reverse=reverse)
    early: list[rows.Told] = []

    def meanwhile(index: "Index") -> None:
        """What there is to show, if nothing has changed."""
        if how.fmt == "tsv":
            early.append(rows.told(index, asked, by, how))

    with open_index(ctx, meanwhile=meanwhile) as index:
        named = [term.value for term in asked.terms if term.field == "kind"]
        if any(kind not in index.rules.kinds for kind in named):
            from kmkit.cli import record_rows
            from kmkit.index.recorded import kinds_asked

            if kinds_asked(asked):
                record_rows.show(index, asked, how)
                return
        known = early[0] if early and index.unmoved else None
        rows.show(index, asked, by, how, known)
