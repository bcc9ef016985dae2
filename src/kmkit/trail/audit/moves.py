"""A move that a commit tells: is it one of the table, allowed to its author, and done as told?"""

from collections.abc import Iterator
from dataclasses import replace
from sys import intern

from kmkit.errors import KmkitError
from kmkit.lifecycle.context import Context
from kmkit.lifecycle.effects import held_state
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.moves import Move, choose, legal
from kmkit.lifecycle.rounds import approved_by, person, quorum, returns
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.text import address_key
from kmkit.trail.audit.circumstances import context_of
from kmkit.trail.audit.compare import alike, before_move, claim_of, differing
from kmkit.trail.audit.guarded import objected
from kmkit.trail.audit.known import PARTLY, Known, bent
from kmkit.trail.audit.scene import Scene
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim, advanced, verdict_of
from kmkit.trail.writers import restores, validates

_TEXT = ("capture", "edit", "reword", "revise")
"""The verbs that may change the text of a note."""
_PACKAGING = (*_TEXT, "format")
"""The verbs that may change other fields by hand."""
_BEGINS = ("capture", "revise", "reopen")
"""The verbs after which judging begins anew."""
_ANEW = ("capture", "renew")
"""The verbs that need no capture before them."""
_FREES = ("capture", "reopen")
"""The verbs after which a note is retired no more."""

_DONE = ("disseminated", "reviewed", "deferred")
"""Fields that say what was done, which no approval makes true."""
_GIVEN = ("level", "owner")
"""Fields that a manager gives."""
_FIELD_RULES = {"verdicts": "verdicts-differ", "in_force": "bad-in-force"}


def judge_move(scene: Scene, event: Event, note: Note, known: Known | None, new: Known) -> Known:
    """What is known of the note after the move; what is wrong with it goes to the findings."""
    at = len(scene.faults)
    before = known.claim if known else Claim()
    if event.move == "capture" and not before.captured:
        before = Claim()
    for rule, message in _misplaced(event, before, known):
        scene.say(rule, new.id, new.path, message)
    if len(scene.faults) == at:
        for rule, message in dict.fromkeys(_judged(scene, event, note, known, new, before)):
            scene.say(rule, new.id, new.path, message)
    after = advanced(before, event)
    if len(scene.faults) == at:
        for name in differing(note.fields, after):
            rule = _FIELD_RULES.get(name, "move-mismatch")
            if rule == "move-mismatch" and event.move in ("edit", "reword"):
                rule = "state-without-move"
            scene.say(
                rule,
                new.id,
                new.path,
                f"'{event.move}' does not lead to the {name} that {new.path} holds.",
            )
    wrong = bool(scene.faults)  # unsigned, too, or with trailers that say two things
    if wrong:
        after = claim_of(note.fields, after)
        new = bent(new, {*_GIVEN, *_DONE}.intersection(differing(note.fields, before)))
    return _after(scene, event, new, after, wrong)


def _misplaced(event: Event, before: Claim, known: Known | None) -> Iterator[tuple[str, str]]:
    """The move does not begin where the note stood, or is none of the table."""
    captures = event.move == "capture"
    if captures and (before.captured or _word(known).state not in ("", State.CAPTURED)):
        yield "illegal-move", f"{event.note} was captured before."
    elif event.move not in _ANEW and not (known and (before.captured or known.before_anchor)):
        yield "unproved", f"'{event.move}' of {event.note}: no capture stands in the history."
    elif not legal(event.move, event.from_state, event.to_state):
        step = f"{event.from_state} -> {event.to_state}".strip()
        yield "illegal-move", f"There is no move '{event.move}' {step}."
    elif event.from_state != before.state:
        was = before.state or "not yet there"
        yield "move-mismatch", f"'{event.move}' says '{event.from_state}', and the note was {was}."


