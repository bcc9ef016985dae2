"""The fields of a note that a merge joined: each as one side has it, lists with what any has."""

from collections.abc import Sequence

from kmkit.lifecycle.rounds import WIDEST_METHODS, person, returns
from kmkit.lifecycle.states import WALK
from kmkit.note.model import Fields, Note, Verdict
from kmkit.note.plain import Plain
from kmkit.trail.audit.compare import bare, claim_of, differing
from kmkit.trail.audit.known import Known, bent
from kmkit.trail.audit.lost import PUTS_IN_FORCE
from kmkit.trail.audit.scene import Scene
from kmkit.trail.fold import Claim

_LISTS = ("verdicts", "asked", "disseminated")
_SINGLE = {
    "level": {"release", "narrow"},
    "owner": {"reassign"},
    "reviewed": {"confirm"},
    "deferred": {"defer", "confirm", "revise", "reopen"},
    "in_force": PUTS_IN_FORCE,
    "superseded_by": {"retire", "reopen"},
}
"""Fields that hold one thing, and the moves that change them."""


def joined_fields(
    scene: Scene, note: Note, new: Known, base: Known, sides: Sequence[Known]
) -> Known:
    """The claim of a merge: each field as one side has it, lists joined where the text is one."""
    # what a hand wrote into one side does not come in behind the other, which is sound
    trusted = [side for side in sides if base.doubt or not side.doubt]
    same = [side for side in trusted if side.fingerprint == new.fingerprint]
    odd = sorted(
        name
        for name in differing(note.fields, base.claim)
        if not _of_a_side(name, note.fields, base, trusted, same)
    )
    if odd:
        message = f"The merge wrote {', '.join(odd)} of {new.path}, as no move on either side."
        rule = "verdicts-differ" if odd == ["verdicts"] else "mixed-merge"
        scene.say(rule, new.id, new.path, message)
    elif widened := _too_wide(scene, note, base):
        message = f"The merge brought {new.path} to {widened}, by an approval that is too narrow."
        scene.say("mixed-merge", new.id, new.path, message)
        odd = ["level"]
    elif _undone(scene, note, new, base):
        message = f"The merge joined verdicts that together do not approve {new.path}."
        scene.say("mixed-merge", new.id, new.path, message)
    held = held_of(bare(note.fields.in_force), [side.claim for side in trusted])
    claim = claim_of(note.fields, base.claim)._replace(held=held)
    signed = new.signed and all(side.signed for side in same)
    return bent(new._replace(claim=claim, signed=signed), odd)


def held_of(in_force: object, claims: Sequence[Claim]) -> tuple[Verdict, ...]:
    """The verdicts on the version in force: those of a side that has it in force, first of all."""
    each = sorted(claims, key=lambda one: bare(one.in_force) != in_force)
    return next((one.held for one in each if one.held), ())


def givers(note: Note, base: Known, sides: Sequence[Known]) -> list[Known]:
    """The sides from which a merge has a field that is not as ``base`` has it."""
    ours = _SINGLE.keys() & {*differing(note.fields, base.claim)}
    return [side for side in sides if ours - {*differing(note.fields, side.claim)}]


def of_no_side(note: Note, sides: Sequence[Known]) -> list[str]:
    """The fields of a mixed merge that no side has so."""
    return sorted(set[str].intersection(*({*differing(note.fields, s.claim)} for s in sides)))


def _too_wide(scene: Scene, note: Note, base: Known) -> str:
    """The widest level, where it is that of other words than those that were judged; or ''."""
    if note.state not in WALK[1:] or note.level == base.claim.level:
        return ""
    widest = {book.rules.policy.levels[-1] for book in scene.parents}
    checked = {entry.method for entry in note.fields.verdicts if entry.verdict == "approve"}
    return note.level if note.level in widest and checked.isdisjoint(WIDEST_METHODS) else ""


def _undone(scene: Scene, note: Note, new: Known, base: Known) -> bool:
    """Whether verdicts of others undo the approval by which the state is that of ``base``."""
    if note.state not in WALK[1:]:
        return False
    there = new.fingerprint in scene.rules.approved(base.claim.verdicts)
    return there and new.fingerprint not in scene.rules.approved(tuple(note.fields.verdicts))


def _of_a_side(
    name: str, fields: Fields, base: Known, sides: Sequence[Known], same: Sequence[Known]
) -> bool:
    """Whether a field that is not as ``base`` has it is as another side has it."""
    if name in _SINGLE:
        alike = (side for side in sides if name not in differing(fields, side.claim))
        return any(not _older(name, side, base) for side in alike)
    if name not in _LISTS:
        return False
    fit = [side for side in sides if name != "verdicts" or not _round_before(side, base)]
    known = [bare(entry) for side in fit for entry in _entries(side.claim, name)]
    given = [bare(entry) for entry in getattr(fields, name)]
    own = [bare(entry) for entry in _entries(base.claim, name)]
    must = [] if name == "asked" else own
    if name == "verdicts" and not same:  # of other words only a return stands
        must = [bare(entry) for entry in returns(base.claim.verdicts)]
    kept = all(entry in given for entry in must)
    once = all(given.count(entry) <= max(1, own.count(entry)) for entry in given)
    if name == "verdicts" and _outweighed(fields, sides):
        return False
    return kept and once and all(entry in known for entry in given)


def _older(name: str, side: Known, base: Known) -> bool:
    """Whether ``base`` has moves that changed a field, and ``side`` has none of its own."""
    each = (side.trail - base.trail, base.trail - side.trail)
    own, others = (not _SINGLE[name].isdisjoint(verb for _, verb in steps) for steps in each)
    return others and not own


def _round_before(side: Known, base: Known) -> bool:
    """Whether ``base`` was taken up again since, and ``side`` was not: its verdicts are over."""
    each = (base.trail - side.trail, side.trail - base.trail)
    began, again = (any(verb in ("revise", "reopen") for _, verb in steps) for steps in each)
    return began and not again


def _outweighed(fields: Fields, sides: Sequence[Known]) -> bool:
    """Whether an approval stands after a return of the same person that only another side has.

    Which of the two was given last cannot be told, so the return stands.
    """
    given = list(fields.verdicts)
    for at, entry in enumerate(given):
        if entry.verdict != "return":
            continue
        later = (v for v in given[at + 1 :] if v.verdict != "return")
        for verdict in (v for v in later if _of_one(v, entry)):
            both = [side.claim.verdicts for side in sides]
            if not any(_follows(verdict, entry, verdicts) for verdicts in both):
                return True
    return False


def _of_one(verdict: Verdict, other: Verdict) -> bool:
    """Whether one person gave both, about one text."""
    return person(verdict) == person(other) and verdict.fingerprint == other.fingerprint


def _follows(later: Verdict, earlier: Verdict, verdicts: Sequence[Verdict]) -> bool:
    """Whether one side had both verdicts, in this order."""
    entries = [bare(entry) for entry in verdicts]
    one, other = bare(earlier), bare(later)
    return one in entries and other in entries[entries.index(one) :]


def _entries(claim: Claim, name: str) -> Sequence[Plain]:
    entries: Sequence[Plain] = getattr(claim, name)
    return entries
