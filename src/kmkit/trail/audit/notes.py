"""Each note that a commit touches: new, changed, renamed, removed, or no longer a file."""

from collections.abc import Sequence

from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import returns
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.trail.audit.compare import bare, claim_of, differing
from kmkit.trail.audit.history import FILE_MODES, Change
from kmkit.trail.audit.known import Known, bent
from kmkit.trail.audit.moves import judge_move
from kmkit.trail.audit.parts import own_part, reprinted, writing
from kmkit.trail.audit.paths import is_note
from kmkit.trail.audit.rules_of import Rules
from kmkit.trail.audit.scene import Scene
from kmkit.trail.writers import Written, joined, restores

_MINOR = ("unknown-field", "bad-value", "bad-date")
"""Problems of fields, after which everything else can still be read."""


def judge_notes(scene: Scene, changes: Sequence[Change], start: tuple[int, ...]) -> list[str]:
    """Judge every note that the commit touches; their ids."""
    touched: list[str] = []
    moved = _renames(scene, changes)
    for change in changes:
        if change.mode and change.mode not in FILE_MODES:
            _link(scene, change, touched)
        elif not is_note(change.path) or change.path in moved.values():
            continue
        elif not change.mode:
            _removed(scene, change.path, touched)
        else:
            _note(scene, change, moved.get(change.path, ""), start, touched)
    return touched


def _renames(scene: Scene, changes: Sequence[Change]) -> dict[str, str]:
    """New path -> old path, of notes that keep their id."""
    gone = [c.path for c in changes if not c.mode]
    if not gone:
        return {}
    olds = {known.id: path for path in gone if (known := scene.book.get(path))}
    found: dict[str, str] = {}
    for change in changes:
        if change.mode in FILE_MODES and is_note(change.path) and not scene.book.get(change.path):
            id = read_note(scene, change).fields.id
            if id in olds:
                found[change.path] = olds.pop(id)
    return found


def read_note(scene: Scene, change: Change) -> Note:
    """The note that the commit has at a path."""
    return scene.version(change).note


def _link(scene: Scene, change: Change, touched: list[str]) -> None:
    """Something else than a file stands where notes are."""
    known = scene.book.get(change.path)
    what = "A submodule" if change.mode == "160000" else "A symbolic link"
    name = known.id if known else ""
    scene.say("not-a-file", name, change.path, f"{what} stands at {change.path}.")
    if known:
        touched.append(known.id)
        scene.put(known._replace(blob=change.blob), scene.faults[-1:], known)


def _removed(scene: Scene, path: str, touched: list[str]) -> None:
    """A note is gone."""
    known = scene.book.get(path)
    if known is None:
        return
    touched.append(known.id)
    who = scene.author.key
    owner = known.claim.owner.strip().casefold()
    at = len(scene.faults)
    entitled = scene.everywhere("manager") or scene.everywhere("steward")
    if who != owner and not entitled:
        scene.say("removed-note", known.id, path, f"{path} was removed by {who}.")
        scene.book.notes[path] = known._replace(faults=(*known.faults, scene.faults[-1]))
    scene.ask_signature(known.id, path)
    if entitled and len(scene.faults) == at:  # whatever was found of it, it stands no more
        scene.mend(known.faults)
    scene.book.take(path)


