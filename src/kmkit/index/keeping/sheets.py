"""What files are in the tables of an index: rows, ready to be written."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from kmkit.index.dates import worded
from kmkit.index.keeping.entering import Entered, Recorded
from kmkit.index.keeping.refresh import RACY
from kmkit.index.keeping.schema import IN_CONFLICT, stored

Row = tuple[Any, ...]


class Sight(NamedTuple):
    """A file as it was read: git's name of it, and what the file system says of it."""

    sha: str
    stat: str


class Read(NamedTuple):
    """A file, and the rows that the index has of it; None where the file is gone."""

    path: str
    sight: Sight
    rows: Entered | Recorded | None


class Wanted(NamedTuple):
    """A file that is to be read."""

    n: int
    """The number of its row; 0 for a record, which has none."""
    path: str
    sha: str
    """git's name of it in HEAD, '' where it has none or another."""


class Unlike(NamedTuple):
    """A file that is not HEAD's as it stands: for a filter of git's, or a change since."""

    path: str
    wanted: str
    """git's name of HEAD's."""
    sha: str
    stat: str


class Sheet(NamedTuple):
    """Several files as the tables have them; plain values, which other processes can hand over."""

    paths: list[str]
    """All of them."""
    notes: list[Row]
    cards: list[Row]
    marks: list[Row]
    links: list[Row]
    problems: list[Row]
    records: list[Row]
    gone: list[str]
    """The files that are not there."""
    words: list[Row]
    """The notes as they are searched, where that was wanted."""
    unlike: list[Row]
    """Files that are not HEAD's as they stand, each as `Unlike` has it."""


def sheet_of(files: Iterable[tuple[Wanted, Read]]) -> Sheet:
    """The rows of files that were read."""
    sheet = Sheet([], [], [], [], [], [], [], [], [], [])
    for (n, path, wanted), (_, (sha, stat), rows) in files:
        sheet.paths.append(path)
        if rows is None:
            sheet.gone.append(path)
            continue
        seen = f"blob {sha}" if wanted and sha == wanted else f"file {stat}"
        if isinstance(rows, Recorded):
            sheet.records.append((path, seen, *rows))
        else:
            if not rows.cards[3]:  # git has not the version in force: it may fetch it
                seen, wanted = f"file {RACY}", ""
            sheet.notes.append((n, path, seen, *rows.columns, *_line(rows)))
            sheet.cards.append((n, *rows.cards))
            sheet.marks.extend([(*mark, n) for mark in rows.marks])
            sheet.links.extend([(n, *link) for link in rows.links])
            sheet.problems.extend([(n, *problem) for problem in rows.problems])
            if rows.words:
                sheet.words.append((n, *rows.words))
        if wanted and sha != wanted:
            sheet.unlike.append((path, wanted, sha, stat))
    return sheet


def _line(rows: Entered) -> tuple[str, str]:
    """The two parts of a listing's line: up to the state, and behind it."""
    id, title, _, kind, owner, level, _, _, _, stands, revised, _, _, due, *_ = rows.columns
    conflict = IN_CONFLICT in rows.marks
    state = worded(str(stands), revised=bool(revised), overdue=False, conflict=conflict)
    head = f"{id}\t{title}\t{kind}\t{state}"
    return head, f"\t{owner}\t{level}\t{due}\n"


def written_out(sheet: Sheet) -> Sheet:
    """The sheet with halves of characters written out; in cards as JSON does: nothing is lost."""
    cards = [(n, _in_json(own), _in_json(shown), *prints) for n, own, shown, *prints in sheet.cards]
    records = [(*_each(row[:5]), _in_json(row[5]), row[6]) for row in sheet.records]
    return sheet._replace(
        notes=[*map(_each, sheet.notes)],
        cards=cards,
        marks=[*map(_each, sheet.marks)],
        links=[*map(_each, sheet.links)],
        problems=[*map(_each, sheet.problems)],
        records=records,
    )


def _each(row: Row) -> Row:
    return tuple(stored(value) if isinstance(value, str) else value for value in row)


def _in_json(text: str | None) -> str | None:
    return text and text.encode("utf-8", "backslashreplace").decode()
