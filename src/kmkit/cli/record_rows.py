"""Records as ``kmkit list`` shows them, in the formats in which it shows notes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kmkit.cli.formats import deliver, many
from kmkit.cli.recording import called
from kmkit.cli.rows import PATHS, TABLE, Shape, ended
from kmkit.cli.screen import say, table

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.choosing.filters import Filter
    from kmkit.index.recorded import Filed


def show(
    index: "Index", asked: "Filter", how: Shape, *, none: str = "No record is like that."
) -> None:
    """The records that a filter asks for; how many they are on stderr, ``none`` where none is."""
    from kmkit.index.recorded import filed

    found = filed(index, asked)
    shown = found[: how.limit] if how.limit else found
    if how.fmt == TABLE:
        _table(index, shown)
    else:
        deliver(_text(index, shown, how), how.output)
    if len(shown) < len(found):
        say(f"{len(shown)} of {many(len(found), 'record')}. More: --limit 0 for all.")
    else:
        say(f"{many(len(found), 'record')}." if found else none)


def _text(index: "Index", rows: "list[Filed]", how: Shape) -> str:
    """The rows as other programs take them."""
    from kmkit.views import records
    from kmkit.views.listing import line
    from kmkit.views.tables import csv, tsv

    match how.fmt:
        case "tsv":
            return tsv(records.COLUMNS, map(records.cells, rows), header=True)
        case "csv":
            return csv(records.COLUMNS, map(records.cells, rows))
        case "json":
            return records.as_json(rows)
        case "jsonl":
            return "".join(f"{line(records.value(row))}\n" for row in rows)
        case fmt if fmt == PATHS:
            base = _from_here(index.root)
            end = "\0" if how.null else "\n"
            return "".join(f"{'' if base == '.' else f'{base}/'}{row.path}{end}" for row in rows)
    return "".join(ended(map(records.template(how.fmt), rows), how))


def _from_here(root: Path) -> str:
    """The knowledge base as seen from the current folder."""
    try:
        return Path(os.path.relpath(root)).as_posix()
    except ValueError:  # another drive
        return root.as_posix()


def _table(index: "Index", rows: "list[Filed]") -> None:
    """For people: as much as is needed to choose one."""
    if not rows:
        return
    one_kind = len({row.record.kind for row in rows}) == 1
    columns = ("record", *(() if one_kind else ("kind",)), "what", "standing", "who", "day", "due")
    lines = []
    for _, record in rows:
        short = record.id if record.kind == "person" else record.id[-4:]
        kind = () if one_kind else (record.kind,)
        days = (record.day or "", record.due_by or "")
        who = record.who if record.kind == "person" else called(index, record.who)
        lines.append((short, *kind, record.title, record.standing, who, *days))
    empty = [at for at in range(len(columns)) if not any(line[at] for line in lines)]
    keep = [at for at in range(len(columns)) if at not in empty]
    table([columns[at] for at in keep], [[line[at] for at in keep] for line in lines])
