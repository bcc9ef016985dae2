"""Who knows, and what could be lost, as plain values for JSON and as rows of text."""

from collections.abc import Iterable, Sequence
from typing import Any

from kmkit.index.knowing.at_risk import Risk
from kmkit.index.knowing.experts import Expert, Known

COLUMNS = ("email", "name", "unit", "until", "left", "why")
"""Of `rows`."""
RISK_COLUMNS = ("risk", "critical", "topic", "note", "title", "held_by", "until", "what", "mend")
"""Of `risk_rows`."""


def rows(people: Iterable[Expert]) -> list[tuple[str, ...]]:
    """A line for each person, likeliest first."""
    return [
        (
            one.email,
            one.name,
            one.unit,
            str(one.until or ""),
            "yes" if one.left else "no",
            one.why,
        )
        for one in people
    ]


def risk_rows(risks: Iterable[Risk]) -> list[tuple[str, ...]]:
    """A line for each topic or note at risk."""
    return [
        (
            risk.code,
            "yes" if risk.critical else "no",
            risk.topic,
            risk.note.id if risk.note else "",
            risk.note.title if risk.note else "",
            " ".join(holder.email for holder in risk.holders),
            " ".join(str(holder.until) for holder in risk.holders if holder.until),
            risk.message,
            risk.mend,
        )
        for risk in risks
    ]


def values(
    people: Sequence[Expert], *, topics: Sequence[str], words: str, note: str
) -> dict[str, Any]:
    """Who knows: ``kmkit.experts/1``. The order says whom to ask first; no number does."""
    return {
        "schema": "kmkit.experts/1",
        "topics": list(topics),
        "words": words or None,
        "note": note or None,
        "people": [
            {
                "email": one.email,
                "name": one.name,
                "unit": one.unit or None,
                "languages": list(one.languages),
                "until": str(one.until) if one.until else None,
                "left": one.left,
                "listed": one.listed,
                "of_the_note": [_known(known) for known in one.own],
                "facts": [_known(known) for known in one.facts],
            }
            for one in people
        ],
    }


def _known(known: Known) -> dict[str, Any]:
    return {
        "fact": known.fact,
        "words": known.words,
        "notes": list(known.notes),
        "last": str(known.last) if known.last else None,
    }


def risk_values(risks: Sequence[Risk], within: str) -> dict[str, Any]:
    """What could be lost: ``kmkit.risks/1``."""
    return {
        "schema": "kmkit.risks/1",
        "within": within,
        "risks": [
            {
                "risk": risk.code,
                "critical": risk.critical,
                "topic": risk.topic or None,
                "note": risk.note.id if risk.note else None,
                "title": risk.note.title if risk.note else None,
                "held_by": [
                    {
                        "email": holder.email,
                        "name": holder.name,
                        "until": str(holder.until) if holder.until else None,
                    }
                    for holder in risk.holders
                ],
                "message": risk.message,
                "mend": risk.mend,
            }
            for risk in risks
        ],
    }
