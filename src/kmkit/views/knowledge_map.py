"""The knowledge map as rows, JSON, a picture and a page."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from markupsafe import Markup

from kmkit.learn.knowledge_map import SIGNS, Place
from kmkit.note.records.knowledge import CRITERIA, MOST, Knowledge
from kmkit.views.charts import Cell as Shade
from kmkit.views.charts import heat_map
from kmkit.views.environment import render_template
from kmkit.views.foot import foot
from kmkit.views.porcelain import dumps
from kmkit.views.tables import Cell

COLUMNS = ("topic", "critical", "need", "approved", "stale", "waiting", "signs", "first")
WIDE = ("topic", "approved", "stale", "signs")
"""The columns for a circle beyond the narrowest."""
KNOWLEDGE = ("subject", "score", "topics", *CRITERIA, "what to do")
HEADS = ("Need", "Approved notes", "Up to date", "Held by several")
_OF_NOTES = HEADS[1:3]
"""Those that tell of notes alone."""
_FULL = MOST * len(CRITERIA)
_OF_CALENDAR = ("uncovered", "thin", "stale", "covered")
"""The signs that tell of notes alone."""


def rows(found: Iterable[Place]) -> list[tuple[Cell, ...]]:
    """A row of `COLUMNS` for each topic."""
    return [
        (
            one.topic,
            "yes" if one.critical else "",
            one.need,
            len(one.approved),
            len(one.stale),
            len(one.waiting),
            ", ".join(one.signs),
            one.mend,
        )
        for one in found
    ]


def wide_rows(found: Iterable[Place]) -> list[tuple[Cell, ...]]:
    """A row of `WIDE` for each topic."""
    return [(one.topic, len(one.approved), len(one.stale), ", ".join(one.signs)) for one in found]


def map_json(found: Iterable[Place], circle: str = "") -> str:
    """The map with the ids behind each number: ``kmkit.map/1``."""
    said = [
        {
            "topic": one.topic,
            "critical": one.critical,
            "need": one.need,
            "need_of": _FULL,
            "subjects": list(one.subjects),
            "approved": list(one.approved),
            "stale": list(one.stale),
            "waiting": list(one.waiting),
            "risk": one.risk or None,
            "signs": list(one.signs),
            "first": one.mend or None,
        }
        for one in found
    ]
    return dumps({"schema": "kmkit.map/1", "circle": circle or None, "topics": said})


def knowledge_rows(
    known: Iterable[Knowledge], advice: Callable[[Knowledge], str]
) -> list[tuple[Cell, ...]]:
    """A row of `KNOWLEDGE` for each piece of knowledge."""
    return [
        (
            one.subject,
            one.standing,
            ", ".join(one.topics),
            *(one.score(name) for name in CRITERIA),
            advice(one),
        )
        for one in known
    ]


def knowledge_json(known: Iterable[Knowledge]) -> str:
    """What was screened, with its reasons: ``kmkit.knowledge/1``."""
    said = [one.model_dump(mode="json", by_alias=True) | {"total": one.total} for one in known]
    return dumps({"schema": "kmkit.knowledge/1", "knowledge": said})


def picture(found: Sequence[Place], *, wide: bool = False) -> Markup:
    """The map as a heat map: the darker, the more is missing; each cell says its number.

    ``wide``: for a circle beyond the narrowest, of the notes alone.
    """
    heads = _OF_NOTES if wide else HEADS
    rows = [(_name(one), [_shades(one)[HEADS.index(head)] for head in heads]) for one in found]
    return heat_map("Knowledge map", heads, rows)


def _name(one: Place) -> str:
    return f"{one.topic} •" if one.critical else one.topic


def _shades(one: Place) -> list[Shade]:
    """The cells of a topic, each from 0, nothing is missing, to 1."""
    need = one.need or 0
    approved, fresh = len(one.approved), len(one.approved) - len(one.stale)
    held = {"": (0.0, "yes"), "one-person": (0.5, "by one")}.get(one.risk, (1.0, one.risk))
    return [
        Shade("–" if one.need is None else f"{need} of {_FULL}", need / _FULL),
        Shade(str(approved), max(0.0, 1 - approved / 3)),
        Shade(
            f"{fresh} of {approved}" if approved else "–", 1 - fresh / approved if approved else 1
        ),
        Shade(held[1], held[0]),
    ]


def page(
    found: Sequence[Place], *, organisation: str, kb: Path, circle: str = "", wide: bool = False
) -> str:
    """The map as a page of HTML that needs nothing but itself; it names no person."""
    return render_template(
        "metrics/map.html.j2",
        kb,
        organisation=organisation,
        picture=picture(found, wide=wide),
        columns=WIDE if wide else COLUMNS[:-1],
        rows=wide_rows(found)
        if wide
        else [row[:-1] for row in rows(found)],  # what to do first can name somebody
        signs={name: SIGNS[name] for name in _OF_CALENDAR} if wide else SIGNS,
        critical=any(one.critical for one in found),
        foot=foot(circle, wide=wide),
    )
