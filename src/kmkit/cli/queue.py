"""What waits for a verdict, and a reviewer's five minutes with the next note."""

import re
from typing import TYPE_CHECKING, NamedTuple

from kmkit.cli.reading import notes_where
from kmkit.cli.screen import ask, broken, out, say, table
from kmkit.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kmkit.kb import KnowledgeBase
    from kmkit.lifecycle.context import Request
    from kmkit.note.model import Note

QUESTIONS = (
    "Specific: could somebody act on it tomorrow?",
    "Evidenced: does it say how one knows?",
    "Context: is it clear where it holds, and where not?",
    "Transferable: would it help somebody elsewhere?",
    "Harmless: is nobody exposed by it?",
)
"""What a reviewer asks of a note."""

_VERDICT = re.compile(r"(a|approve|r|return|x|reject|s|skip|q|quit)\b[\s:,-]*(.*)", re.IGNORECASE)
_WORDS = {"a": "approve", "r": "return", "x": "reject", "s": "skip", "q": "quit"}


class Waiting(NamedTuple):
    """A note that waits for a verdict."""

    note: "Note"
    asked: tuple[str, ...]
    """Who was asked, by e-mail in lower case."""
    due: "date | None"
    mine: bool
    """Whether this person was asked, or could judge it where nobody was."""


def waiting(kb: "KnowledgeBase") -> list[Waiting]:
    """The captured notes, what this person was asked for first, then by the day it is due."""
    who = kb.actor.key
    found = []
    for note in notes_where(kb, "state = ?", "captured"):
        asked = tuple(a.to.strip().casefold() for a in note.fields.asked)
        due = min((a.due for a in note.fields.asked if a.due), default=None)
        answered = any(v.by.casefold() == who for v in note.fields.verdicts)
        by = note.fields.gathered.by.casefold() if note.fields.gathered else ""
        own = who in (note.owner, by, *(source.casefold() for source in note.fields.sources))
        mine = who in asked or not (asked or own or answered)
        found.append(Waiting(note, asked, due, mine))
    return sorted(
        found, key=lambda w: (who not in w.asked, not w.mine, str(w.due or "9"), w.note.id)
    )


def show_queue(kb: "KnowledgeBase", *, as_json: bool) -> None:
    """List what waits for a verdict."""
    rows = waiting(kb)
    broken(problem for row in rows for problem in row.note.problems)
    if as_json:
        import json

        from kmkit.cli.settling import settle_due

        data = [
            {
                "id": w.note.id,
                "title": w.note.title,
                "owner": w.note.owner,
                "asked": list(w.asked),
                "due": w.due.isoformat() if w.due else None,
                "mine": w.mine,
                "settle": bool(settle_due(kb, w.note)),
            }
            for w in rows
        ]
        out(json.dumps({"schema": "kmkit.queue/1", "notes": data}, ensure_ascii=False, indent=2))
        return
    if not rows:
        say("Nothing waits for a verdict.")
        return
    table(
        ("note", "title", "owner", "asked", "due", "for me"),
        [
            (
                w.note.id[-4:],
                w.note.title,
                w.note.owner,
                ", ".join(w.asked),
                w.due,
                "yes" if w.mine else "",
            )
            for w in rows
        ],
    )
    for row in rows:
        _say_settle(kb, row.note)


def _say_settle(kb: "KnowledgeBase", note: "Note") -> bool:
    """Say that its approvals suffice, where they do; whether they do."""
    from kmkit.cli.settling import settle_due

    due = settle_due(kb, note)
    if due:
        say(f"{note.title} ({note.short}): {due}")
    return bool(due)


