"""``kmkit format``: put a note in order, so that it is found and reused."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.fields import line, with_fields
from kmkit.cli.options import Because, DryRun, NoInput, open_kb
from kmkit.cli.reading import notes_where
from kmkit.cli.screen import ask, broken, diff, may_ask, report, say, sure
from kmkit.cli.validate import rehearsed
from kmkit.errors import Exit, Refused, UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note


@with_fields("topics", "matters_to")
def command(
    ctx: typer.Context,
    note: Annotated[
        str, typer.Argument(metavar="[NOTE]", help="which note", autocompletion=complete_note)
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="only say what would change and what is missing")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="every validated note")] = False,
    because: Because = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask before writing")] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
    *,
    fields: dict[str, object],
) -> None:
    """Put a validated note in order: sections, heading levels, white space, what retrieval needs.

    The fingerprint proves that the substance stays as it was approved. Where mending changes it,
    the change is recorded as a rewording, and an approver has to say that it means the same.

    \b
    kmkit format x7k2 --topic procurement --matters-to "Whoever buys fuel."
    kmkit format --all --check
    """
    if bool(note) == every:
        raise UsageError("Name a note, or give --all.", "kmkit list --state validated shows them.")
    if every and fields:
        raise UsageError("--topic and --matters-to are said of one note.", "Name the note.")
    kb = open_kb(ctx, dry_run=dry_run)
    notes = [kb.resolve(note)] if note else notes_where(kb, "state = ?", "validated")
    broken(problem for found in notes for problem in found.problems)
    failed = 0
    for found in notes:
        if check:
            failed += _checked(kb, found, fields)
            continue
        try:
            _format(kb, found, fields, because, yes or not may_ask(no_input), no_input)
        except Refused as refusal:
            if note:
                raise
            say(f"{found.title} ({found.short}):")
            for sentence in str(refusal).splitlines():
                say(f"  {sentence}")
            failed += 1
    if every and not notes:
        say("No validated note is waiting.")
    if failed:
        raise typer.Exit(Exit.FINDINGS if check else Exit.REFUSED)


def _checked(kb: "KnowledgeBase", note: "Note", fields: dict[str, object]) -> int:
    """Say what is missing and what would change; 1 where there is anything."""
    from kmkit.lifecycle.guards import unknown_topics, upto
    from kmkit.lifecycle.states import State
    from kmkit.note.required import missing_for

    if any(problem.severity == "error" for problem in note.problems):
        for problem in note.problems:
            say(str(problem))
        return 1
    changed, after = _mended(kb, note, fields)
    missing = missing_for(changed, upto(State.FORMATTED), kb.policy, kb.kind(note))
    for problem in missing:
        say(str(problem))
    unknown = list(unknown_topics(changed, kb.config))
    for objection in unknown:
        say(f"{note.path}: {objection.message} {objection.mend}")
    if after != note.data:
        diff(note.text, after.decode("utf-8", "replace"), str(note.path))
    if missing or unknown or after != note.data:
        return 1
    say(f"{note.title} ({note.short}) is in order.")
    return 0


def _mended(kb: "KnowledgeBase", note: "Note", fields: dict[str, object]) -> "tuple[Note, bytes]":
    """The note with ``fields``, and its file in order."""
    from kmkit.note.file import read, write_fields
    from kmkit.note.formatting import in_order

    changed = read(write_fields(note, fields), note.path) if fields else note
    return changed, in_order(changed, kb.kind(note))


def _format(
    kb: "KnowledgeBase",
    note: "Note",
    fields: dict[str, object],
    because: str,
    yes: bool,
    no_input: bool,
) -> None:
    from kmkit.kb.comparing import committed, differs, substance_changed
    from kmkit.kb.seeing import unrecorded
    from kmkit.lifecycle.context import Request
    from kmkit.lifecycle.states import State

    if committed(kb, note) and differs(kb, note, note.data):
        raise unrecorded(note)
    validated = note.state == State.VALIDATED
    if validated and may_ask(no_input):
        fields = {**_asked(kb, note, fields), **fields}
    readable = all(problem.severity != "error" for problem in note.problems)
    data = _mended(kb, note, fields)[1] if readable else note.data
    verb = _verb(note, data, readable and substance_changed(kb, note, data))
    if not verb:
        say(f"{note.title} ({note.short}) is {note.state} and in order. Nothing was changed.")
        return
    request = Request(because=because)
    rehearsed(kb).move(verb, note, request, data=data)
    if data != note.data:
        diff(note.text, data.decode("utf-8", "replace"), str(note.path))
        if not sure("Write this?", yes=yes or kb.dry_run, no_input=no_input):
            say("Nothing was changed.")
            return
    mend = f"One of its approvers: kmkit validate {note.short} --same-meaning. Then format again."
    reworded = f"Mending changed the substance's text: somebody has to read it. {mend}"
    moved = kb.move(verb, note, request, data=data)
    report(moved, dry_run=kb.dry_run, then=reworded if verb == "reword" else None)


def _verb(note: "Note", data: bytes, changed: bool) -> str:
    """The move that records ``data``; '' where the note went through it and is in order."""
    from kmkit.lifecycle.states import WALK, State

    if note.state not in WALK[2:]:
        return "reword" if changed and note.state == State.VALIDATED else "format"
    if changed:
        raise Refused(
            f"Putting it in order would change the substance, and {note.title!r} is {note.state}.",
            f"See what would change: kmkit format {note.short} --check. Then: kmkit edit "
            f"{note.short}, with a reason.",
        )
    return "edit" if data != note.data else ""


def _asked(kb: "KnowledgeBase", note: "Note", given: dict[str, object]) -> dict[str, object]:
    """What is missing for retrieval and was not given, from the person at the terminal."""
    found: dict[str, object] = {}
    if not note.fields.topics and "topics" not in given and (topics := _topics(kb)):
        found["topics"] = topics
    if not note.fields.matters_to and "matters_to" not in given:
        answer = line(ask("Who needs this, and what is in it for them?"), "The answer")
        if answer:
            found["matters_to"] = answer
    return found


def _topics(kb: "KnowledgeBase") -> list[str]:
    """Topics from the person at the terminal, of the vocabulary where there is one."""
    from kmkit.text import did_you_mean

    known = kb.config.topics
    while True:
        answer = ask(f"Topics ({', '.join(known) or 'any words, with commas between them'})?")
        named = [part for part in (line(p, "The answer") for p in answer.split(",")) if part]
        unknown = [name for name in named if known and name not in known]
        if not unknown:
            return list(dict.fromkeys(named))
        for name in unknown:
            say(f"'{name}' is not in the vocabulary. {did_you_mean(name[:80], known)}".strip())
