"""A merge before its judge: each note comes whole from one parent, or joins what both said of it.

git merges line by line and never asks: 'validate' on one side and a new text on the other join
without any conflict, and the approval then stands over words that nobody judged.
"""

from collections.abc import Collection, Sequence

from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.compare import claim_of
from kmkit.trail.audit.history import FILE_MODES, Change
from kmkit.trail.audit.known import Known, bent
from kmkit.trail.audit.lost import kept, put, put_away
from kmkit.trail.audit.merged_rules import merge_rules
from kmkit.trail.audit.notes import (
    away,
    bring_back,
    by_hand,
    come_back,
    fresh,
    proven,
    read_note,
    reread,
)
from kmkit.trail.audit.parts import own_part, reprinted, stood, writing
from kmkit.trail.audit.paths import in_notes, in_records, is_note, matters
from kmkit.trail.audit.reading import rest_of
from kmkit.trail.audit.rules_of import Reader
from kmkit.trail.audit.scene import Scene
from kmkit.trail.audit.united import givers, joined_fields, of_no_side
from kmkit.trail.fold import Claim
from kmkit.trail.writers import joined, merged


def judge_merge(scene: Scene, reader: Reader) -> None:
    """Judge one merge, and write into its book what stands now."""
    changes = {change.path: change for change in scene.commit.changes}
    if scene.told.event or scene.told.record or scene.told.rule:
        message = scene.told.message or "A merge carries the trailers of a move."
        scene.say("bad-trailers", "", "", f"{message} A merge is no move.")
    first = scene.parents[0]
    every = {path for path in changes if in_notes(path) or in_records(path)}
    gone: set[str] = set()
    for other in scene.parents[1:]:
        every |= other.since(first) | first.since(other)  # whatever pages the two share
        gone |= other.gone_since(first) | first.gone_since(other)
    paths = _wherever(scene, {path for path in every if in_notes(path)})
    start = tuple(scene.faults)
    if every or any(matters(path) for path in changes):
        scene.ask_signature("", "")
    for path in sorted(paths):
        _note(scene, path, changes.get(path), start)
    for id in gone:
        last = [book.get(book.path_of(id)) or book.removed(id) for book in scene.parents]
        if known := [side for side in last if side]:
            put_away(scene, _together(known))
    for path in sorted(paths):
        _alone(scene, path, paths)
        _removed(scene, path)
    if records := every - paths:
        from kmkit.trail.audit.records_merges import merge_records  # with pydantic

        merge_records(scene, records, changes, start)
    if any(book.rules is not first.rules for book in scene.parents[1:]) or any(
        matters(path) for path in changes
    ):
        scene.book.rules = merge_rules(scene, reader, changes)
        reread(scene, first.rules)


# Notes


def _wherever(scene: Scene, paths: set[str]) -> set[str]:
    """The paths, and those at which the first side has the notes that others have there."""
    there = (book.get(path) for book in scene.parents for path in paths)
    return paths | {scene.book.path_of(known.id) for known in there if known} - {""}


def _note(scene: Scene, path: str, change: Change | None, start: Sequence[int]) -> None:
    """One path of the merge."""
    sides = [_side(scene, book, path) for book in scene.parents]
    if change is None:
        mode, blob = "100644", sides[0].blob if sides[0] else ""
    else:
        mode, blob = change.mode, change.blob
    at = len(scene.faults)
    taken = [side for side in sides if side and side.blob == blob]
    if mode not in FILE_MODES:  # where a file of that name in git stood, it is none any more
        taken = [side for side in taken if scene.no_file(side)]
    if not blob:
        _gone(scene, path, sides)
    elif taken:
        best = min(taken, key=lambda side: (side.doubt, -len(side.trail)))
        there = _everywhere(scene, path, best.id)
        best = _alike(best, there)
        if gone := [book for book in scene.parents if not book.path_of(best.id)]:
            bring_back(scene, best, [one for book in gone if (one := book.removed(best.id))])
        kept(scene, best, there)
        put(scene, best, there, scene.faults[at:], joined=len(scene.faults) == at)
    elif mode not in FILE_MODES:
        known = next(filter(None, sides), None)
        message = f"No file stands at {path}, which is a note's place."
        scene.say("not-a-file", known.id if known else "", path, message)
        if known:
            there = _everywhere(scene, path, known.id)
            put(scene, known._replace(blob=blob), there, scene.faults[at:])
    elif change and is_note(path):
        _joined(scene, change, sides, start)


def _everywhere(scene: Scene, path: str, id: str) -> list[Known]:
    """The note ``id`` on each side that has it: at ``path``, or wherever it stands there."""
    found = []
    for book in scene.parents:
        here = _side(scene, book, path)
        known = here if here and here.id == id else _side(scene, book, book.path_of(id))
        found += [known] if known else []
    return _together(found)


def _side(scene: Scene, book: Book, path: str) -> Known | None:
    """The note that a side has at a path, by the guidance of the first."""
    known, rules = book.get(path), scene.rules
    if known is None or book.rules.kinds == rules.kinds:
        return known
    return reprinted(scene, known, book.rules, rules)


def _together(sides: Sequence[Known]) -> list[Known]:
    """The note on each side, as by all who wrote the same words on any."""
    return [_alike(side, sides) for side in sides]


