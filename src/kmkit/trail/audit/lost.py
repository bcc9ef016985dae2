"""What a merge must not drop: decisions on one side of which the other knows nothing."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from kmkit.lifecycle.rounds import person, returns
from kmkit.lifecycle.states import WALK, State
from kmkit.note.model import Verdict
from kmkit.trail.audit.compare import bare
from kmkit.trail.audit.known import PARTLY, Known
from kmkit.trail.audit.scene import Scene


def kept(scene: Scene, taken: Known, sides: Sequence[Known]) -> None:
    """A version taken from one side, or joined; what was decided on the others is not lost."""
    levels = scene.rules.policy.levels
    for side in sides:
        if side.doubt and not taken.doubt and side.blob != taken.blob:
            scene.mend(side.faults)
        if verb := lost(taken, decided(side), levels):
            scene.say(
                "merge-lost-move",
                taken.id,
                taken.path,
                f"The merge dropped '{verb}' of {taken.path}, which stands on the other side.",
            )


def put(
    scene: Scene,
    new: Known,
    sides: Sequence[Known],
    faults: Sequence[int],
    *,
    joined: bool = False,
) -> None:
    """The note stands so from now on; what was found is made good by what lost nothing.

    Without such a version it is remembered what was lost, so that no later merge loses it unseen.
    ``joined``: the note has what was decided on every side, as far as nothing was found.
    """
    if faults or new.doubt:
        every = [new.sound, *sides] if new.sound else sides
        levels = scene.rules.policy.levels
        sound = [one for one in whole(every, levels) if not one.doubt]
        missed = [word for side in sides if lost(new, word := decided(side), levels)]
        sound += [_with_done(word, new) for word in missed]
        ended = new.ended or any(word.ended for word in missed)
        best = min(sound, key=lambda one: not one.blob, default=None)
        every_fault = dict.fromkeys([*new.faults, *_unmended(scene, sides)])
        new = new._replace(sound=best, ended=ended, faults=tuple(every_fault))
    scene.put(remembering(new, sides) if joined else new, faults)


def _with_done(word: Known, taken: Known) -> Known:
    """What was lost, with what was done on the side that was taken, if a move did it."""
    if taken.doubt:
        return word._replace(blob="")
    ours, theirs = taken.claim, word.claim
    known = [bare(entry) for entry in theirs.disseminated]
    more = [entry for entry in ours.disseminated if bare(entry) not in known]
    done: dict[str, Any] = {
        "disseminated": (*theirs.disseminated, *more),
        "reviewed": ours.reviewed,
        "deferred": ours.deferred,
    }
    given = {name: value for name, value in done.items() if name not in taken.bent}
    return word._replace(blob="", claim=theirs._replace(**given))


def remembering(taken: Known, sides: Sequence[Known]) -> Known:
    """The note with all that was decided on any side, of which a merge lost nothing."""
    claim, each = taken.claim, [taken, *map(decided, sides)]
    former = dict.fromkeys(one for side in each for one in side.claim.former)
    rejected = dict.fromkeys(one for side in each for one in side.rejected)
    now = (claim.level, claim.owner)
    return taken._replace(
        trail=taken.trail.union(*(side.trail for side in each)),
        claim=claim._replace(former=tuple(one for one in former if one not in now)),
        rejected=tuple(one for one in rejected if one != taken.fingerprint),
    )


def _unmended(scene: Scene, sides: Sequence[Known]) -> list[int]:
    """What was found on any side, and not made good on another."""
    return [at for side in sides for at in side.faults if at not in scene.mended]


def put_away(scene: Scene, sides: Sequence[Known]) -> None:
    """What may come back as it was is what has all that was decided on every side.

    Where none has, it is remembered what stood against it on any.
    """
    if sound := whole(sides, scene.rules.policy.levels):
        best = min(sound, key=lambda one: one.doubt)
    else:
        stood = [entry for side in sides for entry in returns(side.claim.verdicts)]
        claim = sides[0].claim._replace(verdicts=tuple(dict.fromkeys(stood)))
        ended = any(side.ended for side in sides)
        best = sides[0]._replace(blob="", claim=claim, ended=ended)
    scene.book.gone[best.id] = best


def lost(taken: Known, side: Known, levels: Sequence[str] = ()) -> str:
    """A move on ``side`` of which nothing is left in ``taken``, or ''.

    ``levels`` are the circles of the rules, narrowest first.
    """
    more = [verb for _, verb in sorted(side.trail - taken.trail)]
    own = [verb for _, verb in sorted(taken.trail - side.trail)]
    if more and _behind(taken, side, more, own):
        return more[-1].replace("/", " ")
    last = [at for at, verb in enumerate(more) if verb in _BEGAN][-1:]
    for at, verb in enumerate(more):
        if verb in _BEGAN and ([at] != last or _taken_back(more[: at + 1], own)):
            continue
        widened = verb == "narrow" and _widened(taken, side, more[:at], own, levels)
        if widened or _LOST.get(verb, _nothing)(taken, side, own):
            return verb.replace("/", " ")
    return ""


def _behind(taken: Known, side: Known, more: Sequence[str], own: Sequence[str]) -> bool:
    """Whether what was taken is an older version, which says no more than ``side`` said before."""
    same = taken.fingerprint == side.fingerprint
    if not (same or _commits(taken) <= _commits(side)) or not _OUTWEIGHS.isdisjoint(own):
        return False
    if same and not {*_BEGAN}.isdisjoint(own):
        return False
    if not own and side.claim.state != taken.claim.state:
        return True
    if same and _place(side) > _place(taken) >= 0 and "validate/return" not in own:
        return True
    if _DECIDES.isdisjoint(more):
        return False
    withdrawn = bare(taken.claim.in_force) != bare(side.claim.in_force)
    if withdrawn and side.claim.state == State.CAPTURED:
        return True
    return not same and _judged(taken) != _judged(side)


def _commits(known: Known) -> set[int]:
    """The commits that wrote the text, or what it grew out of."""
    since, before = known.written
    return {one.commit for one in since} | {one.commit for _, one in before}


def _place(known: Known) -> int:
    state = known.claim.state
    return WALK.index(State(state)) if state in WALK else -1


def _judged(known: Known) -> object:
    """Where it stands, and what was said of the text."""
    return known.claim.state, {str(bare(entry)) for entry in known.claim.verdicts}


def whole(sides: Sequence[Known], levels: Sequence[str] = ()) -> list[Known]:
    """Those versions that have all that was decided on the others."""
    return [one for one in sides if not any(lost(one, decided(side), levels) for side in sides)]


def decided(side: Known) -> Known:
    """What was decided on a side, and not what was only forged, as far as that can be told."""
    return side.sound or side if side.doubt else side


def _nothing(taken: Known, side: Known, own: Collection[str]) -> bool:
    return False


def _ended(taken: Known, side: Known, own: Collection[str]) -> bool:
    return side.claim.state == State.RETIRED != taken.claim.state


def _withdrawn(taken: Known, side: Known, own: Collection[str]) -> bool:
    """Whether a version is in force that the end of the note withdrew, whatever came then."""
    if _ended(taken, side, own):
        return True
    there = bare(taken.claim.in_force)
    return bool(there) and there != bare(side.claim.in_force) and PUTS_IN_FORCE.isdisjoint(own)


def _rejected(taken: Known, side: Known, own: Collection[str]) -> bool:
    if _ended(taken, side, own):
        return True
    judged = not (_OUTWEIGHS | {*_BEGAN}).isdisjoint(own)
    older = taken.fingerprint != side.fingerprint  # a revision can be of the very same words
    return older and taken.fingerprint in side.rejected and not judged


def _began(taken: Known, side: Known, own: Collection[str]) -> bool:
    state = taken.claim.state
    if state == State.CAPTURED and {*_BEGAN}.isdisjoint(own):
        since = [bare(entry) for entry in side.claim.verdicts]
        about = [one for one in taken.claim.verdicts if one.fingerprint == taken.fingerprint]
        return any(bare(entry) not in since for entry in about)
    here = (State.CAPTURED, State.RETIRED)
    return side.claim.state == State.CAPTURED and state not in here


def _taken_back(more: Sequence[str], own: Sequence[str]) -> bool:
    """Whether a reopening took back what its own side had ended, of a note yet to be validated.

    The other side validated it meanwhile, from the very state to which this one came back.
    """
    judged = [verb for verb in own if verb in ("validate/approve", *_BEGAN)]
    ended = not {"retire", "validate/reject"}.isdisjoint(more)
    return more[-1] == "reopen" and ended and judged[:1] == ["validate/approve"]


def _said(taken: Known, side: Known, own: Collection[str]) -> bool:
    if taken.claim.state == State.RETIRED:  # whoever takes it up again has it judged anew
        return False
    return any(_unheard(entry, taken, side) for entry in returns(side.claim.verdicts))


def _unheard(entry: Verdict, taken: Known, side: Known) -> bool:
    """Whether a return that stands on ``side`` was not taken, or only what came before it."""
    given, there = ([bare(one) for one in _of_one(entry, known)] for known in (taken, side))
    return bare(entry) not in given or (given[-1] != there[-1] and given[-1] in there)


def _of_one(entry: Verdict, known: Known) -> list[Verdict]:
    """What the same person said of the same text, oldest first."""
    verdicts = (v for v in known.claim.verdicts if v.fingerprint == entry.fingerprint)
    return [verdict for verdict in verdicts if person(verdict) == person(entry)]


def _reach(taken: Known, side: Known, own: Collection[str]) -> bool:
    return taken.claim.level != side.claim.level and not {"narrow", "release"} & set(own)


def _released(taken: Known, side: Known, own: Collection[str]) -> bool:
    """Whether a release is missing that was not of words which others replaced, and were judged."""
    anew = taken.fingerprint != side.fingerprint and not _OUTWEIGHS.isdisjoint(own)
    return _reach(taken, side, own) and not anew


def _widened(
    taken: Known, side: Known, before: Sequence[str], own: Collection[str], levels: Sequence[str]
) -> bool:
    """Whether a note that a side narrowed is wider, and nobody widened it who knew of that.

    The other side narrowed it less, or made a release that this one made and took back.
    """
    here, there = taken.claim.level, side.claim.level
    if "narrow" in own:
        each = (here in levels, there in levels, "release" not in own)
        return all(each) and levels.index(here) > levels.index(there)
    return "release" in before and here in side.claim.former


def _owned(taken: Known, side: Known, own: Collection[str]) -> bool:
    return taken.claim.owner != side.claim.owner and "reassign" not in own


def _went(taken: Known, side: Known, own: Collection[str]) -> bool:
    kept = [bare(entry) for entry in taken.claim.disseminated]
    return any(bare(entry) not in kept for entry in side.claim.disseminated)


_OUTWEIGHS = frozenset(["validate/approve", "validate/reject", "retire", "settle", "renew/approve"])
"""Moves by which an older text stands beside whatever was decided of another one."""
_DECIDES = _OUTWEIGHS | {PARTLY, "validate/return", "same-meaning/approve", "revise", "reopen"}
"""Moves that decide about a text, or end what was decided."""
PUTS_IN_FORCE = frozenset(
    ["revise", "reopen", "validate/approve", "validate/reject", "settle", "retire", "renew/approve"]
)
"""Moves that change what is in force beside the text."""
_BEGAN = ("revise", "reopen")
"""Moves after which a note is judged anew."""
_LOST: dict[str, Callable[[Known, Known, Collection[str]], bool]] = {
    "retire": _withdrawn,
    "validate/reject": _rejected,
    "revise": _began,
    "reopen": _began,
    "validate/return": _said,
    "narrow": _reach,
    "release": _released,
    "reassign": _owned,
    "disseminate": _went,
}
"""Move -> whether what it did is missing from what the merge took."""
