"""Problems that no file has by itself: beside other files, or as time goes by."""

import posixpath
from collections.abc import Callable
from datetime import timedelta
from json import dumps
from typing import TYPE_CHECKING

from kmkit.index.choosing.where import Where, among, any_of
from kmkit.index.keeping.schema import original

if TYPE_CHECKING:
    from kmkit.index.book import Index


def _twice(index: "Index") -> Where:
    return Where("id IN (SELECT id FROM notes WHERE id <> '' GROUP BY id HAVING count(*) > 1)")


def days_ahead(index: "Index") -> Where:
    """Something is said to have happened on a day to come; it is tomorrow somewhere already."""
    return Where("latest > ?", ((index.today + timedelta(days=1)).isoformat(),))


def _astray(index: "Index") -> Where:
    """It names a note that is not there, or a file, in its text or as evidence."""
    files = "SELECT n, target FROM links WHERE field = 'link' AND target NOT IN (SELECT path "
    rows = index.query(f"{files} FROM notes)")
    gone = [n for n, path in rows if not _there(index, path)]
    kept = "SELECT n, path, value FROM marks JOIN notes USING (n) WHERE name = 'evidence'"
    gone += [n for n, path, file in index.query(kept) if not _beside(index, path, file)]
    ids = "SELECT n FROM links WHERE field <> 'link' AND target NOT IN (SELECT id FROM notes)"
    return any_of([Where(f"n IN ({ids})"), among(gone)])


def _beside(index: "Index", note: str, file: str) -> bool:
    """Whether evidence is there, named from the top or from the note; outside nobody looks."""
    places = (posixpath.normpath(file), posixpath.normpath(f"{posixpath.dirname(note)}/{file}"))
    return any(place.startswith("..") or _there(index, place) for place in places)


def _there(index: "Index", path: str) -> bool:
    try:
        return (index.root / path).exists()
    except (OSError, ValueError):
        return False


def _strangers(index: "Index") -> Where:
    """Its owner is not among the people, where the knowledge base keeps any."""
    if not index.people:
        return Where("0")
    return Where(
        "owner LIKE '%@%' AND owner NOT IN (SELECT value FROM json_each(?))",
        (dumps(list(index.people)),),
    )


def _left(index: "Index") -> Where:
    gone = [p.email for p in index.people.values() if p.until and p.until < index.today]
    return Where("owner IN (SELECT value FROM json_each(?))", (dumps(gone),))


def _links(index: "Index") -> Where:
    """It is a symbolic link; of such git has no content to compare, so the file was looked at."""
    rows = index.query("SELECT n, path FROM notes WHERE seen >= 'file' AND seen < 'filf'")
    return among([n for n, path in rows if (index.root / original(path)).is_symlink()])


BESIDE: "dict[str, Callable[[Index], Where]]" = {
    "duplicate-id": _twice,
    "future-date": days_ahead,
    "broken-link": _astray,
    "unknown-owner": _strangers,
    "owner-left": _left,
    "symbolic-link": _links,
}
"""The rules that a file breaks beside other files, or as time goes by."""
