"""What ``kmkit remind`` shows, writes and sends."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kmkit.cli.formats import deliver, many
from kmkit.cli.screen import on_terminal, say, table
from kmkit.errors import Cannot, Exit, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.reminders import Plan, Question
    from kmkit.reach.reminders_turns import Asked

_COLUMNS = ("to", "as", "note", "title", "reason", "due", "asked_before")


def ask(
    kb: "KnowledgeBase",
    index: "Index",
    to: str,
    output: Path | None,
    *,
    send: bool,
    take_over: bool,
    offline: bool,
    as_json: bool,
) -> None:
    """Show who would be asked, write the letters as drafts, or send them."""
    from kmkit.cli.sending import ledger_of
    from kmkit.reach.reminders import one_of, planned

    who = one_of(to, index) if to else ""
    if send:
        _send(kb, index, who, take_over=take_over, offline=offline)
        return
    ledger = ledger_of(kb, offline=offline)
    try:
        ledger.fetch()
    except Cannot as error:
        say(f"{error.message} This goes by what is known here.")
    plan = planned(kb, index, _asked(ledger, drafts=bool(output)), to=who)
    if output:
        _write(kb, index, plan, output, ledger.kb_id)
        return
    _show(index, plan, as_json=as_json)


def _asked(ledger: object, *, drafts: bool) -> "Asked":
    """What is known of earlier letters; where drafts alone are written, nothing is."""
    from kmkit.reach.ledger import Ledger
    from kmkit.reach.reminders_asked import REMIND, asked_by
    from kmkit.reach.reminders_turns import Asked

    assert isinstance(ledger, Ledger)
    return Asked() if drafts and not ledger.runs(REMIND) else asked_by(ledger)


# Showing


def _show(index: "Index", plan: "Plan", *, as_json: bool) -> None:
    """Who is asked about what."""
    if as_json:
        from kmkit.views import porcelain

        deliver(porcelain.dumps(_json(index, plan)))
    else:
        rows = [
            _row(index, email, question)
            for email, questions in (*plan.letters.items(), ("", plan.nobody))
            for question in questions
        ]
        if rows or not on_terminal():
            table(_COLUMNS, rows)
    _tell(plan)


def _row(index: "Index", email: str, question: "Question") -> tuple[object, ...]:
    from kmkit.reach.reminders import ASKS

    codes = dict.fromkeys(one.code for one in question.reasons if one.code in ASKS)
    before = "; ".join(_before(question))
    note = question.note
    turn = question.turn
    return (email or "nobody", turn.part, note.short, note.title, ", ".join(codes), question.due,
            before)  # fmt: skip


def _before(question: "Question") -> Iterator[str]:
    for one in question.turn.before:
        yield " ".join(filter(None, (one.email, one.why, str(one.on or ""))))


def _json(index: "Index", plan: "Plan") -> dict[str, object]:
    """The plan as ``kmkit.remind/1``."""

    def of(questions: Sequence["Question"]) -> list[dict[str, object]]:
        return [
            {
                "id": one.note.id,
                "short": one.note.short,
                "title": one.note.title,
                "as": one.turn.part,
                "due": one.due,
                "reasons": [{"reason": r.code, "since": r.since} for r in one.reasons],
                "before": [earlier._asdict() for earlier in one.turn.before],
            }
            for one in questions
        ]

    return {
        "schema": "kmkit.remind/1",
        "today": plan.today,
        "opens": plan.opens,
        "letters": [{"to": email, "notes": of(asked)} for email, asked in plan.letters.items()],
        "held": [{"to": email, "next": day} for email, day in plan.held.items()],
        "nobody": of(plan.nobody),
        "answered": [
            {"note": one.note, "proposal": one.id, "move": one.move, "from": one.claimed_by}
            for one in plan.answered
        ],
    }


def _tell(plan: "Plan") -> None:
    """What the plan does not do, and why."""
    if plan.opens > plan.today:
        say(f"{plan.today:%A} {plan.today}: nobody is asked. Next: {plan.opens:%A} {plan.opens}.")
    for email, day in plan.held.items():
        say(f"{email} had a letter lately; the next one goes out from {day} on.")
    if plan.answered:
        count = many(len(plan.answered), "answer")
        say(f"{count} by mail wait: kmkit review --proposals.")
    if plan.nobody:
        count = many(len(plan.nobody), "note")
        say(f"Nobody is left to be asked about {count}: kmkit reassign NOTE --to EMAIL.")
    if plan.letters:
        say(f"{many(len(plan.notes), 'note')}, {many(len(plan.letters), 'letter')}.")
    elif plan.opens == plan.today:
        say("Nobody has to be asked today.")


# Drafts


def _write(kb: "KnowledgeBase", index: "Index", plan: "Plan", folder: Path, kb_id: str) -> None:
    """Write the letters as drafts; nothing is written down as sent."""
    from kmkit.reach.letters import eml
    from kmkit.reach.reminders import Desk
    from kmkit.reach.reminders_letters import letter
    from kmkit.trail.safely import write_file

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file.", "Name a folder.")
    reminders = Desk(kb, index).letters(plan)
    run = plan.today.isoformat()
    made = {e: letter(kb, one, kb_id=kb_id, run=run, draft=True) for e, one in reminders.items()}
    for email, draft in made.items():
        path = folder.resolve() / f"{_safe(email)}.eml"
        if kb.dry_run:
            say(f"Would write {path.name}.")
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_file(path, eml(draft))
        except OSError as error:
            raise Cannot(f"{path} cannot be written: {error.strerror}.") from None
        say(f"Written: {folder / path.name}.")
    _tell(plan)


def _safe(email: str) -> str:
    """An address as the name of a file."""
    return "".join(c if c.isalnum() or c in "@.-_+" else "_" for c in email).lstrip(".")[:120]


def write_calendar(kb: "KnowledgeBase", index: "Index", file: Path, *, owner: str) -> None:
    """Write the due days as a calendar."""
    from kmkit.cli.sending import ledger_of
    from kmkit.reach.reminders import one_of
    from kmkit.reach.reminders_letters import calendar_of

    who = one_of(owner, index) if owner else ""
    made = calendar_of(kb, index, owner=who, kb_id=ledger_of(kb, offline=True).kb_id)
    if kb.dry_run:
        say(f"Would write {file}.")
    else:
        deliver(made.decode(), None if str(file) == "-" else file)


# Sending


def _send(kb: "KnowledgeBase", index: "Index", to: str, *, take_over: bool, offline: bool) -> None:
    """Send the letters; exits with 1 where not everybody got one."""
    from kmkit.cli.reading import watched
    from kmkit.cli.sending import ledger_of, post_of, told_when_stopped
    from kmkit.reach.reminders_sending import send_reminders
    from kmkit.reach.sending.digest import Ways

    def track(emails: Sequence[str]) -> Iterator[str]:
        return watched(emails, "Sending letters:")

    ledger = ledger_of(kb, offline=offline)
    ways = Ways(lambda: post_of(kb), time.monotonic, track)
    with told_when_stopped():
        sent = send_reminders(kb, index, ledger, ways, to=to, take_over=take_over)
    missed = 0
    for run in sent.runs:
        counts = run.counts()
        missed += len(run.intent.to) - counts["sent"] - counts["dropped"]
        rest = ", ".join(
            f"{counts[k]} {k}" for k in ("refused", "deferred", "unknown") if counts[k]
        )
        of = f"{counts['sent']} of {many(len(run.intent.to), 'letter')} sent"
        say(f"{of}{'; ' + rest if rest else ''} ({run.id}).")
    if not sent.runs:
        _tell(sent.plan)
    if sent.runs and not offline and not ledger.shared:
        say("The remote could not be told what became of the letters: kmkit outbox does it.")
    if missed:
        raise typer.Exit(Exit.FINDINGS)