def _note(
    scene: Scene, change: Change, old_path: str, start: tuple[int, ...], touched: list[str]
) -> None:
    """A note is new, or changed, or stands at another path."""
    note, path, at = read_note(scene, change), change.path, len(scene.faults)
    known = scene.book.get(old_path or path)
    id = note.fields.id or (known.id if known else "")
    if id:
        touched.append(id)
    if old_path:
        scene.book.take(old_path)
    if _unread(scene, note, known, change) or _misnamed(scene, known, id, change):
        return
    stands = known is not None
    known = known or _back(scene, id, change)
    scene.ask_signature(id, path)
    if known and known.blob == change.blob and not scene.no_file(known):  # renamed, or put back
        if not stands:
            bring_back(scene, known, away(scene, id))
        scene.put(known._replace(path=path), scene.faults[at:], known)
        return
    if known and known.sound and known.sound.blob == change.blob and not scene.told.event:
        scene.mend(known.faults)
        scene.put(known.sound._replace(path=path), scene.faults[at:], known.sound)
        return
    new = fresh(scene, note, change, known)
    event = scene.told.event
    if known is None or (event and event.move == "capture"):
        come_back(scene, note, new)
    if event and event.note == id:
        new = judge_move(scene, event, note, known, new)
    else:
        new = plain(scene, note, known, new)
    if known:
        new = own_part(scene, note, new, [known])
    found = scene.faults[at:]
    was = known or next(iter(away(scene, id)), None)
    scene.put(new, [*scene.own(start, new.id, path), *found], was and (was.sound or was))
    if not new.doubt and known and known.doubt:
        scene.mend(known.faults)


def away(scene: Scene, id: str) -> list[Known]:
    """The note as it was removed, on each side that removed it."""
    books = (scene.book, *scene.parents[1:])
    return [gone for book in books if (gone := book.removed(id))]


def bring_back(scene: Scene, known: Known, gone: Sequence[Known]) -> None:
    """A note comes back as it was, by whoever may write or remove it: that makes removals good."""
    if gone and not (scene.everywhere("manager") or scene.everywhere("steward")):
        by_hand(scene, known, known)
    every = [at for one in gone for at in one.faults]
    scene.mend(at for at in every if scene.findings[at].rule == "removed-note")


def come_back(scene: Scene, note: Note, new: Known) -> None:
    """A note that was removed does not come back without what stood against it."""
    gone = away(scene, new.id)
    if not gone or scene.everywhere("manager") or scene.everywhere("steward"):
        return
    given = [bare(entry) for entry in note.fields.verdicts]
    each = [entry for one in gone for entry in returns(one.claim.verdicts)]
    left = [entry for entry in each if bare(entry) not in given]
    if left:
        message = f"{new.path} came back without the return by {left[0].by}."
        scene.say("verdicts-differ", new.id, new.path, message)
    elif new.ended and note.state != State.RETIRED and scene.told.event:
        message = f"{new.path} was retired and removed, and no manager took it up again."
        scene.say("illegal-move", new.id, new.path, message)


def _unread(scene: Scene, note: Note, known: Known | None, change: Change) -> bool:
    """Whether the file is no note that could be judged; a finding where it was or claims one."""
    broken = [p for p in note.problems if p.severity == "error" and p.rule not in _MINOR]
    id = note.fields.id
    if id and not broken:
        return False
    said = broken[0].message if broken else "It has no id."
    message = f"{change.path} cannot be read for certain: {said}"
    if known:
        scene.say("unreadable-note", known.id, change.path, message)
        scene.put(known._replace(blob=change.blob, path=change.path), scene.faults[-1:], known)
    elif id or note.raw.get("state") not in (None, State.CAPTURED):
        scene.say("unreadable-note", id or "", change.path, message)
    return True


def _misnamed(scene: Scene, known: Known | None, id: str, change: Change) -> bool:
    """Whether the file has the id of another note, which is a finding."""
    path, elsewhere = change.path, scene.book.path_of(id)
    if known and id != known.id:
        scene.say("id-changed", known.id, path, f"{path} held {known.id} and now holds {id}.")
        scene.put(known._replace(blob=change.blob), scene.faults[-1:], known)
    elif known is None and elsewhere:
        scene.say("duplicate-id", id, path, f"{path} and {elsewhere} hold the id {id}.")
    else:
        return False
    return True


def _back(scene: Scene, id: str, change: Change) -> Known | None:
    """The note as it was removed, where it comes back unchanged."""
    gone = scene.book.removed(id)
    if gone is None or gone.blob != change.blob:
        return None
    away = {at for at in gone.faults if scene.findings[at].rule == "removed-note"}
    scene.unmend(gone.faults)
    scene.mend(away)
    return gone._replace(faults=tuple(at for at in gone.faults if at not in away))


