"""Notes as a listing shows them: in which order, how many, in which format, and where they go."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from kmkit.cli.formats import by_ending, completing, many
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import Cannot, UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

TABLE, PATHS = "table", "paths"
FORMATS = (TABLE, "tsv", "csv", "json", "jsonl", PATHS)
_SCREEN = 200
"""Rows that a person may read on a terminal; more are cut off, and said to be there."""


def _complete_sort(incomplete: str) -> list[str]:
    from kmkit.index.choosing.lines import SORTS

    return [name for name in SORTS if name.startswith(incomplete)]


Sort = Annotated[
    str,
    typer.Option(
        "--sort",
        metavar="FIELD",
        help="captured, title, state, owner, kind, level, due, unit, language, id or path; "
        "-FIELD for the other way round",
        autocompletion=_complete_sort,
    ),
]
Reverse = Annotated[bool, typer.Option("--reverse", help="the other way round")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=0, help="the first N; 0 for all, on a terminal too"),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)}, or a template such as '{{id}}\\t{{title}}'",
        autocompletion=completing(FORMATS),
    ),
]
Null = Annotated[
    bool,
    typer.Option("--null", "-0", help="end paths or templates with a zero byte, for xargs -0"),
]


class Shape(NamedTuple):
    """How a listing is shown."""

    fmt: str
    """One of `FORMATS`, or a template."""
    limit: int | None
    """How many at most; 0 for all, None for as many as can be read where it goes."""
    null: bool
    output: Path | None


def shape(fmt: str, *, as_json: bool, limit: int | None, null: bool, output: Path | None) -> Shape:
    """How the options ask for it; UsageError where they contradict each other."""
    from kmkit.text import did_you_mean

    if fmt == TABLE and output:
        fmt = by_ending(output, ("tsv", "csv", "json", "jsonl"), "tsv")
    fmt = "json" if as_json else fmt
    if null and fmt == TABLE:
        fmt = PATHS
    if "{" not in fmt and fmt not in FORMATS:
        mend = did_you_mean(fmt, FORMATS) or f"Known: {', '.join(FORMATS)}, or a template."
        raise UsageError(f"--format: there is no '{fmt}'.", mend)
    if null and fmt != PATHS and "{" not in fmt:
        raise UsageError("-0 goes with --format paths or a template.", "Leave one of them out.")
    if fmt == TABLE and not on_terminal():
        fmt = "tsv"
    return Shape(fmt, limit, null, output)


class Told(NamedTuple):
    """A listing as lines with tabs."""

    text: bytes
    total: int
    """How many notes are asked for, cut off or not."""


def told(index: "Index", asked: Filter, order: str, how: Shape) -> Told:
    """The notes that are asked for, as lines with tabs."""
    from kmkit.index.choosing.lines import COLUMNS, lines
    from kmkit.index.choosing.where import EVERY

    chosen = EVERY
    if asked.terms:
        from kmkit.index.choosing.conditions import where

        chosen = where(asked, index)
    text, total = lines(index, chosen, order, how.limit or -1)
    total = index.count(*chosen) if how.limit else total
    return Told("\t".join(COLUMNS).encode() + b"\n" + text, total)


def show(index: "Index", asked: Filter, order: str, how: Shape, early: Told | None = None) -> None:
    """The notes that are asked for, in that order; how many they are on stderr.

    ``early``: the lines of the listing, where they are known already.
    """
    if how.fmt == "tsv":
        text, total = early or told(index, asked, order, how)
        _write([text], how.output)
        _sum(index, asked, total, how.limit or 0)
        return
    from kmkit.index.choosing.conditions import where

    chosen = where(asked, index)
    limit = how.limit if how.limit is not None else (_SCREEN if how.fmt == TABLE else 0)
    show_rows(index, islice(index.select(*chosen, order=order), limit or None), how)
    _sum(index, asked, index.count(*chosen), limit)


def _sum(index: "Index", asked: Filter, total: int, limit: int) -> None:
    """Say how many notes there are, and how many of them are shown."""
    shown = min(total, limit) if limit else total
    if shown < total:
        say(f"{shown} of {many(total, 'note')}. More: --limit N, or --limit 0 for all.")
    elif total:
        say(f"{many(total, 'note')}.")
    else:
        saved = next((word for word in asked.words if word in index.rules.filters), "")
        meant = f" '{saved}' is a saved filter: write filter:{saved}." if saved else ""
        say(f"No note is like that.{meant}")


def show_rows(index: "Index", rows: "Iterable[Listed]", how: Shape) -> None:
    """The rows in the format that was asked for."""
    if how.fmt == TABLE:
        _table(index, list(rows))
    else:
        _write(_FORMATS.get(how.fmt, _template)(index, rows, how), how.output)


def _tsv(index: "Index", rows: "Iterable[Listed]", how: Shape) -> Iterator[str]:
    from kmkit.index.choosing.lines import COLUMNS, cells
    from kmkit.views.tables import tsv

    yield tsv(COLUMNS, (), header=True)
    for row in rows:
        yield tsv((), [cells(row)])


def _csv(index: "Index", rows: "Iterable[Listed]", how: Shape) -> Iterator[str]:
    from kmkit.index.choosing.lines import COLUMNS, cells
    from kmkit.views.listing import MORE, more
    from kmkit.views.tables import csv

    yield csv((*COLUMNS, *MORE), ((*cells(row), *more(row)) for row in rows))


def _json(index: "Index", rows: "Iterable[Listed]", how: Shape) -> Iterator[str]:
    from kmkit.views.listing import as_json

    return as_json(rows)


def _jsonl(index: "Index", rows: "Iterable[Listed]", how: Shape) -> Iterator[str]:
    from kmkit.views.listing import as_lines

    return as_lines(rows)


def _paths(index: "Index", rows: "Iterable[Listed]", how: Shape) -> Iterator[str]:
    """Where the files are, from the current folder."""
    try:
        base = Path(os.path.relpath(index.root)).as_posix()
    except ValueError:  # another drive
        base = index.root.as_posix()
    prefix = "" if base == "." else f"{base}/"
    return ended((prefix + row.card.path for row in rows), how)


def _template(index: "Index", rows: "Iterable[Listed]", how: Shape) -> Iterator[str]:
    from kmkit.views.listing import FIELDS, template

    return ended(map(template(how.fmt, FIELDS), rows), how)


def ended(texts: Iterable[str], how: Shape) -> Iterator[str]:
    """Each with its end; on a terminal without what could change what is seen."""
    if how.null:
        return (f"{text}\0" for text in texts)
    if how.output or not on_terminal():
        return (f"{text}\n" for text in texts)
    from kmkit.text import HIDDEN

    return (HIDDEN.sub("", text) + "\n" for text in texts)


_Writer = Callable[["Index", "Iterable[Listed]", Shape], Iterator[str]]
_FORMATS: dict[str, _Writer] = {
    "tsv": _tsv,
    "csv": _csv,
    "json": _json,
    "jsonl": _jsonl,
    PATHS: _paths,
}


def _write(pieces: Iterable[str | bytes], file: Path | None) -> None:
    """Write the pieces to a file, or to stdout, their line ends as they are."""
    if file:
        try:
            with file.open("wb") as stream:
                stream.writelines(map(_bytes, pieces))
        except OSError as error:
            raise Cannot(f"{file} cannot be written: {error.strerror}.", "Name another.") from None
        say(f"Written: {file}.")
    elif hasattr(sys.stdout, "buffer") and not on_terminal():
        sys.stdout.flush()
        sys.stdout.buffer.writelines(map(_bytes, pieces))
    else:
        sys.stdout.writelines(p if isinstance(p, str) else p.decode() for p in pieces)


def _bytes(text: str | bytes) -> bytes:
    """UTF-8; of a path that is not, the bytes that it has."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _table(index: "Index", rows: "list[Listed]") -> None:
    """For people: as much as is needed to choose one."""
    if not rows:
        return
    short = short_ids(index, rows)
    table(
        ("note", "title", "state", "owner", "due"),
        [
            (short[row.card.id], row.card.title, row.standing, _name(index, row), row.due)
            for row in rows
        ],
    )


def short_ids(index: "Index", rows: "Iterable[Listed]") -> dict[str, str]:
    """Each id and the least that has to be typed for it: its last four characters, or all."""
    from json import dumps

    ids = {row.card.id: row.card.short for row in rows}
    sql = (
        "SELECT substr(id, -4) AS tail FROM notes WHERE id <> '' "
        "AND tail IN (SELECT value FROM json_each(?)) GROUP BY tail HAVING count(*) > 1"
    )
    twice = {tail for (tail,) in index.query(sql, (dumps(list(ids.values())),))}
    return {id: id if tail in twice else tail for id, tail in ids.items()}


def _name(index: "Index", row: "Listed") -> str:
    """How a narrow table names the owner: the name, or the address without its domain."""
    person = index.people.get(row.card.owner)
    return person.name if person else row.card.owner.split("@")[0]
