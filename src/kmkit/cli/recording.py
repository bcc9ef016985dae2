"""What the commands about records share: which one is meant, and what is said of it."""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import typer

from kmkit.cli.options import open_index
from kmkit.cli.screen import broken, on_terminal, out, say
from kmkit.places import read_plain

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.recording import Recorded


def a_record(ctx: typer.Context, ref: str, kind: str) -> PurePosixPath:
    """The path of the record that is meant: an id, a part of one, or a path; ``kind`` '' is any."""
    from kmkit.index.recorded import record_path

    with open_index(ctx, telling=bool(kind)) as index:
        return record_path(index, ref, kind, folder=Path())


def called(index: "Index", email: str) -> str:
    """How a narrow table calls somebody: by name, or by the address without its domain."""
    person = index.people.get(email.strip().casefold())
    return person.name if person else email.split("@")[0]


def any_record(ctx: typer.Context, ref: str) -> PurePosixPath | None:
    """The path of the one record, of any kind, that is meant; None where none or several are."""
    from kmkit.errors import KmkitError

    try:
        return a_record(ctx, ref, "")
    except KmkitError:
        return None


def show(ctx: typer.Context, path: PurePosixPath, *, raw: bool, as_json: bool) -> None:
    """A record as it stands: its fields and its text."""
    from kmkit.cli.formats import deliver
    from kmkit.kb.conflicts import torn
    from kmkit.note.frontmatter import split
    from kmkit.note.records import read_record
    from kmkit.text import clean
    from kmkit.views import records

    with open_index(ctx, telling=False) as index:
        data, found = read_plain(index.root / path), torn(index.kb, path)
    record, problems = read_record(data, path)
    if found:
        say(str(found))
    else:
        broken(problems)
    if raw or record is None:
        deliver(clean(data.decode("utf-8", "replace")))
    elif as_json:
        deliver(records.one(str(path), record))
    else:
        story = split(data.decode("utf-8"))[0].body
        deliver(records.page(str(path), record, clean(story)))


def edit(kb: "KnowledgeBase", path: PurePosixPath, because: str) -> None:
    """Open the record in the editor and record what was changed."""
    from kmkit.cli.editor import editing
    from kmkit.kb.conflicts import untorn
    from kmkit.kb.recording import rewrite

    untorn(kb, path)
    before = read_plain(kb.root / path)
    with editing(kb, path.stem, before, "Set EDITOR.") as data:
        if data == before:
            say("Nothing was changed.")
        else:
            report(rewrite(kb, path, data, because=because), "edited")


def report(made: "Recorded", verb: str, *, then: str = "") -> None:
    """Say what was recorded, and what can be done next; its path on stdout, for what reads it."""
    dry = not made.commit
    title = made.record.title
    end = "" if title.endswith((".", "?", "!")) else "."
    say(f"{'Would record' if dry else 'Recorded'}: {verb}: {title}{end}")
    if dry:
        return
    if then:
        say(then)
    if not on_terminal():
        out(str(made.path))
