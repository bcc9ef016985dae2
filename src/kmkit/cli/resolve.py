"""``kmkit resolve``: mend a note that a merge of git left in conflict."""

from typing import TYPE_CHECKING

import typer

from kmkit.cli.options import DryRun, NoInput, NoteArg, open_kb
from kmkit.cli.screen import say
from kmkit.errors import KmkitError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.resolving import Resolved


def command(
    ctx: typer.Context, note: NoteArg, no_input: NoInput = False, dry_run: DryRun = False
) -> None:
    """Mend a note that git merge left in conflict.

    The fields are merged one by one: verdicts and disseminations of both sides are kept, and the
    state is that of the side whose text stands. The note is staged; git commit ends the merge.
    Where both sides changed the same lines of the text, put those in order in the file first.

    \b
    kmkit resolve x7k2
    """
    from kmkit.kb.resolving import resolve

    kb = open_kb(ctx, dry_run=dry_run, torn=True)
    try:
        found = kb.resolve(note)
    except KmkitError:
        from kmkit.cli.recording import any_record
        from kmkit.kb.conflicts import untorn

        if path := any_record(ctx, note):
            untorn(kb, path)
        raise
    done = resolve(kb, found)
    merged = done.note
    if done.mended:
        would = "Would merge" if dry_run else "Merged and staged"
        say(f"{would}: {merged.title} ({merged.short}), {merged.state}; {_judged(done)}.")
    else:
        say(f"{merged.title} ({merged.short}) is in no conflict.")
    if done.left:
        files = "1 file is" if len(done.left) == 1 else f"{len(done.left)} files are"
        say(f"{files} in conflict still: {', '.join(done.left[:3])}.")
    else:
        say("Then end the merge: git commit.")
    if step := _then(kb, done):
        say(step)


def _judged(done: "Resolved") -> str:
    """What the note holds now of what was said about it."""
    if done.changed_text:
        return "its text joins both sides, so no verdict is about it"
    count = len(done.note.fields.verdicts)
    return "1 verdict" if count == 1 else f"{count or 'no'} verdicts"


def _then(kb: "KnowledgeBase", done: "Resolved") -> str:
    """What is to be done once the merge is committed; '' for nothing."""
    from kmkit.cli.settling import settle_due
    from kmkit.lifecycle.states import State

    note = done.note
    if note.state != State.CAPTURED:
        return ""
    if settle_due(kb, note):
        settle = f"kmkit validate {note.short} --settle"
        return f"Both sides together reach the quorum; after that: {settle}."
    if done.changed_text:
        return f"After that, have the text judged: kmkit validate {note.short}."
    return ""
