"""The guards of the moves: each looks at a note and its circumstances and says what is wrong.

A guard returns objections and never raises; the move is refused when any guard objects. Those of
a new note stand in `guards_capture`, those of validation in `guards_validation`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from kmkit.config import Config, Policy
from kmkit.lifecycle.context import Changed, Context
from kmkit.lifecycle.person import address
from kmkit.lifecycle.rounds import WIDEST_METHODS, approving_methods
from kmkit.lifecycle.states import LONGEST_DEFERRAL, WALK, State
from kmkit.note.checks import missing_for
from kmkit.note.model import Note
from kmkit.note.protecting import said_above
from kmkit.note.required import told_together
from kmkit.text import did_you_mean, one_line


class Objection(NamedTuple):
    """Why a move is refused, and the way out."""

    message: str
    mend: str = ""


Guard = Callable[[Note, Context], Iterable[Objection]]


def readable(note: Note, context: Context) -> Iterable[Objection]:
    """The file can be read without an error."""
    for problem in note.problems:
        if problem.severity == "error":
            yield Objection(
                f"{problem.path}:{problem.line}:{problem.col}: {problem.message}", problem.mend
            )


def reasoned(note: Note, context: Context) -> Iterable[Objection]:
    """A reason is given, in characters that somebody can see."""
    if not given(context.request.because):
        yield Objection("A reason is missing.", "Give it with --because '…'.")


def given(text: str) -> bool:
    """Whether ``text`` holds anything that somebody can see."""
    return any(char.isprintable() and not char.isspace() for char in one_line(text))


# What a state asks for


def upto(state: State) -> tuple[State, ...]:
    """The states of the walk up to and including ``state``."""
    return WALK[: WALK.index(state) + 1]


def complete(state: State, *, writes: tuple[str, ...] = ()) -> Guard:
    """The fields and sections required up to ``state`` are there, but for those the move writes."""

    states = upto(state)

    def guard(note: Note, context: Context) -> Iterable[Objection]:
        """What the note still lacks."""
        lacks = missing_for(note, states, context.policy, context.kind, writes)
        yield from (Objection(*told) for told in told_together(note, lacks))

    return guard


def complete_for_its_state(note: Note, context: Context) -> Iterable[Objection]:
    """The fields and sections are there that the state asks for in which the note is."""
    if note.state in WALK:
        yield from complete(State(note.state))(note, context)


def approved(note: Note, context: Context) -> Iterable[Objection]:
    """The substance that stands is an approved one, by the trail."""
    if context.fingerprint in context.approved:
        return
    short = note.short
    mend = f"Have it validated anew: kmkit reopen {short} --because '…'."
    if note.state == State.VALIDATED and context.reworded:
        mend = (
            f"If it means the same, one of its approvers runs kmkit validate {short} "
            f"--same-meaning; otherwise kmkit reopen {short} --because '…'."
        )
    yield Objection("The substance that stands was not approved, as far as the trail proves.", mend)


def uncovered(note: Note, changed: Changed) -> Objection:
    """Says which commit the approval does not cover, and both ways out."""
    anew = f"kmkit reopen {note.short} --because '…'"
    if changed.dirty:
        anew = f"kmkit edit {note.short} --as-is --because '…'"
    mend = f"Have it judged anew: {anew}."
    if changed.put_back:
        back = f"{'git stash, then ' * changed.dirty}{changed.put_back}"
        mend = (
            f"Put the old text back ({back}) and change it with kmkit edit --reword; or h{mend[1:]}"
        )
    return Objection(
        f"{'Merge' if changed.merge else 'Commit'} {changed.commit} changed the approved text "
        "without kmkit edit --reword, so the approval does not cover what stands.",
        mend,
    )


def in_vocabulary(note: Note, context: Context) -> Iterable[Objection]:
    """Every topic is one of the knowledge base's vocabulary, where it has one."""
    return unknown_topics(note, context.config)


def unknown_topics(note: Note, config: Config) -> Iterable[Objection]:
    """The note's topics that the vocabulary has not, each with the nearest that it has."""
    known = config.topics
    for topic in note.fields.topics if known else ():
        if topic not in known:
            near = did_you_mean(topic[:80], known) or f"Topics: {', '.join(known)}."
            yield Objection(
                f"The topic '{topic}' is not in the vocabulary of kmkit.toml.",
                f"{near} Or add it there.",
            )


# How far a note reaches


def channelled(note: Note, context: Context) -> Iterable[Objection]:
    """What happened is told: the day, and a channel and audience no wider than the note may go."""
    config, request = context.config, context.request
    if request.on and request.on > context.today:
        yield Objection(f"{request.on} lies in the future.", "Give the day on which it went out.")
    channel = config.channels.get(request.channel)
    if channel:
        yield from _within(note, context, f"channel {request.channel}", channel.level)
    else:
        yield _unknown("channel", request.channel, config.channels)
    audience = config.audiences.get(request.audience)
    if audience:
        yield from _within(note, context, f"audience {request.audience}", audience.level)
    elif request.audience:
        yield _unknown("audience", request.audience, config.audiences)


def _unknown(what: str, name: str, known: Mapping[str, object]) -> Objection:
    """Says that kmkit.toml has no channel or audience of that name."""
    message = f"There is no {what} '{name}'." if name else f"The {what} is missing."
    listed = ", ".join(known) or "none yet"
    near = did_you_mean(name, known) if name else ""
    return Objection(message, f"{near} In kmkit.toml: {listed}.".strip())


