"""Applications: the record that a lesson was used somewhere, and what came of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from kmkit.errors import Refused, UsageError
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.capturing import Attachment, attachments, new_id
from kmkit.note.file import compose as compose_file
from kmkit.note.methods import OUTCOMES
from kmkit.note.model import Note
from kmkit.note.records import read_application
from kmkit.text import one_line
from kmkit.trail.commit import Change, commit
from kmkit.trail.event import compose

FOLDER = "records/application"


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
) -> PurePosixPath:
    """Record that ``note`` was used at ``where``; open to everybody. The path of the record."""
    if outcome not in OUTCOMES:
        raise UsageError(f"'{outcome}' is no outcome.", f"Use one of: {', '.join(OUTCOMES)}.")
    if not one_line(where):
        raise UsageError("Where it was used is missing.", "Give it with --in 'PROJECT OR EVENT'.")
    if not because.strip():
        raise UsageError("A reason is missing.", "Give it with --because '…'.")
    if on and on > kb.today:
        raise UsageError(f"{on} lies in the future.", "Give the day it was used.")
    name = new_id(where, kb.today)
    files = attachments(kb, name, attach)
    fields: dict[str, object] = {
        "id": name,
        "kind": "application",
        "note": note.id,
        "in": one_line(where),
        "by": kb.actor.key,
        "on": on or kb.today,
        "outcome": outcome,
        "because": one_line(because),
        "evidence": [*evidence, *(str(file.path) for file in files)],
    }
    path = PurePosixPath(FOLDER, f"{name}.md")
    record(kb, path, compose_file(fields, ""), note, because, files)
    return path


def record(
    kb: KnowledgeBase,
    path: PurePosixPath,
    data: bytes,
    note: Note,
    because: str,
    files: Sequence[Attachment] = (),
) -> str:
    """Commit the application in ``data`` at ``path``; the name of the commit."""
    made, problems = read_application(data, path)
    if made is None or problems:
        raise Refused("\n".join(str(problem) for problem in problems))
    trailers = [
        ("Kmkit-Record", made.id),
        ("Kmkit-Move", "apply"),
        ("Kmkit-About", note.id),
        ("Kmkit-On", made.on.isoformat()),
        ("Kmkit-Outcome", made.outcome),
        *(file.trailer for file in files),
    ]
    message = compose(f"apply: {note.title}", because, trailers)
    if kb.dry_run:
        return ""
    standing = kb.root / path
    own = Attachment(path, data, standing.read_bytes() if standing.is_file() else None)
    every = {kb.repo_path(file.path): file for file in (own, *files)}
    change = Change(
        message,
        {place: file.data for place, file in every.items()},
        seen={kb.repo_path(path): ""},
        on_disk={place: file.there for place, file in every.items() if file.there is not None},
    )
    name = commit(kb.git, change, actor=kb.actor, when=kb.now)
    kb.forget()
    return name
