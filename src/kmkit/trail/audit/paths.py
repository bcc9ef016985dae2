"""Which files the audit looks at, by their paths from the top of the knowledge base."""

from kmkit.places import CONFIG, POLICY

JUDGED = ("application", "proposal", "question", "knowledge", "assessment")
"""The kinds of records that are judged: those that walk, see `kmkit.note.records.walks`."""
TEMPLATES = "templates/notes/"
_FOLDERS = ("templates", "templates/notes")
"""Folders of git's, unless somebody puts a link in their place."""


def is_note(path: str) -> bool:
    """Whether the file at ``path`` is read as a note."""
    return path.startswith("notes/") and path.endswith(".md") and "/." not in path


def in_notes(path: str) -> bool:
    """Whether ``path`` is the folder of notes, or lies in it."""
    return path == "notes" or path.startswith("notes/")


def is_record(path: str) -> bool:
    """Whether the file at ``path`` is a judged record."""
    return path.startswith("records/") and path.endswith(".md") and _judged(path)


def in_records(path: str) -> bool:
    """Whether ``path`` is a folder of records that are judged, or lies in one."""
    return path == "records" or (path.startswith("records/") and _judged(path))


def _judged(path: str) -> bool:
    return "/." not in path and path.split("/")[1] in JUDGED


def is_rule(path: str) -> bool:
    """Whether the file at ``path`` is a steward's alone."""
    return path == POLICY or path.startswith(TEMPLATES) or path in _FOLDERS


def matters(path: str) -> bool:
    """Whether a commit is judged by the file at ``path``."""
    return path == CONFIG or is_rule(path)
