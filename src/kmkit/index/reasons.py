"""Why a note needs a person: each reason, and how the file tells it.

Dates that lie in the future count for nothing, and a note whose dates cannot be read is told of.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from textwrap import shorten
from typing import NamedTuple

from kmkit.index.card import Card, Profile, Use
from kmkit.index.dates import (
    OUT,
    day_of_id,
    due_date,
    entered,
    first_disseminated,
    last_approval,
    last_confirmation,
    last_look,
    last_review,
    review_interval,
    standing_state,
)
from kmkit.index.rules import Rules
from kmkit.lifecycle.states import WALK, State
from kmkit.period import Period

REASONS: dict[str, str] = {
    "overdue": "The note's review was due and did not happen. Confirm it against something, revise "
    "it, retire it or hand it over: kmkit review NOTE.",
    "due-soon": "The note's review comes due shortly. It can be reviewed now: kmkit review NOTE.",
    "changed": "The text changed after it was approved, so nobody vouches for what stands there. "
    "If it was reworded (kmkit edit --reword) and means the same, one of its approvers says so: "
    "kmkit validate NOTE --same-meaning. Otherwise it is judged anew: kmkit reopen NOTE --because "
    "REASON.",
    "superseded": "What the note was drawn from, or translates, was retired or changed since, or "
    "another note replaces it. Read both, then kmkit review NOTE --confirm, kmkit edit NOTE or "
    "kmkit retire NOTE.",
    "orphaned": "Nobody is there to answer for the note: its owner left, or is not among the "
    "people. Give it to somebody: kmkit reassign NOTE --to EMAIL.",
    "contradicted": "Somebody reported after its last review that the note did not help. Ask them, "
    "then kmkit review NOTE --confirm or kmkit reopen NOTE.",
    "waiting": "The note has stood in one state for longer than policy.toml allows under "
    "[waiting]. Take its next step, or retire it.",
    "unreadable": "A problem in the file hides a date, so nobody can tell whether the note is due. "
    "Mend it: kmkit check shows where.",
}
"""Each reason why a note can be stale, and what it means; the order is the order of display."""


class Fact(NamedTuple):
    """One fact of a reason, for those who tell it in other words or another language."""

    what: str
    """A key of `kmkit.views.reasons.TOLD`."""
    values: tuple[tuple[str, str | date], ...] = ()


class Reason(NamedTuple):
    """One reason why a note needs a person."""

    code: str
    """A key of `REASONS`."""
    since: date | None
    """The last day on which all was well, from which ``grace`` counts: that on which the review
    was due, the owner left, the wait was allowed to last. None where the files cannot tell."""
    message: str
    """What is the matter and what to do."""
    facts: tuple[Fact, ...] = ()
    """What is the matter; nothing in them that is not in the message."""
    way: str = ""
    """The command that takes it up, with ``{note}`` for the note, where the code does not tell."""


def fact(what: str, **values: str | date) -> Fact:
    """A fact; values that are empty are left out."""
    return Fact(what, tuple((name, value) for name, value in values.items() if value))


class Circumstances(NamedTuple):
    """What a note's freshness is judged by."""

    today: date
    rules: Rules
    people: Mapping[str, Profile]
    """By e-mail in lower case; empty where the knowledge base keeps no people."""
    within: Period
    note: Callable[[str], Card | None]
    """The note with an id."""
    successors: Mapping[str, str]
    """By the id of the note they replace: the ids of approved notes that say ``supersedes``."""
    failures: Mapping[str, tuple[Use, ...]]
    """By note id: the uses that did not help."""
    founded: Callable[[Card], bool] = lambda _: True
    """Whether the history leads to the state of a note whose text is not the approved one."""


def reasons_of(note: Card, around: Circumstances) -> Iterator[Reason]:
    """Why ``note`` needs a person, in the order of `REASONS`; a retired note never does."""
    if note.state == State.RETIRED:
        return
    if note.conflict:  # all else is told once that is settled
        how = f"{note.conflict} The way out is: kmkit resolve {note.short}."
        yield Reason("unreadable", None, how, (fact("unreadable"),))
        return
    for look in (_due, _changed, _superseded, _orphaned, _contradicted, _waiting, _unreadable):
        yield from look(note, around)


