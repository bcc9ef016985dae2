"""Sending a digest: what was begun is finished first, then what is new goes out, each once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from typing import NamedTuple

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.rules import settled
from kmkit.reach.ledger import Behind, Intent, Ledger, Run, What
from kmkit.reach.ledger_runs import DROPPED, SENT, UNKNOWN, Tried
from kmkit.reach.recording import Recorded, record_run
from kmkit.reach.sending.delivering import Sends, Track, deliver
from kmkit.reach.sending.plan import Letters, Plan, planned
from kmkit.text import one_line

_ATTEMPTS = 5
"""How often it is looked again where another machine writes into the ledger meanwhile."""


@dataclass(frozen=True)
class Ways:
    """By what letters are sent."""

    post: Callable[[], AbstractContextManager[Sends[EmailMessage]]]
    """Opens the connection to the mail server; Cannot where that fails."""
    clock: Callable[[], float]
    """Gives seconds."""
    track: Track = iter


class Wish(NamedTuple):
    """How somebody wants it."""

    take_over: bool = False
    """Go on with what another machine began."""
    even_empty: bool = False
    """Send it where nothing is new, too."""
    if_due: bool = False
    """Send nothing new before as much time has passed as the audience's ``every`` says."""


@dataclass
class Report:
    """What a command sent."""

    finished: list[Run] = field(default_factory=list)
    """Runs that were begun before."""
    run: Run | None = None
    """The new one, None where nothing is new."""
    plan: Plan | None = None
    """What was new, None where that was not looked at."""
    recorded: list[Recorded] = field(default_factory=list)
    waiting: list[Run] = field(default_factory=list)
    """Runs of another key with letters that were put off: who they are for is not known here."""
    due: date | None = None
    """The day from which something new is due, where it was not looked at because of that."""

    @property
    def runs(self) -> list[Run]:
        """All on which something was done."""
        return [*self.finished, *([self.run] if self.run else [])]


def send_digest(
    kb: KnowledgeBase,
    ledger: Ledger,
    name: str,
    to: str,
    ways: Ways,
    wish: Wish = Wish(),
) -> Report:
    """Send the digest ``name`` to the audience ``to``: all that is new to it, to each once.

    A run that this machine began is finished first. Everything is composed and checked before the
    first letter: whatever is refused, nothing was sent. Refused where the settings that decide over
    who gets what are not committed.
    """
    settled(kb)
    what, report = What("digest", name, to), Report()
    with ledger.at_work():
        ledger.fetch()
        for _ in range(_ATTEMPTS):
            try:
                job = _Job(kb, ledger, what, ways, report, wish)
                job.finish()
                job.begin()
            except Behind:
                continue
            finally:
                ledger.share()
            return report
    raise Refused("Other machines write into the ledger of letters without end.", "Try again.")


@dataclass(frozen=True)
class Preview:
    """What sending would do now."""

    plan: Plan
    unfinished: tuple[Run, ...]
    """The runs with letters left, the oldest first."""


def preview(kb: KnowledgeBase, ledger: Ledger, name: str, to: str) -> Preview:
    """What `send_digest` would send now, composed and checked; nothing is sent or written down."""
    runs = ledger.runs(What("digest", name, to))
    plan = planned(kb, name, to, runs)
    if not plan.empty:
        Letters(kb, plan, ledger.kb_id)
    return Preview(plan, tuple(unfinished(ledger, runs)))


