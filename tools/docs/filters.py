"""docs/filters.md: what can be asked of notes, and what words for days mean."""

from datetime import date

from kmkit import natural
from kmkit.index.choosing.filters import AT_LEAST, FIELDS
from tools.docs.table import code, table

TODAY = date(2026, 11, 21)
"""The day on which the words for days are said."""
DAYS = (
    "today", "yesterday", "monday", "last week", "last month", "january", "1 march", "2 weeks",
    "3 days ago", "last quarter", "Q3 2026", "2026-10", "2026", "2026-W47", "2026-11-03", "P1Y",
)  # fmt: skip
_EXAMPLES = {
    "state": "maintained", "kind": "lesson", "topic": "fuel", "owner": "me", "unit": "logistics",
    "level": "domestic", "method": "peer-review", "since": "2026-10", "until": "yesterday",
    "linked-to": "x7k2", "stale": "waiting", "problem": "broken-link", "language": "fr",
    "filter": "rainy-season",
}  # fmt: skip


def fields() -> str:
    """Everything that can be asked: the option, the word, what it means."""
    rows = [_field(name, help) for name, help in FIELDS.items()]
    rows.append(["`--level-at-least`", code(f"{AT_LEAST}domestic"), "of this level or a wider one"])
    return table(["option", "as a word", "the note"], rows)


def _field(name: str, help: str) -> list[str]:
    return [code(f"--{name}"), code(f"{name}:{_EXAMPLES[name]}"), help]


def days() -> str:
    """What words for days mean on one day."""
    rows = [
        [code(said), str(natural.since(said, TODAY)), str(natural.until(said, TODAY))]
        for said in DAYS
    ]
    said = f"On {TODAY:%A}, {TODAY.day} {TODAY:%B %Y}, they mean:"
    return f"{said}\n\n{table(['words', '`--since`', '`--until`'], rows)}"
