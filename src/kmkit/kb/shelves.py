"""A folder of records: those that could be read, and what is wrong with the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Generic, TypeVar

from kmkit.note.problem import Problem

R = TypeVar("R")


@dataclass(frozen=True)
class Shelf(Generic[R]):
    """The records of one folder."""

    records: tuple[tuple[PurePosixPath, R], ...]
    """Each with the path of its file in the knowledge base."""
    problems: tuple[Problem, ...]


def read_shelf(
    root: Path,
    paths: Iterable[PurePosixPath],
    reader: Callable[[bytes, PurePosixPath], tuple[R | None, list[Problem]]],
) -> Shelf[R]:
    """The records in the files ``paths`` below ``root``."""
    records: list[tuple[PurePosixPath, R]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            record, found = reader((root / path).read_bytes(), path)
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}."
            record, found = None, [Problem(str(path), 1, 1, "unreadable-file", message)]
        problems += found
        if record is not None:
            records.append((path, record))
    return Shelf(tuple(records), tuple(problems))
