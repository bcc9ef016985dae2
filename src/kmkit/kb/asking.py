"""Questions: kept while nobody has the answer, closed by the note that gives it."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from kmkit.errors import Refused, UsageError
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.recording import Recorded, change, new
from kmkit.note.model import Note
from kmkit.note.records import Question, Record
from kmkit.text import one_line


def ask(
    kb: KnowledgeBase,
    text: str,
    *,
    level: str = "",
    topics: Sequence[str] = (),
    because: str = "",
    id: str = "",
) -> Recorded:
    """Keep an open question; open to everybody. ``because`` tells what the answer is needed for.

    ``id`` of the record, where it has one already.
    """
    if not one_line(text):
        raise UsageError("The question is empty.", "Run: kmkit ask 'QUESTION'.")
    fields = {"id": id, "text": one_line(text), "level": level, "topics": list(topics)}
    return new(kb, "question", fields, because.strip(), move="new", because=because)


def answer(kb: KnowledgeBase, path: PurePosixPath, note: Note, *, because: str = "") -> Recorded:
    """Close the question in the file ``path`` by the note that answers it."""

    def still_open(record: Record) -> None:
        """Refuse where a note answers it already."""
        if isinstance(record, Question) and not record.open:
            raise Refused(
                f"{record.id} is answered by {record.answered_by} already.",
                "Ask anew, where that is no answer: kmkit ask.",
            )

    changes = {"answered_by": note.id, "answered_on": kb.today}
    return change(kb, path, changes, move="answer", because=because, allowed=still_open)
