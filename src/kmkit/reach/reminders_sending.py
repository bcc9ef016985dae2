"""Sending reminders: each letter once, and nobody more than one a week, on all machines together.

A run that was cut off is finished on the day it was begun; later, those who got nothing are asked
by the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from kmkit.errors import Refused
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.reach.ledger import Behind, Intent, Ledger, Run, Tried
from kmkit.reach.ledger_runs import DROPPED, UNKNOWN
from kmkit.reach.reminders import Desk, Plan, planned
from kmkit.reach.reminders_asked import REMIND, asked_by
from kmkit.reach.reminders_letters import as_letters, sender_of
from kmkit.reach.sending.delivering import deliver
from kmkit.reach.sending.digest import Ways, another
from kmkit.views.reminder_values import Reminder

_ATTEMPTS = 5
"""How often it is looked again where another machine writes into the ledger meanwhile."""
_WEEK = timedelta(days=7)


@dataclass
class Sent:
    """What a command sent."""

    plan: Plan
    runs: list[Run] = field(default_factory=list)
    """Those on which something was done."""


def send_reminders(
    kb: KnowledgeBase,
    index: Index,
    ledger: Ledger,
    ways: Ways,
    *,
    to: str = "",
    take_over: bool = False,
) -> Sent:
    """Send today's reminders, ``to`` one person or to all; everything is made before the first.

    ``take_over``: go on although another machine may be sending. Refused, with nothing sent, where
    it may and that is not said.
    """
    sender_of(kb)
    with ledger.at_work():
        ledger.fetch()
        for _ in range(_ATTEMPTS):
            try:
                return _sent(kb, index, ledger, ways, to, take_over)
            except Behind:
                continue
    raise Refused("Other machines write into the ledger of letters without end.", "Try again.")


def _sent(
    kb: KnowledgeBase, index: Index, ledger: Ledger, ways: Ways, to: str, take_over: bool
) -> Sent:
    runs: list[Run] = []
    for run in ledger.runs(REMIND):
        if not run.left(kb.now):
            continue
        if run.active and run.holder != ledger.machine and not take_over:
            raise Refused(*another(run))
        if run.intent.at.date() == kb.today:
            plan = planned(kb, index, asked_by(ledger, but=run.id))
            runs.append(_delivered(kb, index, ledger, ways, plan, run))
        else:
            _closed(kb, ledger, run)
    plan = planned(kb, index, asked_by(ledger), to=to)
    if plan.letters:
        runs.append(_delivered(kb, index, ledger, ways, plan, None))
    return Sent(plan, runs)


def _delivered(
    kb: KnowledgeBase, index: Index, ledger: Ledger, ways: Ways, plan: Plan, begun: Run | None
) -> Run:
    """Send the letters of a plan, in a run of their own or as what is left of one."""
    reminders = Desk(kb, index).letters(plan)
    letters = as_letters(kb, reminders, kb_id=ledger.kb_id, run=kb.today.isoformat())
    to = list(letters)
    with ways.post() as post:
        run = ledger.take(begun, to) if begun else ledger.begin(_intent(ledger, reminders, plan))
        return deliver(
            ledger, run, to, letters.__getitem__, post, clock=ways.clock, track=ways.track
        )


def _intent(ledger: Ledger, reminders: Mapping[str, Reminder], plan: Plan) -> Intent:
    """What is about to be sent; a note for which a letter has no room was not asked about."""
    asked = (item.id for reminder in reminders.values() for item in reminder.items)
    notes = tuple(dict.fromkeys(asked))
    subject = "1 note is due" if len(notes) == 1 else f"{len(notes)} notes are due"
    days = {"since": plan.today, "until": plan.today}
    return ledger.intent(REMIND, list(reminders), notes=notes, subject=subject, **days)


def _closed(kb: KnowledgeBase, ledger: Ledger, run: Run) -> None:
    """Give up what is left of an earlier day's run: the next one asks those who got nothing.

    A letter that may have arrived counts as one for a week.
    """
    late = kb.now - run.intent.at >= _WEEK
    left = [mark for mark in run.left(kb.now) if late or not _may_have_come(run, mark)]
    if left:
        ledger.note(run, dict.fromkeys(left, Tried(DROPPED)), ended=True)


def _may_have_come(run: Run, mark: str) -> bool:
    came = run.of(mark)
    return came is not None and came.kind == UNKNOWN
