"""What the guards of a move object to, each under the rule of the audit that it stands for."""

from collections.abc import Iterator

from kmkit.lifecycle import guards as ask
from kmkit.lifecycle import guards_validation as judging
from kmkit.lifecycle.context import Context
from kmkit.lifecycle.guards import Guard
from kmkit.lifecycle.moves import Move, barred
from kmkit.lifecycle.rounds import approvals_of
from kmkit.note.model import Note

_RULE: dict[Guard, str] = {
    judging.independent: "own-approval",
    judging.by_others: "own-approval",
    judging.methodical: "method-not-allowed",
    judging.wide_enough_method: "method-not-allowed",
    judging.quorate: "quorum-not-reached",
    judging.restorable: "bad-in-force",
    ask.approved: "unapproved-text",
}


def objected(move: Move, note: Note, context: Context) -> Iterator[tuple[str, str]]:
    """What the guards of the move object to, each under its rule."""
    if unread := list(ask.readable(note, context)) if note.problems else []:
        yield from (("unreadable-note", objection.message) for objection in unread)
        return
    if first := barred(move, note, context):
        yield "not-entitled", first[0].message
        return
    for guard in move.guards:
        for objection in guard(note, context):
            rule = _RULE.get(guard, "refused-move")
            if guard is judging.entitled:
                rule = _entitled(note, context)
            elif guard is judging.same_meaning:
                rule = _same(context)
            yield rule, objection.message


def _entitled(note: Note, context: Context) -> str:
    """Why somebody is not entitled to judge: no role, or not all that the method asks for."""
    request, policy, who = context.request, context.policy, context.actor.key
    if request.method == "expert-review":
        fits = request.topic in note.fields.topics
        return "not-entitled" if fits else "method-not-allowed"
    if request.method == "committee":
        if not any(policy.has_role(who, role) for role in ("committee", "manager", "steward")):
            return "not-entitled"
        return "own-approval" if request.decided_by and request.minutes else "method-not-allowed"
    return "not-entitled"


def _same(context: Context) -> str:
    """Why somebody may not say that a rewording means the same."""
    if context.fingerprint in context.approved:
        return "refused-move"
    approvals = approvals_of(context.verdicts, context.approved)
    approvers = {entry.by.strip().casefold() for entry in approvals}
    return "own-approval" if context.actor.key in approvers else "not-entitled"
