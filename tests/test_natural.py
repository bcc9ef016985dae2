from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit import natural

TODAY = date(2026, 11, 21)  # a Saturday
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
MONTHS = "january february march april may june july august september october november december"


def days(text: str, today: date = TODAY) -> str:
    """The first and the last day, or the one day that both are."""
    first, last = natural.since(text, today), natural.until(text, today)
    return f"{first}" if first == last else f"{first} {last}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("today", "2026-11-21"),
        ("Yesterday", "2026-11-20"),
        ("2026-11-03", "2026-11-03"),
        ("2026", "2026-01-01 2026-12-31"),
        ("2026-02", "2026-02-01 2026-02-28"),
        ("2024-02", "2024-02-01 2024-02-29"),
        ("2026-W01", "2025-12-29 2026-01-04"),
        ("2026-Q1", "2026-01-01 2026-03-31"),
        ("Q3 2026", "2026-07-01 2026-09-30"),
        ("q4", "2026-10-01 2026-12-31"),
        ("last Q4", "2025-10-01 2025-12-31"),
        ("January", "2026-01-01 2026-01-31"),
        ("december", "2025-12-01 2025-12-31"),
        ("november", "2026-11-01 2026-11-30"),
        ("last november", "2025-11-01 2025-11-30"),
        ("Sept 2024", "2024-09-01 2024-09-30"),
        ("2024 sep", "2024-09-01 2024-09-30"),
        ("1 March", "2026-03-01"),
        ("March 1st, 2025", "2025-03-01"),
        ("31 december", "2025-12-31"),
        ("29 february", "2024-02-29"),
        ("21 november", "2026-11-21"),
        ("monday", "2026-11-16"),
        ("saturday", "2026-11-21"),
        ("last saturday", "2026-11-14"),
        ("tues", "2026-11-17"),
        ("this week", "2026-11-16 2026-11-22"),
        ("last week", "2026-11-09 2026-11-15"),
        ("last month", "2026-10-01 2026-10-31"),
        ("this quarter", "2026-10-01 2026-12-31"),
        ("previous quarter", "2026-07-01 2026-09-30"),
        ("the last year", "2025-01-01 2025-12-31"),
        ("3 days ago", "2026-11-18"),
        ("a week ago", "2026-11-14"),
        ("two months ago", "2026-09-21"),
        ("last 2 weeks", "2026-11-08 2026-11-21"),
        ("9999 years ago", "0001-01-01"),
        ("the  past   month", "2026-10-22 2026-11-21"),
    ],
)
def test_words_for_days(text: str, meant: str) -> None:
    assert days(text) == meant


@pytest.mark.parametrize("text", ["2 weeks", "P2W", "p14d", "14 days", "two weeks", "a fortnight"])
def test_a_length_of_time_counts_back_and_today_is_its_last_day(text: str) -> None:
    assert natural.since(text, TODAY) == date(2026, 11, 8)
    assert natural.until(text, TODAY) == date(2026, 11, 7)  # what was until two weeks ago
    assert natural.since(text, TODAY, until=date(2026, 10, 31)) == date(2026, 10, 18)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "03/04/2026", "2026-13", "2026-02-30", "31 february", "q5", "2026-w60", "0 march",
     "202611", "20261121", "0000", "monday 2026", "ma", "7", "last", "not:today", "2026-11-21T10"],
)  # fmt: skip
def test_other_words_are_refused_with_examples(text: str) -> None:
    for read in (natural.since, natural.until):
        with pytest.raises(ValueError, match=r"2026-11-21|month must|day is out|Invalid week"):
            read(text, TODAY)


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS)
def test_a_day_as_it_is_written_is_that_day(day: date, today: date) -> None:
    name = MONTHS.split()[day.month - 1]
    for text in (f"{day}", f"{day.day} {name} {day.year}", f"{name} {day.day}, {day.year}"):
        assert days(text, today) == f"{day}"


@settings(max_examples=60, deadline=None)
@given(DAYS, st.sampled_from([*MONTHS.split(), "q1", "q2", "q3", "q4", "monday", "friday"]))
def test_without_a_year_it_is_the_latest_that_has_begun(today: date, text: str) -> None:
    first, last = natural.since(text, today), natural.until(text, today)
    assert first <= min(last, today)
    assert today - first < timedelta(days=366)
    before = natural.until(f"last {text}", today)
    assert before < today or text == "monday"
    assert before <= last


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(1, 400), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_length_ends_where_the_one_before_it_begins(today: date, n: int, unit: str) -> None:
    first, before = natural.since(f"{n} {unit}s", today), natural.until(f"{n} {unit}s", today)
    assert before == natural.since(f"{n} {unit}s ago", today)
    assert first - before in (timedelta(days=n) for n in (0, 1))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0123456789 -pPqQwWmadyth:lsteoнж٣"), max_size=14), DAYS)
def test_no_words_break_it(text: str, today: date) -> None:
    try:
        first, last = natural.since(text, today), natural.until(text, today)
    except ValueError:
        return
    assert first <= last or first <= today + timedelta(days=1)
