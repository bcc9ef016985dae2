"""Posting to a channel by its webhook; each message is written down before it goes, and after.

A webhook cannot be asked what it took. So a message that was on its way when something broke is
posted once more, under the same run, and that is said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kmkit.errors import Cannot, Refused
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.reach import webhooks
from kmkit.reach.channels import Waiting, channel_of, waiting
from kmkit.reach.ledger import Behind, Ledger, Run, What
from kmkit.reach.ledger_runs import DROPPED, SENT, UNKNOWN, Tried
from kmkit.reach.recording import Recorded, record_run
from kmkit.reach.secrets import secret_of
from kmkit.reach.sending.delivering import deliver
from kmkit.reach.webhooks import Posted
from kmkit.text import as_typed, one_line
from kmkit.views import channel as view

KIND = "channel"
"""What the ledger calls runs of messages to channels."""
_ATTEMPTS = 5
"""How often it is looked again where another machine writes into the ledger meanwhile."""


class Ways(NamedTuple):
    """By what messages are posted."""

    environ: Mapping[str, str]
    """Where the webhook's address may be."""
    wait: Callable[[float], None]
    """Waits so many seconds."""
    clock: Callable[[], float]
    """Gives seconds."""
    again: Callable[[Run], None] = lambda run: None
    """Hears of a message that is posted once more and may be there already."""


@dataclass
class Report:
    """What a command posted."""

    runs: list[Run] = field(default_factory=list)
    """The messages, those that were begun before first."""
    waiting: Waiting | None = None
    """What was new."""
    recorded: list[Recorded] = field(default_factory=list)

    @property
    def sent(self) -> tuple[str, ...]:
        """The ids of the notes that arrived."""
        return _arrived(self.runs)


def told(ledger: Ledger, name: str) -> frozenset[str]:
    """The ids of the notes that arrived in a channel, as far as the ledger knows."""
    return frozenset(_arrived(ledger.runs(What(KIND, name))))


def _arrived(runs: Iterable[Run]) -> tuple[str, ...]:
    return tuple(id for run in runs if run.counts()[SENT] for id in run.intent.notes)


def post_waiting(
    kb: KnowledgeBase,
    ledger: Ledger,
    name: str,
    ways: Ways,
    *,
    since: date | None = None,
    take_over: bool = False,
) -> Report:
    """Post to the channel ``name`` what waits for it, and record it on the notes.

    To be called `Ledger.at_work`. What was begun before is finished first. ``since``: see
    `waiting`. ``take_over``: go on with what another machine began. Raises Cannot for what stops
    it; nothing is recorded on notes of what did not arrive.
    """
    ledger.fetch()
    report = Report()
    for _ in range(_ATTEMPTS):
        try:
            job = _Job(kb, ledger, name, ways, report, take_over)
            job.finish()
            job.begin(since)
        except Behind:
            continue
        finally:
            ledger.share()
        return report
    raise Refused("Other machines write into the ledger without end.", "Try again.")


def payload(kb: KnowledgeBase, what: Waiting) -> bytes:
    """The message that a webhook would get, as JSON."""
    return view.message(
        what.notes,
        kind=what.channel.kind,
        link=links(kb),
        organisation=kb.config.organisation.name,
        language=what.seen.audience.language or kb.config.organisation.language,
        template=what.channel.template,
        kb=kb.root,
    )


@dataclass
class _Hook:
    """The webhook of a channel, as that to which a run's one message goes."""

    url: str
    ca: str
    wait: Callable[[float], None]
    posted: Posted | None = None
    """What came of the message."""
    touched: bool = False
    """Whether anything of it may have been taken by now."""

    def send(self, letter: bytes, to: str) -> Posted:
        """Post a message; Cannot where nothing of it went out."""
        self.touched = True
        self.posted = webhooks.post(self.url, letter, wait=self._pause, ca=self.ca)
        return self.posted

    def _pause(self, seconds: float) -> None:
        self.touched = False  # it was put off, and nobody was told
        self.wait(seconds)
        self.touched = True


