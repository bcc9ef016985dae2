"""What each move writes into the note; every other byte of the file stays as it is."""

from collections.abc import Callable
from dataclasses import replace

from kmkit.errors import Refused
from kmkit.lifecycle.context import Context, in_brief
from kmkit.lifecycle.guards import complete
from kmkit.lifecycle.rounds import approvals_of
from kmkit.lifecycle.states import WALK, State
from kmkit.note.file import append_entry, read, write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import (
    Asked,
    Deferred,
    Dissemination,
    InForce,
    Note,
    Reviewed,
    Verdict,
)
from kmkit.text import one_line

Effect = Callable[[Note, Context], bytes]


def unchanged(note: Note, context: Context) -> bytes:
    """The file as it stands: the change was made by hand."""
    return note.data


def to_state(state: State) -> Effect:
    """Only the state changes."""

    def effect(note: Note, context: Context) -> bytes:
        """The note in its new state."""
        return write_fields(note, {"state": state})

    return effect


def revised(note: Note, context: Context) -> bytes:
    """Back to captured; the approved version stays in force unless it is withdrawn."""
    before = context.committed or note
    in_force = None
    blob = context.blob if context.committed_approved else context.last_approved
    if blob and not context.request.withdraw:
        in_force = InForce(blob=blob, state=before.state, since=context.today)
    return _again(note, {"in_force": in_force})


def reopened(note: Note, context: Context) -> bytes:
    """A retired note starts its walk again, with nothing in force."""
    return _again(note, {"in_force": None, "superseded_by": None})


def _again(note: Note, changes: dict[str, object | None]) -> bytes:
    """Captured once more: what was said of the note so far says nothing of it from now on."""
    empty = {"verdicts": None, "asked": None, "deferred": None}
    return write_fields(note, {"state": State.CAPTURED, **empty, **changes})


def verdict_of(context: Context, *, same_as: str = "") -> Verdict:
    """The verdict that the request makes."""
    request = context.request
    return Verdict(
        on=context.today,
        by=context.actor.key,
        method=request.method,
        verdict=request.verdict,  # type: ignore[arg-type]  # a guard has seen to it
        fingerprint=context.fingerprint,
        because=in_brief(request.because),
        topic=request.topic if request.method == "expert-review" else "",
        decided_by=one_line(request.decided_by),
        minutes=one_line(request.minutes),
        same_as=same_as,
    )


def judged(note: Note, context: Context) -> bytes:
    """One more verdict, the state as it was; whoever was asked has answered."""
    left = tuple(asked for asked in note.fields.asked if asked.to.casefold() != context.actor.key)
    note = _with(note, append_entry(note, "verdicts", verdict_of(context)))
    return write_fields(note, {"asked": left or None})


def accepted(note: Note, context: Context) -> bytes:
    """The verdict that reaches the quorum: validated, or the state that the note in force had.

    A revision thereby takes the place of the version in force.
    """
    return settled(_with(note, append_entry(note, "verdicts", verdict_of(context))), context)


def settled(note: Note, context: Context) -> bytes:
    """The quorum is reached: the state that follows, with the verdicts as they stand."""
    state = held_state(note, context)
    return write_fields(note, {"state": state, "asked": None, "in_force": None})


def renewed(note: Note, context: Context) -> bytes:
    """One more approval of the text that stands, in the state in which it stands."""
    request = replace(context.request, verdict="approve")
    entry = verdict_of(replace(context, request=request))
    note = _with(note, append_entry(note, "verdicts", entry))
    return write_fields(note, {"asked": None, "in_force": None})


def held_state(note: Note, context: Context) -> State:
    """The state that an approved revision takes: the one it had, or the last that it is fit for."""
    in_force = note.fields.in_force
    if in_force is None or in_force.state not in WALK:
        return State.VALIDATED
    had = WALK.index(State(in_force.state))
    fit = (state for state in reversed(WALK[: had + 1]) if _fit(note, context, state))
    return next(fit, State.VALIDATED)


def _fit(note: Note, context: Context, state: State) -> bool:
    return state != State.CAPTURED and not any(complete(state)(note, context))


def rejected(note: Note, context: Context) -> bytes:
    """Retired, with the verdict that says why."""
    note = _with(note, append_entry(note, "verdicts", verdict_of(context)))
    return write_fields(note, {"state": State.RETIRED, "asked": None})


def revision_rejected(note: Note, context: Context) -> bytes:
    """The version in force stands again, text and verdicts; level, owner and history stay."""
    old, in_force = context.in_force, note.fields.in_force
    if old is None or in_force is None:
        raise Refused("There is no version in force.", "See kmkit log NOTE.")
    note = _with(note, write_body(note, split(old.text)[0].body))
    return write_fields(
        note,
        {
            "state": in_force.state,
            "title": old.fields.title,
            "kind": old.fields.kind,
            "summary": old.fields.summary,
            "evidence": old.fields.evidence or None,
            "verdicts": old.fields.verdicts or None,
            "asked": None,
            "in_force": None,
        },
    )


def same(note: Note, context: Context) -> bytes:
    """An approver says that the rewording means the same as what was approved."""
    standing = approvals_of(context.verdicts, context.approved)[-1]
    request = replace(
        context.request, method=standing.method, verdict="approve", topic=standing.topic
    )
    entry = verdict_of(replace(context, request=request), same_as=standing.fingerprint)
    return append_entry(note, "verdicts", entry)


def disseminated(note: Note, context: Context) -> bytes:
    """One more dissemination; a formatted note is disseminated from now on."""
    request = context.request
    entry = Dissemination(
        on=request.on or context.today,
        channel=request.channel,
        audience=request.audience,
        by=context.actor.key,
        evidence=one_line(request.evidence),
    )
    note = _with(note, append_entry(note, "disseminated", entry))
    if note.state != State.FORMATTED:
        return note.data
    return write_fields(note, {"state": State.DISSEMINATED})


def confirmed(note: Note, context: Context) -> bytes:
    """Reviewed today, against what the reason says."""
    review = Reviewed(
        on=context.today, by=context.actor.key, because=in_brief(context.request.because)
    )
    return write_fields(note, {"state": State.MAINTAINED, "reviewed": review, "deferred": None})


def deferred(note: Note, context: Context) -> bytes:
    """The review is put off until the day asked for."""
    entry = Deferred(
        until=context.request.due or context.today,
        by=context.actor.key,
        on=context.today,
        because=in_brief(context.request.because),
    )
    return write_fields(note, {"deferred": entry})


def asked(note: Note, context: Context) -> bytes:
    """Somebody is asked to validate the note; asking again replaces the earlier request."""
    request = context.request
    entry = Asked(on=context.today, to=request.to.strip(), by=context.actor.key, due=request.due)
    others = [a for a in note.fields.asked if a.to.casefold() != request.to.strip().casefold()]
    return write_fields(note, {"asked": (*others, entry)})


def levelled(note: Note, context: Context) -> bytes:
    """The level asked for."""
    return write_fields(note, {"level": context.request.level})


def reassigned(note: Note, context: Context) -> bytes:
    """The new owner."""
    return write_fields(note, {"owner": context.request.owner.strip()})


def retired(note: Note, context: Context) -> bytes:
    """Retired, with its successor where there is one; nothing is in force any more."""
    changes: dict[str, object | None] = {"state": State.RETIRED, "asked": None, "in_force": None}
    if context.request.superseded_by:
        changes["superseded_by"] = context.request.superseded_by
    return write_fields(note, changes)


def _with(note: Note, data: bytes) -> Note:
    return read(data, note.path)
