"""Which notes may need a person: chosen by the tables, then judged one by one."""

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from json import dumps
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kmkit.errors import Cannot
from kmkit.index.card import Card
from kmkit.index.reasons import Circumstances
from kmkit.index.stale import APPROVED, Stale, failures, judged
from kmkit.period import Period

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.trail.event import Event

_SOURCES = "l.field IN ('derived_from', 'translation_of')"
_CHANGED = "(t.state = 'retired' OR t.revised OR t.drifted OR t.again != '')"
_APPROVED = f"s.state IN ({', '.join(repr(str(state)) for state in APPROVED)})"
_MAY = (
    "odd OR drifted OR errors",
    "due != '' AND due <= :soon",
    "waits != '' AND waits < :today",
    "latest > :today",  # what is said of days to come does not count yet: only the judge can tell
    "id IN (SELECT l.target FROM links l JOIN notes s ON s.n = l.n"
    f" WHERE l.field = 'supersedes' AND {_APPROVED})",
)
"""Each holds for every note that needs a person for one sort of reason, and for some others."""
_FROM = (
    "SELECT l.n, l.target FROM links l JOIN notes t ON t.id = l.target"
    f" WHERE {_SOURCES} AND {_CHANGED}"
)
"""The notes that were drawn from, or translate, one that has changed since; and that one's id."""


def stale_of(
    index: "Index", within: Period = Period(), among: Collection[str] | None = None
) -> list[Stale]:
    """The notes of ``index`` that need a person, by owner; with what comes due ``within``.

    ``among``: only those with these ids, or paths where they have none; None for all.
    """
    today = index.today
    values = {"today": today.isoformat(), "soon": within.after(today).isoformat()}
    numbers: set[int] = set()
    for condition in _MAY if among is None else ():
        sql = f"SELECT n FROM notes WHERE state != 'retired' AND ({condition})"
        numbers.update(row[0] for row in index.query(sql, values))
    changed = list(index.query(_FROM))
    numbers.update(n for n, _ in changed if among is None)
    failed = failures(index.uses)
    numbers |= _of(index, "id", failed if among is None else among)
    numbers |= _of(index, "path", (id for id in among or () if id.endswith(".md")))
    if index.people and among is None:
        there = {e for e, p in index.people.items() if p.until is None or p.until >= today}
        owners = {row[0] for row in index.query("SELECT DISTINCT owner FROM notes")}
        numbers |= _of(index, "owner", owners - there)
    around = Circumstances(
        today,
        index.rules,
        index.people,
        within,
        _Lookup(index, changed).note,
        _heirs(index),
        failed,
        _Founded(index).founded,
    )
    return judged(_cards(index, numbers), around)


def _of(index: "Index", column: str, values: Iterable[str]) -> set[int]:
    """The numbers of the notes that have one of the values."""
    sql = f"SELECT n FROM notes WHERE {column} IN (SELECT value FROM json_each(?))"
    return {row[0] for row in index.query(sql, (dumps(list(values)),))}


def _cards(index: "Index", numbers: set[int]) -> Iterator[Card]:
    """The cards of the notes with these numbers."""
    listed = sorted(numbers)
    for at in range(0, len(listed), 500):
        share = listed[at : at + 500]
        yield from index.cards(f"n IN ({', '.join('?' * len(share))})", share)


def _heirs(index: "Index") -> dict[str, str]:
    """By the id of a note: the id of an approved one that says it replaces it."""
    sql = (
        "SELECT l.target, s.id, s.path FROM links l JOIN notes s ON s.n = l.n"
        f" WHERE l.field = 'supersedes' AND {_APPROVED} ORDER BY s.path"
    )
    return {old: id or path for old, id, path in index.query(sql)}


class _Lookup:
    """Notes by id that have changed since others were drawn from them, each looked up once."""

    def __init__(self, index: "Index", changed: Iterable[tuple[int, str]]) -> None:
        self._index = index
        self._changed = {id for _, id in changed}
        self._known: dict[str, Card | None] = {}

    def note(self, id: str) -> Card | None:
        """The note with that id; None where there is none, or it gives no reason to look again."""
        if id not in self._changed:
            return None
        if id not in self._known:
            self._known[id] = self._index.by_id(id)
        return self._known[id]


class _Founded:
    """Whether the history leads to the states of notes, of all that are in doubt at once."""

    def __init__(self, index: "Index") -> None:
        self._index = index

    @cached_property
    def _trails(self) -> "dict[str, list[Event]]":
        """The moves of the notes in doubt, by note."""
        from kmkit.trail.fold import by_note

        return by_note(self._index.steps("note IN (SELECT id FROM notes WHERE drifted)"))

    def founded(self, note: Card) -> bool:
        """Whether the history leads to the state of ``note``; it does where nobody can tell."""
        from kmkit.kb.history import as_merged
        from kmkit.kb.seeing import unfounded
        from kmkit.trail.fold import fold

        try:
            kb = self._index.kb
            there = kb.read(PurePosixPath(note.path))
            claim = as_merged(kb, there, fold(self._trails.get(there.id, ())))
            return not any(unfounded(kb, there, claim))
        except Cannot:
            return True
