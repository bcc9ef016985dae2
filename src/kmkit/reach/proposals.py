"""Proposals: what somebody answered by mail, until a person with the role says yes or no.

A mail proves nothing: anybody can write any address into it. What it proposes happens only when a
person of the knowledge base says so, by the move that the lifecycle has for it.
"""

from pathlib import PurePosixPath
from typing import NamedTuple

from kmkit.errors import Refused, UsageError
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.kb.moving import Moved
from kmkit.kb.recording import change
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.model import Note
from kmkit.note.records.proposal import Proposal
from kmkit.text import address_key, one_line
from kmkit.views.reminder_words import CONFIRM, REASSIGN, RETIRE, REVISE

_MOVES = {CONFIRM: "confirm", REVISE: "reopen", RETIRE: "retire", REASSIGN: "reassign"}
"""What is proposed -> the verb of the move that does it."""


class Waiting(NamedTuple):
    """A proposal that nobody has decided on."""

    path: PurePosixPath
    proposal: Proposal
    title: str
    """Of its note."""
    outdated: bool
    """Whether the note's text is not the one that the answer was about any more."""
    stranger: bool
    """Whether the mail names neither the note's owner or backup nor anybody of people/."""

    @property
    def standing(self) -> str:
        """What has to be known before it is followed, in words."""
        words = ["text changed since" if self.outdated else "open"]
        return ", ".join([*words, *(["from a stranger"] if self.stranger else [])])


def waiting(index: Index) -> list[Waiting]:
    """The proposals that wait for somebody, the oldest first."""
    found: list[Waiting] = []
    for path, record in index.filed("proposal"):
        if isinstance(record, Proposal) and record.open:
            card = index.by_id(record.note)
            stands = index.fingerprint(card.n) if card else ""
            title = card.title if card else record.note
            outdated = not stands.startswith(record.fingerprint)
            known = {*index.people, *((card.owner, card.backup) if card else ())}
            stranger = address_key(record.claimed_by) not in known
            found.append(Waiting(PurePosixPath(path), record, title, outdated, stranger))
    return sorted(found, key=lambda one: (one.proposal.received, one.proposal.id))


def of_note(kb: KnowledgeBase, note: Note, which: str = "") -> tuple[PurePosixPath, Proposal]:
    """The open proposal about ``note``; ``which`` is a part of its id, where there are several.

    UsageError where there is none, or several.
    """
    found = [
        (path, one)
        for path, one in kb.shelves.of("proposal").records
        if isinstance(one, Proposal) and one.open and one.note == note.id
    ]
    wanted = which.strip().casefold()
    hits = [(path, one) for path, one in found if wanted in one.id] if wanted else found
    if len(hits) == 1:
        return hits[0]
    if not found:
        raise UsageError(
            f"Nobody proposed anything about '{one_line(note.title)}'.",
            "See kmkit review --proposals.",
        )
    listed = ", ".join(f"{one.id[-4:]} ({one.move}, {one.claimed_by})" for _, one in found)
    message = (
        f"{len(hits)} proposals are about '{one_line(note.title)}'"
        if hits
        else (f"No proposal about '{one_line(note.title)}' is called '{one_line(which)}'")
    )
    raise UsageError(f"{message}: {listed}.", "Name one: --proposal ID.")


def accept(kb: KnowledgeBase, note: Note, path: PurePosixPath, proposal: Proposal) -> Moved:
    """Do what is proposed, as whoever acts; Refused where the text is not the one it was about.

    The move comes first, then the record says that it was accepted.
    """
    if not fingerprint(note, kb.guidance(note)).startswith(proposal.fingerprint):
        raise Refused(
            f"The text of '{one_line(note.title)}' was changed since {proposal.claimed_by} was "
            "asked about it.",
            f"Read it, then kmkit review {note.short} --confirm --because '…', or --decline.",
        )
    told = f"proposed by mail from {proposal.claimed_by} on {proposal.received}"
    because = f"{proposal.because.rstrip('. ')} ({told})" if proposal.because else told
    request = Request(because=because, owner=proposal.to, superseded_by=proposal.superseded_by)
    moved = kb.move(_MOVES[proposal.move], note, request)
    _decided(kb, path, "accepted", because)
    return moved


def decline(
    kb: KnowledgeBase, note: Note, path: PurePosixPath, proposal: Proposal, because: str
) -> None:
    """Record that a proposal is not followed; for the note's owner, its backup and managers."""
    who = kb.actor.key
    backup = (note.fields.backup or "").strip().casefold()
    if who not in (note.owner, backup) and not kb.policy.has_role(who, "manager"):
        raise Refused(
            f"{who} may not decide this: it is for the note's owner, its backup or a manager.",
            f"Ask {note.owner or 'a manager'}.",
        )
    _decided(kb, path, "declined", because)


def _decided(kb: KnowledgeBase, path: PurePosixPath, status: str, because: str) -> None:
    verb = {"accepted": "accept", "declined": "decline"}[status]
    changes = {"status": status, "decided_by": kb.actor.key, "decided_on": kb.today}
    change(kb, path, changes, move=verb, because=because)
