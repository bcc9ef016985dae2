"""Names of the portal's files: made of what may be seen alone, and good on every file system."""

import hashlib
import re
from collections.abc import Iterable

from kmkit.text import fold

_ID = re.compile(r"\d{8}-[a-z0-9-]{1,150}")
_RESERVED = frozenset((
    "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
))  # fmt: skip
"""Names that Windows keeps for itself."""
_GAPS = re.compile(r"[^a-z0-9]+")


def note_href(id: str) -> str:
    """The page of the note with that id."""
    return f"notes/{safe(id)}.html"


def safe(id: str) -> str:
    """An id as a file's name; one that nobody would write goes by a number of its own."""
    return id if _ID.fullmatch(id) else f"note-{_number(id)}"


def slugs(labels: Iterable[str]) -> dict[str, str]:
    """A name for the list of each label, no two alike.

    It is the label's letters, with a number where these do not tell it from others.
    """
    named: dict[str, str] = {}
    taken: set[str] = set()
    for label in dict.fromkeys(labels):
        folded = fold(label)
        slug = _GAPS.sub("-", folded).strip("-")[:60].strip("-")
        if not slug or not folded.isascii() or slug in taken or slug in _RESERVED:
            slug = f"{slug or 'list'}-{_number(label)}"
        taken.add(slug)
        named[label] = slug
    return named


def part(folder: str, slug: str, number: int) -> str:
    """The file of a part of a list, counted from 1; the first bears the list's own name.

    No slug has an underscore, so no other list's file is called like a part.
    """
    return f"{folder}/{slug}.html" if number == 1 else f"{folder}/{slug}_{number}.html"


def _number(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
