import csv as reader
import io
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.tables import csv, tsv

COLUMNS = ("id", "title")


def cells(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(reader.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_tsv_keeps_one_line_a_row() -> None:
    text = tsv(COLUMNS, [("a\tb", "x\r\ny\x1b[31m"), (None, date(2026, 11, 21))], header=True)
    assert text == "id\ttitle\na b\tx y[31m\n\t2026-11-21\n"
    assert tsv(COLUMNS, []) == ""


def test_csv_is_what_excel_opens_right() -> None:
    text = csv(COLUMNS, [("x", 'Fuel, "now"'), (7, "ខ្មែរ\nline"), (None, date(2026, 11, 21))])
    assert text.encode("utf-8").startswith(b"\xef\xbb\xbfid,title\r\n")
    assert cells(text) == [
        ["id", "title"], ["x", 'Fuel, "now"'], ["7", "ខ្មែរ\nline"], ["", "2026-11-21"],
    ]  # fmt: skip


def test_nothing_that_a_spreadsheet_would_run() -> None:
    for risky in ("=cmd()", "+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"):
        [_, [shown]] = cells(csv(["x"], [[risky]]))
        assert shown.startswith("'"), risky
    assert cells(csv(["x"], [[-5], ["a=b"], ["-5"]]))[1:] == [["-5"], ["a=b"], ["'-5"]]


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_is_in_a_cell_rows_and_columns_stay(rows: list[list[str]]) -> None:
    assert [len(row) for row in cells(csv(COLUMNS, rows))] == [2] * (len(rows) + 1)
    lines = tsv(COLUMNS, rows).split("\n")
    assert [line.count("\t") for line in lines[:-1]] == [1] * len(rows)
