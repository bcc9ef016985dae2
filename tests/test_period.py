"""Durations, and what a day plus a duration is."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from kmkit.dated import Day, PeriodField
from kmkit.period import Period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P1Y", Period(12, 0)),
        ("P6M", Period(6, 0)),
        ("P2W", Period(0, 14)),
        ("P90D", Period(0, 90)),
        ("P1Y2M3W4D", Period(14, 25)),
        ("p1y", Period(12, 0)),
        (" P1Y ", Period(12, 0)),
        ("P0D", Period()),
        ("12 months", Period(12, 0)),
        ("1 year", Period(12, 0)),
        ("1 Month", Period(1, 0)),
        ("2 weeks", Period(0, 14)),
        ("90days", Period(0, 90)),
    ],
)
def test_durations_are_written_in_two_ways(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "1Y",
        "P1",
        "PT1H",
        "P-1Y",
        "P1.5Y",
        "P1M1Y",
        "a year",
        "12",
        "-3 months",
        "1 year 2 months",
        "P1Y ago",
        "P١Y",
        "٣ months",
        "P10000Y",
        "P9999999W",
        "P" + "9" * 500 + "Y",
    ],
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="P1Y, P6M, P2W, P90D or '12 months'"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
        (date(2028, 2, 29), "P1Y", date(2029, 2, 28)),
        (date(2026, 8, 31), "P6M", date(2027, 2, 28)),
        (date(2026, 12, 31), "P1D", date(2027, 1, 1)),
        (date(2026, 11, 30), "P1M", date(2026, 12, 30)),
        (date(2026, 12, 1), "P1M", date(2027, 1, 1)),
        (date(2026, 1, 31), "P1M1D", date(2026, 3, 1)),
        (date(2026, 1, 1), "P0D", date(2026, 1, 1)),
        (date(2026, 1, 1), "P9999Y", date.max),
        (date(9999, 12, 31), "P1D", date.max),
        (date(2026, 1, 1), "9999 days", date(2053, 5, 18)),
    ],
)
def test_a_day_plus_a_duration(start: date, period: str, end: date) -> None:
    assert Period.parse(period).after(start) == end


@given(st.builds(Period, st.integers(0, 2000), st.integers(0, 9000)))
@settings(max_examples=200, deadline=None)
def test_a_duration_reads_back_as_it_is_written(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(
    st.from_regex(r"P([0-9]{1,3}Y)?([0-9]{1,5}M)?([0-9]{1,6}W)?([0-9]{1,6}D)?", fullmatch=True),
    st.dates(),
)
@settings(max_examples=300, deadline=None)
def test_whatever_can_be_written_can_be_added(text: str, start: date) -> None:
    if text == "P":
        return
    period = Period.parse(text)
    assert Period.parse(str(period)) == period
    assert start <= period.after(start) <= date.max


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 240))
@settings(max_examples=200, deadline=None)
def test_months_never_run_into_the_month_after(start: date, months: int) -> None:
    end = Period(months).after(start)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


class Model(BaseModel):
    every: PeriodField | None = None
    on: Day | None = None


def test_models_read_text_alone() -> None:
    assert Model.model_validate({"every": "1 year", "on": "2026-11-20"}) == Model(
        every=Period(12), on=date(2026, 11, 20)
    )
    assert Model(every=Period(12)).model_dump()["every"] == "P1Y"
    for wrong in ({"every": 14}, {"every": [1, 2]}, {"on": "20261120"}, {"on": "2026-11-20T00:00"}):
        with pytest.raises(ValidationError):
            Model.model_validate(wrong)
