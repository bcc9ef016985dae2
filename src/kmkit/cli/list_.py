"""``kmkit list``: notes by words and by what their fields say."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import Listing, OutputFile, deliver, many
from kmkit.cli.options import AsJson, complete_kind, complete_level, open_kb
from kmkit.cli.reading import notes_of
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.query import Query, Row
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note
    from kmkit.note.records import Person

_SUFFIXES = {".csv": Listing.CSV, ".json": Listing.JSON, ".tsv": Listing.TSV, ".txt": Listing.TSV}

Several = list[str] | None
Words = Annotated[
    Several, typer.Argument(metavar="[WORDS]...", help="all of them stand in the note")
]
Kinds = Annotated[
    Several,
    typer.Option("--kind", metavar="KIND", help="lesson, story …", autocompletion=complete_kind),
]
States = Annotated[
    Several, typer.Option("--state", metavar="STATE", help="a state, or overdue, stale, revised")
]
Owners = Annotated[Several, typer.Option("--owner", metavar="EMAIL", help="me, or part of one")]
Topics = Annotated[Several, typer.Option("--topic", metavar="TOPIC", help="a topic")]
Levels = Annotated[
    Several,
    typer.Option("--level", metavar="LEVEL", help="of this level", autocompletion=complete_level),
]
AtLeast = Annotated[
    str,
    typer.Option(
        "--level-at-least",
        metavar="LEVEL",
        help="of this level or a wider one",
        autocompletion=complete_level,
    ),
]
Units = Annotated[
    Several, typer.Option("--unit", metavar="UNIT", help="a part of the organisation")
]
Languages = Annotated[Several, typer.Option("--language", metavar="LANGUAGE", help="such as fr")]
Mine = Annotated[bool, typer.Option("--mine", help="the notes that I own")]
Saved = Annotated[
    str, typer.Option("--filter", metavar="NAME", help="a saved filter of kmkit.toml")
]
Sort = Annotated[
    str,
    typer.Option(
        "--sort", metavar="FIELD", help="captured, title, state, owner, kind, level or due"
    ),
]
Format = Annotated[Listing, typer.Option("--format", help="how to show them")]


def command(
    ctx: typer.Context,
    words: Words = None,
    kind: Kinds = None,
    state: States = None,
    owner: Owners = None,
    topic: Topics = None,
    level: Levels = None,
    level_at_least: AtLeast = "",
    unit: Units = None,
    language: Languages = None,
    mine: Mine = False,
    saved: Saved = "",
    sort: Sort = "captured",
    fmt: Format = Listing.TABLE,
    as_json: AsJson = False,
    output: OutputFile = None,
) -> None:
    """List notes: those that hold all the words, and whose fields are as the options say.

    Case and accents do not matter. An option given twice means either. Words can be written
    `kind:lesson`, `state:overdue`, `owner:me`, `level>=domestic`, and so can saved filters.
    """
    from kmkit.index.query import SORTS
    from kmkit.text import did_you_mean

    if sort not in SORTS:
        mend = did_you_mean(sort, SORTS) or f"Known: {', '.join(SORTS)}."
        raise UsageError(f"Nothing is sorted by '{sort}'.", mend)
    kb = open_kb(ctx)
    fields = {
        "kind": kind,
        "state": state,
        "owner": [*(owner or ()), *["me"] * mine],
        "topic": topic,
        "level": level,
        "unit": unit,
        "language": language,
    }
    told = [f"{name}:{value}" for name, values in fields.items() for value in values or ()]
    told += [f"level>={level_at_least}"] if level_at_least else []
    rows, notes = _found(kb, [*told, *(words or ()), *_saved(kb, saved)], sort)
    _show(kb, rows, notes, Listing.JSON if as_json else _format(fmt, output), output)


def _found(kb: "KnowledgeBase", words: list[str], sort: str) -> "tuple[list[Row], list[Note]]":
    """The rows that the words ask for, sorted, and all notes."""
    from kmkit.index.query import Query, find, ordered

    me = kb.actor.key if "owner:me" in words else ""  # nobody needs a name in git to list notes
    query = Query.parse(words, me=me).checked(kb.policy, kb.kinds)
    notes = notes_of(kb)
    rows = find(
        [_shown(kb, note) for note in notes],
        query,
        policy=kb.policy,
        stale=_stale(kb, notes, query),
        language=kb.config.organisation.language,
    )
    return ordered(rows, sort, kb.policy), notes


def _saved(kb: "KnowledgeBase", name: str) -> list[str]:
    """The words of a saved filter; UsageError where there is none of that name."""
    from kmkit.text import did_you_mean

    if not name:
        return []
    filters = kb.config.filters
    if name not in filters:
        known = f"Saved: {', '.join(filters)}." if filters else "Save it under [filters]."
        message = f"There is no filter '{name}' in kmkit.toml."
        raise UsageError(message, did_you_mean(name, filters) or known)
    try:
        return shlex.split(filters[name])
    except ValueError:
        return filters[name].split()


def _shown(kb: "KnowledgeBase", note: "Note") -> "Row":
    """The row of a note, with the version in force where a revision is under way."""
    from kmkit.index.query import row

    try:
        standing = kb.standing(note)
    except Cannot as error:
        say(f"{note.path}: the version in force cannot be read: {error.message}")
        standing = note
    return row(note, standing, kb.kinds, kb.today)


def _stale(kb: "KnowledgeBase", notes: "list[Note]", query: "Query") -> frozenset[str]:
    """The ids of the stale notes, where they are asked for."""
    from kmkit.index.gather import stale_of
    from kmkit.index.query import STALE

    if STALE not in query.state:
        return frozenset()
    return frozenset(row.note.id for row in stale_of(kb, notes=notes))


def _format(fmt: Listing, output: Path | None) -> Listing:
    """The format that was asked for, or that the file's name means."""
    if fmt is Listing.TABLE and output:
        return _SUFFIXES.get(output.suffix.casefold(), Listing.TSV)
    return fmt


