"""``kmkit open``: a note in the editor, or where readers find it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.options import NoInput, NoteArg, open_index, tell
from kmkit.cli.screen import out, say
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.card import Card


def command(
    ctx: typer.Context,
    note: NoteArg,
    path: Annotated[
        bool, typer.Option("--path", help="print where its file is, and open nothing")
    ] = False,
    web: Annotated[bool, typer.Option("--web", help="open the page where readers find it")] = False,
    no_input: NoInput = False,
) -> None:
    """Open a note in the editor, to read it: a change is to be recorded, by `kmkit edit`.

    The editor is the first of KMKIT_EDITOR, GIT_EDITOR, VISUAL and EDITOR that is set. `--web`
    opens the address that kmkit.toml or the remote repository gives the note, and prints it.

    \b
    kmkit open x7k2
    grep -n fuel "$(kmkit open x7k2 --path)"
    """
    if path and web:
        raise UsageError("--path and --web exclude each other.", "Choose one.")
    with open_index(ctx, telling=False) as index:
        found = index.resolve(note)
        tell(index, about=found)
        place = index.root / found.path
        address = _address(index, found) if web else ""
    if path:
        out(f"{place}\n")
    elif web:
        _browse(address)
    else:
        _read(place, found)


def _address(index: "Index", note: "Card") -> str:
    """Where readers find it; Cannot where nothing tells."""
    from pathlib import PurePosixPath

    from kmkit.kb.links import links

    address = links(index.kb)(index.kb.read(PurePosixPath(note.path)))
    if not address:
        raise Cannot(
            "Nothing tells where readers find this note.",
            "Write the address into kmkit.toml: [links] note = 'https://…/{path}'.",
        )
    return address


def _browse(address: str) -> None:
    """Open the page, where there is a browser; print its address anyway.

    Cannot for what is no page: some systems run the program that such an address names.
    """
    import webbrowser

    out(f"{address}\n")
    if not address.lower().startswith(("https://", "http://")):
        raise Cannot(
            "This address is no web page, so it is not opened.",
            "[links] note of kmkit.toml says it; it should begin with https://.",
        )
    if not webbrowser.open(address):
        say("No browser could be opened.")


def _read(place: Path, note: "Card") -> None:
    """In the editor; a change that was saved is named, for it is recorded nowhere."""
    from kmkit.cli.editor import run

    try:
        before = place.read_bytes()
    except OSError as error:
        raise Cannot(f"{note.path} cannot be read: {error.strerror}.") from None
    run(place, f"Set EDITOR; kmkit open {note.short} --path only says where the file is.")
    if not place.is_file() or place.read_bytes() != before:
        then = f"Record it: kmkit edit {note.short} --as-is --because '…'."
        if note.conflict:
            then = f"Once it is in order: kmkit resolve {note.short}."
        say(f"You changed the file. {then}")
