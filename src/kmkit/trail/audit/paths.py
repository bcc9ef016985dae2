"""Which files the audit looks at, by their paths from the top of the knowledge base."""

from kmkit.places import CONFIG, POLICY

TEMPLATES = "templates/notes/"
_FOLDERS = ("templates", "templates/notes")
"""Folders of git's, unless somebody puts a link in their place."""


def is_note(path: str) -> bool:
    """Whether the file at ``path`` is read as a note."""
    return path.startswith("notes/") and path.endswith(".md") and "/." not in path


def in_notes(path: str) -> bool:
    """Whether ``path`` is the folder of notes, or lies in it."""
    return path == "notes" or path.startswith("notes/")


def is_rule(path: str) -> bool:
    """Whether the file at ``path`` is a steward's alone."""
    return path == POLICY or path.startswith(TEMPLATES) or path in _FOLDERS


def matters(path: str) -> bool:
    """Whether a commit is judged by the file at ``path``."""
    return path == CONFIG or is_rule(path)