def sit(kb: "KnowledgeBase", ref: str, *, method: str, topic: str) -> None:
    """Open the note ``ref``, or one after the other what waits for this person."""
    from kmkit.cli.validate import with_method
    from kmkit.lifecycle.context import Request

    notes = [kb.resolve(ref)] if ref else [w.note for w in waiting(kb) if w.mine]
    broken(problem for note in notes for problem in note.problems)
    if not notes:
        say("Nothing waits for your verdict.")
    for place, note in enumerate(notes, 1):
        if _say_settle(kb, note) and not ref:
            continue
        try:
            request = with_method(kb, note, Request(method=method, topic=topic))
            _may(kb, note, request)
        except Refused as refusal:
            if ref:
                raise
            say(f"Left out: {note.title} ({note.short}): {refusal}")
            continue
        if not _judge(kb, note, request, f"{place} of {len(notes)}"):
            return


def _may(kb: "KnowledgeBase", note: "Note", request: "Request") -> None:
    """Refused where this person cannot judge the note; better said before five questions."""
    from dataclasses import replace

    from kmkit.cli.validate import rehearsed

    rehearsed(kb).move("validate", note, replace(request, verdict="return", because="trying"))


def _judge(kb: "KnowledgeBase", note: "Note", request: "Request", place: str) -> bool:
    """Show a note, ask the five questions, take the verdict; whether to go on."""
    from dataclasses import replace

    from kmkit.cli.validate import judge

    _show(note, place)
    doubts = list(_doubts())
    if doubts:
        say(f"Your doubts: {'; '.join(doubts)}.")
    while True:
        verdict, because = _verdict("; ".join(doubts))
        if verdict in ("skip", "quit"):
            return verdict == "skip"
        try:
            judge(kb, note, replace(request, verdict=verdict, because=because))
            return True
        except Refused as refusal:
            say(str(refusal))


def _doubts() -> "Iterator[str]":
    """What the five questions bring up."""
    for question in QUESTIONS:
        answer = ask(f"{question} [Y, n, or what is missing]") or "y"
        short = question.split(":")[0].lower()
        if answer.casefold() not in ("y", "yes"):
            yield short if answer.casefold() in ("n", "no") else f"{short}: {answer}"


def _verdict(doubts: str) -> tuple[str, str]:
    """The verdict and its reason, taken in one line; doubts are part of a return's reason."""
    while True:
        line = ask("a(pprove), r(eturn) or x (reject), and why; s(kip), q(uit):", default="s")
        found = _VERDICT.fullmatch(line)
        if not found:
            say("Begin with a, r, x, s or q; for example: a checked against the fuel log")
            continue
        verdict = _WORDS[found[1][0].lower()] if found[1].lower() != "reject" else "reject"
        because = found[2].strip()
        if verdict in ("return", "reject"):
            because = "; ".join(part for part in (because, doubts) if part)
        if because or verdict in ("skip", "quit"):
            return verdict, because
        say("Say why: it becomes part of the trail.")


def _show(note: "Note", place: str) -> None:
    """The note as a reviewer reads it: who gave it, what it says and leaves out, no guidance."""
    import sys

    from kmkit.note.sections import without_comments
    from kmkit.text import HIDDEN

    say("")
    say(f"({place}) {note.title}  [{note.kind}, {note.id[-4:]}]")
    gathered = note.fields.gathered
    if gathered:
        source = f", from {gathered.from_}" if gathered.from_ else ""
        say(f"Gathered {gathered.on} by {gathered.method}, {gathered.by}{source}.")
    if note.fields.summary:
        say(f"Summary: {note.fields.summary}")
    if note.fields.evidence:
        say(f"Evidence: {', '.join(note.fields.evidence)}")
    if note.preamble:
        print(f"\n{HIDDEN.sub('', note.preamble)}", file=sys.stderr)
    empty = []
    for section in note.sections:
        text = without_comments(section.text)[0].strip()
        if text:
            print(f"\n{HIDDEN.sub('', section.heading)}\n{HIDDEN.sub('', text)}", file=sys.stderr)
        else:
            empty.append(section.heading)
    say("")
    if empty:
        say(f"Empty: {', '.join(empty)}.")
