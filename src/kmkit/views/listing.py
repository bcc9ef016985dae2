"""Notes of a listing as other programs take them: JSON, lines of JSON, templates.

The schema is a contract: fields are added to it and never change meaning. Dates are ISO dates,
absent values null.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from kmkit.errors import UsageError
from kmkit.text import HIDDEN, did_you_mean

if TYPE_CHECKING:
    from kmkit.index.listed import Listed

T = TypeVar("T")

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|\\[tn0\\]|[{}]")
_SIGNS = {"{{": "{", "}}": "}", r"\t": "\t", r"\n": "\n", r"\0": "\0", r"\\": "\\"}

FIELDS: "dict[str, Callable[[Listed], Any]]" = {
    "id": lambda row: row.card.id,
    "path": lambda row: row.card.path,
    "title": lambda row: row.card.title,
    "kind": lambda row: row.card.kind,
    "state": lambda row: stated(row.state, torn=row.torn),
    "being_revised": lambda row: row.revised,
    "overdue": lambda row: row.overdue,
    "due": lambda row: _day(row.due),
    "captured": lambda row: _day(row.captured),
    "owner": lambda row: row.card.owner,
    "backup": lambda row: row.card.backup or None,
    "level": lambda row: row.card.level,
    "topics": lambda row: list(row.card.topics),
    "summary": lambda row: row.card.summary or None,
    "matters_to": lambda row: row.card.matters_to or None,
    "unit": lambda row: row.card.unit or None,
    "language": lambda row: row.card.language or None,
    "in_conflict": lambda row: row.torn,
}
"""The fields of ``kmkit.notes/1``, and where each comes from."""

TORN = "in conflict"
"""What stands in the place of a state that git's marks hide."""
MORE = (
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
"""What a spreadsheet gets beside the columns of a line."""


def stated(state: str, *, torn: bool) -> str:
    """A state as a listing names it: one of the walk, or that git's marks hide which it is."""
    return state or (TORN if torn else "")


def more(row: "Listed") -> tuple[str, ...]:
    """The cells of `MORE`."""
    return tuple(_cell(FIELDS[name](row)) for name in MORE)


def values(row: "Listed") -> dict[str, Any]:
    """One note of a listing, by the names of the schema."""
    return {name: read(row) for name, read in FIELDS.items()}


def as_json(rows: "Iterable[Listed]") -> Iterator[str]:
    """The notes as ``kmkit.notes/1``, one to a line, piece by piece."""
    yield '{"schema": "kmkit.notes/1", "notes": ['
    comma = "\n"
    for row in rows:
        yield comma + line(values(row))
        comma = ",\n"
    yield "\n]}\n"


def as_lines(rows: "Iterable[Listed]") -> Iterator[str]:
    """Each note as a JSON object on a line of its own."""
    return (line(values(row)) + "\n" for row in rows)


def line(value: object) -> str:
    """``value`` as JSON on one line; hidden characters stand as escapes."""
    return escaped(json.dumps(value, ensure_ascii=False, default=str))


def escaped(text: str) -> str:
    """JSON in which hidden characters and halves of pairs stand as escapes.

    So nothing is lost, a terminal is safe, and the text can be encoded.
    """
    return HIDDEN.sub(lambda found: "".join(f"\\u{unit:04x}" for unit in _units(found[0])), text)


def _units(char: str) -> list[int]:
    """The one or two numbers by which JSON writes a character."""
    data = char.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def template(text: str, fields: Mapping[str, Callable[[T], Any]]) -> Callable[[T], str]:
    r"""What makes a line of a row as ``'{id}\t{title}'`` says; UsageError for an unknown field.

    ``fields`` are those of a row, by name. ``\t`` and ``\n`` are a tab and a line break; ``{{`` and
    ``}}`` are braces.
    """
    pieces: list[str | Callable[[T], Any]] = []
    at = 0
    for found in _PLACE.finditer(text):
        pieces += [text[at : found.start()]]
        at = found.end()
        pieces.append(_SIGNS.get(found[0]) or _field(fields, found[1], found[0]))
    pieces.append(text[at:])

    def fill(row: T) -> str:
        """The line of one row."""
        return "".join(one if isinstance(one, str) else _cell(one(row)) for one in pieces)

    return fill


def _field(
    fields: Mapping[str, Callable[[T], Any]], name: str | None, said: str
) -> Callable[[T], Any]:
    if name is None:
        raise UsageError(f"--format: '{said}' stands alone.", "A brace is written {{ or }}.")
    if name not in fields:
        known = f"The fields: {', '.join(fields)}."
        raise UsageError(
            f"--format: there is no field '{name}'.", did_you_mean(name, fields) or known
        )
    return fields[name]


def _cell(value: Any) -> str:
    """A value as text: lists with '; ', yes and no, '' for nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
