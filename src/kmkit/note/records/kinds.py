"""The kinds of records: one table. Each has a template of its name in ``templates/records``."""

from pathlib import PurePosixPath

from kmkit.note.records.application import ApplicationRecord
from kmkit.note.records.assessment import Assessment
from kmkit.note.records.base import Record
from kmkit.note.records.event import EventRecord
from kmkit.note.records.knowledge import Knowledge
from kmkit.note.records.person import Person
from kmkit.note.records.plan import Plan
from kmkit.note.records.proposal import Proposal
from kmkit.note.records.question import Question
from kmkit.places import RECORDS as FOLDERS
from kmkit.places import folder_of

KINDS: dict[str, type[Record]] = {
    "person": Person,
    "application": ApplicationRecord,
    "question": Question,
    "plan": Plan,
    "event": EventRecord,
    "proposal": Proposal,
    "assessment": Assessment,
    "knowledge": Knowledge,
}
"""Every kind of record, and the model of its front matter."""

__all__ = ["FOLDERS", "KINDS", "folder_of", "kind_at"]


def kind_at(path: PurePosixPath) -> str:
    """The kind of record that belongs at ``path``, '' where there is none; it may be unknown."""
    first, *rest = path.parts
    if first == "people":
        return "person"
    return rest[0] if first == "records" and len(rest) > 1 else ""
