"""Calendars, read by a library that knows them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from kmkit.reach.ics import DueDay, calendar
from tests.hostile import HOSTILE

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=2)))
DAY = date(2027, 3, 1)


def read(*days: DueDay, name: str = "Agency") -> Any:
    data = calendar(days, name=name, now=NOW, kb_id="kb")
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()  # no character is cut in two
    found = Calendar.from_ical(data)
    assert isinstance(found, Calendar)
    assert not found.errors
    return found


def test_an_event_a_note() -> None:
    link = "https://kb.example.org/x7k2"
    told = read(DueDay("20261121-x7k2", "Order fuel; early, please", DAY, "One.\nTwo", link))
    (event,) = told.walk("VEVENT")
    assert event["SUMMARY"] == "Order fuel; early, please"
    assert event["DESCRIPTION"] == "One.\nTwo"
    assert event["URL"] == link
    assert event.decoded("DTSTART") == DAY
    assert event.decoded("DTEND") == date(2027, 3, 2)
    assert event.decoded("DTSTAMP") == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    (alarm,) = event.walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"
    assert "x7k2" not in event["UID"]
    assert told["METHOD"] == "PUBLISH"


def test_the_same_note_keeps_its_event_and_a_later_day_counts_more() -> None:
    early, late = (read(DueDay("a", "t", day)).walk("VEVENT")[0] for day in (DAY, date(2028, 3, 1)))
    assert early["UID"] == late["UID"] != read(DueDay("b", "t", DAY)).walk("VEVENT")[0]["UID"]
    assert late["SEQUENCE"] > early["SEQUENCE"]
    assert calendar([DueDay("a", "t", DAY)], name="A", now=NOW, kb_id="x") != calendar(
        [DueDay("a", "t", DAY)], name="A", now=NOW, kb_id="y"
    )


def test_a_calendar_says_what_it_is() -> None:
    made = calendar([], name="Agency: sessions", now=NOW, kb_id="kb", of="sessions")
    told = Calendar.from_ical(made)
    assert (told["PRODID"], told["X-WR-CALNAME"]) == ("-//kmkit//sessions//EN", "Agency: sessions")
    assert read()["PRODID"] == "-//kmkit//review dates//EN"


def test_no_days_is_a_calendar_too() -> None:
    assert not read().walk("VEVENT")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "https://x\r\nURL:y", ""])
def test_only_web_addresses(url: str) -> None:
    assert "URL" not in read(DueDay("a", "t", DAY, url=url)).walk("VEVENT")[0]


@pytest.mark.parametrize("text", [*HOSTILE, "a\r\nEND:VEVENT\r\nBEGIN:VEVENT", "洪水" * 200])
def test_no_text_ends_a_line_or_an_event(text: str) -> None:
    (event,) = read(DueDay(text, text, DAY, text), name=text).walk("VEVENT")
    assert "\x1b" not in str(event["SUMMARY"])
    assert len(event.walk("VALARM")) == 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.dates(min_value=date(1970, 1, 1)))
def test_any_text_on_any_day(text: str, day: date) -> None:
    (event,) = read(DueDay("a", text, day, text)).walk("VEVENT")
    assert event.decoded("DTSTART") == day