@dataclass
class _Job:
    """One attempt, by the ledger as it is."""

    kb: KnowledgeBase
    ledger: Ledger
    name: str
    ways: Ways
    report: Report
    take_over: bool

    def __post_init__(self) -> None:
        self.channel = channel_of(self.kb, self.name)
        self.runs = self.ledger.runs(What(KIND, self.name))

    def finish(self) -> None:
        """Post what was begun before and has not arrived, the oldest first."""
        for run in reversed(self.runs):
            if run.left(self.ledger.now):
                self._may(run)
                self._finish(run)
        for run in {one.id: one for one in (*self.runs[:1], *self.report.runs)}.values():
            self._record(run)

    def begin(self, since: date | None) -> None:
        """Post what is new."""
        known = told(self.ledger, self.name)
        what = self.report.waiting = waiting(self.kb, self.name, since=since, told=known)
        if what.notes:
            self._record(self._begun(what))

    def _may(self, run: Run) -> None:
        """Refused where another machine may be at it."""
        if run.active and run.holder != self.ledger.machine and not self.take_over:
            raise Refused(
                f"Another machine ({run.holder}) began to post {run.id} to {self.name} and has "
                "not said that it is done.",
                "Wait for it. If it was cut off there, give the same command there; or take it "
                f"over here with --take-over, and {self.name} may be told twice.",
            )

    def _finish(self, run: Run) -> None:
        """Post once more what was begun; a message of its own where not all may go any more."""
        what = waiting(self.kb, self.name, again=run.intent.notes)
        if what.left:  # not by this person, or not now
            return
        if set(what.ids) == set(run.intent.notes):
            data, hook = payload(self.kb, what), self._hook()
            self._say_again(what)
            self._posted(self.ledger.take(run, [self.name]), data, hook)
            return
        came = Tried(SENT if self._is_there(run) else DROPPED)
        run = self.ledger.take(run, [self.name])
        self.ledger.note(run, {self.ledger.mark(self.name): came}, ended=True)
        if what.notes:
            self._begun(what)

    def _begun(self, what: Waiting) -> Run:
        """Write down what is about to be posted, and post it."""
        data, hook = payload(self.kb, what), self._hook()
        self._say_again(what)
        intent = self.ledger.intent(
            What(KIND, self.name),
            [self.name],
            level=what.seen.level,
            tip=self.kb.git.tip(),
            subject=_subject(what),
            channel=self.name,
            notes=what.ids,
        )
        return self._posted(self.ledger.begin(intent), data, hook)

    def _say_again(self, what: Waiting) -> None:
        """Tell of earlier messages with these notes of which nobody knows whether they arrived."""
        for run in self.runs:
            unknown = any(one.kind == UNKNOWN for one in run.tried.values())
            if unknown and not set(what.ids).isdisjoint(run.intent.notes):
                self.ways.again(run)

    def _is_there(self, run: Run) -> bool:
        """Whether somebody recorded on all notes of a run that they went there."""
        with Index.open(self.kb.root, today=self.kb.today) as index:
            there = {
                card.id
                for card in index.cards()
                if self.name in {entry.channel for entry in card.disseminated}
            }
        return there.issuperset(run.intent.notes)

    def _posted(self, run: Run, data: bytes, hook: _Hook) -> Run:
        """Post the message of a run; Cannot where it did not arrive, or nobody knows."""
        run = deliver(
            self.ledger, run, [self.name], lambda _: data, hook, clock=self.ways.clock
        )  # fmt: skip
        self.report.runs.append(run)
        posted = hook.posted
        if posted is None or posted.kind == "sent":
            return run
        if posted.kind == "unknown":
            raise Cannot(
                f"{posted.said} {self.name} may have been told.",
                f"Look there. If it was: kmkit disseminate NOTE --channel {as_typed(self.name)}; "
                "else run this again.",
            )
        later = (
            "Run this again later." if posted.kind == "deferred" else "See its url and template."
        )
        raise Cannot(f"{self.name} does not take it: {posted.code} {posted.said}", later)

    def _hook(self) -> _Hook:
        """The channel's webhook; Cannot where its address is none."""
        if not self.channel.url:
            raise Cannot(
                f"The channel {self.name} has no url.",
                f'Write [channels.{self.name}] url = "env:NAME", and the address into that '
                "variable.",
            )
        url = secret_of(self.channel.url, root=self.kb.root, environ=self.ways.environ)
        webhooks.host_of(url)
        return _Hook(url, self.kb.config.mail.ca, self.ways.wait)

    def _record(self, run: Run) -> None:
        """Record on the notes of a message that arrived that it did."""
        audience = self.channel.audience
        if found := record_run(self.kb, self.ledger, run, audience=audience):
            self.report.recorded.append(found)


def _subject(what: Waiting) -> str:
    titles = [one_line(shown.note.title) for shown in what.notes]
    return titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"