def _judged(
    scene: Scene, event: Event, note: Note, known: Known | None, new: Known, before: Claim
) -> Iterator[tuple[str, str]]:
    """Everything that the table and its guards ask for, by the rules of every parent."""
    yield from _same_text(event, note, known, new, before)
    for book in scene.parents:
        rules = book.rules
        context = context_of(scene, event, note, known, before, rules)
        if context is None:
            yield "refused-move", f"There was no kind '{note.kind}'."
            continue
        asked = note
        if event.move != "capture":
            asked = before_move(note, before, known.backup if known else new.backup)
        try:
            move = choose(event.move, asked, context)
        except KmkitError as error:
            yield "illegal-move", error.message
            continue
        yield from _reached(event, move, note, context, before)
        yield from objected(move, asked, context)
        yield from _left_in_force(event, known, before, context)


def _same_text(
    event: Event, note: Note, known: Known | None, new: Known, before: Claim
) -> Iterator[tuple[str, str]]:
    """The trailer is about the text, and a move that only judges left it alone."""
    back = restores(event)
    judged = known.fingerprint if known and back else new.fingerprint
    if event.fingerprint != judged:
        yield "fingerprint-mismatch", f"'{event.move}' is about another text than {new.path} holds."
    if note.state != event.to_state:
        yield (
            "move-mismatch",
            (f"'{event.move}' says '{event.to_state}', and the file says '{note.state}'."),
        )
    for name in _bent(event, known, before):
        yield "move-mismatch", f"'{event.move}' says another {name} than {new.path} had."
    if any(event.email not in who.casefold() for who in event.reviewed_by):
        yield "move-mismatch", "The commit names somebody else than its author as the reviewer."
    if known and event.move not in _TEXT and not back and new.fingerprint != known.fingerprint:
        yield "text-changed-in-move", f"'{event.move}' changed the text of {new.path}."
    if known and event.move not in _PACKAGING and new.rest != known.rest:
        yield "text-changed-in-move", f"'{event.move}' changed other fields of {new.path}."


def _word(known: Known | None) -> Claim:
    """What the file of a note said at the anchor; nothing of a younger one, or one that moved."""
    first = known and (known.sound or known)
    return first.claim if first and first.before_anchor else Claim()


def _bent(event: Event, known: Known | None, before: Claim) -> Iterator[str]:
    """What a move changes that names level and owner to prove them, and not to change them."""
    if event.move not in _ANEW:
        return
    renews = event.move == "renew"
    stood = before if renews else _word(known)
    if event.get("Level") != stood.level and (renews or stood.level):
        yield "level"
    if address_key(event.get("Owner")) != address_key(stood.owner) and (renews or stood.owner):
        yield "owner"


def _reached(
    event: Event, move: Move, note: Note, context: Context, before: Claim
) -> Iterator[tuple[str, str]]:
    """The move leads where the file says."""
    to = event.to_state
    if move.verb != event.move:  # an edit that is a revision
        message = f"'{event.move}' changed the text of a note that was {before.state}."
        yield "changed-after-approval", message
    elif move.key in ("validate/quorum", "settle"):
        expected = _held(note, before, context) if before.in_force else State.VALIDATED
        if to != expected:
            yield "illegal-move", f"The quorum leads to {expected}, and the commit says {to}."
    elif move.key == "validate" and to != before.state:
        yield "quorum-not-reached", f"The note was called {to}, and more answers are needed."
    elif move.key == "validate/reject-revision":
        restored = approved_by(before.held, context.policy)
        had = before.in_force.state if before.in_force else ""
        if to != had:
            yield "illegal-move", f"The version in force was {had}, and the commit says {to}."
        if fingerprint(note, context.kind.guidance) not in restored:
            yield "bad-in-force", "The version that was put back is not an approved one."
    elif to not in (move.to or (before.state,)):
        yield "illegal-move", f"'{event.move}' does not lead to {to}."


def _held(note: Note, before: Claim, context: Context) -> State:
    """The state that an approved revision takes."""
    standing = note.fields.model_copy(update={"in_force": before.in_force})
    return held_state(replace(note, fields=standing), context)


