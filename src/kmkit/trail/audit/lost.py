"""What a merge must not drop: decisions on one side of which the other knows nothing."""

from collections.abc import Callable, Collection

from kmkit.lifecycle.states import State
from kmkit.trail.audit.compare import bare
from kmkit.trail.audit.known import Known


def lost(taken: Known, side: Known) -> str:
    """A move on ``side`` of which nothing is left in ``taken``, or ''."""
    more = sorted(side.trail - taken.trail)
    own = {verb for _, verb in taken.trail - side.trail}
    if more and not own and side.claim.state != taken.claim.state:
        return more[-1][1]
    for _, verb in more:
        if _LOST.get(verb, _nothing)(taken, side, own):
            return verb.replace("/", " ")
    return ""


def _nothing(taken: Known, side: Known, own: Collection[str]) -> bool:
    return False


def _ended(taken: Known, side: Known, own: Collection[str]) -> bool:
    return side.claim.state == State.RETIRED != taken.claim.state


def _began(taken: Known, side: Known, own: Collection[str]) -> bool:
    here = (State.CAPTURED, State.RETIRED)
    return side.claim.state == State.CAPTURED and taken.claim.state not in here


def _said(taken: Known, side: Known, own: Collection[str]) -> bool:
    kept = [bare(entry) for entry in taken.claim.verdicts]
    about = [v for v in side.claim.verdicts if v.fingerprint == taken.fingerprint]
    return any(v.verdict == "return" and bare(v) not in kept for v in about)


def _reach(taken: Known, side: Known, own: Collection[str]) -> bool:
    return taken.claim.level != side.claim.level and not {"narrow", "release"} & set(own)


def _owned(taken: Known, side: Known, own: Collection[str]) -> bool:
    return taken.claim.owner != side.claim.owner and "reassign" not in own


def _went(taken: Known, side: Known, own: Collection[str]) -> bool:
    kept = [bare(entry) for entry in taken.claim.disseminated]
    return any(bare(entry) not in kept for entry in side.claim.disseminated)


_LOST: dict[str, Callable[[Known, Known, Collection[str]], bool]] = {
    "retire": _ended,
    "validate/reject": _ended,
    "revise": _began,
    "reopen": _began,
    "validate/return": _said,
    "narrow": _reach,
    "release": _reach,
    "reassign": _owned,
    "disseminate": _went,
}
"""Move -> whether what it did is missing from what the merge took."""
