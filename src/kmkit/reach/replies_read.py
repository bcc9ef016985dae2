"""Answers by mail become proposals: records that somebody with the role accepts or declines."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from kmkit.errors import KmkitError
from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.kb import KnowledgeBase
from kmkit.kb.capturing import new_id
from kmkit.kb.recording import new
from kmkit.note.records.proposal import Proposal
from kmkit.reach.replies import Heard, heard, incoming
from kmkit.reach.replies_said import Code, Said, answers_in, codes_in
from kmkit.text import fold, one_line
from kmkit.views.reminder_words import CONFIRM, REASSIGN, RETIRE, REVISE

_KIND = "k1:"
"""How a fingerprint begins; codes leave it out."""


class Read(NamedTuple):
    """What came of one answer, or of a message without one."""

    place: str
    sender: str
    kind: Literal["proposed", "known", "passed", "unclear"]
    """known: it was read before; passed: no person wrote it; unclear: somebody should look."""
    said: str
    """The same in words."""
    note: str = ""
    move: str = ""
    because: str = ""
    proposal: str = ""
    """The id of the record."""


@dataclass(frozen=True)
class _Unclear(Exception):
    """Why an answer is not understood."""

    why: str


def read_answers(kb: KnowledgeBase, index: Index, source: Path) -> Iterator[Read]:
    """Read the mail at ``source``, and record what it proposes; each message stays where it is.

    What was read before is known by its Message-ID, and proposed once.
    """
    reader = _Reader(kb, index)
    for message in incoming(source):
        found = heard(message)
        if found.trouble:
            yield Read(found.place, found.sender, "unclear", found.trouble)
        elif found.passed:
            yield Read(found.place, found.sender, "passed", found.passed)
        else:
            yield from reader.read(found)


class _Reader:
    """Turns answers into records."""

    def __init__(self, kb: KnowledgeBase, index: Index) -> None:
        self._kb, self._index = kb, index
        self._known: dict[tuple[str, str, str], Proposal] = {}
        for one in index.records("proposal"):
            if isinstance(one, Proposal):
                self._known[one.message_id, one.note, one.move] = one

    def read(self, mail: Heard) -> Iterator[Read]:
        """What comes of one message."""
        answers = answers_in(mail.text)
        if not answers:
            why = "it begins no line with confirm, revise, retire or not me above the quoted letter"
            yield Read(mail.place, mail.sender, "unclear", why)
        seen: dict[str, Said] = {}
        for said in answers:
            try:
                code = self._code(said, mail)
                card = self._card(code.ref)
                if seen.setdefault(card.id, said).answer != said.answer:
                    raise _Unclear(f"it says two different things of {card.short}")
                fields = self._fields(said, card, code, mail)
            except _Unclear as unclear:
                yield Read(mail.place, mail.sender, "unclear", unclear.why, because=said.because)
            else:
                yield self._recorded(fields, card, mail)

    def _code(self, said: Said, mail: Heard) -> Code:
        """Which note an answer means, and which text of it."""
        subject = codes_in(mail.subject)
        codes = list(dict.fromkeys([*subject, *codes_in(mail.about, mail.text)]))
        if said.ref:
            named = [code for code in codes if code.ref == said.ref or code.ref.endswith(said.ref)]
            return named[0] if named else Code(said.ref, "")
        for known in (subject, codes):
            if len({code.ref for code in known}) == 1:
                return known[0]
        what = "several notes were asked about" if codes else "no note is named in it"
        raise _Unclear(f"it does not say which note it means: {what}")

    def _card(self, ref: str) -> Card:
        try:
            return self._index.resolve(ref)
        except KmkitError:
            raise _Unclear(f"there is no one note '{ref}'") from None

    def _fields(self, said: Said, card: Card, code: Code, mail: Heard) -> dict[str, object]:
        """The record of an answer."""
        if not code.print and not self._answers_for(card, mail.sender):
            raise _Unclear(
                f"{mail.sender} is neither owner nor backup of {card.short} nor a manager, and the "
                "letter that was answered is not quoted"
            )
        if said.answer in (CONFIRM, REVISE) and not said.because:
            what = "what it was checked against" if said.answer == CONFIRM else "what has to change"
            raise _Unclear(f"it says '{said.answer}' of {card.short}, and not {what}")
        heir, owner = "", ""
        if said.answer == RETIRE:
            heir = self._heir(said)
            if not said.because:
                raise _Unclear(f"it says 'retire' of {card.short}, and not why")
        if said.answer == REASSIGN:
            owner = self._owner(said, card)
        whole = _KIND + code.print if code.print else self._index.fingerprint(card.n)[:11]
        return {
            "note": card.id,
            "move": said.answer,
            "because": one_line(said.because),
            "to": owner,
            "superseded_by": heir,
            "claimed_by": mail.sender,
            "received": min(mail.on or self._kb.today, self._kb.today),
            "message_id": mail.key,
            "fingerprint": whole,
        }

    def _answers_for(self, card: Card, sender: str) -> bool:
        mine = sender in (card.owner, card.backup)
        return mine or self._kb.policy.has_role(sender, "manager")

    def _heir(self, said: Said) -> str:
        try:
            return self._index.resolve(said.heir).id if said.heir else ""
        except KmkitError:
            return ""

    def _owner(self, said: Said, card: Card) -> str:
        """Whom the answer names: an address, or one of the people by name."""
        if said.address:
            return said.address
        words = f" {fold(said.because)} "
        people = self._index.people.values()
        named = [person.email for person in people if _named(person.name, words)]
        if len(named) == 1:
            return named[0]
        raise _Unclear(f"it hands {card.short} over, and names nobody by an address that we know")

    def _recorded(self, fields: dict[str, object], card: Card, mail: Heard) -> Read:
        """Record a proposal, unless it was recorded before."""
        key = (mail.key, card.id, str(fields["move"]))
        told = Read(
            mail.place, mail.sender, "proposed", "", card.id, key[2], str(fields["because"])
        )
        if known := self._known.get(key):
            return told._replace(kind="known", said="it was read before", proposal=known.id)
        name = new_id(f"{fields['move']} {card.title}", _day(fields), _drawn("\n".join(key)))
        made = new(
            self._kb,
            "proposal",
            {"id": name, **fields},
            move="propose",
            because=f"By mail, which says that it comes from {mail.sender}.",
        )
        if isinstance(made.record, Proposal):
            self._known[key] = made.record
        said = f"{fields['move']} of '{one_line(card.title)}' is proposed"
        return told._replace(said=said, proposal=made.record.id)


def _named(name: str, words: str) -> bool:
    """Whether a person's name stands in folded ``words``."""
    return bool(name) and fold(one_line(name)) in words


def _day(fields: dict[str, object]) -> date:
    received = fields["received"]
    assert isinstance(received, date)
    return received


def _drawn(seed: str) -> Callable[[str], str]:
    """Draws characters by what ``seed`` says: two machines that read one mail make one record."""
    numbers = iter(hashlib.sha256(seed.encode()).digest())
    return lambda alphabet: alphabet[next(numbers) % len(alphabet)]
