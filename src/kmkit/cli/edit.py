"""``kmkit edit``: change a note, in the editor, by options, or as it stands."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.fields import FIELDS, gathered, plain, with_fields
from kmkit.cli.options import Because, DryRun, NoInput, NoteArg, open_kb
from kmkit.cli.screen import may_ask, needed, report, say
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.moving import Moved
    from kmkit.note.model import Note


@with_fields(*(name for name in FIELDS if name not in ("owner", "level")))
def command(
    ctx: typer.Context,
    note: NoteArg,
    because: Because = "",
    as_is: Annotated[bool, typer.Option("--as-is", help="record the file as you left it")] = False,
    reword: Annotated[
        bool,
        typer.Option("--reword", help="the meaning is the same: an approver has to say so"),
    ] = False,
    withdraw: Annotated[
        bool,
        typer.Option("--withdraw", help="take the approved version out of force until then"),
    ] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
    *,
    fields: dict[str, object],
) -> None:
    """Change a note: in the editor, or by options.

    Changing the packaging (topics, what it matters to …) keeps the state. Changing the substance
    of an approved note takes a reason and makes it captured again; the approved version stays in
    force meanwhile. An option with an empty text takes the field away.

    \b
    kmkit edit x7k2
    kmkit edit x7k2 --topic procurement --topic logistics
    kmkit edit x7k2 --as-is --because "The law has changed."
    """
    kb = open_kb(ctx, dry_run=dry_run)
    try:
        found = kb.resolve(note)
    except UsageError:
        from kmkit.cli import recording

        if as_is or fields or (record := recording.any_record(ctx, note)) is None:
            raise
        recording.edit(kb, record, because)
        return
    ways = {"because": because, "reword": reword, "withdraw": withdraw, "no_input": no_input}
    if as_is and fields:
        raise UsageError("--as-is records the file; options change it.", "Do one, then the other.")
    if as_is:
        _record(kb, found, found.data, **ways)  # type: ignore[arg-type]
    elif fields:
        from kmkit.note.file import write_fields

        changes = plain(kb, fields)
        if provenance := gathered(fields, found.fields.gathered, kb.today):
            changes["gathered"] = provenance
        _record(kb, found, write_fields(found, changes), **ways)  # type: ignore[arg-type]
    else:
        revise(kb, found, **ways)  # type: ignore[arg-type]


def revise(
    kb: "KnowledgeBase",
    note: "Note",
    because: str = "",
    *,
    reword: bool = False,
    withdraw: bool = False,
    no_input: bool = False,
) -> None:
    """Open the note in the editor and record what was changed."""
    from kmkit.cli.editor import editing

    with editing(kb, note.path.stem, note.data) as data:
        _record(
            kb, note, data, because=because, reword=reword, withdraw=withdraw, no_input=no_input
        )


def _record(
    kb: "KnowledgeBase",
    note: "Note",
    data: bytes,
    *,
    because: str,
    reword: bool,
    withdraw: bool,
    no_input: bool,
) -> "Moved | None":
    """Commit the change, as what it is; say so where there is none."""
    from kmkit.cli.validate import wanted_for_format
    from kmkit.kb.comparing import differs, substance_changed
    from kmkit.kb.rewording import slipped
    from kmkit.lifecycle.context import Request

    if not differs(kb, note, data):
        say("Nothing was changed.")
        return None
    changed = substance_changed(kb, note, data)
    if reword and not changed:
        say("No word of the substance changed: it is recorded as a plain edit.")
    elif changed and not reword and note.state != "captured" and may_ask(no_input):
        because = needed(because, "--because", "The substance changed. Why?", no_input)
    verb = "reword" if reword and changed else "edit"
    moved = kb.move(verb, note, Request(because=because, withdraw=withdraw), data=data)
    then = wanted_for_format(kb, moved.note) or None
    if verb == "edit" and not changed and (objection := slipped(kb, moved.note)):
        then = f"{objection.message} {objection.mend}"
    if verb == "reword":
        then = f"Next, by one of its approvers: kmkit validate {note.short} --same-meaning."
    report(moved, dry_run=kb.dry_run, then=then)
    return moved
