"""``kmkit format``: put a note in order, so that it is found and reused."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.fields import with_fields
from kmkit.cli.options import Because, DryRun, NoInput, complete_note, open_kb
from kmkit.cli.screen import ask, broken, diff, may_ask, report, say, sure
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
    """
    if bool(note) == every:
        raise UsageError("Name a note, or give --all.", "kmkit list --state validated shows them.")
    kb = open_kb(ctx, dry_run=dry_run)
    notes = [kb.resolve(note)] if note else [n for n in kb.notes() if n.state == "validated"]
    broken(problem for found in notes for problem in found.problems)
    failed = 0
    for found in notes:
        if check:
            failed += _checked(kb, found)
            continue
        try:
            _format(kb, found, fields, because, yes or not may_ask(no_input), no_input)
        except Refused as refusal:
            if note:
                raise
            say(f"{found.title} ({found.id[-4:]}): {refusal}")
            failed += 1
    if every and not notes:
        say("No validated note is waiting.")
    if failed:
        raise typer.Exit(Exit.FINDINGS if check else Exit.REFUSED)


def _checked(kb: "KnowledgeBase", note: "Note") -> int:
    """Say what is missing and what would change; 1 where there is anything."""
    from kmkit.lifecycle import State
    from kmkit.lifecycle.guards import upto
    from kmkit.note.formatting import in_order
    from kmkit.note.required import missing_for

    kind = kb.kind(note)
    after = in_order(note, kind)
    missing = missing_for(note, upto(State.FORMATTED), kb.policy, kind)
    for problem in missing:
        say(str(problem))
    if after != note.data:
        diff(note.text, after.decode("utf-8", "replace"), str(note.path))
    return int(bool(missing) or after != note.data)


def _format(
    kb: "KnowledgeBase",
    note: "Note",
    fields: dict[str, object],
    because: str,
    yes: bool,
    no_input: bool,
) -> None:
    from kmkit.kb.comparing import substance_changed
    from kmkit.lifecycle import Request
    from kmkit.note.file import read, write_fields
    from kmkit.note.formatting import in_order

    kind = kb.kind(note)
    asked = {**_asked(kb, note, fields), **fields} if may_ask(no_input) else fields
    changed = read(write_fields(note, asked), note.path) if asked else note
    data = in_order(changed, kind)
    if data != note.data:
        diff(note.text, data.decode("utf-8", "replace"), str(note.path))
        if not sure("Write this?", yes=yes or kb.dry_run, no_input=no_input):
            say("Nothing was changed.")
            return
    if substance_changed(kb, note, data):
        report(kb.move("reword", note, Request(because=because), data=data), dry_run=kb.dry_run)
        say(
            "Mending changed the substance's text. One of its approvers has to say that it means "
            f"the same: kmkit validate {note.id[-4:]} --same-meaning. Then format it again."
        )
        return
    report(kb.move("format", note, Request(because=because), data=data), dry_run=kb.dry_run)


def _asked(kb: "KnowledgeBase", note: "Note", given: dict[str, object]) -> dict[str, object]:
    """What is missing for retrieval and was not given, from the person at the terminal."""
    found: dict[str, object] = {}
    if not note.fields.topics and "topics" not in given:
        known = ", ".join(kb.config.topics) or "any words, with commas between them"
        answer = ask(f"Topics ({known})?")
        if topics := [part.strip() for part in answer.split(",") if part.strip()]:
            found["topics"] = topics
    if not note.fields.matters_to and "matters_to" not in given:
        answer = ask("Who needs this, and what is in it for them?")
        if answer:
            found["matters_to"] = answer
    return found
