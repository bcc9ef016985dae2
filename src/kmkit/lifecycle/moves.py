"""The one table of the lifecycle: which move leads from where to where, who may, what it asks.

Command-line choices, legality, guards, trailers, the diagram in the documentation and the tests
derive from `MOVES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kmkit.errors import Refused, UsageError
from kmkit.lifecycle import effects as do
from kmkit.lifecycle import guards as ask
from kmkit.lifecycle import guards_capture as begin
from kmkit.lifecycle import guards_edit as hand
from kmkit.lifecycle import guards_validation as judge
from kmkit.lifecycle.context import Context
from kmkit.lifecycle.guards import Guard, Objection
from kmkit.lifecycle.rounds import current_round
from kmkit.lifecycle.states import WALK, State
from kmkit.note.model import Note
from kmkit.text import did_you_mean

JUDGING = ("validate", "settle", "renew", "same-meaning", "ask")
"""The verbs for which it matters who wrote the substance."""
ANY = tuple(State)
ALIVE = WALK
APPROVED = WALK[1:]
REACHED = (State.DISSEMINATED, State.MAINTAINED)


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    key: str
    """Unique among the rows."""
    verb: str
    """What the trail and the command line call it; several rows can share a verb."""
    from_: tuple[State, ...]
    """Empty: the note does not exist yet."""
    to: tuple[State, ...]
    """Empty: the state stays as it is. Several: the effect chooses."""
    who: tuple[str, ...]
    """Roles, or owner and backup of the note; empty: the guards decide, by the method."""
    asks: str
    """What the move asks for, in words."""
    guards: tuple[Guard, ...]
    effect: do.Effect
    help: str
    """One line for the documentation and ``--help``."""

    def steps(self) -> Iterator[tuple[str, str]]:
        """Every pair of states that the move can lead from and to; '' is 'not yet there'."""
        for start in self.from_ or ("",):
            for end in self.to or (start,):
                yield start, end


def _move(
    key: str,
    from_: tuple[State, ...],
    to: tuple[State, ...] | State,
    who: str,
    asks: str,
    guards: tuple[Guard, ...],
    effect: do.Effect,
    help: str,
) -> Move:
    ends = (to,) if isinstance(to, State) else to
    return Move(key, key.split("/")[0], from_, ends, tuple(who.split()), asks, guards, effect, help)


SAME: tuple[State, ...] = ()
CAPTURED, VALIDATED, FORMATTED = State.CAPTURED, State.VALIDATED, State.FORMATTED
RETIRED, MAINTAINED = State.RETIRED, State.MAINTAINED
_JUDGE = (ask.reasoned, judge.methodical, judge.entitled, judge.independent)
_APPROVE = (*_JUDGE, judge.wide_enough_method)

_HAND = (hand.changed, hand.by_moves_alone, hand.own_part)

MOVES: tuple[Move, ...] = (
    _move("capture", (), CAPTURED, "contributor", "how, by whom and from whom it was gathered",
          (begin.fresh, ask.complete(CAPTURED), begin.owned, begin.provenance), do.unchanged,
          "A lesson is written down, with its provenance."),
    _move("edit", ALIVE, SAME, "contributor", "",
          _HAND, do.unchanged,
          "Packaging changes, or the substance of a note that is only captured."),
    _move("revise", APPROVED, CAPTURED, "contributor owner", "a reason",
          (hand.by_moves_alone, hand.own_part, ask.reasoned), do.revised,
          "The substance changes, or is to be judged anew; the approved version stays in force."),
    _move("ask", (CAPTURED,), SAME, "contributor owner", "whom, and by when",
          (judge.asked_of,), do.asked,
          "Somebody is asked to validate the note."),
    _move("validate", (CAPTURED,), SAME, "", "a method and a reason",
          _APPROVE, do.judged,
          "An approval that does not reach the quorum yet."),
    _move("validate/quorum", (CAPTURED,), APPROVED, "", "a method and a reason",
          (*_APPROVE, judge.by_others, ask.complete(VALIDATED, writes=("verdicts",))), do.accepted,
          "The approval that reaches the quorum; a note in force takes the state it had."),
    _move("validate/return", (CAPTURED,), SAME, "", "a method and a reason",
          _JUDGE, do.judged,
          "Changes are wanted; it stands until its author approves or the substance changes."),
    _move("validate/reject", (CAPTURED,), RETIRED, "", "a method and a reason",
          _JUDGE, do.rejected,
          "The note is not kept."),
    _move("validate/reject-revision", (CAPTURED,), APPROVED, "", "a method and a reason",
          (*_JUDGE, judge.restorable), do.revision_rejected,
          "A revision is not kept; the version in force stands again."),
    _move("settle", (CAPTURED,), APPROVED, "contributor owner", "approvals that reach the quorum",
          (judge.quorate, ask.complete(VALIDATED, writes=("verdicts",))), do.settled,
          "Approvals from several branches reach the quorum together; nobody judges anew."),
    _move("renew", APPROVED, SAME, "", "a method and a reason",
          (*_APPROVE, judge.unreturned, ask.complete_for_its_state), do.renewed,
          "What stands is approved again, because the trail no longer proves it."),
    _move("reword", (VALIDATED,), SAME, "editor", "",
          (*_HAND, hand.from_the_approved), do.unchanged,
          "The wording changes and the meaning does not; an approver has to say so."),
    _move("same-meaning", (VALIDATED,), SAME, "", "the word diff, read by one of the approvers",
          (judge.same_meaning,), do.same,
          "An approver confirms that a rewording means the same."),
    _move("format", (VALIDATED,), FORMATTED, "editor", "the fields and sections of formatted",
          (hand.by_moves_alone, hand.own_part, ask.complete(FORMATTED), ask.in_vocabulary,
           ask.approved),
          do.to_state(FORMATTED),
          "The note is ready to be found and reused."),
    _move("disseminate", (FORMATTED,), State.DISSEMINATED, "editor", "channel, day, audience",
          (ask.channelled, ask.approved), do.disseminated,
          "The note was brought to people."),
    _move("disseminate/again", REACHED, SAME, "editor", "channel, day, audience",
          (ask.channelled, ask.approved), do.disseminated,
          "The note was brought to more people."),
    _move("confirm", REACHED, MAINTAINED, "owner backup manager", "what it was checked against",
          (ask.reasoned, ask.approved), do.confirmed,
          "The note still holds."),
    _move("defer", REACHED, SAME, "owner backup manager", "a day, thirty days ahead at most; once",
          (ask.deferrable,), do.deferred,
          "The review is put off."),
    _move("release", ALIVE, SAME, "manager", "a wider level and a reason",
          (ask.reasoned, ask.widening), do.levelled,
          "The note may reach a wider circle, for the substance that stands."),
    _move("narrow", ANY, SAME, "owner editor", "a narrower level",
          (ask.narrowing,), do.levelled,
          "The note reaches a narrower circle, at once."),
    _move("reassign", ALIVE, SAME, "owner manager", "the new owner, who is not leaving",
          (ask.new_owner,), do.reassigned,
          "Somebody else answers for the note."),
    _move("retire", ALIVE, RETIRED, "owner manager", "a reason or a successor",
          (ask.explained,), do.retired,
          "The note is no longer to be used."),
    _move("reopen", (RETIRED,), CAPTURED, "manager", "a reason",
          (ask.reasoned,), do.reopened,
          "A retired note starts its walk again."),
)  # fmt: skip
"""The lifecycle."""

BY_KEY = {move.key: move for move in MOVES}
VERBS = tuple(dict.fromkeys(move.verb for move in MOVES))


@lru_cache(maxsize=256)
def legal(verb: str, from_state: str, to_state: str) -> bool:
    """Whether the table has a move ``verb`` from one state to the other; '' is 'not yet there'."""
    return any((from_state, to_state) in move.steps() for move in MOVES if move.verb == verb)


def choose(verb: str, note: Note, context: Context) -> Move:
    """The row that ``verb`` means for this note in these circumstances; Refused where none does."""
    if verb not in VERBS:
        known = did_you_mean(verb, VERBS) or f"Moves: {', '.join(VERBS)}."
        raise UsageError(f"There is no move '{verb}'.", known)
    move = BY_KEY[_key(verb, note, context)]
    if move.from_ and note.state not in move.from_:
        other = _OTHER_WAY.get(verb) if note.state in ALIVE else ""
        raise Refused(_misplaced(verb, move, note), other or next_step(note))
    return move


def _key(verb: str, note: Note, context: Context) -> str:
    """The key of the row that ``verb`` means."""
    changed = context.fingerprint != context.committed_fingerprint
    if verb == "validate":
        return _validation(note, context)
    if verb == "edit" and note.state in APPROVED and changed:
        return "revise"
    if verb == "reopen" and note.state != RETIRED:
        return "revise"
    if verb == "disseminate" and note.state in REACHED:
        return "disseminate/again"
    return verb


def _validation(note: Note, context: Context) -> str:
    """Which of the moves of validation the verdict makes."""
    verdict = context.request.verdict
    if verdict == "reject":
        return "validate/reject-revision" if note.fields.in_force else "validate/reject"
    if verdict == "return":
        return "validate/return"
    if verdict != "approve":
        raise UsageError("The verdict is missing.", "Add --approve, --return or --reject.")
    verdicts = (*context.verdicts, do.verdict_of(context))
    after = current_round(verdicts, context.fingerprint, context.policy)
    return "validate/quorum" if after.reached else "validate"


def objections(move: Move, note: Note, context: Context) -> list[Objection]:
    """Why the move is refused; empty when it is allowed."""
    if found := list(ask.readable(note, context)):
        return found
    found = barred(move, note, context)
    for guard in move.guards:
        found.extend(guard(note, context))
    return found


def barred(move: Move, note: Note, context: Context) -> list[Objection]:
    """Why the actor is not who may make the move; empty where they are, or the guards tell."""
    for role in move.who:
        if _holds(role, note, context):
            return []
    return [_unentitled(move, note, context)] if move.who else []


def next_step(note: Note) -> str:
    """What can be done with a note in its state, in words."""
    unique = note.short
    steps = {
        State.CAPTURED: f"Next: kmkit validate {unique}.",
        State.VALIDATED: f"Next: kmkit format {unique}.",
        State.FORMATTED: f"Next: kmkit disseminate {unique} --channel CHANNEL.",
        State.DISSEMINATED: f"Next, when it is due: kmkit review {unique}.",
        State.MAINTAINED: f"Next, when it is due: kmkit review {unique}.",
        State.RETIRED: f"A manager can take it up again: kmkit reopen {unique} --because '…'.",
    }
    return next((step for state, step in steps.items() if state == note.state), "")


def _misplaced(verb: str, move: Move, note: Note) -> str:
    """Why a move does not start from the state that the note is in."""
    if note.state not in ANY:
        return f"'{note.state}' is not a state, so {note.title!r} cannot move."
    allowed = " or ".join(move.from_)
    return f"'{verb}' needs a note that is {allowed}; {note.title!r} is {note.state}."


def _holds(role: str, note: Note, context: Context) -> bool:
    """Whether the actor is what ``role`` names: the owner or backup as committed, or a role."""
    who, fields = context.actor.key, (context.committed or note).fields
    if role in _OF_THE_NOTE:
        named = fields.owner if role == "owner" else fields.backup
        return bool(who) and who == (named or "").strip().casefold()
    return context.policy.has_role(who, role)


def _unentitled(move: Move, note: Note, context: Context) -> Objection:
    """Who may do this instead, and whom to ask."""
    who = " or ".join(_OF_THE_NOTE.get(role) or f"the role {role}" for role in move.who)
    owner = [(context.committed or note).owner] if "owner" in move.who else []
    holders = [*owner, *(who for role in move.who for who in context.policy.holders(role))]
    asked = [who for who in dict.fromkeys(holders) if who]
    way_out = f"Ask {' or '.join(asked[:3])}." if asked else "A steward gives roles in policy.toml."
    return Objection(f"{context.actor.key} may not do this: '{move.verb}' is for {who}.", way_out)


_OTHER_WAY = {"reword": "Record it as an edit: leave --reword out."}
"""What to do instead of a move that a state does not have."""
_OF_THE_NOTE = {"owner": "the note's owner", "backup": "its backup"}
