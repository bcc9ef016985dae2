"""Notes that lie near a note, and lessons that were captured again, as JSON."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kmkit.index.nearby.links import Tie
from kmkit.views.listing import escaped, values

if TYPE_CHECKING:
    from kmkit.index.card import Card
    from kmkit.index.nearby.related import Near
    from kmkit.index.nearby.repeated import Time


def related(card: "Card", found: "Iterable[Near]") -> str:
    """What lies near a note: ``kmkit.related/1``."""
    note = {"id": card.id, "path": card.path, "title": card.title}
    value = {"schema": "kmkit.related/1", "note": note, "related": [_near(one) for one in found]}
    return _dumps(value)


def _near(one: "Near") -> dict[str, Any]:
    return {
        **values(one.listed),
        "score": round(one.score, 3),
        "likeness": round(one.alike.likeness, 3),
        "links": [_tie(tie) for tie in one.ties],
        "through": list(one.through),
        "shared_topics": list(one.topics),
        "shared_words": list(one.alike.words),
        "shared_words_count": one.alike.common,
        "why": one.why,
    }


def _tie(tie: Tie) -> dict[str, str]:
    return {"field": tie.field, "direction": "from" if tie.back else "to"}


def repeats(found: "Iterable[Sequence[Time]]") -> str:
    """Lessons that were captured again: ``kmkit.repeats/1``."""
    groups = [{"notes": [_time(one) for one in times]} for times in found]
    return _dumps({"schema": "kmkit.repeats/1", "lessons": groups})


def _time(one: "Time") -> dict[str, Any]:
    return {
        **values(one.listed),
        "on": one.on.isoformat() if one.on else None,
        "named": one.named,
        "sameness": round(one.sameness, 3),
    }


def _dumps(value: object) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def later(on: date | None, before: date | None) -> str:
    """How long after ``before`` a day is, in words: '8 months later'; '' where one is unknown."""
    if on is None or before is None:
        return ""
    days = (on - before).days
    if days < 1:
        return "the same day"
    for length, name in ((365, "year"), (30, "month"), (7, "week"), (1, "day")):
        if days >= 2 * length or length == 1:
            many = days // length
            return f"{many} {name}{'s' * (many != 1)} later"
    return ""
