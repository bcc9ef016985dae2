"""Calendars (RFC 5545): one all-day event for each day, such as that of a review."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from kmkit.text import clean, one_line

KIND = "text/calendar; charset=utf-8; method=PUBLISH"
"""The MIME type of what `calendar` makes."""
_FOLD = 75
"""Bytes of a line, its end left out."""
_LONGEST = 1000
"""Characters of a text."""


class DueDay(NamedTuple):
    """A day in a calendar: of a review that comes due, of a session, of a meeting proposed."""

    id: str
    """Of what it is about, from which the event's own is made."""
    title: str
    day: date
    text: str = ""
    url: str = ""


def calendar(
    days: Iterable[DueDay], *, name: str, now: datetime, kb_id: str, of: str = "review dates"
) -> bytes:
    """A calendar of ``days``, called ``name``; the same days give the same events.

    ``of`` says in English what days they are.

    Each event keeps its UID when its day moves, and a later day has a higher SEQUENCE, so that a
    calendar program that reads it again moves the event. ``kb_id`` tells knowledge bases apart.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//kmkit//{_text(of)}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for one in sorted(days, key=lambda one: (one.day, one.id)):
        lines += _event(one, stamp, kb_id)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(one: DueDay, stamp: str, kb_id: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(one.id, kb_id)}"
    yield f"DTSTAMP:{stamp}"
    yield f"SEQUENCE:{max(0, (one.day - date(2000, 1, 1)).days)}"
    yield f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{_next(one.day):%Y%m%d}"
    yield f"SUMMARY:{_text(one.title)}"
    if one.text:
        yield f"DESCRIPTION:{_text(one.text)}"
    if re.fullmatch(r"https?://[\x21-\x7e]+", one.url):
        yield f"URL:{one.url}"
    yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield "TRIGGER:PT9H"
    yield f"DESCRIPTION:{_text(one.title)}"
    yield "END:VALARM"
    yield "END:VEVENT"


def _next(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _uid(id: str, kb_id: str) -> str:
    """The event's identity; it tells nothing of the note to those who see it alone."""
    return hashlib.sha256(f"{kb_id}\n{id}".encode()).hexdigest()[:32] + "@kmkit"


def _text(text: str) -> str:
    """``text`` as a value: what would end it or act in it is escaped."""
    lines = [one_line(line) for line in clean(text[:_LONGEST]).strip().split("\n")]
    return re.sub(r"([\\;,])", r"\\\1", "\n".join(lines)).replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line as bytes of at most 75 octets, no character cut in two; the rest goes on below."""
    done, room = b"", _FOLD
    piece = b""
    for char in line:
        coded = char.encode("utf-8", "replace")
        if len(piece) + len(coded) > room:
            done += piece + b"\r\n "
            piece, room = b"", _FOLD - 1
        piece += coded
    return done + piece + b"\r\n"