def _alike(known: Known, sides: Sequence[Known]) -> Known:
    """The note as by all who wrote the same words on one of the sides."""
    lines = [side.written for side in sides if side.fingerprint == known.fingerprint]
    return known._replace(written=joined(lines))


def _alone(scene: Scene, path: str, paths: Collection[str]) -> None:
    """No other file has the id of the note at ``path``; of two in ``paths``, the later is told."""
    known = scene.book.get(path)
    for book in scene.parents if known else ():
        assert known is not None
        other = book.path_of(known.id)
        first = other < path or other not in paths
        if first and (twin := scene.book.get(other)) and twin.id == known.id:
            message = f"{path} and {other} hold the id {known.id}."
            scene.say("duplicate-id", known.id, path, message)
            return


def _gone(scene: Scene, path: str, sides: Sequence[Known | None]) -> None:
    """A path that the merge does not have."""
    scene.book.take(path)
    for side in filter(None, sides):
        put_away(scene, _everywhere(scene, path, side.id))


def _removed(scene: Scene, path: str) -> None:
    """A note at ``path`` that no side removed, and that stands nowhere in the merge."""
    for side in filter(None, (book.get(path) for book in scene.parents)):
        gone = any(book.removed(side.id) and not book.path_of(side.id) for book in scene.parents)
        if scene.book.path_of(side.id) or gone:
            continue
        if any(scene.findings[at][:2] == ("removed-note", side.id) for at in scene.faults):
            continue  # it had another name on another side
        who = scene.author.key
        entitled = scene.everywhere("manager") or scene.everywhere("steward")
        if who != side.claim.owner.strip().casefold() and not entitled:
            message = f"{path} was removed in a merge by {who}."
            scene.say("removed-note", side.id, path, message)
            if left := scene.book.removed(side.id):
                faults = (*left.faults, scene.faults[-1])
                scene.book.gone[left.id] = left._replace(faults=faults)


def _joined(
    scene: Scene, change: Change, sides: Sequence[Known | None], start: Sequence[int]
) -> None:
    """A version that no side has."""
    note, path, at = read_note(scene, change), change.path, len(scene.faults)
    id = note.fields.id or ""
    there = _everywhere(scene, path, id)
    if not there:
        known = next((side for side in sides if side), None)
        if known:
            now = id or "none that can be read"
            scene.say("id-changed", known.id, path, f"{path} held {known.id} and now holds {now}.")
            stood = _everywhere(scene, path, known.id)
            put(scene, known._replace(blob=change.blob), stood, scene.faults[at:])
        elif twin := scene.book.path_of(id):
            scene.say("duplicate-id", id, path, f"{path} and {twin} hold the id {id}.")
        elif id:
            new = fresh(scene, note, change, None)
            by_hand(scene, None, new)
            come_back(scene, note, new)
            if claimed := proven(note):
                message = f"The merge brought {path}, which {claimed} and is on neither side."
                scene.say("mixed-merge", id, path, message)
            found = scene.faults[at:]
            put(scene, new, away(scene, id), [*scene.own(start, id, path), *found])
        return
    base = _base(note, there, fresh(scene, note, change, there[0]).fingerprint)
    new = fresh(scene, note, change, base or there[0])
    if all(side.fingerprint != new.fingerprint for side in there) or _packed(scene, note, there):
        by_hand(scene, new, new)
    lines = [(side.fingerprint, side.written) for side in there]
    new = new._replace(written=merged(new.fingerprint, lines, writing(scene)))
    if base is None:
        scene.say(
            "mixed-merge",
            id,
            path,
            f"The merge took the state of {path} from one side and its text from another.",
        )
        claim = claim_of(note.fields, new.claim)
        standing = next((one.standing for one in there if one.claim.state == claim.state), "")
        new = new._replace(claim=claim, standing=standing)
        new = bent(new, of_no_side(note, there))
    else:
        new = joined_fields(scene, note, new, base, there)
        kept(scene, new, there)
        for side in givers(note, base, there) if len(scene.faults) == at else ():
            kept(scene, new._replace(trail=side.trail), [base])
        new = own_part(scene, note, new, there)
    found = scene.faults[at:]
    put(scene, new, there, [*scene.own(start, id, path), *found], joined=True)


def _packed(scene: Scene, note: Note, sides: Sequence[Known]) -> bool:
    """Whether a merge wrote a field that no side has so."""
    if any(side.rest == rest_of(note) for side in sides):
        return False
    every = [before.raw for side in sides if (before := stood(scene, side))]
    names = {name for raw in (note.raw, *every) for name in raw} - {*Claim._fields}
    return any(all(note.raw.get(name) != raw.get(name) for raw in every) for name in names)


def _base(note: Note, sides: Sequence[Known], print_: str) -> Known | None:
    """The side from which the note has its state and its text together.

    A text that is only captured may be a new one: no verdict covers it.
    """
    state = note.state
    fit = [side for side in sides if side.claim.state == state]
    if state != State.CAPTURED:
        fit = [side for side in fit if side.fingerprint == print_]
    return min(
        fit,
        key=lambda side: (side.doubt, side.fingerprint != print_, not _anew(side, sides)),
        default=None,
    )


def _anew(known: Known, sides: Sequence[Known]) -> bool:
    """Whether a side judged the note anew, of which another knows nothing."""
    return any(verb in ("revise", "reopen") for one in sides for _, verb in known.trail - one.trail)
