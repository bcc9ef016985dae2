"""Plans and sessions: an action is added, or done; of a session it is told what came of it."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TypeVar

from kmkit.errors import Refused, UsageError
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.recording import Recorded, change
from kmkit.note.records import EventRecord, Plan, Record, read_record
from kmkit.places import read_plain
from kmkit.text import one_line

R = TypeVar("R", bound=Record)


def add_action(
    kb: KnowledgeBase,
    path: PurePosixPath,
    what: str,
    *,
    focal_point: str = "",
    timeline: str = "",
    group: str = "",
) -> Recorded:
    """Add an action to the plan at ``path``; by default whoever adds it sees to it."""
    if not one_line(what):
        raise UsageError("What is to be done is missing.", "Give it with --add 'WHAT'.")
    entry = {
        "what": one_line(what),
        "focal_point": focal_point or kb.actor.key,
        "timeline": one_line(timeline),
        "group": group,
    }
    kept = _entries(_standing(kb, path, Plan))
    new = {name: value for name, value in entry.items() if value}
    return change(kb, path, {"actions": [*kept, new]}, move="plan", because=one_line(what))


def action_done(
    kb: KnowledgeBase, path: PurePosixPath, number: int, *, notes: Sequence[str] = ()
) -> Recorded:
    """Say that an action of the plan at ``path``, counted from 1, is done, and what came of it."""
    plan = _standing(kb, path, Plan)
    if not 1 <= number <= len(plan.actions):
        raise UsageError(
            f"The plan has no action {number}.", f"It has {len(plan.actions)}: kmkit plan."
        )
    action = plan.actions[number - 1]
    if action.done_on:
        raise Refused(f"'{action.what}' is done since {action.done_on}.", "Nothing was changed.")
    entries = _entries(plan)
    entries[number - 1] |= {"done_on": kb.today}
    if notes:
        entries[number - 1] |= {"notes": [*dict.fromkeys((*action.notes, *notes))]}
    return change(kb, path, {"actions": entries}, move="done", because=action.what)


def held(
    kb: KnowledgeBase,
    path: PurePosixPath,
    *,
    attendance: int | None = None,
    captured: Sequence[str] = (),
) -> Recorded:
    """Say of the session at ``path`` how many came, and which notes were captured from it."""
    session = _standing(kb, path, EventRecord)
    if session.on > kb.today:
        raise Refused(f"'{session.name}' is on {session.on}.", "Tell what came of it afterwards.")
    changes: dict[str, object | None] = {}
    if attendance is not None:
        changes["attendance"] = attendance
    if captured:
        changes["captured"] = [*dict.fromkeys((*session.captured, *captured))]
    if not changes:
        raise UsageError("What came of it is missing.", "Give --attendance N or --captured NOTE.")
    return change(kb, path, changes, move="held")


def _standing(kb: KnowledgeBase, path: PurePosixPath, model: type[R]) -> R:
    """The record at ``path`` as its file stands."""
    record, problems = read_record(read_plain(kb.root / path), path)
    if not isinstance(record, model) or problems:
        said = "\n".join(map(str, problems)) or f"{path} is no {model.__name__.lower()}."
        raise Refused(said)
    return record


def _entries(plan: Plan) -> list[dict[str, object]]:
    """The actions of a plan as front matter has them."""
    return [action.model_dump(exclude_defaults=True) for action in plan.actions]
