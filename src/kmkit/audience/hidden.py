"""The notes that a circle may not see: what means them, and the files that they name."""

from collections.abc import Container, Iterable
from functools import cached_property

from kmkit.audience.attached import named_files
from kmkit.audience.protected import odd, signs_of
from kmkit.index.book import Index
from kmkit.index.keeping.schema import original
from kmkit.note.model import Note
from kmkit.text import fold


class Hidden:
    """What means a note of the knowledge base that a circle may not see, folded.

    Such are the id of each note, the path and the name of its file; ids of notes that were
    removed too. Whether the circle may see a note, ``admitted`` tells by its id.
    """

    def __init__(self, index: Index, admitted: Container[str]) -> None:
        self._index, self._admitted = index, admitted

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        if (ids := self._signs.get(word)) is not None:
            return any(id not in self._admitted for id in ids)
        return word in self._removed

    @property
    def odd(self) -> list[str]:
        """The ids that look like any other word."""
        sql = "SELECT DISTINCT id FROM notes WHERE id != '' AND id NOT GLOB ?"
        rows = self._index.query(sql, (f"*{'[0-9]' * 8}-[0-9a-zA-Z]*",))
        return [id for (id,) in rows if odd(id) and id not in self._admitted]

    @cached_property
    def _signs(self) -> dict[str, list[str]]:
        """What means each note, and the ids of the notes that it means."""
        found: dict[str, list[str]] = {}
        for id, path in self._index.query("SELECT id, path FROM notes"):
            for sign in signs_of(id, original(path)):
                found.setdefault(sign, []).append(id or original(path))
        return found

    @cached_property
    def _removed(self) -> frozenset[str]:
        """The ids, folded, of all notes of which the history tells."""
        return frozenset(
            fold(row[0]) for row in self._index.told("SELECT DISTINCT note FROM events")
        )


class Named:
    """The paths of the files that the notes name which a circle may not see."""

    def __init__(self, index: Index, admitted: Container[str]) -> None:
        self._index, self._admitted = index, admitted

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        sql = (
            "SELECT coalesce(nullif(id, ''), path), value FROM marks JOIN notes USING (n)"
            " WHERE name = 'evidence' UNION "
            "SELECT coalesce(nullif(id, ''), path), target FROM links JOIN notes USING (n)"
            " WHERE field = 'link'"
        )
        return frozenset(path for id, path in self._index.query(sql) if id not in self._admitted)


class Either:
    """Whatever is in one of several containers."""

    def __init__(self, *containers: Container[str]) -> None:
        self._containers = containers

    def __contains__(self, word: object) -> bool:
        return any(word in one for one in self._containers)


def named_in(notes: Iterable[Note], others: Container[str]) -> Container[str]:
    """The files that ``notes`` name, and those in ``others``."""
    return Either(frozenset(path for note in notes for path in named_files(note)), others)