def _due(note: Card, around: Circumstances) -> Iterator[Reason]:
    due = due_date(note, around.rules, around.today)
    if due is None:
        return
    how = f"kmkit review {note.short} --confirm --because '…', or revise, retire or hand it over"
    if due < around.today:
        was = (fact("overdue", day=due),)
        yield Reason("overdue", due, f"Its review was due on {due}: {how}.", was)
    elif due <= around.within.after(around.today):
        soon = (fact("due-soon", day=due),)
        yield Reason("due-soon", due, f"Its review is due on {due}: {how}.", soon)


def _changed(note: Card, around: Circumstances) -> Iterator[Reason]:
    if note.drifted and not around.founded(note):
        message = (
            "Its text is not an approved one, and its history does not lead to its state: "
            f"kmkit audit {note.short} says what to do."
        )
        yield Reason("changed", None, message, (fact("changed"),), "kmkit audit {note}")
    elif note.drifted:
        how = f"kmkit reopen {note.short} --because '…'"
        if note.state == State.VALIDATED:
            same = f"kmkit validate {note.short} --same-meaning"
            how = f"where kmkit edit --reword changed it, an approver runs {same}; else {how}"
        message = f"Its text is not the one that was approved: {how}."
        yield Reason("changed", None, message, (fact("changed"),), "kmkit reopen {note}")


def _superseded(note: Card, around: Circumstances) -> Iterator[Reason]:
    sources, way = dict.fromkeys((*note.derived_from, note.translation_of)), _way(note)
    for other in filter(None, map(around.note, filter(None, sources))):
        translated = other.own_id == note.translation_of
        link = "translates" if translated else "was drawn from"
        what = f"It {link} '{other.title}' ({other.id}), which"
        came = "translated" if translated else "drawn"
        how = f"Read it, then {_again(note)}kmkit edit {note.short}"
        if other.state == State.RETIRED:
            by = other.superseded_by
            instead = f" and replaced by {by}" if by else ""
            field = "translation_of" if translated else "derived_from"
            how = f"kmkit retire {note.short}; or, if it still holds, kmkit edit {note.short} and "
            how += f"take that out of {field}"
            told = fact(f"{came}-{'replaced' if by else 'retired'}", title=other.title, note=by)
            yield Reason("superseded", None, f"{what} was retired{instead}: {how}.", (told,), way)
        elif other.state == State.CAPTURED and other.in_force:
            since = other.in_force.since
            told = fact(f"{came}-revised", title=other.title)
            yield Reason("superseded", since, f"{what} is being revised. {how}.", (told,), way)
        elif other.drifted:
            told = fact(f"{came}-changed", title=other.title)
            message = f"{what} was changed without approval. {how}."
            yield Reason("superseded", None, message, (told,), way)
        elif (day := reapproved(other)) and day > (_known_good(note, around.today) or date.min):
            told = fact(f"{came}-approved", title=other.title, day=day)
            message = f"{what} was changed and approved on {day}. {how}."
            yield Reason("superseded", day, message, (told,), way)
    heir = note.superseded_by or around.successors.get(note.id, note.id)
    if heir != note.id:
        retire = f"kmkit retire {note.short} --superseded-by {heir}"
        message = f"{heir} replaces it and it is not retired: {retire}."
        yield Reason("superseded", None, message, (fact("replaced", note=heir),), way)


def reapproved(note: Card) -> date | None:
    """The day a note that had gone out was approved anew; None where that was the first time."""
    approval, first = last_approval(note), first_disseminated(note)
    return approval if approval and first and first < approval else None


def _known_good(note: Card, today: date) -> date | None:
    """The last day on which somebody looked at the note and found it right; else its gathering."""
    gathered = note.gathered_on
    return last_look(note, today) or gathered


def _orphaned(note: Card, around: Circumstances) -> Iterator[Reason]:
    how = f"kmkit reassign {note.short} --to EMAIL"
    backup = f" Its backup is {note.backup}." if note.backup else ""
    second = (fact("backup", name=note.backup),) if note.backup else ()
    person = around.people.get(note.owner)
    if not note.owner:
        facts = (fact("nobody"), *second)
        yield Reason("orphaned", None, f"Nobody owns it: {how}.{backup}", facts)
    elif person is None and around.people:
        message = f"{note.owner} is not among the people: {how}.{backup}"
        yield Reason("orphaned", None, message, (fact("unknown", name=note.owner), *second))
    elif person and person.until and person.until < around.today:
        message = f"{note.owner} left on {person.until}: {how}.{backup}"
        left = fact("left", name=note.owner, day=person.until)
        yield Reason("orphaned", person.until, message, (left, *second))


