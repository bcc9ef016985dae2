"""A move: the note and its circumstances, the guards, the new text, the commit."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from kmkit.config import POLICY, parse_policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.history import authors
from kmkit.lifecycle import (
    Context,
    Move,
    Objection,
    Request,
    choose,
    fingerprint,
    objections,
)
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.trail.commit import Change, commit
from kmkit.trail.event import compose
from kmkit.trail.fold import Claim
from kmkit.trail.git import Entry
from kmkit.trail.safely import kmkit_lock
from kmkit.trail.telling import subject, trailers

WRITERS = ("capture", "edit", "reword")
"""The moves that take the file as a hand left it."""
_JUDGING = ("validate", "same-meaning", "ask")
"""The moves for which it matters who wrote the substance."""


@dataclass(frozen=True)
class Moved:
    """What a move did."""

    move: Move
    before: str
    """The state it was in, '' for a new note."""
    note: Note
    """As it stands now."""
    commit: str
    """'' where nothing was committed, because it was only asked what would happen."""
    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What was written, by path from the repository's top."""


@dataclass(frozen=True)
class _Seen:
    """What git has of the note and of the rules, on which the move is judged."""

    path: str
    entry: Entry | None
    committed: Note | None
    policy: str
    """git's name of the rules."""


def move(
    kb: KnowledgeBase,
    verb: str,
    note: Note,
    request: Request,
    *,
    data: bytes | None = None,
    extra: Mapping[str, bytes] | None = None,
    more: Sequence[tuple[str, str]] = (),
    on_disk: Mapping[str, bytes] | None = None,
) -> Moved:
    """Move ``note`` by ``verb`` and commit it.

    ``data`` is new content for the file. ``extra`` are files committed with it, ``more`` further
    trailers, ``on_disk`` what stands at the paths of ``extra`` now. Raises Refused with every
    objection, Cannot where git or the history does not allow it; then nothing was changed.
    """
    with nullcontext() if kb.dry_run else kmkit_lock(kb.git.common_dir):
        return _move(kb, verb, note, request, data, extra or {}, more, on_disk or {})


def _move(
    kb: KnowledgeBase,
    verb: str,
    note: Note,
    request: Request,
    data: bytes | None,
    extra: Mapping[str, bytes],
    more: Sequence[tuple[str, str]],
    on_disk: Mapping[str, bytes],
) -> Moved:
    """The move, while no other can happen."""
    _unchanged(kb, note)
    seen = _look(kb, verb, note)
    changed = note if data is None else read(data, note.path)
    claim = kb.claim(note) if seen.committed else Claim()
    if verb != "capture":
        _told(kb, note, seen, claim)
    context = _context(kb, verb, changed, request, seen, claim)
    before = seen.committed.state if seen.committed and verb != "capture" else ""
    step = choose(verb, changed, context)
    refuse(objections(step, changed, context))
    after = read(step.effect(changed, context), note.path)
    refuse(Objection(str(p), "") for p in after.problems if p.severity == "error")
    if verb != "capture" and seen.committed and after.text == _as_committed(note, seen.committed):
        raise Refused(f"'{verb}' would change nothing in {note.path}.", "It stands there already.")
    lines = [*trailers(step, before, after, context), *more]
    message = compose(subject(step, after), request.because, lines)
    files = {seen.path: after.data, **extra}
    moved = Moved(step, before, after, "", message, files)
    if kb.dry_run:
        return moved
    change = Change(
        message=message,
        files=files,
        seen={
            seen.path: seen.entry.sha if seen.entry else "",
            kb.repo_path(PurePosixPath(POLICY)): seen.policy,
        },
        on_disk={seen.path: note.data, **on_disk} if note.data else on_disk,
    )
    made = commit(kb.git, change, actor=kb.actor, when=kb.now)
    kb.forget()
    return replace(moved, commit=made)


def _as_committed(note: Note, committed: Note) -> str:
    """The committed text, with CRLF where the file on disk has it."""
    return committed.text.replace("\n", "\r\n") if b"\r\n" in note.data else committed.text


def refuse(found: Iterable[Objection]) -> None:
    """Raise Refused with every objection, one a line; nothing where there is none."""
    said = list(dict.fromkeys(found))
    if len(said) == 1:
        raise Refused(said[0].message, said[0].mend)
    if said:
        raise Refused("\n".join(f"{o.message} {o.mend}".strip() for o in said))


