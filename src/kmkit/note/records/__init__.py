"""Records: Markdown files with front matter that have no five-state walk.

A kind of record is one model here, a row in `kmkit.note.records.kinds`, and one template in
``templates/records``; everything else follows from them.
"""

from kmkit.note.records.application import (
    Application,
    ApplicationRecord,
    Verified,
)
from kmkit.note.records.base import Record
from kmkit.note.records.checks import Known, check_people, check_records, people_by_email
from kmkit.note.records.event import EventRecord
from kmkit.note.records.kinds import KINDS, folder_of, kind_at
from kmkit.note.records.person import Person
from kmkit.note.records.plan import Plan, PlanAction
from kmkit.note.records.question import Question
from kmkit.note.records.reading import read_application, read_person, read_record

__all__ = [
    "KINDS",
    "Application",
    "ApplicationRecord",
    "EventRecord",
    "Known",
    "Person",
    "Plan",
    "PlanAction",
    "Question",
    "Record",
    "Verified",
    "check_people",
    "check_records",
    "folder_of",
    "kind_at",
    "people_by_email",
    "read_application",
    "read_person",
    "read_record",
]
