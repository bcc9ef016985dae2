"""How records stand at the two ends of an audit: at the anchor, and at the tip."""

from pathlib import PurePosixPath

from kmkit.note.records import read_record
from kmkit.note.records.walks import WALKS, walked
from kmkit.text import address_key
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.findings import RecordStanding
from kmkit.trail.audit.history import Change
from kmkit.trail.audit.records_known import Filed, said_of


def trusted(book: Book, change: Change, data: bytes) -> None:
    """A record that stands at the anchor, which is taken at its word."""
    record, _ = read_record(data, PurePosixPath(change.path))
    if record is None:
        return
    values = walked(record)
    doers = (values[name] for name in ("by", "reported_by") if values.get(name))
    book.put(
        Filed(
            record=record.id,
            path=change.path,
            blob=change.blob,
            kind=record.kind,
            stage=WALKS[record.kind].stage(record),
            note=record.about,
            said=said_of(values),
            whose=frozenset({address_key(record.who)} - {""}),
            doers=frozenset(map(address_key, doers)),
            before_anchor=True,
        )
    )


def record_standing(known: Filed) -> RecordStanding:
    """How a record stands."""
    values = known.values
    verified = values.get("verified") or {}
    by = address_key(str(verified.get("by") or values.get("decided_by") or ""))
    outcome = str(values.get("outcome") or "")
    return RecordStanding(
        known.record, known.kind, known.path, known.stage, known.note, outcome, known.proof,
        known.since, by,
    )  # fmt: skip
