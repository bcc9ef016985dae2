"""A record in a merge: where it stands is taken from one side, and no step of the other is lost."""

from collections.abc import Iterable, Mapping, Sequence

from kmkit.note.records import Record
from kmkit.note.records.walks import walked
from kmkit.trail.audit.history import FILE_MODES, Change
from kmkit.trail.audit.paths import is_record
from kmkit.trail.audit.records import (
    asked,
    by_hand,
    different,
    fresh,
    may_remove,
    put,
    read,
    unread,
)
from kmkit.trail.audit.records_known import Filed, id_of, said_of
from kmkit.trail.audit.scene import Scene

_RANKS = {"planned": 0, "done": 2, "verified": 3}
"""How far an application is; 1 is whatever ends it otherwise, and where any other record stands."""


def merge_records(
    scene: Scene, paths: Iterable[str], changes: Mapping[str, Change], start: Sequence[int]
) -> None:
    """Judge the records of a merge, by the ``paths`` that it or one of its sides changed.

    What stands there on one side can have another name on the first, which the merge then took.
    """
    told = {*paths}
    there = (book.record(path) for book in scene.parents for path in told)
    every = sorted(told | {scene.book.path_of(known.id) for known in there if known} - {""})
    for path in every:
        _record(scene, path, changes.get(path), start)
    _alone(scene, every)
    _left_out(scene, every)


def _record(scene: Scene, path: str, change: Change | None, start: Sequence[int]) -> None:
    """One path of the merge."""
    sides = [book.record(path) for book in scene.parents]
    blob = change.blob if change else sides[0].blob if sides[0] else ""
    at = len(scene.faults)
    taken = [side for side in sides if side and side.blob == blob]
    if change and change.mode not in FILE_MODES:  # where a file stood, it is none any more
        taken = [side for side in taken if scene.no_file(side)]
    if not blob:
        scene.book.take(path)
        return
    if taken:
        best = min(taken, key=lambda side: (side.doubt, -len(side.trail)))
        put(
            scene,
            _kept(scene, best, _everywhere(scene, path, best.record)),
            scene.faults[at:],
            None,
        )
        return
    assert change is not None  # where nothing changed, the first side has what stands there
    if change.mode not in FILE_MODES:
        known = next(filter(None, sides), None)
        message = f"No file stands at {path}, which is a record's place."
        scene.say("record-not-a-file", known.record if known else "", path, message)
        if known:
            put(scene, known._replace(blob=blob), scene.faults[at:], known)
    elif is_record(path):
        _new_version(scene, change, sides, start)


def _everywhere(scene: Scene, path: str, record: str) -> list[Filed]:
    """The record on every side that has it: at ``path``, or wherever it stands there."""
    found: list[Filed | None] = []
    for book in scene.parents:
        here = book.record(path)
        same = here and here.record == record
        found.append(here if same else book.record(book.path_of(id_of(record))))
    return [side for side in found if side]


def _left_out(scene: Scene, touched: Sequence[str]) -> None:
    """Records that some side has, and the merge has nowhere: lost, unless a side removed them."""
    found: dict[str, str] = {}
    for path in touched:
        for side in filter(None, (book.record(path) for book in scene.parents)):
            if not scene.book.path_of(side.id):
                found.setdefault(side.record, path)
    for record, path in found.items():
        there = _everywhere(scene, path, record)
        lacking = (book for book in scene.parents if not book.path_of(id_of(record)))
        away = [gone for book in lacking if (gone := book.removed_record(record))]
        faults = [at for gone in away for at in gone.faults]
        if any(_lost(scene, side, away) for side in there):
            message = f"{path} was left out in a merge by {scene.author.key}."
            scene.say("merge-lost-step", record, path, message)
            faults = scene.faults[-1:]
        else:
            scene.mend(at for side in there for at in side.faults)
        best = max(there, key=_worth)  # whoever brings it back makes good what was wrong
        scene.book.gone[best.id] = best._replace(faults=tuple(faults))


def _lost(scene: Scene, side: Filed, away: Sequence[Filed]) -> bool:
    """Whether a record that stood so may not be left out, nor was as far where it was removed."""
    if may_remove(scene, side) or not (side.sealed or asked(scene)):
        return False
    return all(_further(side.sound or side, gone) for gone in away)


def _alone(scene: Scene, touched: Sequence[str]) -> None:
    """No two files have one id: the one where a parent has it stands, or the first by its name."""
    held: dict[str, set[str]] = {}
    for path in touched:
        if known := scene.book.record(path):
            held.setdefault(known.record, set()).add(path)
    for record, paths in held.items():
        old = {book.path_of(id_of(record)) for book in scene.parents}
        places = [path for path in sorted(paths | old) if _holds(scene, path, record)]
        first, *others = sorted(places, key=lambda path: path not in old)
        for path in others:
            _copy(scene, path, first)


