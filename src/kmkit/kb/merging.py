"""Merging a note field by field: what two branches made of one version of it.

git merges line by line: it finds conflicts where two reviewers added a verdict each, and none
where one side approved a text and the other changed it. Here each field is merged by what it means.
The state is never invented: it is taken from the side whose text stands, and a text that neither
side has is captured, with no verdict on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kmkit.errors import Refused
from kmkit.kb.sides import Sides, left
from kmkit.kb.uniting import later, texts, united
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import WIDEST_METHODS, returns
from kmkit.lifecycle.states import WALK, State
from kmkit.note.file import read, write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import InForce, Note

Join = Callable[[str, str, str], str | None]
"""(base, ours, theirs) -> the text that both changes make, None where they conflict."""

_MEANT = ("state", "verdicts", "asked", "disseminated", "reviewed", "deferred", "in_force")
"""Fields that are merged by what they mean; each other field is taken from whoever changed it."""
_UNITED = ("topics", "evidence", "sources", "authors", "derived_from", "supersedes", "repeats",
           "protect")  # fmt: skip
"""Lists of texts: what either side added is in, what either side took out is not."""


@dataclass(frozen=True)
class Merged:
    """What came of a merge: the new file, or what stands against it."""

    data: bytes | None
    conflicts: tuple[str, ...] = ()
    """Why it cannot be merged; one sentence each."""
    text_conflicts: bool = False
    """The text below the front matter is among them."""
    changed_text: bool = False
    """The text is one that neither side has: it is captured, and no verdict is about it."""


def merge(
    base: Note,
    ours: Note,
    theirs: Note,
    guidance: frozenset[str],
    join: Join,
    text: str | None = None,
    *,
    widest: str = "",
) -> Merged:
    """The note that two branches make of ``base``; comments and order are those of ``ours``.

    ``guidance`` are the comments of the note's kind, which are no text; ``join`` merges plain
    text; ``text`` is what a person made of it already; ``widest`` is the circle that asks for more
    than peers.
    """
    complaints = tuple(_unmergeable(base, ours, theirs))
    if complaints:
        return Merged(None, complaints)
    names = {"base": base, "ours": ours, "theirs": theirs}
    sides = Sides(
        base, ours, theirs, {key: fingerprint(note, guidance) for key, note in names.items()}
    )
    changes, complaints = _plain(sides)
    body = _body(sides, join) if text is None else text
    if body is None:
        said = "Both sides changed the text in the same place."
        return Merged(None, (*complaints, said), text_conflicts=True)
    try:
        merged = _with(_with(ours, write_fields(ours, changes)), body)
        sides = replace(sides, new=fingerprint(merged, guidance))
        meant, more = _meant(sides)
        more += _too_wide(sides, merged, meant, widest)
        if complaints or more:
            return Merged(None, (*complaints, *more))
        data = write_fields(merged, meant)
    except Refused as error:
        return Merged(None, (str(error),))
    return Merged(
        data, changed_text=sides.new not in (sides.prints["ours"], sides.prints["theirs"])
    )


def _unmergeable(base: Note, ours: Note, theirs: Note) -> list[str]:
    """What keeps the versions from being merged at all."""
    found = []
    for what, note in (("the common beginning", base), ("our side", ours), ("their side", theirs)):
        errors = [problem for problem in note.problems if problem.severity == "error"]
        if errors:
            found.append(
                f"On {what}, the front matter cannot be read for certain: {errors[0].message}"
            )
    if not found and not base.fields.id == ours.fields.id == theirs.fields.id:
        found.append("The sides do not hold the same note: their ids differ.")
    return found


# Fields that hands write


def _plain(sides: Sides) -> tuple[dict[str, object | None], tuple[str, ...]]:
    """The changes to our front matter in fields that mean nothing to the walk; the conflicts."""
    base, ours, theirs = (note.raw for note in (sides.base, *sides.both))
    changes: dict[str, object | None] = {}
    conflicts = []
    for name in dict.fromkeys([*ours, *theirs, *base]):
        was, here, there = base.get(name), ours.get(name), theirs.get(name)
        if name in _MEANT or here == there or there == was:
            continue
        if here == was:
            changes[name] = there
        elif name in _UNITED:
            changes[name] = texts(was, here, there) or None
        else:
            line = sides.ours.place(name).line
            conflicts.append(f"Both sides changed '{name}' (line {line} on our side).")
    return changes, tuple(conflicts)


# The text


def _body(sides: Sides, join: Join) -> str | None:
    """The text below the front matter; None where both sides changed the same place."""
    base, ours, theirs = (
        split(note.text)[0].body.replace("\r\n", "\n") for note in (sides.base, *sides.both)
    )
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    joined = join(base, ours, theirs)
    if joined is None and sides.prints["ours"] == sides.prints["theirs"]:
        return ours  # they differ in what no reader sees
    return joined


def _with(note: Note, change: bytes | str) -> Note:
    """The note with other bytes, or with another text below its front matter."""
    if isinstance(change, str):
        same = split(note.text)[0].body.replace("\r\n", "\n") == change
        change = note.data if same else write_body(note, change)
    return read(change, note.path)


# Fields that moves write


def _meant(sides: Sides) -> tuple[dict[str, object | None], tuple[str, ...]]:
    """What the moves of both sides make of the state and of all that goes with it."""
    state, complaint = _state(sides)
    standing, other = _in_force(sides, state)
    captured, anew = state == State.CAPTURED, any(map(sides.began, sides.both))
    base, ours, theirs = (note.fields for note in (sides.base, *sides.both))
    asked = _entries(sides, "asked", [side for side in sides.both if sides.began(side)])
    deferred = later(base.deferred, ours.deferred, theirs.deferred)
    meant: dict[str, object | None] = {
        "state": state,
        "verdicts": _verdicts(sides) or None,
        "asked": (asked or None) if captured else None,
        "disseminated": united(base.disseminated, ours.disseminated, theirs.disseminated) or None,
        "reviewed": later(base.reviewed, ours.reviewed, theirs.reviewed),
        "deferred": None if anew else deferred,
        "in_force": standing,
    }
    return meant, tuple(said for said in (complaint, other) if said)


def _too_wide(
    sides: Sides, merged: Note, meant: Mapping[str, object | None], widest: str
) -> tuple[str, ...]:
    """Why the text of one side does not go as wide as the other side released its own."""
    about = [side for side in sides.both if sides.print_of(side) == sides.new]
    checked = {one.method for one in _verdicts(sides) if one.verdict == "approve"}
    if (
        merged.level != widest
        or meant["state"] not in WALK[1:]
        or any(side.level == widest for side in about)
        or checked.intersection(WIDEST_METHODS)
    ):
        return ()
    said = f"One side released the note to {widest}, and the other has words that peers judged."
    return (f"{said} Take the file of the side that has the words.",)


def _state(sides: Sides) -> tuple[str, str]:
    """The state that the merged text stands in, and why there is none."""
    ours, theirs = sides.both
    ended = [side for side in sides.both if sides.ended(side)]
    if ended:
        if any(sides.print_of(side) == sides.new for side in ended):
            return State.RETIRED, ""
        return "", "One side retired the note, and the other changed its text."
    if any(map(sides.began, sides.both)):
        return State.CAPTURED, ""
    if any(map(sides.returned, sides.both)):
        return State.CAPTURED, ""
    whole = [side for side in sides.both if sides.print_of(side) == sides.new]
    if not whole:
        if State.CAPTURED in (ours.state, theirs.state):
            return State.CAPTURED, ""
        return "", "Both sides changed the text of a note that was approved."
    if len(whole) == 1:
        return whole[0].state, ""
    moved = [side.state for side in whole if side.state != sides.base.state]
    return max(moved or [ours.state], key=_place), ""


def _place(state: str) -> int:
    return WALK.index(State(state)) if state in WALK else -1


def _in_force(sides: Sides, state: str) -> tuple[InForce | None, str]:
    """The version that stands meanwhile, and why it cannot be told."""
    if state != State.CAPTURED:
        return None, ""
    began = [side for side in sides.both if sides.began(side)]
    there = began or [side for side in sides.both if side.state == State.CAPTURED]
    if len({*map(left, there)}) > 1:
        return None, "The sides leave different versions in force."
    return there[0].fields.in_force, ""


def _verdicts(sides: Sides) -> Sequence[Any]:
    """The verdicts of the sides that have this text, and returns of any text."""
    about = [side for side in sides.both if sides.print_of(side) == sides.new]
    ended = [side for side in about if sides.ended(side)]
    began = [side for side in sides.both if sides.began(side)]
    anew = [side for side in about if sides.anew(side)]
    those = ended or [side for side in about if side in began] or began or anew
    if not those and len(about) < len(sides.both):
        return _with_returns(sides, about)
    found = _entries(sides, "verdicts", those)
    if len(those) == 1 and not ended:
        found = (*found, *_returned_elsewhere(sides, those[0], found))
    method = _method(sides, about)
    return sorted(
        found, key=lambda one: one.fingerprint == sides.new and one.method != (method or one.method)
    )


def _with_returns(sides: Sides, about: Sequence[Note]) -> Sequence[Any]:
    """The verdicts of the side that has this text, and the returns of another: they stand.

    The text can become that again which was returned.
    """
    found = [entry for side in about for entry in side.fields.verdicts]
    others = [entry for side in sides.both for entry in returns(side.fields.verdicts)]
    return (*found, *united((), [one for one in others if one not in found], ()))


def _returned_elsewhere(sides: Sides, side: Note, found: Sequence[Any]) -> Sequence[Any]:
    """The returns that the other side has had since the base: they stand beside every text."""
    other = sides.theirs if side is sides.ours else sides.ours
    known = (*sides.base.fields.verdicts, *found)
    return [entry for entry in returns(other.fields.verdicts) if entry not in known]


def _method(sides: Sides, about: Sequence[Note]) -> str:
    """The method that stands first, which is the round's: of the side that the state is from."""
    returned = [side for side in about if sides.returned(side)]
    far = max((_place(side.state) for side in about), default=-1)
    leading = returned or [side for side in about if _place(side.state) == far]
    verdicts = leading[0].fields.verdicts if len(leading) == 1 else ()
    return next((one.method for one in verdicts if one.fingerprint == sides.new), "")


def _entries(sides: Sides, name: str, those: Sequence[Note]) -> tuple[Any, ...]:
    """The entries of a list, of one side or of both; of both, too, where none is named."""
    base: tuple[Any, ...] = getattr(sides.base.fields, name)
    each = [getattr(side.fields, name) for side in those or sides.both]
    return united(base if len(each) > 1 else (), each[0], each[-1])
