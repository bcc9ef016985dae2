"""Applications: a note is used somewhere; planned, done, verified, or dropped with a reason."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from kmkit.errors import Refused, UsageError
from kmkit.kb.artefacts import artefact
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.capturing import attachments
from kmkit.kb.recording import Recorded, change, new
from kmkit.lifecycle.person import Person
from kmkit.note.methods import OUTCOMES
from kmkit.note.model import Note
from kmkit.note.records import ApplicationRecord, Record, Verified, read_record
from kmkit.note.records.application import DOING, STEPS
from kmkit.places import read_plain
from kmkit.text import address_key, as_typed, one_line
from kmkit.trail.event import RECORD, parse
from kmkit.trail.log import commits


def apply(
    kb: KnowledgeBase,
    note: Note,
    *,
    where: str,
    outcome: str,
    because: str,
    on: date | None = None,
    evidence: Sequence[str] = (),
    attach: Sequence[Path] = (),
    changed: str = "",
) -> PurePosixPath:
    """Record that ``note`` was used at ``where``; open to everybody. The path of the record."""
    _an_outcome(outcome)
    _given(where, "Where it was used", "--in 'PROJECT OR EVENT'")
    _given(because, "A reason", "--because '…'")
    day = _past(kb, on)
    fields: dict[str, object] = {
        "note": note.id,
        "in": one_line(where),
        "by": kb.actor.key,
        "on": day,
        "changed": artefact(kb, changed) if changed else "",
        "outcome": outcome,
        "because": one_line(because),
        "evidence": list(evidence),
    }
    told = [("Kmkit-On", day.isoformat()), ("Kmkit-Outcome", outcome)]
    made = new(
        kb, "application", fields, attach=attach, move="apply", because=because, trailers=told
    )
    return made.path


def plan(
    kb: KnowledgeBase,
    note: Note,
    *,
    where: str,
    action: str,
    due: date,
    by: str = "",
    because: str = "",
    id: str = "",
) -> Recorded:
    """Record that ``note`` is to be used at ``where``: what is to be done, by whom, until when.

    ``id`` of the record, where it has one already.
    """
    _given(where, "Where it is to be used", "--in 'PROJECT OR EVENT'")
    _given(action, "What is to be done", "--action '…'")
    _ahead(kb, due)
    fields = {
        "id": id,
        "status": "planned",
        "note": note.id,
        "in": one_line(where),
        "action": one_line(action),
        "by": address_key(by) or kb.actor.key,
        "due": due,
        "because": one_line(because),
    }
    told = [("Kmkit-Asked", str(fields["by"])), ("Kmkit-Due", due.isoformat())]
    return new(kb, "application", fields, move="plan", because=because, trailers=told)


def set_aside(kb: KnowledgeBase, note: Note, *, where: str, status: str, because: str) -> Recorded:
    """Record that ``note`` does not apply at ``where``, or applies and asks for no action."""
    _given(because, "A reason", "--because '…'")
    fields = {
        "status": status,
        "note": note.id,
        "in": one_line(where),
        "by": kb.actor.key,
        "because": one_line(because),
    }
    return new(kb, "application", fields, move=status, because=because)


def replan(
    kb: KnowledgeBase,
    path: PurePosixPath,
    *,
    due: date | None = None,
    by: str = "",
    because: str,
) -> Recorded:
    """Give a planned application another day, or somebody else to do it."""
    _given(because, "A reason", "--because '…'")
    changes: dict[str, object] = {}
    if due:
        _ahead(kb, due)
        changes["due"] = due
    if by:
        changes["by"] = address_key(by)
    if not changes:
        raise UsageError("Nothing would be planned anew.", "Give --due DATE or --by EMAIL.")
    told = [("Kmkit-Asked", address_key(by)), ("Kmkit-Due", due.isoformat() if due else "")]
    return _step(kb, path, "replan", changes, because, told)


def done(
    kb: KnowledgeBase,
    path: PurePosixPath,
    *,
    changed: str,
    outcome: str,
    because: str,
    on: date | None = None,
    evidence: Sequence[str] = (),
    attach: Sequence[Path] = (),
) -> Recorded:
    """Record that a planned application was done: what was changed, and what came of it."""
    _an_outcome(outcome)
    _given(changed, "What was changed", "--changed PATH@COMMIT, 'DOCUMENT, paragraph' or a link")
    _given(because, "A reason", "--because '…'")
    standing, day = _application(kb, path, "done"), _past(kb, on)
    changes: dict[str, object | None] = {
        "status": "done",
        "on": day,
        "changed": artefact(kb, changed),
        "outcome": outcome,
        "because": one_line(because),
        "reported_by": kb.actor.key if kb.actor.key != address_key(standing.by) else None,
    }
    named = _evidence(kb, standing, evidence, attach)
    told = [("Kmkit-On", day.isoformat()), ("Kmkit-Outcome", outcome)]
    return _step(kb, path, "done", changes, because, told, named, attach)


def verify(
    kb: KnowledgeBase,
    path: PurePosixPath,
    *,
    evidence: str,
    because: str = "",
    on: date | None = None,
    changed: str = "",
    outcome: str = "",
) -> Recorded:
    """Record that somebody else saw, by evidence from after the change, what came of it.

    ``on`` is the day that the evidence is of. ``outcome`` where it is another than was reported.
    """
    _given(evidence, "The evidence", "--evidence 'WHERE IT IS FOUND'")
    if outcome:
        _an_outcome(outcome)
    standing, day = _application(kb, path, "verify"), _past(kb, on)
    _somebody_else(kb, standing)
    if not (changed or standing.changed):
        raise Refused(
            f"{standing.id} does not name what was changed, so nobody can verify it.",
            "Name it: --changed PATH@COMMIT, 'DOCUMENT, paragraph' or a link.",
        )
    seen = Verified(on=day, by=kb.actor.key, evidence=one_line(evidence), because=one_line(because))
    changes: dict[str, object | None] = {"status": "verified", "verified": seen}
    changes |= {"changed": artefact(kb, changed)} if changed else {}
    changes |= {"outcome": outcome} if outcome else {}
    told = [("Kmkit-On", day.isoformat()), ("Kmkit-Evidence", evidence)]
    if outcome and outcome != standing.outcome:
        told.insert(0, ("Kmkit-Outcome", outcome))
    return _step(kb, path, "verify", changes, because, told)


def _somebody_else(kb: KnowledgeBase, record: ApplicationRecord) -> None:
    """Refused where the trail says that whoever acts did it, reported it or had a part in that."""
    found = commits(kb.git, "HEAD", grep=f"{RECORD}: {record.id}")
    for event in filter(None, (parse(*one) for one in found)):
        doers = {*Person(event.name, event.email).known_by, *event.coauthors}
        if event.note == record.id and event.move in DOING and doers & kb.actor.known_by:
            raise Refused(
                f"{kb.actor.key} did or reported it, or had a part in that, and cannot verify it.",
                f"Ask somebody else: kmkit apply {record.id[-4:]} --verify --evidence '…'.",
            )


def drop(kb: KnowledgeBase, path: PurePosixPath, *, because: str) -> Recorded:
    """Record that a planned application will not be done, and why."""
    _given(because, "A reason", "--because '…'")
    changes = {"status": "dropped", "because": one_line(because)}
    return _step(kb, path, "drop", changes, because)


def _step(
    kb: KnowledgeBase,
    path: PurePosixPath,
    verb: str,
    changes: dict[str, object | None] | dict[str, object] | dict[str, str],
    because: str,
    trailers: Sequence[tuple[str, str]] = (),
    evidence: Sequence[str] = (),
    attach: Sequence[Path] = (),
) -> Recorded:
    """Take one step of the table; Refused where it does not lead from where the record stands."""

    def allowed(record: Record) -> None:
        """Refuse what the table does not have."""
        _leads(record, verb)

    files = attachments(kb, path.stem, attach)
    more: dict[str, object | None] = {**changes}
    if evidence or files:
        more["evidence"] = list(dict.fromkeys([*evidence, *(str(f.path) for f in files)]))
    return change(
        kb, path, more, move=verb, because=because, trailers=trailers, files=files, allowed=allowed
    )


def _leads(record: Record, verb: str) -> None:
    """Refuse a step that the table does not have; say which there are."""
    if any(step.verb == verb and record.standing in step.begins for step in STEPS):
        return
    ways = [f"--{step.verb}" for step in STEPS if record.standing in step.begins]
    mend = f"From here: {', '.join(ways)}." if ways else "Nothing leads on from there."
    raise Refused(f"{record.id} is {record.standing}, and '{verb}' does not lead on.", mend)


def _application(kb: KnowledgeBase, path: PurePosixPath, verb: str) -> ApplicationRecord:
    """The application in the file ``path``; Refused where it cannot be read, or the step taken."""
    record, _ = read_record(read_plain(kb.root / path), path)
    if isinstance(record, ApplicationRecord):
        _leads(record, verb)
        return record
    raise Refused(
        f"{path} is no application that can be read.", f"See kmkit check {as_typed(path)}."
    )


def _evidence(
    kb: KnowledgeBase, record: ApplicationRecord, more: Sequence[str], attach: Sequence[Path]
) -> list[str]:
    """The evidence that is there and that is added; nothing where nothing is added."""
    return [*record.evidence, *more] if more or attach else []


def _an_outcome(outcome: str) -> None:
    if outcome not in OUTCOMES:
        raise UsageError(f"'{outcome}' is no outcome.", f"Use one of: {', '.join(OUTCOMES)}.")


def _given(text: str, what: str, how: str) -> None:
    if not one_line(text):
        raise UsageError(f"{what} is missing.", f"Give it with {how}.")


def _past(kb: KnowledgeBase, on: date | None) -> date:
    if on and on > kb.today:
        raise UsageError(f"{on} lies in the future.", "Give the day it happened.")
    return on or kb.today


def _ahead(kb: KnowledgeBase, due: date) -> None:
    if due < kb.today:
        raise UsageError(f"--due: {due} is past.", "Give a day that is still to come.")
