"""``kmkit validate``: judge a note, or ask somebody to."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_method, complete_note, complete_topic
from kmkit.cli.options import AsJson, Because, DryRun, NoInput, a_day, open_kb
from kmkit.cli.persons import a_person
from kmkit.cli.picking import picked
from kmkit.cli.screen import coloured, may_ask, needed, report, say, sure
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.moving import Moved
    from kmkit.lifecycle.context import Request
    from kmkit.note.model import Note
    from kmkit.note.problem import Problem


_TOPIC = "--topic is what an expert review is about."


def command(
    ctx: typer.Context,
    note: Annotated[
        str, typer.Argument(metavar="[NOTE]", help="which note", autocompletion=complete_note)
    ] = "",
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="METHOD",
            help="self-review, peer-review, expert-review, committee or crowd",
            autocompletion=complete_method,
        ),
    ] = "",
    approve: Annotated[bool, typer.Option("--approve", help="it is right")] = False,
    returned: Annotated[bool, typer.Option("--return", help="changes are wanted")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="it is not to be kept")] = False,
    because: Because = "",
    topic: Annotated[
        str,
        typer.Option(
            "--topic", metavar="TOPIC", help="of an expert review", autocompletion=complete_topic
        ),
    ] = "",
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
    settle: Annotated[
        bool, typer.Option("--settle", help="a merge brought the approvals together")
    ] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="approve again what the trail no longer proves")
    ] = False,
    as_json: AsJson = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask back")] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Judge a note, or ask somebody to.

    Alone, it opens the next note that waits for you, asks five questions, and takes your verdict
    in one line. Nobody judges what they gave, typed in or wrote themselves.

    \b
    kmkit validate x7k2 --ask ben@example.org --by 2026-12-01
    kmkit validate x7k2 --approve --because "Checked against the fuel log."
    """
    from kmkit.lifecycle.context import Request

    verdicts = [
        n for n, on in (("approve", approve), ("return", returned), ("reject", reject)) if on
    ]
    if len(verdicts) + bool(ask) + queue + same_meaning + settle + renew > 1:
        raise UsageError(
            "One thing at a time.",
            "Give one of --approve, --return, --reject, --ask, --queue, --same-meaning, --settle "
            "and --renew.",
        )
    if topic and (ask or queue or same_meaning or settle):
        raise UsageError(_TOPIC, "Leave --topic out.")
    if (by and not ask) or (as_json and not queue):
        raise UsageError("--by goes with --ask, and --json goes with --queue.")
    if ask or same_meaning or settle or verdicts or renew:
        note = picked(ctx, note)
    kb = open_kb(ctx, dry_run=dry_run)
    if queue:
        from kmkit.cli.queue import show_queue

        show_queue(kb, as_json=as_json)
    elif ask:
        due = a_day(by, "--by") if by else None
        request = Request(to=a_person(kb, ask, "--ask"), due=due, because=because)
        tell(kb, kb.move("ask", kb.resolve(note), request))
    elif same_meaning:
        _same(kb, kb.resolve(note), because, yes=yes, no_input=no_input)
    elif settle:
        tell(kb, kb.move("settle", kb.resolve(note), Request(because=because)))
    elif verdicts or renew:
        because = needed(because, "--because", "Why?", no_input)
        request = Request(
            method=method,
            verdict="approve" if renew else verdicts[0],
            because=because,
            topic=topic,
            decided_by=decided_by,
            minutes=minutes,
        )
        judge(kb, kb.resolve(note), request, "renew" if renew else "validate")
    elif may_ask(no_input):
        from kmkit.cli.queue import sit

        sit(kb, note, method=method, topic=topic)
    else:
        raise UsageError("A verdict is missing.", _way(kb, note))


def _way(kb: "KnowledgeBase", ref: str) -> str:
    """How a verdict on the note ``ref`` is given, or what it needs in its place."""
    from kmkit.cli.settling import settle_due

    left = settle_due(kb, kb.resolve(ref)) if ref else ""
    return left or "Give --approve, --return or --reject, with --because '…'."


def judge(kb: "KnowledgeBase", note: "Note", request: "Request", verb: str = "validate") -> None:
    """Record a verdict; where no method is named, the one that fits the note and the person."""
    tell(kb, kb.move(verb, note, with_method(kb, note, request)))


def with_method(kb: "KnowledgeBase", note: "Note", request: "Request") -> "Request":
    """The request with the method, and the expert's topic, that it leaves out.

    UsageError where a topic is given and the method is not that of an expert.
    """
    from dataclasses import replace

    if not request.method:
        method, topic = _method(kb, note)
        request = replace(request, method=method, topic=request.topic or topic)
    if request.topic and request.method != "expert-review":
        mend = "Leave --topic out, or give --method expert-review."
        raise UsageError(f"{_TOPIC} This is a {request.method}.", mend)
    if request.method == "expert-review" and not request.topic and len(note.fields.topics) == 1:
        return replace(request, topic=note.fields.topics[0])
    return request


def _method(kb: "KnowledgeBase", note: "Note") -> tuple[str, str]:
    """How this person would validate the note: (method, topic of an expert review)."""
    under_way = [v.method for v in note.fields.verdicts]
    allowed = kb.kind(note).validate_by
    mine = [t for t in note.fields.topics if kb.policy.has_role(kb.actor.key, f"expert.{t}")]
    if under_way:
        return under_way[-1], mine[0] if mine and under_way[-1] == "expert-review" else ""
    if mine and "expert-review" in allowed:
        return "expert-review", mine[0]
    plain = [name for name in allowed if name in ("peer-review", "self-review")]
    return (plain or list(allowed) or ["peer-review"])[0], ""


