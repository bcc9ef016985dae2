"""The folders of records: those that could be read, and what is wrong with the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kmkit.note.problem import Problem
from kmkit.places import RECORDS, folder_of, read_plain

if TYPE_CHECKING:
    from kmkit.note.records import Application, Person, Record


@dataclass(frozen=True)
class Shelf:
    """The records of one folder, or of all."""

    records: "tuple[tuple[PurePosixPath, Record], ...]"
    """Each with the path of its file in the knowledge base."""
    problems: tuple[Problem, ...]


class Shelves:
    """The records of a knowledge base, kind by kind: what nobody asks for is not read."""

    def __init__(self, root: Path, markdown: Callable[[str], Iterable[PurePosixPath]]) -> None:
        self._root = root
        self._markdown = markdown
        self._read: dict[str, Shelf] = {}

    def of(self, kind: str) -> Shelf:
        """The files of a kind of record."""
        return self._in(folder_of(kind))

    def records(self, kind: str) -> "tuple[Any, ...]":
        """The records of a kind, by path; their models are imported where there are any."""
        found = [one for _, one in self.of(kind).records]
        if not found:
            return ()
        from kmkit.note.records import KINDS

        return tuple(one for one in found if isinstance(one, KINDS[kind]))

    @property
    def people(self) -> "dict[str, Person]":
        """The people of people/, by e-mail in lower case."""
        if not (found := self.records("person")):
            return {}
        from kmkit.note.records import people_by_email

        return people_by_email(found)

    @property
    def applications(self) -> "list[Application]":
        """Every reported use of a note, with what came of it; not what is only planned."""
        return [use for one in self.records("application") if (use := one.reported)]

    def every(self) -> Shelf:
        """The files of all kinds, and those that are of none."""
        shelves = [self._in(folder) for folder in RECORDS]
        records = tuple(row for shelf in shelves for row in shelf.records)
        return Shelf(records, tuple(found for shelf in shelves for found in shelf.problems))

    def _in(self, folder: str) -> Shelf:
        """The files below a folder, read once."""
        if folder not in self._read:
            self._read[folder] = _read_shelf(self._root, self._markdown(folder))
        return self._read[folder]


def _read_shelf(root: Path, paths: Iterable[PurePosixPath]) -> Shelf:
    """The records in the files ``paths`` below ``root``."""
    records: list[tuple[PurePosixPath, Record]] = []
    problems: list[Problem] = []
    for path in paths:
        from kmkit.note.records import read_record  # with pydantic, where there are any

        try:
            record, found = read_record(read_plain(root / path), path)
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}."
            record, found = None, [Problem(str(path), 1, 1, "unreadable-file", message)]
        problems += found
        if record is not None:
            records.append((path, record))
    return Shelf(tuple(records), tuple(problems))
