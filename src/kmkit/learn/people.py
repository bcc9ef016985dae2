"""What hangs on one person: what they own, know alone and still owe."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.errors import UsageError
from kmkit.index.card import Card, Profile
from kmkit.index.knowing.at_risk import Risk, at_risk
from kmkit.learn.actions import actions
from kmkit.lifecycle.states import State
from kmkit.note.records import Plan, Question
from kmkit.text import address_key, did_you_mean, fold, one_line

if TYPE_CHECKING:
    from kmkit.index.book import Index


class Debt(NamedTuple):
    """Something that a person still owes."""

    what: str
    """In a sentence."""
    due: date | None
    mend: str
    """The command that settles it, or gives it to somebody else."""


class Holding(NamedTuple):
    """What hangs on one person."""

    email: str
    name: str
    unit: str
    until: date | None
    owns: tuple[Card, ...]
    """The notes that they answer for; retired ones left out."""
    backs: tuple[Card, ...]
    """The notes for whose owners they stand in."""
    alone: tuple[Risk, ...]
    """The topics and notes that nobody else holds."""
    owes: tuple[Debt, ...]


def find_person(index: "Index", who: str) -> str:
    """The address that ``who`` means: one, or the name, or a part of either, of one person.

    UsageError where it is nobody's, or several people's.
    """
    if not fold(who):
        raise UsageError("Who leaves?", "Name the address, or a part of the name.")
    if "@" in who and address_key(who) in index.people:
        return address_key(who)
    known = {email: person.name for email, person in index.people.items()}
    owners = {row[0] for row in index.query("SELECT DISTINCT owner FROM notes WHERE owner != ''")}
    if not _fitting(known, who):
        known |= {email: email for email in owners if email not in known}
    return meant(known, who)


def meant(known: Mapping[str, str], who: str) -> str:
    """The address of the one person whose name or address has ``who`` in it.

    ``known``: address -> name. UsageError where it is nobody's, or several people's.
    """
    found = _fitting(known, who)
    if len(found) == 1:
        return next(iter(found))
    if found:
        names = ", ".join(f"{name} <{email}>" for email, name in sorted(found.items())[:5])
        raise UsageError(f"'{one_line(who)}' could be several: {names}.", "Give the address.")
    near = did_you_mean(who[:80], [*known.values(), *known])
    see = "kmkit list --kind person shows all; or give the address."
    raise UsageError(f"Nobody is called '{one_line(who)}'.", near or see)


def _fitting(known: Mapping[str, str], who: str) -> dict[str, str]:
    wanted = fold(who)
    return {e: name for e, name in known.items() if wanted in fold(name) or wanted in e}


def holding(index: "Index", email: str, *, leaves: date | None = None) -> Holding:
    """What hangs on the person with an address, were they to leave on a day; by default today."""
    profile = index.people.get(email)
    day = leaves or (profile.until if profile and profile.until else index.today)
    alive = "state != ?"
    owns = tuple(index.cards(f"owner = ? AND {alive}", (email, State.RETIRED)))
    others = index.cards(alive, (State.RETIRED,))
    return Holding(
        email=email,
        name=profile.name if profile else email,
        unit=profile.unit if profile else "",
        until=leaves or (profile.until if profile else None),
        owns=owns,
        backs=tuple(card for card in others if card.backup == email),
        alone=tuple(_alone(index, email, profile, day)),
        owes=tuple(_owes(index, email)),
    )


def _alone(index: "Index", email: str, profile: Profile | None, day: date) -> Iterator[Risk]:
    """What would be lost with this person alone: who else leaves does not count."""
    own = profile or Profile("", "", email, email, "", (), (), None)
    people = {who: one._replace(until=None) for who, one in index.people.items()}
    for risk in at_risk(
        ((row.card, row.state) for row in index.select()),
        people=people | {email: own._replace(until=day)},
        uses=index.uses,
        rules=index.rules,
        today=min(index.today, day),
        until=max(index.today, day),
    ):
        theirs = {holder.email for holder in risk.holders} == {email}
        if theirs and risk.code in ("leaving", "left", "one-person"):
            yield risk


def _owes(index: "Index", email: str) -> Iterator[Debt]:
    """What they are still to do, the most urgent first."""
    yield from sorted(_all(index, email), key=lambda debt: (debt.due or date.max, debt.what))


def _all(index: "Index", email: str) -> Iterator[Debt]:
    for row in index.stale():
        if row.owner == email:
            why = row.reasons[0]
            yield Debt(
                f"{row.note.title}: {why.message}", why.since, f"kmkit review {row.note.short}"
            )
    for note in index.cards(
        "n IN (SELECT n FROM marks WHERE name = 'asked' AND value = ?)", (email,)
    ):
        for entry in note.asked:
            if entry.to == email:
                ask = f"kmkit validate {note.short} --ask EMAIL"
                yield Debt(f"Asked to validate '{note.title}'.", entry.due, ask)
    for action in actions(index, by=email):
        if action.by == email:
            said = f"{action.action or action.title}, in {action.where}."
            yield Debt(said, action.due, f"kmkit apply {action.short} --done")
    for record in index.records("plan"):
        for number, step in enumerate(record.actions if isinstance(record, Plan) else (), 1):
            if address_key(step.focal_point) == email and step.done_on is None:
                said = f"{step.what} ({step.timeline or 'no day'}), in the plan '{record.title}'."
                yield Debt(said, None, f"kmkit plan {record.id[-4:]} --done {number}")
    for record in index.records("question"):
        if isinstance(record, Question) and record.open and address_key(record.by) == email:
            mend = f"kmkit ask --answered {record.id[-4:]} NOTE"
            yield Debt(f"Waits for an answer: {record.text}", None, mend)
