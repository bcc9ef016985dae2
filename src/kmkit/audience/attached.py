"""Where a note leads: other notes that the circle may see, and the files that may go with it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from kmkit.note.model import Note
from kmkit.note.names import Names
from kmkit.note.references import is_file, linked, resolved
from kmkit.places import CONFIG, POLICY

_OWN = ("notes", "people", "records", "templates")
"""Folders whose files are never attachments."""
_SETTINGS = (CONFIG, POLICY)
_TEXT = re.compile(r"(csv|eml|html?|json|md|rtf|svg|tsv|txt|xml|ya?ml)", re.IGNORECASE)
"""Files that names can be looked for in."""


def target(note: Note, href: str, notes: Mapping[str, object], paths: Mapping[str, str]) -> str:
    """The id of the note among ``notes`` that a link in ``note`` means, '' for none.

    ``paths`` gives the id of the note at each path.
    """
    if href in notes:
        return href
    path = resolved(note, href)
    if path in paths:
        return paths[path]
    stem = PurePosixPath(unquote(href.split("#")[0])).stem
    return stem if stem in notes and path.endswith(".md") else ""


def named_files(note: Note) -> Iterator[str]:
    """The paths in the knowledge base that a note's evidence and links can mean."""
    for address in note.fields.evidence:
        if is_file(address):
            yield from filter(None, (str(PurePosixPath(address)), resolved(note, address)))
    yield from (path for field, path in linked(note) if field == "link")


def may_go(root: Path, path: str, names: Names) -> bool:
    """Whether the file at ``path`` is an attachment that holds none of ``names``, as text.

    Notes, people, records, settings, hidden files and whatever a symlink leads to are none.
    """
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts:
        return False
    if any(part.startswith(".") for part in parts) or parts[0] in _OWN or path in _SETTINGS:
        return False
    place = root
    for part in parts:
        place = place / part
        if place.is_symlink():
            return False
    try:
        if not place.is_file() or not place.resolve().is_relative_to(root.resolve()):
            return False
        return not (names and _TEXT.fullmatch(place.suffix[1:]) and names.in_text(_text(place)))
    except (OSError, ValueError):
        return False


def _text(place: Path) -> str:
    """A file as text; two bytes a letter where it begins so."""
    data = place.read_bytes()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8", errors="replace")
