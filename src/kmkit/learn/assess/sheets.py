"""Answers of one person, without the person: read from the files that forms make."""

import json
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.learn.assess.instrument import NO_ANSWER, Instrument
from kmkit.text import fold, one_line

SCHEMA = "kmkit.sheet/1"
LARGEST = 2_000_000
"""Bytes of a file of answers, and ten times that unpacked."""
ABOUT = "kmkit"
"""The sheet of a workbook that says which instrument it is of."""


class Sheet(NamedTuple):
    """One person's answers; nothing in it says whose."""

    instrument: str
    version: int
    unit: str
    """'' where it was not told."""
    answers: Mapping[str, int | None]
    """By the key of the item: 1 for the least agreement; None for 'I cannot say'."""


Find = Callable[[str], Instrument]
"""Gives the instrument of a name."""


def written(sheet: Sheet) -> str:
    """A sheet as the text of a file."""
    value = {"schema": SCHEMA, "instrument": sheet.instrument, "version": sheet.version,
             "unit": sheet.unit, "answers": dict(sheet.answers)}  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_sheet(path: Path, find: Find) -> Sheet:
    """The answers in a file of JSON or in a workbook; Cannot says what is wrong with which file."""
    try:
        if path.stat().st_size > LARGEST:
            raise Cannot(f"{path} is too large to hold answers.", "Leave it out.")
        data = path.read_bytes()
    except OSError as error:
        raise Cannot(f"{path} cannot be read: {error.strerror}.") from None
    found = _workbook(path, data) if data.startswith(b"PK") else _json(path, data)
    return _checked(path, found, find(found.instrument))


def _json(path: Path, data: bytes) -> Sheet:
    try:
        value = json.loads(data)
        if value["schema"] != SCHEMA:
            raise ValueError
        answers = value["answers"]
        whole = all(isinstance(a, int | None) and a is not True and a is not False
                    for a in answers.values())  # fmt: skip
        if not whole or not isinstance(value["version"], int):
            raise ValueError
        return Sheet(str(value["instrument"]), value["version"], one_line(value.get("unit") or ""),
                     {str(key): answer for key, answer in answers.items()})  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Cannot(f"{path} holds no answers.", "Leave it out, or save the form again.") from None


def _workbook(path: Path, data: bytes) -> Sheet:
    """The answers in a workbook that `form` made."""
    try:
        import openpyxl
    except ImportError:
        raise Cannot(
            f"{path} is a workbook, and what reads it is not installed.",
            "Install it: pip install 'kmkit[office]'",
        ) from None
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > 10 * LARGEST:
                raise ValueError
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        name, version = (str(cell or "") for cell in next(book[ABOUT].values))
        rows = list(
            book.worksheets[0].iter_rows(min_row=1, max_row=500, max_col=4, values_only=True)
        )
        unit = next((one_line(str(row[1] or row[2] or "")) for row in rows if row[3] == "unit"), "")
        given = {str(row[3]): row[2] for row in rows if "@" in str(row[3])}
        number = int(version)
    except Exception:  # openpyxl has no error of its own for most of what can be wrong in a file
        raise Cannot(f"{path} holds no answers.", "Leave it out, or save the form again.") from None
    answers = {key: _chosen(path, key, cell) for key, cell in given.items()}
    return Sheet(name, number, unit, answers)


def _chosen(path: Path, key: str, cell: object) -> int | None:
    """The number that an answer such as '4 Rather' begins with; Cannot for any other text."""
    said = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell or "").strip()
    if not said or fold(said) == fold(NO_ANSWER):
        return None
    first = said.partition(" ")[0]
    if first.isascii() and first.isdigit():
        return int(first)
    mend = f"Choose one of the list, or '{NO_ANSWER}'."
    raise Cannot(f"{path}: {key}: '{one_line(said)[:40]}' is no answer.", mend)


def _checked(path: Path, sheet: Sheet, instrument: Instrument) -> Sheet:
    """The sheet, where its answers are answers to the instrument."""
    if sheet.version != instrument.version:
        raise Cannot(
            f"{path} answers version {sheet.version} of {instrument.name}; this is "
            f"{instrument.version}.",
            "Collect it with the version that it was asked with.",
        )
    keys = {item.key for item in instrument.items}
    for key, answer in sheet.answers.items():
        if key not in keys:
            raise Cannot(
                f"{path}: {instrument.name} has no item '{one_line(key)}'.", "Leave it out."
            )
        if answer is not None and not 1 <= answer <= instrument.points:
            raise Cannot(f"{path}: {key}: {answer} is no answer.", f"1 to {instrument.points} are.")
    if not any(answer is not None for answer in sheet.answers.values()):
        raise Cannot(f"{path} is not filled in.", "Leave it out.")
    return sheet