def _left_in_force(
    event: Event, known: Known | None, before: Claim, context: Context
) -> Iterator[tuple[str, str]]:
    """A revision leaves the approved version in force, and no other."""
    given = event.get("In-Force")
    if not given or known is None:
        return
    if "state" in known.bent:
        yield (
            "bad-in-force",
            f"No move led to {before.state}, in which it left the version in force.",
        )
    blob = known.blob if context.committed_approved else known.standing
    if not blob or given != f"{blob} {before.state}":
        yield "bad-in-force", "The version left in force is not the approved one that stood."


# What is known afterwards


def _after(scene: Scene, event: Event, new: Known, claim: Claim, wrong: bool) -> Known:
    """The note once the move is counted."""
    begins = event.move in _BEGINS
    step = (scene.number, intern(_verb(event)))
    one = quorum(event.method, scene.rules.policy) == 1
    settled = claim.settled == scene.commit.sha and (one or event.move != "renew")
    if new.before_anchor:  # what stood at the anchor counts as captured
        claim = claim._replace(captured=scene.commit.sha)
    approved = new.fingerprint in scene.rules.approved(claim.verdicts)
    ended = new.ended
    if not wrong:
        ended = claim.state == State.RETIRED or (ended and event.move not in _FREES)
    doubt = new.doubt
    if begins and doubt and not wrong and not ended:
        doubt = 1 if event.move != "capture" else 0
    sound = new.sound
    back = sound is not None and sound.blob == new.blob and not (wrong or ended)
    if sound and not wrong:  # an older file would undo the move
        counted = advanced(sound.claim, event)
        sound = sound._replace(blob="", claim=counted, trail=sound.trail | {step})
    renews = event.move == "renew" and not wrong and not ended and one
    restored = restores(event) and sound is not None and new.fingerprint == sound.fingerprint
    judged = ((settled or restored) and doubt == 1 and not wrong) or renews
    if back or (judged and _as_decided(scene, event, new, claim)):
        doubt = 0
    proving = begins or settled or event.move == "same-meaning"
    written = new.written
    if settled and not (wrong or doubt) and validates(event, scene.rules.policy):
        written = written.validated(new.fingerprint)
    return new._replace(
        claim=claim,
        trail=new.trail if wrong else new.trail | {step},
        written=written,
        standing=new.blob if approved else new.standing,
        before_anchor=new.before_anchor and not settled and event.move != "capture",
        since=scene.commit.sha if proving and not doubt else new.since,
        doubt=doubt,
        faults=new.faults if doubt else (),
        sound=sound if doubt else None,
        bent=new.bent if doubt or wrong else (),
        rejected=_rejected(event, new),
        renewed=len(claim.verdicts) - 1 if renews else 0 if begins else new.renewed,
        signed=scene.signed if begins or renews else new.signed,
        ended=ended,
    )


def _verb(event: Event) -> str:
    """What a move was; an approval that settles nothing is told from one that does."""
    verb = f"{event.move}/{event.verdict}" if event.verdict else event.move
    return PARTLY if verb == "validate/approve" and event.from_state == event.to_state else verb


def _rejected(event: Event, known: Known) -> tuple[str, ...]:
    """The revision that was rejected, until the note is taken up again."""
    if restores(event):
        return (event.fingerprint,)
    return () if event.move in _BEGINS else known.rejected


def _as_decided(scene: Scene, event: Event, known: Known, claim: Claim) -> bool:
    """Whether what no approval decides is what moves made of it.

    Level and owner are a manager's to give, who may renew them with what stands; what was brought
    to whom, and who reviewed it, is nobody's, and a return is its giver's to take back.
    """
    if known.sound is None:
        return True
    was = known.sound.claim
    given = was.level == claim.level and address_key(was.owner) == address_key(claim.owner)
    if not (given or (event.move == "renew" and scene.everywhere("manager"))):
        return False
    round_ = [entry for entry in was.verdicts if entry.fingerprint == known.fingerprint]
    others = [one for one in returns(round_) if person(one) != person(verdict_of(event))]
    if event.move == "renew" and others:
        return False
    done = all(alike(name, was, claim) for name in _DONE if name != "deferred" or claim.deferred)
    return done and was.superseded_by == claim.superseded_by
