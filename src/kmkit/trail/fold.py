"""What the trail says of a note: its events, folded into the claim that the front matter copies."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.lifecycle.context import in_brief
from kmkit.lifecycle.moves import legal
from kmkit.lifecycle.rounds import approved_by
from kmkit.lifecycle.states import State
from kmkit.note.model import Asked, Deferred, Dissemination, InForce, Reviewed, Verdict
from kmkit.trail.event import Event
from kmkit.trail.replacing import quick

_VERDICTS = {"validate": ("approve", "return", "reject"), "same-meaning": ("approve",)}
"""The moves that are verdicts, and what each can say."""
_ANEW = ("capture", "renew")
"""The moves that bind a state to a text without leading to another state."""


@quick
class Claim(NamedTuple):
    """Where a note stands by its trail."""

    state: str = ""
    level: str = ""
    owner: str = ""
    scribe: str = ""
    """Who typed the note in."""
    verdicts: tuple[Verdict, ...] = ()
    """Since the note last became captured, oldest first."""
    held: tuple[Verdict, ...] = ()
    """The verdicts on the version in force while a revision is judged."""
    asked: tuple[Asked, ...] = ()
    disseminated: tuple[Dissemination, ...] = ()
    reviewed: Reviewed | None = None
    deferred: Deferred | None = None
    in_force: InForce | None = None
    superseded_by: str = ""
    captured: str = ""
    """The commit of the capture."""
    settled: str = ""
    """The commit that last reached a quorum."""
    reached: str = ""
    """The fingerprint of the text for which the note came into its state."""
    former: tuple[str, ...] = ()
    """The levels and owners in whose place another was put since the capture."""
    scribe_name: str = ""
    """The name of the scribe, as git has it."""

    def approved(self, policy: Policy) -> frozenset[str]:
        """The fingerprints that the verdicts since the last capture approve."""
        return approved_by(self.verdicts, policy) if self.verdicts else frozenset()


def fold(events: Iterable[Event], start: Claim | None = None) -> Claim:
    """The claim that ``events`` of one note, oldest first, add up to; ``start`` is what was before.

    An event whose step the table of moves does not have changes nothing, and neither does a second
    capture: they prove nothing. Of two branches that moved one note, each event counts; see
    `_arrived`.
    """
    claim = start or Claim()
    for event in events:
        claim = advanced(claim, event)
    return claim


def advanced(claim: Claim, event: Event) -> Claim:
    """The claim after one more event of its note; see `fold`."""
    if event.move == "capture" and claim.captured:
        return claim
    if not legal(event.move, event.from_state, event.to_state):
        return claim
    found = _step(claim, event)
    if found.state != claim.state or event.move in _ANEW:
        return found._replace(reached=event.fingerprint)
    return found


def by_note(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The events of each note or record by its id, in their order."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.note, []).append(event)
    return found


def _step(claim: Claim, event: Event) -> Claim:
    """The claim after one more event."""
    state = _arrived(claim, event)
    if event.move == "capture":
        return Claim(
            state=event.to_state, level=event.get("Level"), owner=event.get("Owner"),
            scribe=event.email, captured=event.commit, scribe_name=event.name,
        )  # fmt: skip
    if event.move in ("revise", "reopen"):
        if state == claim.state:  # it was done on another branch already
            return claim
        again = claim._replace(state=state, verdicts=(), asked=(), deferred=None)
        if event.move == "reopen":
            return again._replace(in_force=None, superseded_by="")
        return again._replace(in_force=_in_force(event), held=claim.verdicts)
    if event.move in _VERDICTS:
        allowed = event.verdict in _VERDICTS[event.move]
        return _judged(claim, event, state) if allowed else claim
    if event.move == "renew":
        return _renewed(claim, event)
    return _moved(claim._replace(state=state), event)


def _arrived(claim: Claim, event: Event) -> str:
    """The state after one more event.

    Where branches were merged, an event can begin in a state that the note has left. It then
    leads back (a revision, the end) and never on, whichever branch comes first.
    """
    if event.from_state == claim.state or event.to_state == State.RETIRED:
        return event.to_state
    revised = event.move == "revise" and claim.state != State.RETIRED
    return event.to_state if revised else claim.state


def _judged(claim: Claim, event: Event, state: str) -> Claim:
    """The claim after a verdict: the round goes on, ends well, or the revision is dropped."""
    before = claim.state
    if event.verdict == "reject" and event.to_state != State.RETIRED:
        if state == before:
            return claim
        return claim._replace(state=state, verdicts=claim.held, held=(), asked=(), in_force=None)
    verdicts = (*claim.verdicts, verdict_of(event))
    if state == before:
        left = tuple(a for a in claim.asked if a.to.casefold() != event.email)
        return claim._replace(verdicts=verdicts, asked=left)
    settled = event.commit
    return claim._replace(
        state=state, verdicts=verdicts, asked=(), in_force=None, held=(), settled=settled
    )


def _renewed(claim: Claim, event: Event) -> Claim:
    """The claim after an approval that stands for a proof that was lost.

    The state, the level and the owner are those that the approver saw: of the moves that led to
    them nothing may be left, not even the capture. What was retired stays so, and so does a level
    or an owner in whose place the approver saw the one before: it was given on another branch.
    """
    if claim.state == State.RETIRED or event.verdict != "approve":
        return claim
    level, owner = event.get("Level"), event.get("Owner")
    return claim._replace(
        state=event.to_state,
        level=claim.level if level in claim.former else level,
        owner=claim.owner if owner in claim.former else owner,
        verdicts=(*claim.verdicts, verdict_of(event)),
        held=(),
        asked=(),
        in_force=None,
        captured=claim.captured or event.commit,
        settled=event.commit,
    )


def _moved(claim: Claim, event: Event) -> Claim:
    """What the other moves change besides the state."""
    if event.move == "settle" and event.from_state != event.to_state == claim.state:
        return claim._replace(asked=(), in_force=None, held=(), settled=event.commit)
    if event.move == "ask":
        to = event.get("Asked")
        others = tuple(a for a in claim.asked if a.to.casefold() != to.casefold())
        entry = Asked(on=_day(event), to=to, by=event.email, due=_due(event))
        return claim._replace(asked=(*others, entry))
    if event.move == "disseminate":
        return claim._replace(disseminated=(*claim.disseminated, dissemination_of(event)))
    if event.move == "confirm":
        because = in_brief(event.reason)
        reviewed = Reviewed(on=_day(event), by=event.email, because=because)
        return claim._replace(reviewed=reviewed, deferred=None)
    if event.move == "defer":
        return claim._replace(deferred=_deferred(event))
    if event.move in ("release", "narrow"):
        level = event.get("Level")
        return claim._replace(level=level, former=_former(claim, claim.level, level))
    if event.move == "reassign":
        owner = event.get("Owner")
        return claim._replace(owner=owner, former=_former(claim, claim.owner, owner))
    if event.move == "retire":
        successor = event.get("Superseded-By")
        return claim._replace(asked=(), in_force=None, held=(), superseded_by=successor)
    return claim


def _former(claim: Claim, old: str, new: str) -> tuple[str, ...]:
    """What others were put in place of, once ``new`` stands where ``old`` stood."""
    others = (one for one in claim.former if one not in (old, new))
    return (*others, *([old] if old not in ("", new) else []))


def verdict_of(event: Event) -> Verdict:
    """The verdict that an event records, as the front matter copies it."""
    return Verdict(
        on=_day(event),
        by=event.email,
        method=event.method,
        verdict=event.verdict,  # type: ignore[arg-type]  # another is nobody's approval
        fingerprint=event.fingerprint,
        because=in_brief(event.reason),
        topic=event.get("Topic"),
        decided_by=event.get("Decided-By"),
        minutes=event.get("Minutes"),
        same_as=event.get("Same-As"),
    )


def dissemination_of(event: Event) -> Dissemination:
    """The dissemination that an event records."""
    return Dissemination(
        on=_date(event.get("On")) or _day(event),
        channel=event.get("Channel"),
        audience=event.get("Audience"),
        by=event.email,
        evidence=event.get("Evidence"),
    )


def _deferred(event: Event) -> Deferred:
    return Deferred(
        until=_due(event) or _day(event),
        by=event.email,
        on=_day(event),
        because=in_brief(event.reason),
    )


def _in_force(event: Event) -> InForce | None:
    """The version that a revision leaves in force, '<blob> <state>' in its trailer."""
    blob, _, state = event.get("In-Force").partition(" ")
    return InForce(blob=blob, state=state, since=_day(event)) if blob and state else None


def _day(event: Event) -> date:
    return event.when.date()


def _due(event: Event) -> date | None:
    return _date(event.get("Due"))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
