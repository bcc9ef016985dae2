"""Rows as text for other programs: tab-separated for pipes, CSV for a spreadsheet."""

import csv as _csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from kmkit.text import HIDDEN, one_line

Cell = str | int | float | date | None
"""What a table's cell may hold; None is an empty cell."""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a text begins that a spreadsheet might run as a formula or as a command."""


def tsv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, header: bool = False) -> str:
    """Rows as lines with tabs between the cells.

    A cell never holds a tab, a line break or a control character, so a line is always a row.
    """
    lines = [columns, *rows] if header else rows
    return "".join("\t".join(one_line(_text(cell)) for cell in row) + "\n" for row in lines)


def csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV that opens right in Excel: write it as UTF-8, with line ends untouched.

    It begins with a byte order mark, without which Excel takes UTF-8 for Windows-1252. Text that
    a spreadsheet would run as a formula gets an apostrophe in front
    (https://owasp.org/www-community/attacks/CSV_Injection). Numbers and dates stay as they are.
    """
    out = io.StringIO(newline="")
    writer = _csv.writer(out, lineterminator="\r\n")
    writer.writerow([_guarded(name) for name in columns])
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _text(cell: Cell) -> str:
    """A cell as text; dates as ISO."""
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _guarded(cell: Cell) -> str:
    """A cell's text that no spreadsheet runs; line breaks inside it are LF, as Excel has them."""
    text = _text(cell)
    if not isinstance(cell, str):
        return text
    text = HIDDEN.sub("", text.replace("\r\n", "\n"))
    return f"'{text}" if _FORMULA.match(text) else text