def _unchanged(kb: KnowledgeBase, note: Note) -> None:
    """The file is still the one that was read."""
    place = kb.root / note.path
    now = place.read_bytes() if place.is_file() else b""
    if now != note.data:
        raise Refused(
            f"{note.path} was changed by somebody else meanwhile.",
            f"Look at kmkit log {note.id[-4:]}, then try again.",
        )


def _look(kb: KnowledgeBase, verb: str, note: Note) -> _Seen:
    """What git has; Refused where the file is not the committed one and the move needs that."""
    git, path = kb.git, kb.repo_path(note.path)
    tip = git.tip()
    entry = git.entry(tip, path)
    staged = git.index_entry(path)
    if entry and entry.mode not in ("100644", "100755"):
        raise Refused(f"{note.path} is a link in git, not a file.", "Put the real file there.")
    if staged and staged.skipped:
        raise Refused(
            f"{note.path} is outside the sparse checkout.", "Run git sparse-checkout add first."
        )
    rules = git.entry(tip, kb.repo_path(PurePosixPath(POLICY)))
    committed = read(git.blob(entry.sha), note.path) if entry else None
    if committed and committed.data.startswith(b"version https://git-lfs"):
        raise Refused(f"{note.path} is kept in Git LFS.", "Take notes out of LFS: git lfs migrate.")
    _clean(kb, verb, note, entry, staged)
    return _Seen(path, entry, committed, rules.sha if rules else "")


def _clean(
    kb: KnowledgeBase, verb: str, note: Note, entry: Entry | None, staged: Entry | None
) -> None:
    """What is staged or edited by hand is not swept in, and not lost."""
    now = kb.git.hash(kb.repo_path(note.path), note.data) if note.data else ""
    committed, in_index = entry.sha if entry else "", staged.sha if staged else ""
    if in_index not in (committed, now) or (entry and not staged):
        raise Refused(
            f"Something else is staged for {note.path}.",
            "Commit it (kmkit edit NOTE --as-is) or take it back (git restore --staged).",
        )
    if verb in WRITERS:
        return
    if entry is None:
        raise Refused(
            f"{note.path} was never captured: git does not know it.",
            f"Run kmkit capture '{note.path}'.",
        )
    if now != committed or in_index != committed:
        raise Refused(
            f"{note.path} was changed and the change is not recorded.",
            f"Record it: kmkit edit {note.id[-4:]} --as-is; or take it back: "
            f"git restore -SW '{note.path}'.",
        )


def _context(
    kb: KnowledgeBase, verb: str, note: Note, request: Request, seen: _Seen, claim: Claim
) -> Context:
    """The circumstances of the move."""
    git = kb.git
    policy = kb.policy
    if seen.policy:
        policy = parse_policy(git.blob(seen.policy).decode("utf-8", "replace"))
    refuse(Objection(str(p)) for p in note.problems if p.severity == "error")
    kind = kb.kind(note)
    context = Context(
        actor=kb.actor,
        today=kb.today,
        policy=policy,
        config=kb.config,
        kind=kind,
        request=request,
        fingerprint=fingerprint(note, kind.guidance),
        verdicts=claim.verdicts,
        approved=claim.approved(policy),
        scribe=claim.scribe,
        people={email: person.until for email, person in kb.people.items()},
        blob=seen.entry.sha if seen.entry else "",
        committed=seen.committed,
        committed_fingerprint=fingerprint(seen.committed, kind.guidance) if seen.committed else "",
    )
    if verb in _JUDGING:
        context = replace(context, authors=authors(git, seen.path, claim, kind.guidance))
    if note.fields.in_force and verb == "validate":
        old = read(git.blob(note.fields.in_force.blob), note.path)
        context = replace(context, in_force=old)
    if request.superseded_by:
        context = replace(context, known_ids=frozenset(kb.ids))
    return context


def _told(kb: KnowledgeBase, note: Note, seen: _Seen, claim: Claim) -> None:
    """The trail knows the note, and says what its front matter says."""
    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: the note's history is incomplete.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    if not claim.captured:
        raise Refused(
            f"No capture of {note.path} stands in the history: it was committed without kmkit.",
            f"Run kmkit capture '{note.path}'.",
        )
    committed = seen.committed or note
    if claim.state != committed.state:
        raise Refused(
            f"{note.path} says {committed.state or 'nothing'}, and its history says {claim.state}.",
            f"Write 'state: {claim.state}' into the file and commit that with git, then go on.",
        )