def _contradicted(note: Card, around: Circumstances) -> Iterator[Reason]:
    failures = around.failures.get(note.id)
    if not failures:
        return
    reviewed = last_confirmation(note, around.today) or date.min
    looked = last_look(note, around.today) or date.min
    for use in sorted(failures, key=reported):
        # A review on the same day answers the report; an approval was there before the use.
        if reported(use) > reviewed and reported(use) >= looked:
            because = shorten(use.because, 200, placeholder=" …").rstrip(".")
            why = f": {because}" if because else ""
            anew = "edit" if note.state == State.CAPTURED else "reopen"
            review = f"{_again(note)}kmkit {anew} {note.short}"
            message = (
                f"It did not help in {use.where} on {use.on}{why}. Ask {use.by}, then {review}."
            )
            what = "failed-because" if because else "failed"
            told = fact(what, where=use.where, day=use.on, because=because)
            facts = (told, fact("ask", name=use.by))
            yield Reason("contradicted", reported(use), message, facts, _way(note))


def _again(note: Card) -> str:
    """The command that confirms a note, before another one, where it can be confirmed."""
    return f"kmkit review {note.short} --confirm or " if note.state in OUT else ""


def _way(note: Card) -> str:
    """What takes up a note that has to be looked at again, where that is no review."""
    return "" if note.state in OUT else "kmkit edit {note}"


def reported(use: Use) -> date:
    """The day on which a use was reported, as its record's id has it; else the day of the use."""
    return max(use.on, day_of_id(use.id) or use.on)


def _waiting(note: Card, around: Circumstances) -> Iterator[Reason]:
    limit = around.rules.waiting.get(note.state)
    since = entered(note, around.today)
    if limit is None or since is None or (until := limit.after(since)) >= around.today:
        return
    returned = [entry for entry in note.verdicts if entry.verdict == "return"]
    asked = note.asked[-1:]
    facts = [fact("waiting", state=note.state, day=since)]
    if note.state == State.VALIDATED:
        how = f"kmkit format {note.short}"
    elif note.state == State.FORMATTED:
        how = f"kmkit disseminate {note.short} --channel CHANNEL"
    elif returned:
        last = returned[-1]
        facts.append(fact("returned", name=last.by, reason=last.because))
        how = f"{last.by} returned it ({last.because}); kmkit edit {note.short}"
    elif asked:
        due = f", for {asked[0].due}" if asked[0].due else ""
        facts.append(fact("asked", name=asked[0].to, day=asked[0].on))
        how = f"{asked[0].to} was asked on {asked[0].on}{due}; ask again or ask somebody else"
    else:
        how = f"kmkit validate {note.short} --ask EMAIL"
    message = f"It has been {note.state} since {since}: {how}."
    yield Reason("waiting", until, message, tuple(facts))


def _unreadable(note: Card, around: Circumstances) -> Iterator[Reason]:
    if why := hidden(note, around.rules, around.today):
        yield Reason("unreadable", None, why, (fact("unreadable"),))


def hidden(note: Card, rules: Rules, today: date | None) -> str:
    """What keeps the note's dates from being read and what to do, '' where nothing does.

    ``today``: None where days to come count like others.
    """
    if note.flaw:
        return note.flaw
    state = standing_state(note)
    if state not in WALK:
        if state == State.RETIRED:
            return ""
        said = f"'{state}' is not a state" if state else "It does not say its state"
        return f"{said}: kmkit log {note.short} tells what it was."
    if state in OUT and note.kind not in rules.kinds and note.review_every is None:
        return (
            f"There is no kind '{note.kind}', so nobody can tell how often it is reviewed: "
            f"kmkit check --explain unknown-kind."
        )
    if state in OUT and review_interval(note, rules) and not last_review(note, today):
        return (
            "No date in it tells when it went out or was reviewed, or that date lies in the "
            f"future: see kmkit log {note.short}, then kmkit review {note.short}."
        )
    if note.state not in OUT and entered(note, today) is None:
        return (
            f"No date in it tells since when it is {note.state}, or that date lies in the future: "
            f"see kmkit log {note.short}, then kmkit edit {note.short}."
        )
    return ""
