"""``kmkit validate``: judge a note, or ask somebody to."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.options import (
    AsJson,
    Because,
    DryRun,
    NoInput,
    a_day,
    complete_note,
    open_kb,
)
from kmkit.cli.screen import may_ask, needed, report, say, sure
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.lifecycle import Request


def command(
    ctx: typer.Context,
    note: Annotated[
        str, typer.Argument(metavar="[NOTE]", help="which note", autocompletion=complete_note)
    ] = "",
    method: Annotated[
        str,
        typer.Option(
            "--method", help="self-review, peer-review, expert-review, committee or crowd"
        ),
    ] = "",
    approve: Annotated[bool, typer.Option("--approve", help="it is right")] = False,
    returned: Annotated[bool, typer.Option("--return", help="changes are wanted")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="it is not to be kept")] = False,
    because: Because = "",
    topic: Annotated[str, typer.Option("--topic", help="of an expert review")] = "",
    decided_by: Annotated[
        str, typer.Option("--decided-by", metavar="NAMES", help="the committee's members")
    ] = "",
    minutes: Annotated[
        str, typer.Option("--minutes", metavar="REF", help="where the decision is written down")
    ] = "",
    ask: Annotated[
        str, typer.Option("--ask", metavar="EMAIL", help="ask somebody to judge it")
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="with --ask: until when")] = "",
    queue: Annotated[bool, typer.Option("--queue", help="list what waits for a verdict")] = False,
    same_meaning: Annotated[
        bool, typer.Option("--same-meaning", help="a rewording means what you approved")
    ] = False,
    as_json: AsJson = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask back")] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Judge a note, or ask somebody to.

    Alone, it opens the next note that waits for you, asks five questions, and takes your verdict
    in one line. Nobody judges what they gave, typed in or wrote themselves.
    """
    from kmkit.lifecycle import Request

    verdicts = [
        n for n, on in (("approve", approve), ("return", returned), ("reject", reject)) if on
    ]
    if len(verdicts) + bool(ask) + queue + same_meaning > 1:
        raise UsageError("One thing at a time.", "--approve, --return, --reject, --ask … exclude.")
    kb = open_kb(ctx, dry_run=dry_run)
    if queue:
        from kmkit.cli.queue import show_queue

        show_queue(kb, as_json=as_json)
    elif ask:
        due = a_day(by, "--by") if by else None
        _move(kb, "ask", _named(note), Request(to=ask, due=due, because=because))
    elif same_meaning:
        _same(kb, _named(note), because, yes=yes, no_input=no_input)
    elif verdicts:
        because = needed(because, "--because", "Why?", no_input)
        request = Request(
            method=method,
            verdict=verdicts[0],
            because=because,
            topic=topic,
            decided_by=decided_by,
            minutes=minutes,
        )
        judge(kb, _named(note), request)
    elif may_ask(no_input):
        from kmkit.cli.queue import sit

        sit(kb, note, method=method, topic=topic)
    else:
        raise UsageError(
            "A verdict is missing.", "Give --approve, --return or --reject, with --because '…'."
        )


def judge(kb: "KnowledgeBase", ref: str, request: "Request") -> None:
    """Record a verdict; where no method is named, the one that fits the note and the person."""
    from dataclasses import replace

    note = kb.resolve(ref)
    if not request.method:
        method, topic = kb_method(kb, ref)
        request = replace(request, method=method, topic=request.topic or topic)
    elif request.method == "expert-review" and not request.topic and len(note.fields.topics) == 1:
        request = replace(request, topic=note.fields.topics[0])
    report(kb.move("validate", note, request), dry_run=kb.dry_run)


def kb_method(kb: "KnowledgeBase", ref: str) -> tuple[str, str]:
    """How this person would validate the note: (method, topic of an expert review)."""
    note = kb.resolve(ref)
    under_way = [v.method for v in note.fields.verdicts]
    allowed = kb.kind(note).validate_by
    mine = [t for t in note.fields.topics if kb.policy.has_role(kb.actor.key, f"expert.{t}")]
    if under_way:
        return under_way[-1], mine[0] if mine else ""
    if mine and "expert-review" in allowed:
        return "expert-review", mine[0]
    plain = [name for name in allowed if name in ("peer-review", "self-review")]
    return (plain or list(allowed) or ["peer-review"])[0], ""


def _named(note: str) -> str:
    if not note:
        raise UsageError("Which note?", "Name it: kmkit validate NOTE …")
    return note


def _move(kb: "KnowledgeBase", verb: str, ref: str, request: "Request") -> None:
    report(kb.move(verb, kb.resolve(ref), request), dry_run=kb.dry_run)


def _same(kb: "KnowledgeBase", ref: str, because: str, *, yes: bool, no_input: bool) -> None:
    """Show what was reworded, word by word, and take the approver's word for it."""
    from kmkit.kb.comparing import approved_version
    from kmkit.lifecycle import Request
    from kmkit.views.worddiff import word_diff

    note = kb.resolve(ref)
    shown = word_diff(approved_version(kb, note).text, note.text)
    say(f"{note.title} ({note.id[-4:]}): what was approved, and what stands now:")
    from kmkit.cli.screen import coloured

    coloured(shown)
    if sure("Does it mean the same?", yes=yes or kb.dry_run, no_input=no_input):
        _move(kb, "same-meaning", ref, Request(because=because))
    else:
        say("Nothing was recorded. To have it judged anew: kmkit reopen NOTE --because '…'.")
