"""Habits as lines and as JSON, for whoever asks for them."""

from collections.abc import Iterable

from kmkit.learn.habits import Habit
from kmkit.views.porcelain import dumps

COLUMNS = ("habit", "who", "times", "first", "last", "what")


def rows(found: Iterable[Habit]) -> list[tuple[str, ...]]:
    """A row for each."""
    return [
        (h.code, h.who, str(h.times), h.first.isoformat(), h.last.isoformat(), h.message)
        for h in found
    ]


def habits(found: Iterable[Habit]) -> str:
    """What is worth a look: ``kmkit.habits/1``."""
    said = [
        {
            "habit": h.code,
            "message": h.message,
            "times": h.times,
            "who": h.who,
            "notes": list(h.notes),
            "first": h.first.isoformat(),
            "last": h.last.isoformat(),
        }
        for h in found
    ]
    return dumps({"schema": "kmkit.habits/1", "habits": said})
