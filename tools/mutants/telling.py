"""What is told of changes that were tried: figures, and those that nobody noticed."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.mutants.changes import Change

AUDIT = "kmkit.trail.audit"
_EXPLAINED = Path(__file__).with_name("explained.toml")


class Verdict(NamedTuple):
    """What came of one change."""

    change: Change
    noticed: str
    """By which history or test; '' by none."""


def short(name: str) -> str:
    """A name without that of the room."""
    return name.removeprefix(f"{AUDIT}.")


def named(change: Change) -> str:
    """Where a change is, and what it is."""
    return f"{short(change.module)} {change.function or '-'} {change.first}: {change.text}"


def unexplained(verdicts: Sequence[Verdict]) -> list[Change]:
    """What nobody noticed, and what has no reason yet."""
    reasons = _reasons()
    return [v.change for v in verdicts if not v.noticed and not _explained(v.change, reasons)]


def told(
    verdicts: Sequence[Verdict], unexplained: Sequence[Change], every: int, *, whole: bool
) -> int:
    """Print the figures and what has no reason; 1 where there is some, or an idle reason.

    ``every``: how many changes there are. ``whole``: every change of each function was tried.
    """
    left = [verdict.change for verdict in verdicts if not verdict.noticed]
    of = {(short(c.module), c.function, c.text) for c in left}
    print()
    for change in unexplained:
        print(named(change))
    tried = {(short(c.module), c.function) for c, _ in verdicts if whole}
    idle = [key for key in _reasons() if key[:2] in tried and key not in of and key[2] != "*"]
    for module, function, text in idle:
        print(f"A reason without a change that nobody notices: {module} {function}: {text}")
    print(f"{every} changes, {every - len(verdicts)} gone through before; of the others "
          f"{len(verdicts) - len(left)} noticed, {len(left) - len(unexplained)} explained, "
          f"{len(unexplained)} unexplained")  # fmt: skip
    return 1 if unexplained or idle else 0


def _explained(change: Change, reasons: dict[tuple[str, str, str], str]) -> bool:
    module = short(change.module)
    return any((module, change.function, text) in reasons for text in (change.text, "*"))


def _reasons() -> dict[tuple[str, str, str], str]:
    """Why nobody can notice a change, by module, function and change; '*' is all of a function."""
    table = tomllib.loads(_EXPLAINED.read_text(encoding="utf-8"))
    return {
        (module, "" if function == "-" else function, text): entry["why"]
        for module, functions in table.items()
        for function, entries in functions.items()
        for entry in entries
        for text in entry["changes"]
    }
