"""Records in the index: which one somebody means, and which are asked for."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kmkit import natural
from kmkit.errors import UsageError
from kmkit.index.book import Index
from kmkit.index.choosing.filters import OVERDUE, WORD, Filter, Term
from kmkit.index.conflicts import records
from kmkit.index.keeping.schema import original, stored
from kmkit.note.finding import as_path, pick
from kmkit.note.records import KINDS, Record, kind_at
from kmkit.places import read_plain
from kmkit.text import fold

CHOOSE_BY = ("kind", "state", "owner", "topic", "level", "since", "until")
"""What records can be chosen by beside words; state and owner are their standing and person."""


class Filed(NamedTuple):
    """A record, and where its file is."""

    path: str
    record: Record


def record_path(index: Index, ref: str, kind: str, *, folder: Path | None = None) -> PurePosixPath:
    """The path of the one record of a kind that ``ref`` means: an id, a part of one, or a path.

    ``kind`` '' is any. UsageError where it means none or several.
    """
    path = as_path(index.root, ref, folder)
    if path and kind_at(path) in ([kind] if kind else KINDS):
        return path
    ids: dict[str, tuple[str, ...]] = {}
    for id, place in index.query("SELECT id, path FROM records WHERE ? IN (kind, '')", (kind,)):
        ids[id] = (*ids.get(id, ()), place)
    for place in map(PurePosixPath, records(index)):  # marks of git hide the ids of some
        if kind_at(place) in ([kind] if kind else KINDS):
            ids.setdefault(place.stem, (str(place),))
    see = f"kmkit list --kind {kind or 'KIND'}"
    return PurePosixPath(original(pick(ref, ids, kind or "record", see)))


def kinds_asked(asked: Filter) -> tuple[str, ...]:
    """The kinds of records that a filter names; none where it asks for notes."""
    return tuple(t.value for t in asked.terms if t.field == "kind" and t.value in KINDS)


def filed(index: Index, asked: Filter) -> list[Filed]:
    """The records that a filter asks for, those of one kind together, by path.

    UsageError where it asks for what records do not have.
    """
    for term in asked.terms:
        if term.field not in (*CHOOSE_BY, WORD):
            how = f"Choose them by {', '.join(CHOOSE_BY)}, or by words."
            raise UsageError(f"Records are not chosen by '{term.field}'.", how)
        if term.field == "kind" and term.value not in KINDS:
            raise UsageError(f"'{term.value}' is no kind of record.", f"Kinds: {', '.join(KINDS)}.")
    found = []
    for kind in dict.fromkeys(kinds_asked(asked)):
        rows = (Filed(*row) for row in index.filed(kind))
        found += [row for row in rows if _fits(row.record, asked, index)]
    return found


def _fits(record: Record, asked: Filter, index: Index) -> bool:
    """Whether a record is what a filter asks for: of each field any value, and all words."""
    for field in {term.field for term in asked.terms}:
        terms = [term for term in asked.terms if term.field == field]
        answers = [_is(record, term, index) == term.wanted for term in terms]
        every = field == WORD or not all(term.wanted for term in terms)
        if not (all(answers) if every else any(answers)):
            return False
    return True


def _is(record: Record, term: Term, index: Index) -> bool:
    """Whether one term holds."""
    value = fold(term.value)
    match term.field:
        case "kind":
            return record.kind == term.value
        case "state" if value == OVERDUE:
            return record.due_by is not None and record.due_by < index.today
        case "state":
            return fold(record.standing) == value
        case "owner" if value == "me":
            return fold(record.who) == index.git.identity().key
        case "owner":
            return value in fold(record.who)
        case "topic" | "level":
            said = getattr(record, "topics" if term.field == "topic" else "level", "")
            return value in [fold(one) for one in ([said] if isinstance(said, str) else said)]
        case "since" | "until":
            return _dated(record, term, index.today)
    return all(word in said_in(record) for word in value.split())


def _dated(record: Record, term: Term, today: date) -> bool:
    """Whether the day of a record, or by which something is owed, is then or on that side."""
    day = record.day or record.due_by
    try:
        if term.field == "since":
            first = natural.since(term.value, today)
            return day is not None and day >= first
        last = natural.until(term.value, today)
        return day is not None and day <= last
    except ValueError:
        raise UsageError(f"{term.field}: '{term.value}' is no day.", natural.HOW) from None


def said_in(record: Record) -> str:
    """All that the front matter of a record says, folded, for words to be found in it."""
    return fold(" ".join(map(str, record.model_dump(mode="json").values())))


def of_note(index: Index, kind: str, note: str) -> Iterator[Filed]:
    """The records of a kind that concern the note with an id, by path."""
    sql = "SELECT path, card FROM records WHERE kind = ? AND note = ? AND card NOT NULL"
    for path, text in index.query(f"{sql} ORDER BY path", (kind, stored(note))):
        yield Filed(path, KINDS[kind].model_validate_json(text))


def place_of(index: Index, path: str, field: str) -> tuple[int, int]:
    """Line and column of a field in a record's file, (1, 1) where it is not found."""
    from kmkit.note.frontmatter import places_of

    try:
        text = read_plain(index.root / path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return 1, 1
    return places_of(text).get(field, (1, 1))
