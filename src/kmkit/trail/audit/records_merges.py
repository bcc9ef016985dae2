"""A record in a merge: where it stands is taken from one side, and no step of the other is lost."""

from collections.abc import Iterable, Mapping, Sequence

from kmkit.trail.audit.history import FILE_MODES, Change
from kmkit.trail.audit.records import (
    asked,
    by_hand,
    different,
    fresh,
    is_record,
    may_remove,
    put,
    read,
    unread,
)
from kmkit.trail.audit.records_known import Filed, id_of
from kmkit.trail.audit.scene import Scene

_RANKS = {"planned": 0, "done": 2, "verified": 3}
"""How far an application is; 1 is whatever ends it otherwise."""


def merge_records(
    scene: Scene, paths: Iterable[str], changes: Mapping[str, Change], start: Sequence[int]
) -> None:
    """Judge the records of a merge, by the ``paths`` that it or one of its sides changed."""
    every = sorted(paths)
    for path in every:
        _record(scene, path, changes.get(path), start)
    for path in every:
        _alone(scene, path, every)
        _removed(scene, path)


def _record(scene: Scene, path: str, change: Change | None, start: Sequence[int]) -> None:
    """One path of the merge."""
    sides = [book.record(path) for book in scene.parents]
    blob = change.blob if change else sides[0].blob if sides[0] else ""
    at = len(scene.faults)
    taken = [side for side in sides if side and side.blob == blob]
    if not blob:
        _gone(scene, path, sides)
    elif taken:
        best = min(taken, key=lambda side: (side.doubt, -len(side.trail)))
        lost = _lost(scene, best, _everywhere(scene, path, best.record))
        put(scene, best, scene.faults[at:], lost)
    elif change and change.mode not in FILE_MODES:
        known = next((side for side in sides if side), None)
        message = f"No file stands at {path}, which is a record's place."
        scene.say("record-not-a-file", known.record if known else "", path, message)
        if known:
            put(scene, known._replace(blob=change.blob), scene.faults[at:], known)
    elif change and is_record(path):
        _joined(scene, change, sides, start)


def _everywhere(scene: Scene, path: str, record: str) -> list[Filed | None]:
    """The record on every side: at ``path``, or wherever it stands there."""
    found: list[Filed | None] = []
    for book in scene.parents:
        here = book.record(path)
        same = here and here.record == record
        found.append(here if same else book.record(book.path_of(id_of(record)) or "-"))
    return found


def _gone(scene: Scene, path: str, sides: Sequence[Filed | None]) -> None:
    """A path that the merge does not have."""
    if scene.book.record(path) is None:
        for side in sides:
            if side and not scene.book.path_of(side.id):
                scene.book.gone[side.id] = side
    scene.book.take(path)


def _removed(scene: Scene, path: str) -> None:
    """A record that some side has, no side removed, and the merge left out."""
    for side in filter(None, (book.record(path) for book in scene.parents)):
        if scene.book.path_of(side.id):
            continue
        lacking = [book for book in scene.parents if not book.path_of(side.id)]
        if any(book.removed_record(side.record) for book in lacking):
            continue
        if not (side.sealed or asked(scene)) or may_remove(scene, side):
            continue
        message = f"{path} was left out in a merge by {scene.author.key}."
        scene.say("merge-lost-step", side.record, path, message)
        return


def _alone(scene: Scene, path: str, touched: Sequence[str]) -> None:
    """No other file has the id of the record at ``path``; of two that are new the later is told."""
    known = scene.book.record(path)
    for book in scene.parents if known else ():
        assert known is not None
        other = book.path_of(known.id)
        second = other and other != path and (other < path or other not in touched)
        twin = scene.book.record(other) if second else None
        if twin and twin.record == known.record:
            message = f"{path} and {other} hold the id {known.record}."
            scene.say("duplicate-record", known.record, path, message)
            put(scene, known, scene.faults[-1:], None)
            return


def _joined(
    scene: Scene, change: Change, sides: Sequence[Filed | None], start: Sequence[int]
) -> None:
    """A version that no side has: the walk is that of one of them."""
    at, path = len(scene.faults), change.path
    record = read(scene, change)
    known = next((side for side in sides if side), None)
    if record is None:
        unread(scene, known, change)
        return
    there = [side for side in _everywhere(scene, path, record.id) if side]
    if not there:
        if known:
            message = f"{path} held {known.record} and now holds {record.id}."
            scene.say("record-id-changed", known.record, path, message)
            put(scene, known._replace(blob=change.blob), scene.faults[at:], known)
            return
        new = by_hand(scene, None, fresh(scene, record, change, None))
        put(scene, new, [*start, *scene.faults[at:]], None)
        return
    best = min(there, key=lambda side: side.doubt)
    new = fresh(scene, record, change, best)
    same = [side for side in there if side.said == new.said]
    base = min(same, key=lambda side: side.doubt, default=None)
    right: Filed | None = max(there, key=lambda side: (not side.doubt, _rank(side)))
    if base:
        new = base._replace(path=path, blob=change.blob, signed=base.signed and scene.signed)
        right = _lost(scene, new, there)
    elif not _by_field(new, [side for side in there if best.doubt or not side.doubt]):
        if new.sealed or asked(scene):
            names = ", ".join(different(best, new))
            message = f"The merge wrote {names} of {path}, as no side has it."
            scene.say("merged-record", record.id, path, message)
        faults = {at for side in there for at in side.faults}
        new = new._replace(told=False, faults=tuple(sorted(faults)))
    else:
        trail = frozenset().union(*(side.trail for side in there))
        new = new._replace(trail=trail, told=all(side.told for side in there))
    put(scene, new, [*start, *scene.faults[at:]], right)


def _by_field(new: Filed, sides: Sequence[Filed]) -> bool:
    """Whether each field of something planned is as one side has it: nothing was done yet."""
    if any(side.stage != "planned" for side in (new, *sides)):
        return False
    return all(
        any(side.values.get(name) == value for side in sides) for name, value in new.values.items()
    )


def _lost(scene: Scene, taken: Filed, sides: Sequence[Filed | None]) -> Filed | None:
    """The side whose steps the merge dropped; what was wrong on a side it left is made good."""
    lost = None
    for side in sides:
        if side is None or side is taken or side.blob == taken.blob or side.said == taken.said:
            continue
        if side.doubt:
            if not taken.doubt:
                scene.mend(set(side.faults) - set(taken.faults))
            continue
        own = taken.trail - side.trail
        if side.trail - taken.trail and (not own or _rank(side) > _rank(taken)):
            message = f"The merge dropped {side.stage} of {taken.path}, which the other side has."
            scene.say("merge-lost-step", taken.record, taken.path, message)
            lost = side
    return lost


def _rank(side: Filed) -> int:
    return _RANKS.get(side.stage, 1) if side.kind == "application" else 0
