"""What people did with notes, as far as the files and the trail tell: deeds, each of one fact."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kmkit.index.card import Card, Profile, Use
from kmkit.lifecycle.states import State
from kmkit.text import fold

APPROVED = frozenset((State.VALIDATED, State.FORMATTED, State.DISSEMINATED, State.MAINTAINED))
"""The states of a note that somebody vouched for."""


class Fact(NamedTuple):
    """One sort of fact that tells that somebody knows."""

    weight: float
    one: str
    """In words, of one note."""
    more: str
    """Of several: ``{}`` is their number."""
    own: str
    """Of the note that was asked about."""
    holds: bool
    """Whether who did it holds the knowledge, and did not only see it."""


FACTS: dict[str, Fact] = {
    "named": Fact(5, "expert by policy.toml", "expert by policy.toml", "", True),
    "skill": Fact(4, "", "", "", True),
    "owns": Fact(3, "owns 1 approved note", "owns {} approved notes", "owns it", True),
    "gave": Fact(3, "source of 1 note", "source of {} notes", "is its source", True),
    "wrote": Fact(3, "author of 1 note", "author of {} notes", "wrote it", True),
    "expert": Fact(4, "judged 1 as expert", "judged {} as expert", "judged it as expert", True),
    "decided": Fact(2, "decided on 1 in the committee", "decided on {} in the committee",
                    "decided on it in the committee", False),
    "peer": Fact(2, "judged 1 as colleague", "judged {} as colleague",
                 "judged it as colleague", False),
    "confirmed": Fact(2, "confirmed 1", "confirmed {}", "confirmed it", False),
    "used": Fact(2, "used 1", "used {}", "used it", False),
    "backup": Fact(1, "stands in for the owner of 1", "stands in for the owners of {}",
                   "stands in for its owner", True),
    "drafts": Fact(1, "owns 1 note that is not approved", "owns {} notes that are not approved",
                   "owns it", True),
    "typed": Fact(1, "captured or edited 1", "captured or edited {}",
                  "captured or edited it", False),
    "gathered": Fact(1, "gathered 1", "gathered {}", "gathered it", False),
}  # fmt: skip
"""What tells that somebody knows, in the order in which it is said."""

_METHODS = {"expert-review": "expert", "peer-review": "peer", "crowd": "peer"}
_TYPING = ("capture", "edit")
_OUTDONE = {
    "gathered": {"owns", "gave", "wrote", "drafts"},
    "typed": {"owns", "gave", "wrote", "drafts", "gathered"},
}
"""What says little of somebody who also did one of these."""
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_AND = re.compile(r"[,;&\n]|\band\b|\bet\b")


class Act(NamedTuple):
    """A step of a note's trail, as far as it tells who had it in hand."""

    note: str
    move: str
    email: str
    day: date | None


class Deed(NamedTuple):
    """One thing that one person did with one note."""

    who: str
    """The address, in lower case."""
    fact: str
    note: str
    on: date | None
    """None for what lasts."""


class People:
    """Everybody whom the knowledge base can name, by address and by name."""

    def __init__(self, people: Mapping[str, Profile]) -> None:
        self.known = people
        self._named: dict[str, list[str]] = {}
        for email, person in people.items():
            self._named.setdefault(fold(person.name), []).append(email)

    def find(self, text: str) -> str:
        """The address that ``text`` holds, or that of the one person of that name; '' for none."""
        if found := _ADDRESS.search(text):
            return found[0].casefold()
        emails = self._named.get(fold(text.strip()), ())
        return emails[0] if len(emails) == 1 else ""

    def all_in(self, text: str) -> list[str]:
        """The addresses of all people whom ``text`` lists: 'Ruth Mensah, Ben Adu and Cy Young'."""
        return [email for part in _AND.split(text) if (email := self.find(part))]

    def left(self, email: str, today: date) -> bool:
        """Whether somebody's last day has passed."""
        person = self.known.get(email)
        return person is not None and person.until is not None and person.until < today


def deeds_of(card: Card, state: str, people: People) -> Iterator[Deed]:
    """What the file of a note says of who had a part in it; unnamed people are nobody."""
    note = card.id
    owns = "owns" if state in APPROVED else "drafts"
    said: list[tuple[str, str, date | None]] = []
    if state != State.RETIRED:
        said += [(card.owner, owns, None), (card.backup, "backup", None)]
    said += [(name, "wrote", card.gathered_on) for name in card.authors]
    said += [(name, "gave", card.gathered_on) for name in card.sources]
    said.append((card.gathered_by, "gathered", card.gathered_on))
    for verdict in card.verdicts:
        if verdict.method in _METHODS:
            said.append((verdict.by, _METHODS[verdict.method], verdict.on))
        said += [(who, "decided", verdict.on) for who in people.all_in(verdict.decided_by)]
    if card.reviewed:
        said.append((card.reviewed.by, "confirmed", card.reviewed.on))
    for name, fact, day in said:
        if who := people.find(name):
            yield Deed(who, fact, note, day)


def deeds_of_uses(uses: Iterable[Use], people: People) -> Iterator[Deed]:
    """Who used which note."""
    for use in uses:
        if who := people.find(use.by):
            yield Deed(who, "used", use.note, use.on)


def deeds_of_acts(acts: Iterable[Act]) -> Iterator[Deed]:
    """Who had which note in hand."""
    for act in acts:
        if act.move in _TYPING:
            yield Deed(act.email.casefold(), "typed", act.note, act.day)


def telling(deeds: Sequence[Deed]) -> Iterator[Deed]:
    """The deeds with one note, without those that another one of the same person outdoes."""
    done: dict[str, set[str]] = {}
    for deed in deeds:
        done.setdefault(deed.who, set()).add(deed.fact)
    return (deed for deed in deeds if done[deed.who].isdisjoint(_OUTDONE.get(deed.fact, ())))


def fits(skill: str, subject: str) -> bool:
    """Whether a skill covers a topic: 'fuel logistics' covers 'fuel'."""
    return bool(subject) and _words(subject) <= _words(skill)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", fold(text)))
