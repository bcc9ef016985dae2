"""Notes for the tests of checks, staleness and lists: whole files, read as kmkit reads them."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from kmkit.config import Config, Policy
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.states import WALK
from kmkit.note.file import compose, read
from kmkit.note.kinds import kind_names, load_kind
from kmkit.note.model import Note
from kmkit.note.records import Application, Person

TODAY = date(2026, 11, 21)
KINDS = {name: load_kind(name, None) for name in kind_names(None)}
POLICY = Policy(roles={"steward": ("*",), "reviewer": ("*",), "editor": ("*",), "manager": ("*",)})
CONFIG = Config.model_validate(
    {
        "topics": {"logistics": "things", "procurement": "buying"},
        "critical": {"topics": ["logistics", "procurement"]},
        "channels": {"weekly": {"level": "internal"}},
    }
)
OWNER = "ana@example.org"
ID = "20250310-order-fuel-x7k2"

BODY = """## Context and challenge

Roads close within a week of the first warning.

## Solution and actions

We signed in June.

## Results

Fuel was there.

## Lessons

- Sign fuel contracts in the dry season.

## Recommendations

Procurement: sign in May.
"""


def fields_of(state: str = "maintained", /, **changes: Any) -> dict[str, Any]:
    """The front matter of a lesson that walked up to ``state``; None drops a field."""
    fields: dict[str, Any] = {
        "id": ID,
        "title": "Order fuel before the roads close",
        "kind": "lesson",
        "state": state,
        "owner": OWNER,
        "level": "internal",
        "summary": "Fuel came nine days late; sign in the dry season.",
        "topics": ["logistics"],
        "gathered": {
            "on": "2025-03-10", "method": "after-action-review", "by": "bo@example.org",
            "from": "Flood response",
        },
        "matters_to": "Logistics officers.",
        "review_every": "P1Y",
    }  # fmt: skip
    if state in ("disseminated", "maintained"):
        fields["disseminated"] = [{"on": "2025-04-01", "channel": "weekly"}]
    if state == "maintained":
        fields["reviewed"] = {"on": "2026-03-31", "by": OWNER, "because": "the 2026 season"}
    every = {**fields, **changes}
    return {name: _dated(value) for name, value in every.items() if value is not None}


def _dated(value: Any) -> Any:
    """The value with each ISO date in it as a date, which front matter shows without quotes."""
    if isinstance(value, dict):
        return {name: _dated(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_dated(part) for part in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    return value


def note(state: str = "maintained", /, *, body: str = BODY, path: str = "", **changes: Any) -> Note:
    """A healthy lesson in ``state``, with a verdict where that state needs one."""
    fields = fields_of(state, **changes)
    place = PurePosixPath(path or f"notes/2025/{fields.get('id', 'nameless')}.md")
    if state in WALK[1:] and "verdicts" not in changes:
        fields["verdicts"] = [_dated(approval(read(compose(fields, body), place)))]
    return read(compose(fields, body), place)


def approval(of: Note, **changes: Any) -> dict[str, Any]:
    """The approving verdict of a peer on the text of ``of``."""
    kind = KINDS.get(of.kind)
    entry = {
        "on": "2025-03-20", "by": "cy@example.org", "method": "peer-review", "verdict": "approve",
        "fingerprint": fingerprint(of, kind.guidance if kind else frozenset()),
    }  # fmt: skip
    return {**entry, **changes}


def edited(of: Note, old: str, new: str) -> Note:
    """The note with another text; ``old`` has to be there."""
    assert old in of.text
    return read(of.text.replace(old, new, 1).encode(), of.path)


def use(
    of: str = ID, outcome: str = "did-not-help", on: str = "2026-06-01", **more: Any
) -> Application:
    """A report that a note was used."""
    return Application.model_validate(
        {"note": of, "outcome": outcome, "on": on, "in": "Delta drill", "by": "dee@example.org"}
        | more
    )


def people(*who: Person) -> dict[str, Person]:
    """People by address."""
    return {person.key: person for person in who}


def person(email: str = OWNER, until: str | None = None) -> Person:
    """Somebody."""
    return Person.model_validate({"name": "Ana", "email": email, "until": until})


def rules(problems: Iterable[Any]) -> list[str]:
    """The rules of problems, in order."""
    return [problem.rule for problem in problems]
