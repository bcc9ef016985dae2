"""Records and what is owed as other programs take them: JSON, lines, CI findings.

The schemas are contracts: fields are added to them and never change meaning. Dates are ISO dates,
absent values null.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from kmkit.note.problem import Problem
from kmkit.text import one_line
from kmkit.views.porcelain import dumps

if TYPE_CHECKING:
    from kmkit.index.recorded import Filed
    from kmkit.learn.actions import Action
    from kmkit.learn.learned import Learned
    from kmkit.note.records import Record

COLUMNS = ("id", "kind", "title", "standing", "who", "day", "due", "note", "path")
"""Of the lines of a listing of records."""


def cells(filed: "Filed") -> tuple[str, ...]:
    """The cells of `COLUMNS`."""
    of = filed.record
    days = (str(of.day or ""), str(of.due_by or ""))
    return (of.id, of.kind, of.title, of.standing, of.who, *days, of.about, filed.path)


def as_json(rows: "Iterable[Filed]") -> str:
    """The records as ``kmkit.records/1``: what a listing says of each, and all its fields."""
    return dumps({"schema": "kmkit.records/1", "records": [value(row) for row in rows]})


def one(path: str, record: "Record") -> str:
    """One record as ``kmkit.records/1``."""
    from kmkit.index.recorded import Filed

    return as_json([Filed(path, record)])


def page(path: str, record: "Record", story: str) -> str:
    """A record for people: its fields, a line each, and its text without the guidance."""
    from kmkit.note.sections import without_comments

    lines = [f"# {one_line(record.title)}", ""]
    for name, value in record.model_dump(mode="json", by_alias=True).items():
        lines += [f"{name}: {one_line(text)}" for text in _texts(value)]
    text = without_comments(story)[0].strip()
    return "\n".join([*lines, f"file: {path}", *(["", text] if text else [])]) + "\n"


def _texts(value: object) -> list[str]:
    """A value in words: one text for each entry of a list, nothing for nothing."""
    if isinstance(value, dict):
        return ["; ".join(f"{k}: {v}" for k, v in value.items() if v)]
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return [text for part in value for text in _texts(part)]
    if isinstance(value, list):
        return [", ".join(map(str, value))] if value else []
    return [str(value)] if value not in (None, "") else []


def value(filed: "Filed") -> dict[str, Any]:
    """One record."""
    said = {name: text or None for name, text in zip(COLUMNS, cells(filed), strict=True)}
    return {**said, "fields": filed.record.model_dump(mode="json", by_alias=True)}


def template(text: str) -> "Callable[[Filed], str]":
    """What makes a line of a record, of its columns and of the fields that its kind has.

    UsageError for a field that no kind has.
    """
    from kmkit.note.records import KINDS
    from kmkit.views.listing import template as lines

    names = [*COLUMNS, *_names(KINDS.values())]
    fill = lines(text, {name: partial(_said, name) for name in names})
    return lambda filed: fill(value(filed))


def _names(kinds: "Iterable[type[Record]]") -> Iterator[str]:
    """The fields that kinds of records have, as files name them."""
    for kind in kinds:
        for name, about in kind.model_fields.items():
            yield about.alias or name


def _said(name: str, record: Mapping[str, Any]) -> str:
    """What a record of `value` says in a column or field, in words."""
    said = record[name] if name in COLUMNS else record["fields"].get(name)
    return "; ".join(_texts(said))


def actions(rows: "Iterable[Action]", circle: str = "", *, wide: bool = False) -> str:
    """What is owed as ``kmkit.actions/1``; to a circle beyond the narrowest not by whom."""
    found = [{**row._asdict(), "due": row.due.isoformat() if row.due else None} for row in rows]
    if wide:
        found = [{**row, "by": None, "path": None} for row in found]
    return dumps({"schema": "kmkit.actions/1", "circle": circle or None, "actions": found})


def learned(rows: "Iterable[Learned]", titles: "Mapping[str, str]", circle: str = "") -> str:
    """Which notes are learned, and why, as ``kmkit.learned/1``."""
    found = [
        {
            "id": row.note,
            "title": titles[row.note],
            "learned": row.learned,
            "since": row.since.isoformat() if row.since else None,
            "reasons": list(row.reasons),
        }
        for row in rows
    ]
    return dumps({"schema": "kmkit.learned/1", "circle": circle or None, "notes": found})


def as_problems(
    rows: "Sequence[Action]", place: "Callable[[Action], tuple[int, int]]"
) -> list[Problem]:
    """What is owed as findings: what is overdue as an error, the rest as a warning.

    ``place`` tells line and column of the day in the file.
    """
    return [
        Problem(
            row.path,
            *place(row),
            "overdue-action" if row.overdue else "planned-action",
            f"{sentence(row)}",
            f"Report it: kmkit apply {row.short} --done; or drop it with a reason.",
            "error" if row.overdue else "warning",
        )
        for row in rows
    ]


def sentence(row: "Action") -> str:
    """What is owed, by whom and when, in one sentence."""
    what = row.action or f"Somebody has to verify what came of '{row.title}'"
    when = f", {'was due' if row.overdue else 'due'} on {row.due}" if row.due else ""
    return f"{row.where}: {what} ({row.by}{when})."