def fresh(scene: Scene, note: Note, change: Change, known: Known | None) -> Known:
    """What is known of a note by its file; the claim is that of before."""
    version = scene.version(change)
    print_ = version.fingerprint or fingerprint(note, scene.rules.guidance(note.kind))
    if known is None:
        gone = away(scene, note.fields.id or "")
        return Known(
            id=note.fields.id or "",
            path=change.path,
            blob=change.blob,
            kind=note.kind,
            fingerprint=print_,
            rest=version.rest,
            backup=note.fields.backup or "",
            claim=claim_of(note.fields),
            written=joined(one.written for one in gone).wrote(writing(scene)),
            since=scene.commit.sha,
            ended=any(one.ended for one in gone),
        )
    return known._replace(
        path=change.path,
        blob=change.blob,
        kind=note.kind,
        fingerprint=print_,
        rest=version.rest,
        backup=note.fields.backup or "",
        written=_written(scene, known, print_),
        signed=known.signed and scene.signed,
    )


def _written(scene: Scene, known: Known, print_: str) -> Written:
    """By whom a text is that the commit has, once it stood as ``known``."""
    if print_ == known.fingerprint:
        return known.written
    event = scene.told.event
    stood = any(print_ == verdict.fingerprint for verdict in known.claim.held)
    if stood and event and event.note == known.id and restores(event):
        return known.written
    return known.written.wrote(writing(scene))


def plain(scene: Scene, note: Note, known: Known | None, new: Known) -> Known:
    """A commit without a move: it may change packaging, and the text of what is only captured."""
    path = new.path
    by_hand(scene, known, new)
    squashed = "squashed" if scene.told.quotes > 1 else ""
    if known is None:
        if claimed := proven(note):
            message = f"{path} came in by this commit and {claimed}, and no move led there."
            scene.say(squashed or "unproved", new.id, path, message)
        return new
    names = list(differing(note.fields, known.claim))
    if known.sound and (back := {*known.bent}.intersection(names)):
        back -= {*differing(note.fields, known.sound.claim)}  # these are as they were
        names = [name for name in names if name not in back]
        claim = new.claim._replace(**{name: getattr(claim_of(note.fields), name) for name in back})
        new = new._replace(claim=claim, bent=tuple(n for n in known.bent if n not in back))
    if names:
        rule = "bad-in-force" if names == ["in_force"] else "state-without-move"
        message = f"{', '.join(names)} of {path} changed, and the commit records no move."
        scene.say(squashed or rule, new.id, path, message)
        new = bent(new._replace(claim=claim_of(note.fields, known.claim)), names)
    if known.claim.state not in ("", State.CAPTURED) and new.fingerprint != known.fingerprint:
        message = f"The text of {path} changed while it was {known.claim.state}."
        scene.say(squashed or "changed-after-approval", new.id, path, message)
    return new


def proven(note: Note) -> str:
    """What a new note says that only moves lead to, or ''."""
    if note.state != State.CAPTURED:
        return f"is {note.state}"
    return next((f"has {name}" for name in _PROOFS if name in note.raw), "")


def by_hand(scene: Scene, known: Known | None, new: Known) -> None:
    """Whoever writes by hand may contribute, or owns the note."""
    who = scene.author.key
    if not scene.parents or scene.everywhere("contributor"):
        return
    if known is None or who != known.claim.owner.strip().casefold():
        message = f"{new.path} was written by {who}, who may not contribute here."
        scene.say("not-entitled", new.id, new.path, message)


_PROOFS = ("verdicts", "disseminated", "reviewed", "in_force")
"""Fields that no note has when it is new."""


def reread(scene: Scene, before: Rules) -> None:
    """Take the fingerprints anew where a template's guidance, which is no substance, changed."""
    now = scene.book.rules
    if now.kinds == before.kinds:
        return
    for known in list(scene.book.all()):
        if (found := reprinted(scene, known, before, now)) is not known:
            scene.book.put(found)
