"""What came of using the notes: the application records, by note and counted."""

from collections import Counter
from collections.abc import Iterable

from kmkit.note.records import OUTCOMES, Application


def by_note(applications: Iterable[Application]) -> dict[str, tuple[Application, ...]]:
    """The uses of each note by its id, latest first."""
    found: dict[str, list[Application]] = {}
    for use in sorted(applications, key=lambda use: (use.on, use.id), reverse=True):
        found.setdefault(use.note, []).append(use)
    return {note: tuple(uses) for note, uses in found.items()}


def outcomes(applications: Iterable[Application]) -> dict[str, int]:
    """How often each outcome was reported; every outcome is there, in the order of `OUTCOMES`."""
    counts: Counter[str] = Counter(use.outcome for use in applications)
    return {outcome: counts[outcome] for outcome in OUTCOMES}
