"""docs/metrics.md: what each metric is, from the table that computes it."""

from kmkit.learn.metrics.table import METRICS
from tools.docs.table import code, table

_BETTER = {"up": "more", "down": "less", "": ""}


def outputs() -> str:
    """What was done."""
    return _side("output")


def outcomes() -> str:
    """What came of it."""
    return _side("outcome")


def _side(side: str) -> str:
    rows = [
        (code(m.name), m.title, m.unit, _BETTER[m.better], m.source, ", ".join(m.by), m.definition)
        for m in METRICS
        if m.side == side
    ]
    return table(("metric", "title", "unit", "better", "from", "by", "definition"), rows)
