"""Recording on notes that they were brought to people, after it happened."""

from collections.abc import Iterable
from typing import NamedTuple

from kmkit.errors import KmkitError
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from kmkit.reach.ledger import Ledger
from kmkit.reach.ledger_runs import SENT, Run


class Left(NamedTuple):
    """A note on which nothing was recorded."""

    id: str
    title: str
    """Its title, or its id where it cannot be read."""
    why: str


class Recorded(NamedTuple):
    """What was recorded."""

    notes: tuple[str, ...] = ()
    """The ids of the notes that say so now."""
    left: tuple[Left, ...] = ()


def record(
    kb: KnowledgeBase, ids: Iterable[str], *, channel: str, audience: str = "", evidence: str = ""
) -> Recorded:
    """Record on each note that it went out over ``channel``: a move ``disseminate`` each.

    ``evidence`` is what shows it; a note that has an entry with the same channel, audience and
    evidence is left as it is, so that this can be repeated. A note that cannot be moved is left,
    and told of.
    """
    notes: list[str] = []
    left: list[Left] = []
    for id in dict.fromkeys(ids):
        name = id
        try:
            note = kb.resolve(id)
            name = note.title or id
            if not _has(note, channel, audience, evidence):
                request = Request(channel=channel, audience=audience, evidence=evidence)
                kb.move("disseminate", note, request)
                notes.append(id)
        except KmkitError as error:
            left.append(Left(id, name, str(error)))
    return Recorded(tuple(notes), tuple(left))


def record_run(kb: KnowledgeBase, ledger: Ledger, run: Run, *, audience: str) -> Recorded | None:
    """Record on the notes of a run that arrived that they went out, each once for all machines.

    None where there is nothing to record, or where nothing of it arrived.
    """
    here = run.holder == ledger.machine
    notes = [id for id in run.intent.notes if here or id not in run.recorded]
    if not notes or not run.counts()[SENT]:
        return None
    evidence = f"kmkit outbox {run.id}"
    found = record(kb, notes, channel=run.intent.channel, audience=audience, evidence=evidence)
    left = {one.id for one in found.left}
    if done := [id for id in notes if id not in left and id not in run.recorded]:
        ledger.record(run, done)
    return found


def _has(note: Note, channel: str, audience: str, evidence: str) -> bool:
    return any(
        (entry.channel, entry.audience, entry.evidence) == (channel, audience, evidence)
        for entry in note.fields.disseminated
    )