@dataclass
class _Job:
    """One attempt, by the ledger as it is."""

    kb: KnowledgeBase
    ledger: Ledger
    what: What
    ways: Ways
    report: Report
    wish: Wish

    def __post_init__(self) -> None:
        self.runs = self.ledger.runs(self.what)

    def finish(self) -> None:
        """Send what is left of runs that were begun, the oldest first."""
        self.report.waiting.clear()
        for run in unfinished(self.ledger, self.runs):
            if not self._may(run):
                self.report.waiting.append(run)
                continue
            self.report.finished.append(self._finished(run))
        done = {run.id: run for run in (*self.runs[:1], *self.report.finished)}
        for run in done.values():
            self._record(run)

    def begin(self) -> None:
        """Send what is new."""
        if any(run.intent.at.date() == self.kb.today for run in self.report.finished):
            return  # what came since is told another day
        if self.wish.if_due and (day := self._next()) and day > self.kb.today:
            self.report.due = day
            return
        plan = self.report.plan = planned(self.kb, self.what.name, self.what.audience, self.runs)
        if plan.empty and not self.wish.even_empty:
            return
        letters = Letters(self.kb, plan, self.ledger.kb_id)
        with self.ways.post() as post:
            run = self.ledger.begin(self._intent(plan))
            to = [one.email for one in plan.recipients]
            self.report.run = self._delivered(run, to, letters, post)
        self._record(self.report.run)

    def _may(self, run: Run) -> bool:
        """Whether to go on with a run; Refused where another machine may be at it."""
        if run.holder == self.ledger.machine if run.active else self.ledger.knows(run):
            return True
        if only_deferred(run):
            return False
        if self.wish.take_over:
            return True
        raise Refused(*another(run))

    def _finished(self, run: Run) -> Run:
        """Send what is left of a run; where nothing of it stands any more, nobody gets anything."""
        earlier = [one for one in self.runs if one.id < run.id]
        plan = planned(self.kb, self.what.name, self.what.audience, earlier, run)
        to = [one.email for one in plan.recipients]
        if plan.empty and run.intent.notes:
            run = self.ledger.take(run, to)
            left = dict.fromkeys(run.left(self.ledger.now), Tried(DROPPED))
            return self.ledger.note(run, left, ended=True)
        letters = Letters(self.kb, plan, self.ledger.kb_id)
        with self.ways.post() as post:
            run = self.ledger.take(run, to)
            return self._delivered(run, to, letters, post)

    def _delivered(
        self, run: Run, to: list[str], letters: Letters, post: Sends[EmailMessage]
    ) -> Run:
        clock, track = self.ways.clock, self.ways.track
        return deliver(self.ledger, run, to, letters, post, clock=clock, track=track)

    def _next(self) -> date | None:
        """The day from which the next digest is due; None where none was sent yet."""
        every = self.kb.config.audiences[self.what.audience].every
        return every.after(self.runs[0].intent.at.date()) if self.runs else None

    def _intent(self, plan: Plan) -> Intent:
        return self.ledger.intent(
            plan.what,
            [one.email for one in plan.recipients],
            level=plan.audience.level,
            base=plan.base,
            tip=plan.tip,
            since=plan.since,
            until=plan.until,
            subject=one_line(plan.first.subject),
            channel=plan.channel,
            notes=plan.notes,
        )

    def _record(self, run: Run) -> None:
        """Record on the notes that letters brought them."""
        if found := record_run(self.kb, self.ledger, run, audience=self.what.audience):
            self.report.recorded.append(found)


def unfinished(ledger: Ledger, runs: list[Run]) -> list[Run]:
    """The runs of which letters are left, the oldest first."""
    return [run for run in reversed(runs) if run.left(ledger.now)]


def only_deferred(run: Run) -> bool:
    """Whether all that is left of a run are letters that the server put off."""
    came = [run.of(mark) for mark in run.intent.to]
    return all(one is not None and one.kind != UNKNOWN for one in came)


def another(run: Run) -> tuple[str, str]:
    """Why a run of another machine is left alone, and the way out."""
    since = f"{run.held:%Y-%m-%d %H:%M %Z}".strip() if run.held else ""
    counts = run.counts()
    return (
        f"Another machine ({run.holder}) began to send {run.id} at {since} and has not said that "
        f"it is done: {counts[SENT]} of {len(run.intent.to)} letters are known to be sent.",
        "Wait for it. If it was cut off there, finish it there by the same command; or take it "
        "over here with --take-over, and some readers may get their letter twice.",
    )
