"""A move: the note and its circumstances, the guards, the new text, the commit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from kmkit.errors import Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.conflicts import marked
from kmkit.kb.history import authors
from kmkit.kb.rewording import left_in_force, worded
from kmkit.kb.rules import Rules, commit_it
from kmkit.kb.seeing import Seen, look, told, unchanged
from kmkit.kb.signing import signing
from kmkit.lifecycle.context import Context, Request
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.guards import Objection
from kmkit.lifecycle.moves import JUDGING, Move, choose, objections
from kmkit.lifecycle.states import WALK
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.trail.commit import Change, commit, ready
from kmkit.trail.event import compose
from kmkit.trail.fold import Claim
from kmkit.trail.recovery import at_work
from kmkit.trail.telling import subject, trailers

_OF_WORDING = ("same-meaning", "format")
"""The other moves that ask whether a text was reworded."""
WRITERS = ("capture", "edit", "reword")
"""The moves that take the file as a hand left it."""


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
    with nullcontext() if kb.dry_run else at_work(kb.git):
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
    ready(kb.git)
    unchanged(kb, note)
    changed = note if data is None else read(data, note.path)
    seen = look(kb, note, changed.kind, as_it_stands=verb in WRITERS, new=verb == "capture")
    refuse(Objection(str(p)) for p in changed.problems if p.severity == "error")
    if verb in WRITERS or request.verdict == "approve":
        refuse(marked(changed))
    claim = kb.claim(seen.committed) if seen.committed else Claim()
    if verb != "capture":
        claim = told(kb, note, seen, claim, lost=verb == "renew")
    context = _context(kb, verb, changed, request, seen, claim)
    before = seen.committed.state if seen.committed and verb != "capture" else ""
    step = choose(verb, changed, context)
    signing(kb, context.policy)
    refuse(_against(seen.rules, step, changed, context))
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
            **{kb.repo_path(PurePosixPath(n)): sha for n, sha in seen.rules.blobs.items()},
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


def _against(rules: Rules, step: Move, note: Note, context: Context) -> Iterator[Objection]:
    """The objections; and where rules that stand in files have others, that they are not committed.

    A steward who changed a rule and did not commit it would look for the mistake in the note.
    """
    found = objections(step, note, context)
    yield from found
    if found and (names := rules.differing):
        kb = rules.kb
        by_files = replace(context, policy=kb.policy, config=kb.config, kind=kb.kind(note))
        if objections(step, note, by_files) != found:
            yield Objection(
                f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} changes that are "
                "not committed; moves are judged by what is.",
                commit_it(*names),
            )


def _with_wording(kb: KnowledgeBase, verb: str, committed: Note, context: Context) -> Context:
    """The circumstances with how an approved text came to be the ``committed`` one."""
    guidance, approved = context.kind.guidance, context.approved
    revises = verb in ("edit", "reopen")
    if verb != "reword" and (context.committed_approved or not (revises or verb in _OF_WORDING)):
        return context
    wording = worded(kb, committed, guidance)
    standing = wording.standing
    if revises and not standing:
        standing = left_in_force(kb, committed, approved, guidance)
    return replace(
        context, reworded=wording.reworded, by_hand=wording.by_hand, last_approved=standing
    )


def _context(
    kb: KnowledgeBase, verb: str, note: Note, request: Request, seen: Seen, claim: Claim
) -> Context:
    """The circumstances of the move."""
    git = kb.git
    policy, kind = seen.rules.policy, seen.rules.kind(note)
    context = Context(
        actor=kb.actor,
        today=kb.today,
        policy=policy,
        config=seen.rules.config,
        kind=kind,
        request=request,
        fingerprint=fingerprint(note, kind.guidance),
        verdicts=claim.verdicts,
        held=claim.held,
        approved=claim.approved(policy),
        scribe=claim.scribe,
        scribe_name=claim.scribe_name,
        people={email: person.until for email, person in kb.people.items()},
        blob=seen.entry.sha if seen.entry else "",
        committed=seen.committed,
        committed_fingerprint=fingerprint(seen.committed, kind.guidance) if seen.committed else "",
    )
    if verb in JUDGING:
        wrote = authors(git, seen.path, claim, kind.guidance, policy)
        context = replace(context, authors=wrote.emails, author_names=wrote.names)
    if seen.committed and note.state in WALK[1:]:
        context = _with_wording(kb, verb, seen.committed, context)
    if note.fields.in_force and verb == "validate":
        old = read(git.blob(note.fields.in_force.blob), note.path)
        context = replace(context, in_force=old)
    if request.superseded_by:
        context = replace(context, known_ids=frozenset(kb.ids))
    return context
