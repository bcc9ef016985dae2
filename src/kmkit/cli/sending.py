"""What ``kmkit digest --send`` does, and what it would do, as a person reads it."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from kmkit.cli.screen import broken_files, on_terminal, out, say
from kmkit.errors import Cannot, Exit, Stopped, UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.ledger import Ledger, Run
    from kmkit.reach.recording import Recorded
    from kmkit.reach.sending.digest import Preview, Report, Wish
    from kmkit.reach.sending.plan import Plan
    from kmkit.reach.smtp import Post


def ledger_of(kb: "KnowledgeBase", *, offline: bool = False) -> "Ledger":
    """The ledger of letters, with the key that the environment gives."""
    from kmkit.reach.ledger import Ledger
    from kmkit.reach.ledger_keys import VARIABLE

    return Ledger(kb, key=os.environ.get(VARIABLE, ""), offline=offline)


def named(kb: "KnowledgeBase", audience: str) -> str:
    """The audience that letters go to; UsageError where none is named."""
    from kmkit.reach.sending.plan import audience_named

    known = ", ".join(kb.config.audiences) or "none yet; write [audiences.NAME] into kmkit.toml"
    if not audience:
        raise UsageError("Letters are sent to an audience.", f"Name one with --for: {known}.")
    return audience_named(kb, audience).name


def send(kb: "KnowledgeBase", name: str, to: str, wish: "Wish", *, offline: bool) -> None:
    """Send the digest ``name`` to an audience; exits with 1 where not everybody got a letter."""
    from kmkit.cli.reading import watched
    from kmkit.reach.sending.digest import Ways, send_digest

    def track(emails: Sequence[str]) -> Iterator[str]:
        return watched(emails, "Sending letters:")

    ways = Ways(lambda: post_of(kb), time.monotonic, track)
    ledger = ledger_of(kb, offline=offline)
    with told_when_stopped():
        report = send_digest(kb, ledger, name, to, ways, wish=wish)
    _told(report, to)
    if report.runs and not offline and not ledger.shared:
        say("The remote could not be told what became of the letters: kmkit outbox does it.")
    if report.waiting or any(_missed(run) for run in report.runs):
        raise typer.Exit(Exit.FINDINGS)


@contextmanager
def told_when_stopped(
    message: str = "Stopped. Letters may have gone out; kmkit outbox says how many.",
    mend: str = "Give the same command again to send the rest.",
) -> Iterator[None]:
    """Say on Ctrl-C that something may have gone out, and what to do."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(message, mend) from None


@contextmanager
def post_of(kb: "KnowledgeBase") -> "Iterator[Post]":
    """The connection to the mail server of the settings."""
    from kmkit.reach.secrets import secret_of
    from kmkit.reach.smtp import Post

    mail = kb.config.mail
    secret = ""
    if mail.user:
        secret = secret_of(mail.password, root=kb.root, environ=os.environ, user=mail.user)
    with Post(mail, secret, clock=time.monotonic, wait=time.sleep) as post:
        yield post


def _missed(run: "Run") -> int:
    """How many letters of a run did not arrive, as far as is known."""
    counts = run.counts()
    return len(run.intent.to) - counts["sent"] - counts["dropped"]


def _told(report: "Report", to: str) -> None:
    """Say what was sent."""
    for run in report.finished:
        say(f"Finished what was begun on {run.intent.at.date()}: {_counted(run, to)}")
    for run in report.waiting:
        say(
            f"{run.id} has letters that the server put off; who they are for, only the machine "
            f"with its key knows ({run.holder})."
        )
    if report.run:
        say(f"Sent: {report.run.intent.subject}: {_counted(report.run, to)}")
    elif report.due:
        say(f"The next digest to {to} is due on {report.due}: nothing new was sent.")
    elif report.plan:
        since = f"since {report.plan.since}" if report.plan.base else f"from {report.plan.since} on"
        say(f"Nothing is new for {to} {since}: nothing was sent.")
    else:
        say("What is new since then goes out another day.")
    for recorded in report.recorded:
        _recorded(recorded)
    for run in report.runs:
        if _missed(run):
            say(f"kmkit outbox {run.id[-8:]} names, on a terminal, whom it did not reach.")


def _counted(run: "Run", to: str) -> str:
    """How many letters came to what."""
    counts = run.counts()
    parts = [f"{counts['sent']} of {len(run.intent.to)} letters to {to}"]
    said = {
        "refused": "refused by the server",
        "deferred": "put off by the server, to be tried again by the next --send",
        "unknown": "without an answer, to be sent again by the next --send",
        "dropped": "left out, who are readers no longer",
    }
    parts += [f"{counts[kind]} {words}" for kind, words in said.items() if counts[kind]]
    return f"{'; '.join(parts)} ({run.id})."


def _recorded(recorded: "Recorded") -> None:
    """Say on which notes the delivery was recorded, and on which it was not."""
    if count := len(recorded.notes):
        say(f"Recorded as disseminated: {'1 note' if count == 1 else f'{count} notes'}.")
    for left in recorded.left:
        say(f"Not recorded on '{left.title}': {left.why}")


# What would be sent


def show(kb: "KnowledgeBase", name: str, to: str, *, offline: bool) -> None:
    """Show what ``--send`` would send to whom; nothing is sent, nothing written down."""
    from kmkit.reach.sending.digest import preview

    ledger = ledger_of(kb, offline=offline)
    try:
        ledger.fetch()
    except Cannot as error:
        say(f"{error.message} This goes by what is known here.")
    found = preview(kb, ledger, name, to)
    broken_files(found.plan.broken)
    for line in _shown(kb, found, ledger, to):
        out(line)


def _shown(kb: "KnowledgeBase", found: "Preview", ledger: "Ledger", to: str) -> Iterator[str]:
    from kmkit.audience.recipients import nobody_by

    plan = found.plan
    for run in found.unfinished:
        whose = "this machine" if run.holder == ledger.machine else f"machine {run.holder}"
        left = len(run.left(ledger.now))
        yield f"Unfinished: {run.id} of {whose}, {left} of {len(run.intent.to)} letters left"
    if found.unfinished:
        yield "--send finishes that first, by those who are recipients today."
    yield f"To: {to} ({plan.audience.level}), {_people(len(plan.recipients))}"
    yield from (f"Nobody is found by: {entry}" for entry in nobody_by(kb, plan.audience))
    yield f"Covers: {plan.since} to {plan.until}, {_commits(plan)}"
    if plan.empty:
        other = "else " if found.unfinished else ""
        yield f"Nothing is new: nothing {other}would be sent."
        return
    yield f"Subject: {plan.first.subject}"
    for item in plan.first.items:
        yield f"Note: {item.title} ({item.id[-4:]}), to be recorded under {plan.channel}"
    if len(plan.digests) > 1:
        yield f"Languages: {', '.join(sorted(d.language for d in plan.digests.values()))}"
    if on_terminal():
        yield from (f"Recipient: {one.email}" for one in plan.recipients)
    else:
        yield "The recipients are named on a terminal only."


def _people(count: int) -> str:
    return "1 recipient" if count == 1 else f"{count} recipients"


def _commits(plan: "Plan") -> str:
    if not plan.base:
        return f"the first of its kind, up to commit {plan.tip[:12]}"
    return f"all commits after {plan.base[:12]} up to {plan.tip[:12]}"