def _within(note: Note, context: Context, what: str, level: str) -> Iterable[Objection]:
    """The note may go as far as ``what`` reaches."""
    policy, short = context.policy, note.short
    if level not in policy.levels:
        yield Objection(
            f"In kmkit.toml, {what} has the level '{level}', which does not exist.",
            f"Levels in policy.toml: {', '.join(policy.levels)}.",
        )
    elif policy.width(note.level) < policy.width(level):
        yield Objection(
            f"The note's level is {note.level}, and {what} reaches {level}.",
            f"A manager can widen it: kmkit release {short} --level {level} --because '…'.",
        )
    for said in {
        s.name: s for s in said_above(note, level, context.config.protect, policy)
    }.values():
        where = f"stands in line {said.line}" if said.line else "stands in the file's path"
        yield Objection(
            f"'{said.name}' may reach {said.widest} at most and {where}; {what} reaches {level}.",
            f"Write a role instead: kmkit edit {short}.",
        )


def widening(note: Note, context: Context) -> Iterable[Objection]:
    """The new level exists and is wider; the widest was earned."""
    policy, level = context.policy, context.request.level
    yield from known_level(level, policy)
    if level in policy.levels and policy.width(level) <= policy.width(note.level):
        narrow = f"To narrow it: kmkit narrow {note.short} --level {level}."
        mend = narrow if level != note.level else "That is its level already."
        yield Objection(f"{level} is not wider than {note.level}.", mend)
    methods = _approving_methods(context)
    again = f"kmkit validate {note.short}"
    if note.state != State.CAPTURED:
        again = f"kmkit reopen {note.short} --because '…', then {again}"
    if len(policy.levels) > 1 and level == policy.levels[-1] and not methods & set(WIDEST_METHODS):
        yield Objection(
            f"{level} is the widest level and asks for an expert-review or a committee.",
            f"Have it validated by one of them first: {again}.",
        )
    elif methods == {"self-review"}:
        yield Objection(
            f"It was validated by self-review, which is enough at {policy.levels[0]} only.",
            f"Have somebody else validate it first: {again}.",
        )


def _approving_methods(context: Context) -> frozenset[str]:
    """By which methods the version was approved that readers are shown."""
    shown = context.held or (context.verdicts if context.fingerprint in context.approved else ())
    return approving_methods(shown, context.policy)


def narrowing(note: Note, context: Context) -> Iterable[Objection]:
    """The new level exists and is narrower."""
    levels, level = context.policy.levels, context.request.level
    yield from known_level(level, context.policy)
    if level in levels and note.level in levels[: levels.index(level) + 1]:
        mend = f"To widen it: kmkit release {note.short} --level {level} --because '…'."
        if note.state == State.RETIRED:
            mend = "A retired note is not widened."
        if level == note.level:
            mend = "That is its level already."
        yield Objection(f"{level} is not narrower than {note.level}.", mend)


def known_level(level: str, policy: Policy) -> Iterable[Objection]:
    """The level is one of those in policy.toml."""
    if level not in policy.levels:
        message = f"There is no level '{level}'." if level else "The level is missing."
        yield Objection(message, f"Levels in policy.toml: {', '.join(policy.levels)}.")


# Who answers for a note, and for how long it holds


def new_owner(note: Note, context: Context) -> Iterable[Objection]:
    """The new owner is a person, known where people are kept, and not leaving."""
    who = address(context.request.owner)
    if not who:
        yield Objection(
            f"'{context.request.owner}' is no e-mail address.",
            "A person owns a note, never a role: give their address with --to.",
        )
    elif who == note.owner:
        yield Objection(f"{who} owns the note already.", "Name somebody else.")
    elif context.people and who not in context.people:
        yield Objection(f"{who} is not among the people.", "Add a file for them in people/ first.")
    yield from leaving(who, context)


def leaving(who: str, context: Context) -> Iterable[Objection]:
    """The person has no day on which they leave."""
    if (until := context.people.get(who)) is not None:
        leaves = "left" if until < context.today else "leaves"
        yield Objection(f"{who} {leaves} on {until}.", "Name somebody who stays as the owner.")


def explained(note: Note, context: Context) -> Iterable[Objection]:
    """A reason or a successor is given, and the successor exists."""
    successor = context.request.superseded_by
    if not successor:
        if not given(context.request.because):
            yield Objection("A reason is missing.", "Give --because '…' or --superseded-by NOTE.")
    elif successor == note.id:
        yield Objection("A note cannot be replaced by itself.", "Name another note.")
    elif successor not in context.known_ids:
        yield Objection(f"There is no note '{successor}'.", "Name the note that replaces this one.")


def deferrable(note: Note, context: Context) -> Iterable[Objection]:
    """A review is put off once, by thirty days at most."""
    due, latest = context.request.due, LONGEST_DEFERRAL.after(context.today)
    if note.fields.deferred:
        yield Objection(
            f"The review was put off before, until {note.fields.deferred.until}.",
            "Confirm, revise, retire or hand over now.",
        )
    if due is None or not context.today < due <= latest:
        yield Objection(
            "A review can be put off by thirty days at most.",
            f"Give a day after today, up to {latest}.",
        )
