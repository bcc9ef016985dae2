"""Critical knowledge: what the organisation has to know, screened and screened again."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from kmkit.errors import UsageError
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.recording import Recorded, change, new
from kmkit.note.records.knowledge import CRITERIA, LEAST, MOST, Knowledge
from kmkit.text import did_you_mean, fold, one_line

Scores = Mapping[str, tuple[int, str]]
"""By criterion, the score and why."""


def screen(
    kb: KnowledgeBase, subject: str, scores: Scores, *, topics: Sequence[str] = ()
) -> Recorded:
    """Keep what has to be known with its scores; what was screened before is screened again.

    Without ``scores`` the subject alone is kept. Raises UsageError for a criterion that there is
    not, or a score out of range, and Refused where one of several is missing.
    """
    if not one_line(subject):
        raise UsageError("What has to be known is missing.", "Run: kmkit identify 'SUBJECT'.")
    lines = [
        {"criterion": name, "score": scores[name][0], "because": one_line(scores[name][1])}
        for name in sorted(scores, key=_place)
    ]
    if standing := find(kb, subject):
        changes: dict[str, object | None] = {"by": kb.actor.key, "on": kb.today}
        changes |= {"scores": lines} if lines else {}
        changes |= {"topics": list(topics)} if topics else {}
        return change(kb, standing, changes, move="screen")
    fields = {"subject": one_line(subject), "topics": list(topics), "scores": lines}
    return new(kb, "knowledge", fields, move="screen")


def _place(name: str) -> int:
    """Where a criterion stands among the others; UsageError where there is none of that name."""
    if name not in CRITERIA:
        mend = did_you_mean(name[:80], CRITERIA) or f"Criteria: {', '.join(CRITERIA)}."
        raise UsageError(f"There is no criterion '{one_line(name)}'.", mend)
    return list(CRITERIA).index(name)


def find(kb: KnowledgeBase, subject: str) -> PurePosixPath | None:
    """The file of what has to be known: by its subject or its id; None where it is new."""
    wanted = fold(subject)
    for path, record in kb.shelves.every().records:
        if isinstance(record, Knowledge):
            tail = len(wanted) >= 4 and fold(record.id).endswith(wanted)
            if fold(record.subject) == wanted or tail:
                return path
    return None


def score(text: str) -> tuple[int, str]:
    """A score and its reason, as in ``4 because …`` or ``4 …``; UsageError where it is none."""
    number, _, reason = one_line(text).partition(" ")
    number = number.strip(".,:;")
    reason = reason.strip().removeprefix("because").strip()
    if not (number.isascii() and number.isdigit() and LEAST <= int(number) <= MOST):
        raise UsageError(
            f"'{one_line(text)[:80]}' is no score.",
            f"Write a number from {LEAST} to {MOST} and why: '4 because …'.",
        )
    if not reason:
        raise UsageError(f"Why {number}?", "A score without a reason is an opinion: '4 because …'.")
    return int(number), reason
