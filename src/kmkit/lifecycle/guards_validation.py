"""The guards of validation: who may judge a note, by which method, and what an approval needs."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kmkit.lifecycle.context import Context
from kmkit.lifecycle.guards import Objection, uncovered
from kmkit.lifecycle.person import address
from kmkit.lifecycle.rounds import VALIDATION_METHODS, WIDEST_METHODS, approvals_of, current_round
from kmkit.lifecycle.states import WALK, State
from kmkit.note.model import Note
from kmkit.text import did_you_mean, find_folded, fold, one_line

_NAMED = re.compile(r"(.*)<(.+)>\s*")
_BY_OTHERS = ("peer-review", "expert-review", "crowd")
"""The methods by which nobody judges what they gave, typed or wrote."""
_RECORDERS = ("committee", "manager", "steward")


def methodical(note: Note, context: Context) -> Iterable[Objection]:
    """The method exists, suits the kind, and is the one of this round."""
    method, allowed = context.request.method, context.kind.validate_by
    if method not in VALIDATION_METHODS:
        message = f"'{method}' is no way to validate." if method else "The method is missing."
        near = did_you_mean(method[:80], allowed)
        yield Objection(message, f"{near} Use --method with one of: {', '.join(allowed)}.".strip())
    elif method not in allowed:
        yield Objection(
            f"A note of kind {note.kind} is not validated by {method}.",
            f"Use --method with one of: {', '.join(allowed)}.",
        )
    elif context.round.method not in ("", method):
        yield Objection(
            f"This round of validation goes by {context.round.method}.",
            f"Use --method {context.round.method}; the method can change when the substance does.",
        )
    elif method == "self-review" and context.policy.width(note.level) > 0:
        yield Objection(
            f"self-review is enough for notes at level {context.policy.levels[0]} only.",
            _by_another(note),
        )


def entitled(note: Note, context: Context) -> Iterable[Objection]:
    """The actor holds the role that the method of validation asks for."""
    method, who = context.request.method, context.actor.key
    if method in ("peer-review", "crowd") and not context.policy.has_role(who, "reviewer"):
        yield Objection(f"{who} is not a reviewer here.", _ask(note, context, "reviewer"))
    elif method == "self-review" and who not in {note.owner, context.scribe, *context.authors}:
        yield Objection(
            "A self-review is done by the note's owner or author.", "Use --method peer-review."
        )
    elif method == "expert-review":
        yield from _expert(note, context)
    elif method == "committee":
        yield from _committee(note, context)


def _expert(note: Note, context: Context) -> Iterable[Objection]:
    """The actor is an expert of the topic that the review is for, and the note is about it."""
    topic, who, topics = context.request.topic, context.actor.key, note.fields.topics
    if not topics:
        yield Objection(
            "An expert review needs to know the note's topics.",
            f"Set them: kmkit edit {note.short} --topic TOPIC.",
        )
    elif topic not in topics:
        said = f"The note is not about '{topic}'." if topic else "The expert's topic is missing."
        yield Objection(said, f"Use --topic with one of: {', '.join(topics)}.")
    elif not context.policy.has_role(who, f"expert.{topic}"):
        mend = _ask(note, context, f"expert.{topic}")
        yield Objection(f"{who} is no expert of '{topic}' here.", mend)


def _committee(note: Note, context: Context) -> Iterable[Objection]:
    """The actor may record a decision, and those who decided had no part in the note."""
    request, who = context.request, context.actor.key
    if not any(context.policy.has_role(who, role) for role in _RECORDERS):
        mend = _ask(note, context, "committee")
        yield Objection(f"{who} may not record decisions of the committee.", mend)
    if not (one_line(request.decided_by) and one_line(request.minutes)):
        yield Objection(
            "A committee's decision needs the names of those who decided and its minutes.",
            "Add --decided-by 'NAMES' --minutes REF.",
        )
    parts = _parts(note, context)
    for what, names in _known_by(context).items():
        parts[what] |= names
    for what, names in parts.items():
        for name in sorted(names):
            if list(find_folded(request.decided_by, name)):
                yield Objection(f"{name} {what} and cannot decide on it.", "Let others decide.")


def independent(note: Note, context: Context) -> Iterable[Objection]:
    """Peer and up: nobody judges what they gave, typed or wrote, at whatever address."""
    if context.request.method in _BY_OTHERS:
        found = list(_involved(note, context, context.actor.key, context.actor.name))
        yield from found or _namesake(note, context)


def _namesake(note: Note, context: Context) -> Iterable[Objection]:
    """Somebody else's address and the same full name: most often a second one of the same person.

    The names are those in git: what the note itself says is looked at by `_involved`.
    """
    for what, names in _known_by(context).items():
        if context.actor.known_by & names:
            name = one_line(context.actor.name)
            yield Objection(
                f"{name} {what} from another address, and {context.actor.key} cannot validate it.",
                f"{_by_another(note)} Where two people have one name, one of them adds to it: "
                "git config user.name 'NAME, UNIT'.",
            )
            return


def _known_by(context: Context) -> dict[str, set[str]]:
    """The full names that git has of those who had a part in the note, each once."""
    wrote = _full_names(context.author_names)
    return {
        "wrote this substance": wrote,
        "typed this note in": _full_names([context.scribe_name]) - wrote,
    }


def _full_names(names: Iterable[str]) -> set[str]:
    """Names of two words or more, as they are compared: 'Ana' alone can be another Ana."""
    return {name for name in map(_plainly, names) if " " in name}


@lru_cache(maxsize=1024)
def _plainly(name: str) -> str:
    return fold(one_line(name))


def _involved(note: Note, context: Context, email: str, name: str = "") -> Iterable[Objection]:
    """Says what part this person had in the note, if any."""
    keys = {fold(one_line(email)), fold(one_line(name))} - {""}
    whole = name if len(name.split()) > 1 else ""  # 'Ben Adu' in 'Ben Adu, Ministry of Works'
    for what, names in _parts(note, context).items():
        if keys & names or (whole and any(list(find_folded(said, whole)) for said in names)):
            yield Objection(f"{email} {what} and cannot validate it.", _by_another(note))
            return


def _parts(note: Note, context: Context) -> dict[str, set[str]]:
    """What part people had in the note, and their names and addresses without case and accents."""
    fields = note.fields
    given = (source for source in fields.sources if fold(one_line(source)) != "anonymous")
    gathered = [fields.gathered.by] if fields.gathered else []
    return {
        "wrote this substance": known_as([*context.authors, *fields.authors]),
        "typed this note in": known_as([context.scribe]),
        "gathered this knowledge": known_as(gathered),
        "gave this knowledge": known_as(given),
    }


def known_as(people: Iterable[str]) -> set[str]:
    """By what people are known: a name, an address, or both in 'Name <address>'."""
    return set().union(*map(_names_of, people))


@lru_cache(maxsize=1024)
def _names_of(who: str) -> frozenset[str]:
    both = _NAMED.fullmatch(who)
    return frozenset(fold(one_line(part)) for part in (both.groups() if both else (who,))) - {""}


def wide_enough_method(note: Note, context: Context) -> Iterable[Objection]:
    """What goes to the widest circle was checked by an expert or a committee."""
    yield from _wide_enough(note, context, context.request.method)


def _wide_enough(note: Note, context: Context, method: str) -> Iterable[Objection]:
    """Says that ``method`` does not do for the widest circle, where the note goes there."""
    levels = context.policy.levels
    if len(levels) > 1 and note.level == levels[-1] and method not in WIDEST_METHODS:
        yield Objection(
            f"A note at level {levels[-1]} needs an expert-review or a decision of the committee.",
            f"Use one of them, or narrow the note: kmkit narrow {note.short} --level {levels[-2]}.",
        )


def same_meaning(note: Note, context: Context) -> Iterable[Objection]:
    """One of the approvers says so, of a rewording that somebody else wrote."""
    who = context.actor.key
    approvals = approvals_of(context.verdicts, context.approved)
    approvers = {entry.by.strip().casefold() for entry in approvals}
    anew = f"Have it judged anew: kmkit reopen {note.short} --because '…'."
    if context.fingerprint in context.approved:
        yield Objection(
            "The substance is the approved one already.", "There is nothing to confirm."
        )
    elif context.by_hand:
        yield uncovered(note, context.by_hand)
    elif not context.reworded:
        yield Objection(
            "No rewording of this text stands in the history, so none can be confirmed.", anew
        )
    elif who not in approvers:
        names = ", ".join(sorted(approvers))
        mend = f"One of its approvers ({names}) can confirm that the meaning is the same."
        yield Objection(f"{who} did not approve this note before.", mend if names else anew)
    elif who in context.authors or context.actor.known_by & _full_names(context.author_names):
        mend = "Another approver has to confirm that the meaning is the same."
        yield Objection(
            f"{who} reworded it.", mend if approvers - {who} else f"Nobody else approved it. {anew}"
        )


def unreturned(note: Note, context: Context) -> Iterable[Objection]:
    """Nobody else returned the text that is approved again: what they asked for comes first."""
    returned = (entry.by for entry in context.round.returned)
    if who := [one for one in returned if one.strip().casefold() != context.actor.key]:
        said = f"{' and '.join(who)} returned this text, so nobody else renews it."
        yield Objection(said, "They approve it, or it is changed first.")


def quorate(note: Note, context: Context) -> Iterable[Objection]:
    """The verdicts given so far reach the quorum, in the trail and in the file, by others."""
    short, round_ = note.short, context.round
    filed = current_round(note.fields.verdicts, context.fingerprint, context.policy)
    if round_.returned:
        who = " and ".join(entry.by for entry in round_.returned)
        yield Objection(
            f"{who} returned it, so nothing is settled.",
            "They approve, or the substance changes first.",
        )
    elif not round_.reached:
        have = len(round_.approvals)
        yield Objection(
            f"The quorum is not reached: {have} of {have + round_.missing} approvals of this text.",
            f"Have it approved: kmkit validate {short} --approve --because '…'.",
        )
    elif not filed.reached:
        yield Objection(
            "The history has approvals that the file lacks: a merge dropped them.",
            f"Have it approved once more: kmkit validate {short} --approve --because '…'.",
        )
    yield from _wide_enough(note, context, round_.method)
    yield from by_others(note, context)


def by_others(note: Note, context: Context) -> Iterable[Objection]:
    """No approval of the round is by somebody who had a part in the note, or came to have one.

    A merge can tell of it later, or a hand that changed the text and put it back.
    """
    mend = f"A change of the text begins a new round: kmkit edit {note.short}."
    for entry in context.round.approvals:
        if entry.method in _BY_OTHERS:
            found = _involved(note, context, entry.by)
            yield from (objection._replace(mend=mend) for objection in found)


def restorable(note: Note, context: Context) -> Iterable[Objection]:
    """The version in force is there, to stand again in place of the revision."""
    in_force = note.fields.in_force
    if context.in_force is None or in_force is None or in_force.state not in WALK[1:]:
        yield Objection(
            "The version in force cannot be found, so it cannot be put back.",
            f"See kmkit log {note.short}; a manager or the owner can retire the note instead.",
        )


def asked_of(note: Note, context: Context) -> Iterable[Objection]:
    """The one who is asked has an address and could validate the note; the day lies ahead."""
    request = context.request
    who = address(request.to)
    if not who:
        yield Objection(f"'{request.to}' is no e-mail address.", "Give one with --ask.")
    else:
        yield from _involved(note, context, who)
    if request.due and request.due < context.today:
        yield Objection(f"{request.due} lies in the past.", "Give a day that is still to come.")


def _by_another(note: Note, who: Sequence[str] = ()) -> str:
    """How somebody else, one of ``who``, comes to judge: by being asked, or by a renewal."""
    names = " or ".join(who[:3])
    if note.state != State.CAPTURED:
        return f"{names or 'Somebody else'} can run kmkit validate {note.short} --renew."
    ask = f"kmkit validate {note.short} --ask {who[0] if who else 'EMAIL'}"
    return f"Ask {names or 'somebody else'}: {ask}."


def _ask(note: Note, context: Context, role: str) -> str:
    """The way out for somebody without the role."""
    holders = [who for who in context.policy.holders(role) if who.casefold() != context.actor.key]
    if holders:
        return _by_another(note, holders)
    steward = " or ".join(context.policy.holders("steward")) or "A steward"
    return f"{_by_another(note)[:-1]}; {steward} can give the role '{role}' in policy.toml."
