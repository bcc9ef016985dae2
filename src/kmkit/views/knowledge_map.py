"""The knowledge map as rows, JSON, a picture and a page."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from markupsafe import Markup

from kmkit.learn.knowledge_map import SIGNS, Place
from kmkit.note.records.knowledge import CRITERIA, MOST, Knowledge
from kmkit.views.charts import Cell as Shade
from kmkit.views.charts import heat_map
from kmkit.views.environment import render_template
from kmkit.views.porcelain import dumps
from kmkit.views.tables import Cell

COLUMNS = ("topic", "critical", "need", "approved", "stale", "waiting", "signs", "first")
KNOWLEDGE = ("subject", "score", "topics", *CRITERIA, "what to do")
HEADS = ("Need", "Approved notes", "Up to date", "Held by several")
_FULL = MOST * len(CRITERIA)


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


def map_json(found: Iterable[Place]) -> str:
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
    return dumps({"schema": "kmkit.map/1", "topics": said})


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


def picture(found: Sequence[Place]) -> Markup:
    """The map as a heat map: the darker, the more is missing; each cell says its number."""
    return heat_map("Knowledge map", HEADS, [(_name(one), _shades(one)) for one in found])


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


def page(found: Sequence[Place], *, organisation: str, kb: Path) -> str:
    """The map as a page of HTML that needs nothing but itself; it names no person."""
    return render_template(
        "metrics/map.html.j2",
        kb,
        organisation=organisation,
        picture=picture(found),
        columns=COLUMNS[:-1],
        rows=[row[:-1] for row in rows(found)],  # what to do first can name somebody
        signs=SIGNS,
        heads=HEADS,
        critical=any(one.critical for one in found),
    )
