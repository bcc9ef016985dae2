"""Each record that a commit touches: new, a step further, changed by hand, renamed or removed."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from kmkit.note.records import Record, kind_at, read_record
from kmkit.note.records.kinds import FOLDERS
from kmkit.note.records.walks import WALKS, walked
from kmkit.text import address_key
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.history import FILE_MODES, Change
from kmkit.trail.audit.paths import is_record
from kmkit.trail.audit.records_known import VERIFIED, Filed, id_of, said_of
from kmkit.trail.audit.records_steps import judge_step
from kmkit.trail.audit.scene import Scene


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


def judge_records(scene: Scene, changes: Sequence[Change], start: Sequence[int]) -> None:
    """Judge every record that the commit touches; ``changes`` are those of judged records."""
    told = scene.told.record
    touched: list[str] = []
    moved = _renames(scene, changes)
    for change in changes:
        if change.mode and change.mode not in FILE_MODES:
            _link(scene, change)
        elif is_record(change.path) and change.path not in moved.values():
            if change.mode:
                touched.append(_record(scene, change, moved.get(change.path, ""), start))
            else:
                _removed(scene, change.path)
    if told is None or told.note in touched:
        return
    scene.ask_signature(told.note, "")
    if touched:
        message = f"The commit tells a step of {told.note} and touches {touched[0]}."
        scene.say("step-mismatch", told.note, "", message)
    elif not any(change.path.startswith(_FOLDERS) for change in scene.commit.changes):
        message = f"The commit tells '{told.move}' of {told.note} and touches no record."
        scene.say("step-without-change", told.note, "", message)


_FOLDERS = tuple(f"{folder}/" for folder in FOLDERS)


def _renames(scene: Scene, changes: Sequence[Change]) -> dict[str, str]:
    """New path -> old path, of records that keep their id."""
    gone = [change.path for change in changes if not change.mode]
    olds = {known.record: path for path in gone if (known := scene.book.record(path))}
    found: dict[str, str] = {}
    for change in changes if olds else ():
        if change.mode in FILE_MODES and is_record(change.path):
            record = read(scene, change)
            if record and record.id in olds and not scene.book.record(change.path):
                found[change.path] = olds.pop(record.id)
    return found


def read(scene: Scene, change: Change) -> Record | None:
    """The record that the commit has at a path; None where it cannot be told what it says."""
    return read_record(scene.commit.blobs[change.blob], PurePosixPath(change.path))[0]


def asked(scene: Scene) -> bool:
    """Whether the rules of some parent ask for proof of every record."""
    return any(book.rules.policy.trust.records == "required" for book in scene.parents)


def _link(scene: Scene, change: Change) -> None:
    """Something else than a file stands where records are."""
    known = scene.book.record(change.path)
    what = "A submodule" if change.mode == "160000" else "A symbolic link"
    name = known.record if known else ""
    scene.say("record-not-a-file", name, change.path, f"{what} stands at {change.path}.")
    if known:
        put(scene, known._replace(blob=change.blob), scene.faults[-1:], known)


def _removed(scene: Scene, path: str) -> None:
    """A record is gone: its own people, a manager or a steward may do that."""
    known = scene.book.record(path)
    if known is None:
        return
    scene.ask_signature(known.record, path)
    if may_remove(scene, known) or not (known.sealed or asked(scene)):
        scene.mend(known.faults)
    else:
        message = f"{path} was removed by {scene.author.key}."
        scene.say("removed-record", known.record, path, message)
        scene.book.notes[path] = known._replace(faults=(scene.faults[-1],))
    scene.book.take(path)


def may_remove(scene: Scene, known: Filed) -> bool:
    """Whether the author may take a record away: it is theirs, or a manager or steward does it.

    What somebody else verified is theirs no more. What proves nothing may be taken away by anybody;
    what a finding stands against is judged as it stood before, lest a bad change open the way.
    """
    doubtful = known.doubt and known.sound is None
    known = known.sound or known
    own = scene.author.key in known.whose and known.stage != VERIFIED
    entitled = scene.everywhere("manager") or scene.everywhere("steward")
    return own or entitled or doubtful or known.proof == "by-hand"


def _record(scene: Scene, change: Change, old_path: str, start: Sequence[int]) -> str:
    """A record is new, or changed, or stands at another path; its id, or the path without one."""
    record, path, at = read(scene, change), change.path, len(scene.faults)
    known = scene.book.record(old_path or path)
    if record is None:
        unread(scene, known, change)
        return known.record if known else path
    if known and known.record != record.id:
        message = f"{path} held {known.record} and now holds {record.id}."
        scene.say("record-id-changed", known.record, path, message)
        put(scene, known._replace(blob=change.blob), scene.faults[at:], known)
        return record.id
    if known is None and (other := scene.book.path_of(id_of(record.id))):
        message = f"{path} and {other} hold the id {record.id}."
        scene.say("duplicate-record", record.id, path, message)
        twin = fresh(scene, record, change, None)
        scene.book.notes[path] = twin._replace(doubt=True, faults=tuple(scene.faults[at:]))
        return record.id
    known = known or _back(scene, record, change)
    if old_path:
        scene.book.take(old_path)
    scene.ask_signature(record.id, path)
    told = scene.told.record
    step = told if told and told.note == record.id else None
    if known and known.blob == change.blob and not (step or scene.no_file(known)):
        put(scene, known._replace(path=path), scene.faults[at:], known)
        return record.id
    new = fresh(scene, record, change, known)
    new = judge_step(scene, step, record, known, new) if step else by_hand(scene, known, new)
    found = scene.faults[at:]
    put(scene, new, [*scene.own(start, record.id, path), *found], known)
    return record.id


def unread(scene: Scene, known: Filed | None, change: Change) -> None:
    """A file that cannot be read: a finding where it was a record that is to be proved."""
    if known is None:
        return
    at = len(scene.faults)
    if known.sealed or asked(scene):
        message = f"{change.path} cannot be read any more."
        scene.say("unreadable-record", known.record, change.path, message)
    put(scene, known._replace(blob=change.blob), scene.faults[at:], known)


def _back(scene: Scene, record: Record, change: Change) -> Filed | None:
    """The record as it was removed, where it comes back unchanged and nothing was wrong with it."""
    gone = scene.book.removed_record(record.id)
    if gone is None or gone.blob != change.blob or gone.doubt:
        return None
    scene.mend(gone.faults)
    return gone._replace(faults=())


def fresh(scene: Scene, record: Record, change: Change, known: Filed | None) -> Filed:
    """What is known of a record by its file, on top of what was known before."""
    before = known or scene.book.removed_record(record.id)
    new = Filed(
        record=record.id,
        path=change.path,
        blob=change.blob,
        kind=kind_at(PurePosixPath(change.path)),
        stage=WALKS[record.kind].stage(record),
        note=record.about,
        said=said_of(walked(record)),
        whose=frozenset({address_key(record.who)} - {""}),
        doers=before.doers if before else frozenset(),
        sealed=before.sealed if before else False,
        signed=scene.signed and (known.signed if known else True),
        since=scene.commit.sha,
    )
    if known is None:
        return new
    return new._replace(
        whose=known.whose if new.sealed else new.whose | known.whose,
        trail=known.trail,
        told=known.told,
        before_anchor=known.before_anchor,
        since=known.since,
        doubt=known.doubt,
        faults=known.faults,
        sound=known.sound,
    )


def by_hand(scene: Scene, known: Filed | None, new: Filed) -> Filed:
    """A commit that takes no step of the record: it may change all but the walk."""
    claims = new.stage in WALKS[new.kind].claims
    if known is None:
        return _begun_by_hand(scene, new) if claims else new
    if known.sound and new.said == known.sound.said:
        scene.mend(known.faults)
        signed = known.sound.signed and scene.signed
        return known.sound._replace(path=new.path, blob=new.blob, signed=signed)
    if not claims and _only_by_hand(scene, known):
        scene.mend(known.faults)
        return new._replace(doubt=False, faults=(), told=True)
    never = not (known.trail or claims or known.stage in WALKS[known.kind].claims)
    if never or new.said == known.said:
        return new
    if new.sealed or asked(scene):
        verified = known.stage == VERIFIED
        rule = "changed-after-verification" if verified else "record-by-hand"
        names = ", ".join(different(known, new))
        message = f"{names} of {new.path} changed, and the commit takes no step."
        scene.say(rule, new.record, new.path, f"{message}{_joined(scene)}")
    return new._replace(told=False)


def _begun_by_hand(scene: Scene, new: Filed) -> Filed:
    """A record that came in with a claim, and without a step."""
    if new.sealed or asked(scene):
        message = f"{new.path} came in as {new.stage}, and no step of kmkit led there."
        scene.say("record-by-hand", new.record, new.path, f"{message}{_joined(scene)}")
    return new._replace(told=False)


def _only_by_hand(scene: Scene, known: Filed) -> bool:
    """Whether nothing is wrong with a record but that a hand brought it in with a claim."""
    rules = {scene.findings[at].rule for at in known.faults}
    return known.sound is None and not known.trail and rules == {"record-by-hand"}


def _joined(scene: Scene) -> str:
    quotes = scene.told.quotes
    return f" It joins {quotes} steps, as a squash does." if quotes > 1 else ""


def different(one: Filed, other: Filed) -> list[str]:
    """The walked fields in which two versions differ."""
    mine, yours = one.values, other.values
    return sorted(name for name in {*mine, *yours} if mine.get(name) != yours.get(name))


def put(scene: Scene, new: Filed, faults: Sequence[int], was: Filed | None) -> None:
    """The record stands so from now on; ``faults`` are what was found of it in this commit.

    ``was`` is how it stood before.
    """
    if faults:
        sound = new.sound or (was if was and not was.doubt else None)
        every = tuple(dict.fromkeys((*new.faults, *faults)))
        since = scene.commit.sha
        new = new._replace(doubt=True, sound=sound, since=since, faults=every)
    scene.stand(new)