def tell(kb: "KnowledgeBase", moved: "Moved") -> None:
    """Say where the note's validation stands, and what comes next."""
    report(moved, dry_run=kb.dry_run, then=_then(kb, moved))


def _then(kb: "KnowledgeBase", moved: "Moved") -> str | None:
    """What comes next; None where the new state says it."""
    from kmkit.lifecycle.fingerprint import fingerprint
    from kmkit.lifecycle.rounds import current_round

    note = moved.note
    match moved.move.key:
        case "ask":
            asked = note.fields.asked[-1]
            until = f", until {asked.due}" if asked.due else ""
            return f"{asked.to} is asked{until}; they run: kmkit validate {note.short}."
        case "validate/return":
            who = note.fields.owner
            return f"{who} is to change it, or to ask back: kmkit edit {note.short}."
        case "validate":
            round_ = current_round(
                note.fields.verdicts, fingerprint(note, kb.guidance(note)), kb.policy
            )
            if round_.returned:
                names = " and ".join(verdict.by for verdict in round_.returned)
                return f"{names} returned it: they approve, or the substance changes first."
            have = len(round_.approvals)
            return f"{have} of {have + round_.missing} approvals by {round_.method}."
    return wanted_for_format(kb, note) or None


def wanted_for_format(kb: "KnowledgeBase", note: "Note") -> str:
    """What a validated note still needs to be formatted, and how it gets it; '' for nothing."""
    from kmkit.lifecycle.guards import unknown_topics, upto
    from kmkit.lifecycle.states import State
    from kmkit.note.file import read
    from kmkit.note.formatting import in_order
    from kmkit.note.required import missing_for

    if note.state != State.VALIDATED:
        return ""
    kind = kb.kind(note)
    mended = read(in_order(note, kind), note.path)
    wanted = missing_for(mended, upto(State.FORMATTED), kb.policy, kind)
    names = [_named_in(problem) for problem in wanted]
    unknown = [f"{one.message} {one.mend}" for one in unknown_topics(note, kb.config)]
    needs = [f"Before it can be formatted, it needs: {', '.join(names)}."] if names else []
    said = [*needs, *unknown]
    judged = [p for p in wanted if p.rule.endswith("-section") or _named_in(p) in _JUDGED]
    if judged:
        said.append(
            f"Fill them in by kmkit edit {note.short} --reword; then one of its approvers runs "
            f"kmkit validate {note.short} --same-meaning."
        )
    elif unknown or set(names) - set(_AT_FORMAT):
        said.append(f"Next: kmkit edit {note.short}.")
    elif names:
        options = " ".join(_AT_FORMAT[name] for name in names)
        said.append(f"Next: kmkit format {note.short} {options}.")
    return " ".join(said)


_JUDGED = ("summary", "evidence")
"""Fields of the substance that a validated note can lack."""
_AT_FORMAT = {"topics": "--topic TOPIC", "matters_to": "--matters-to '…'"}
"""Fields that can be given when formatting."""


def _named_in(problem: "Problem") -> str:
    """The field or section that a problem names first."""
    return problem.message.split("' is ")[0].partition("'")[2]


def wanted_first(kb: "KnowledgeBase", note: "Note") -> str:
    """What is to be done before and for its validation."""
    from kmkit.lifecycle.guards import upto
    from kmkit.lifecycle.states import State
    from kmkit.note.required import missing_for

    wanted = missing_for(note, upto(State.VALIDATED), kb.policy, kb.kind(note))
    names = [name for name in map(_named_in, wanted) if name != "verdicts"]
    if names:
        needs = f"Before somebody can approve it, it needs: {', '.join(names)}."
        return f"{needs} Next: kmkit edit {note.short}."
    alone = "self-review" in kb.kind(note).validate_by and kb.policy.width(note.level) == 0
    return f"Next: kmkit validate {note.short}{'' if alone else ' --ask EMAIL'}."


def _same(kb: "KnowledgeBase", note: "Note", because: str, *, yes: bool, no_input: bool) -> None:
    """Show what was reworded, word by word, and take the approver's word for it."""
    from kmkit.kb.comparing import approved_version
    from kmkit.lifecycle.context import Request
    from kmkit.views.worddiff import word_diff

    request = Request(because=because)
    rehearsed(kb).move("same-meaning", note, request)
    shown = word_diff(approved_version(kb, note).text, note.text)
    say(f"{note.title} ({note.short}): what was approved, and what stands now:")
    coloured(shown)
    if sure("Does it mean the same?", yes=yes or kb.dry_run, no_input=no_input):
        tell(kb, kb.move("same-meaning", note, request))
    else:
        mend = f"To have it judged anew: kmkit reopen {note.short} --because '…'."
        say(f"Nothing was recorded. {mend}")


def rehearsed(kb: "KnowledgeBase") -> "KnowledgeBase":
    """The same knowledge base, in which moves are only tried: before anybody is asked for long."""
    from kmkit.kb import KnowledgeBase

    return KnowledgeBase(kb.root, now=kb.now, actor=kb.actor, dry_run=True)