_COLUMNS = ("id", "title", "kind", "state", "owner", "level", "due")
_MORE = (
    "topics",
    "summary",
    "matters_to",
    "captured",
    "unit",
    "language",
    "being_revised",
    "overdue",
    "path",
)
"""What a spreadsheet gets beside the columns of the screen."""


def _show(
    kb: "KnowledgeBase",
    rows: "Sequence[Row]",
    notes: "Sequence[Note]",
    fmt: Listing,
    output: Path | None,
) -> None:
    """The rows in the format that was asked for."""
    from kmkit.views import porcelain
    from kmkit.views.tables import csv, tsv

    lines = [_line(row) for row in rows]
    if fmt is Listing.JSON:
        deliver(porcelain.notes(rows), output)
    elif fmt is Listing.CSV:
        wide = [(*line, *_more(row)) for line, row in zip(lines, rows, strict=True)]
        deliver(csv((*_COLUMNS, *_MORE), wide), output)
    elif fmt is Listing.TSV or output or not on_terminal():
        deliver(tsv(_COLUMNS, lines, header=True), output)
    elif rows:
        short, people = _short_ids(notes), kb.people
        table(
            ("note", "title", "state", "owner", "due"),
            [
                (short[r.note.id], r.note.title, r.standing, _name(people, r.note.owner), r.due)
                for r in rows
            ],
        )
    say(f"{many(len(rows), 'note')}." if rows else "No note is like that.")


def _name(people: "Mapping[str, Person]", email: str) -> str:
    """How a narrow table names somebody: the name, or the address without its domain."""
    person = people.get(email)
    return person.name if person else email.split("@")[0]


def _line(row: "Row") -> tuple[str, ...]:
    note = row.note
    due = str(row.due or "")
    return (note.id, note.title, note.kind, row.standing, note.owner, note.level, due)


def _more(row: "Row") -> tuple[str, ...]:
    note, fields = row.note, row.note.fields
    return (
        "; ".join(fields.topics),
        fields.summary or "",
        fields.matters_to or "",
        str(row.captured or ""),
        fields.unit or "",
        fields.language or "",
        "yes" if row.revised else "no",
        "yes" if row.overdue else "no",
        str(note.path),
    )


def _short_ids(notes: "Sequence[Note]") -> dict[str, str]:
    """Each id and the least that has to be typed for it: its last four characters, or all."""
    from collections import Counter

    tails = Counter(note.short for note in notes)
    return {note.id: note.short if tails[note.short] == 1 else note.id for note in notes}
