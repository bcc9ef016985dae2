"""The knowledge map: what is critical, what is written about it, who holds it, what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.knowing.at_risk import Risk, risks_of
from kmkit.index.listed import Listed
from kmkit.index.rules import Rules
from kmkit.index.stale import Stale
from kmkit.lifecycle.states import WALK
from kmkit.note.records.knowledge import MOST, Knowledge
from kmkit.period import Period
from kmkit.text import as_typed, fold

if TYPE_CHECKING:
    from kmkit.index.book import Index

SOON = Period(months=6)
"""Whoever leaves within it counts as leaving."""
ENOUGH = 2
"""Approved notes from which on a topic is covered."""

SIGNS: dict[str, str] = {
    "uncovered": "no approved note",
    "thin": "one approved note",
    "stale": "half of the notes or more need a person",
    "nobody": "nobody is known to know about it",
    "held by one": "one person alone holds it",
    "leaving": "everybody who holds it leaves or has left",
    "covered": "nothing is missing",
}
"""What can be said of a topic; 'covered' where nothing else is."""
_OF_RISK = {
    "nobody": "nobody",
    "one-person": "held by one",
    "leaving": "leaving",
    "left": "leaving",
}


class Place(NamedTuple):
    """One topic on the map."""

    topic: str
    critical: bool
    """Whether kmkit.toml names it as critical."""
    need: int | None
    """The highest sum of scores of what has to be known about it; None where none is screened."""
    subjects: tuple[str, ...]
    """What has to be known about it."""
    approved: tuple[str, ...]
    """The ids of the notes about it whose approval stands."""
    stale: tuple[str, ...]
    """Those of them that need a person."""
    waiting: tuple[str, ...]
    """The ids of the notes about it that are captured and not approved."""
    risk: str
    """``nobody``, ``one-person``, ``leaving``, ``left``, or '' where it is held well."""
    signs: tuple[str, ...]
    """Keys of `SIGNS`."""
    mend: str
    """What to do first."""


def knowledge_map(index: "Index", until: date | None = None) -> list[Place]:
    """Every topic of the vocabulary, and those that critical knowledge names; urgent ones first.

    For a circle beyond the narrowest the topics that its notes have, without who holds them, what
    is critical, and what to do.
    """
    listed = list(index.select())
    risks = risks_of(index, listed, until or SOON.after(index.today))
    known = [one for one in index.records("knowledge") if isinstance(one, Knowledge)]
    found = places(index.rules, listed, index.stale(), risks, known)
    return [place._replace(mend="") for place in found] if index.wide else found


def places(
    rules: Rules,
    notes: Iterable[Listed],
    stale: Iterable[Stale],
    risks: Iterable[Risk],
    known: Sequence[Knowledge],
) -> list[Place]:
    """The map as values; pure."""
    old = {row.note.id for row in stale}
    by_topic: dict[str, list[Listed]] = defaultdict(list)
    for row in notes:
        for topic in row.card.topics:
            by_topic[fold(topic)].append(row)
    risk_of = {fold(risk.topic): risk for risk in risks if risk.topic}
    names = {fold(topic): topic for topic in (*rules.topics, *rules.critical)}
    names |= {fold(t): t for one in known for t in one.topics if fold(t) not in names}
    found = [
        _place(name, rules, by_topic.get(key, ()), old, risk_of, known)
        for key, name in names.items()
    ]
    return sorted(found, key=_urgency)


def _urgency(place: Place) -> tuple[bool, bool, int, str]:
    """What is critical and missing first; then by need; then by name."""
    fine = place.signs == ("covered",)
    return (fine, not place.critical, -(place.need or 0), fold(place.topic))


def _place(
    topic: str,
    rules: Rules,
    notes: Iterable[Listed],
    old: set[str],
    risk_of: Mapping[str, Risk],
    known: Sequence[Knowledge],
) -> Place:
    rows = list(notes)
    key = fold(topic)
    approved = tuple(row.card.id for row in rows if row.state in WALK[1:])
    stale = tuple(id for id in approved if id in old)
    captured = [row.card for row in rows if row.state == WALK[0]]
    about = [one for one in known if key in map(fold, one.topics)]
    risk = risk_of.get(key)
    critical = key in map(fold, rules.critical)
    signs = _signs(approved, stale, risk.code if risk else "")
    return Place(
        topic=topic,
        critical=critical,
        need=max((one.total for one in about if one.scores), default=None),
        subjects=tuple(one.subject for one in about),
        approved=approved,
        stale=stale,
        waiting=tuple(card.id for card in captured),
        risk=risk.code if risk else "",
        signs=signs,
        mend=_mend(topic, signs, captured[0].short if captured else "", risk),
    )


def _signs(approved: Sequence[str], stale: Sequence[str], risk: str) -> tuple[str, ...]:
    """What is to be said of a topic, most urgent first."""
    found = []
    if not approved:
        found.append("uncovered")
    elif len(approved) < ENOUGH:
        found.append("thin")
    if approved and 2 * len(stale) >= len(approved):
        found.append("stale")
    if risk:
        found.append(_OF_RISK[risk])
    return tuple(found) or ("covered",)


def _mend(topic: str, signs: Sequence[str], waiting: str, risk: Risk | None) -> str:
    """What to do first."""
    first = signs[0]
    if first in ("uncovered", "thin") and waiting:
        return f"kmkit validate {waiting}"
    if risk and first in ("uncovered", "nobody", "held by one", "leaving"):
        return risk.mend
    if first in ("uncovered", "thin"):
        return f"kmkit capture --for {as_typed(topic)}"
    return f"kmkit review --stale --topic {as_typed(topic)}" if first == "stale" else ""


def advice(one: Knowledge) -> str:
    """What the scores of a piece of knowledge call for, in words."""
    risk, record = one.score("risk-of-loss") or 0, one.score("recordability") or 0
    if not one.scores:
        return "Score it: what is it worth, and how easily is it lost?"
    if risk >= MOST - 1 and record >= 3:
        return "Interview those who have it, and write it down now."
    if risk >= MOST - 1:
        return "It can hardly be written down: have somebody work beside those who have it, now."
    if record >= 3:
        return "Write it down when the next occasion comes."
    return "Keep those who have it in touch with each other."
