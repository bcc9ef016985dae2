"""Where a note leads: other notes that the circle may see, and the files that may go with it."""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from kmkit.note.model import Note
from kmkit.note.names import Names
from kmkit.note.references import is_file, linked, resolved
from kmkit.places import CONFIG, POLICY

_OWN = ("notes", "people", "records", "templates")
"""Folders whose files are never attachments."""
_SETTINGS = (CONFIG, POLICY)


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


def is_attachment(root: Path, path: str) -> bool:
    """Whether the file at ``path`` may be attached to something that leaves.

    Notes, people, records, settings, hidden files and whatever a symlink leads to may not.
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
        return place.is_file() and place.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError):
        return False


def may_go(root: Path, path: str, names: Names, unsearched: Container[str]) -> bool:
    """Whether the attachment at ``path`` holds none of ``names``.

    ``unsearched``: endings of files that go although nobody can look for names in them; others of
    which that is so do not, where there are names.
    """
    if not names:
        return True
    from kmkit.audience.inside import ending, holds, searchable  # with all sorts of compression

    if not searchable(path) and ending(path) in unsearched:
        return True
    try:
        return searchable(path) and not holds(root / path, names)
    except OSError:
        return False