def _holds(scene: Scene, path: str, record: str) -> bool:
    known = scene.book.record(path)
    return known is not None and known.record == record


def _copy(scene: Scene, path: str, first: str) -> None:
    """A second file of a record, which is told once."""
    known = scene.book.record(path)
    assert known is not None
    if all(scene.findings[at].rule != "duplicate-record" for at in known.faults):
        message = f"{path} and {first} hold the id {known.record}."
        scene.say("duplicate-record", known.record, path, message)
        put(scene, known, scene.faults[-1:], None)
    scene.book.paths[known.id] = first


def _new_version(
    scene: Scene, change: Change, sides: Sequence[Filed | None], start: Sequence[int]
) -> None:
    """A version that no side has."""
    at, path = len(scene.faults), change.path
    record = read(scene, change)
    known = next(filter(None, sides), None)
    if record is None:
        unread(scene, known, change)
        return
    there = _everywhere(scene, path, record.id)
    right: Filed | None = None
    if there:
        new, right = _joined(scene, record, change, there)
    elif known:
        message = f"{path} held {known.record} and now holds {record.id}."
        scene.say("record-id-changed", known.record, path, message)
        new, right = known._replace(blob=change.blob), known
    else:
        new = by_hand(scene, None, fresh(scene, record, change, None))
    found = scene.faults[at:]
    put(scene, new, [*scene.own(start, new.record, change.path), *found], right)


def _joined(
    scene: Scene, record: Record, change: Change, sides: Sequence[Filed]
) -> tuple[Filed, Filed | None]:
    """What a merge made of a record: the walk is that of one side; and how it should stand."""
    best = max(sides, key=_worth)
    walk = said_of(walked(record))
    base = max((side for side in sides if side.said == walk), key=_worth, default=None)
    if base:
        new = base._replace(path=change.path, blob=change.blob, signed=base.signed and scene.signed)
        return _kept(scene, new, sides), None
    trusted = [side for side in sides if side.doubt == best.doubt]
    new = _of_all(fresh(scene, record, change, best), sides)
    if _by_field(new, trusted):
        scene.mend(at for side in sides for at in side.faults)  # but for what stands, see below
        return new._replace(
            trail=frozenset().union(*(side.trail for side in trusted)),
            told=all(side.told for side in trusted),
            signed=scene.signed and all(side.signed for side in trusted),
            faults=tuple(sorted({at for side in trusted for at in side.faults})),
        ), best
    new = new._replace(told=False)
    if new.sealed or asked(scene):
        names = ", ".join(different(best, new))
        message = f"The merge wrote {names} of {change.path}, as no side has it."
        scene.say("merged-record", record.id, change.path, message)
        new = new._replace(faults=tuple(sorted({at for side in sides for at in side.faults})))
    return new, best


def _by_field(new: Filed, sides: Sequence[Filed]) -> bool:
    """Whether each field of something planned is as one side has it: nothing was done yet."""
    if any(side.stage != "planned" for side in sides):
        return False
    names = {name for side in (new, *sides) for name in side.values}
    return all(
        any(side.values.get(name) == new.values.get(name) for side in sides) for name in names
    )


def _of_all(taken: Filed, sides: Sequence[Filed]) -> Filed:
    """What a merge takes, with what the other sides know of it: whether it was sealed, who did it.

    A step that a hand imitates on another branch takes neither away.
    """
    sound = [side for side in sides if not side.doubt]
    return taken._replace(
        sealed=taken.sealed or any(side.sealed for side in sound),
        doers=taken.doers.union(*(side.doers for side in sound)),
    )


def _kept(scene: Scene, taken: Filed, sides: Sequence[Filed]) -> Filed:
    """What a merge takes from one side: no step of the others is lost by it.

    What was wrong on a side that it left is made good.
    """
    right = taken.sound
    for side in sides:
        if not taken.doubt:
            scene.mend(side.faults)
        word = _word(side)
        if word and word.said != taken.said and _further(word, _word(taken)):
            message = f"The merge dropped {word.stage} of {taken.path}, which the other side has."
            scene.say("merge-lost-step", taken.record, taken.path, message)
            right = word
    return _of_all(taken, sides)._replace(sound=right)


def _word(side: Filed) -> Filed | None:
    """How a side stood before anything was found of it, None where that began with it."""
    return side.sound if side.doubt else side


def _further(side: Filed, taken: Filed | None) -> bool:
    """Whether a side took steps of which nothing is left: no others were taken, or lesser ones."""
    if taken is None:
        return True
    others = taken.trail - side.trail
    return bool(side.trail - taken.trail) and (not others or _rank(side) > _rank(taken))


def _rank(side: Filed) -> int:
    return _RANKS.get(side.stage, 1)


def _worth(side: Filed) -> tuple[bool, int]:
    """Which side to believe, and which of those went furthest."""
    return not side.doubt, _rank(side)
