"""What is known of every note at one commit, kept for many commits at once.

Two commits on one line share one book, which goes on in place; where lines part, each side gets a
thin page of its own over what both share.

Of many notes, those that were not touched for a while are packed: a quarter of the room.
"""

from collections import Counter
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from itertools import takewhile

from kmkit.trail.audit.findings import Counted
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.packing import packed, proof_of, unpacked
from kmkit.trail.audit.records_known import Filed, id_of
from kmkit.trail.audit.rules_of import NOTHING, Rules

Held = Known | Filed | str | None
"""A note or record, or its line where it is packed; None where it is gone."""
_LOOSE = 10_000
"""Notes that are not packed, at the least."""


@dataclass(eq=False)
class Book:
    """Every note, every judged record and every rule at one commit."""

    rules: Rules = NOTHING
    under: "Book | None" = None
    notes: MutableMapping[str, Held] = field(default_factory=dict)
    """By path."""
    paths: MutableMapping[str, str] = field(default_factory=dict)
    """By id; '' where no file holds it."""
    gone: MutableMapping[str, Known | Filed | str] = field(default_factory=dict)
    """Notes that were removed, by id, in case they come back as they were."""
    _low: "Book | None" = None
    """This book with its small pages joined, on which all that follow build."""
    _loose: int = 0
    """How many notes were put since the last were packed."""

    def get(self, path: str) -> Known | None:
        """The note at ``path``, or None."""
        found = _opened(self._held(path))
        return found if isinstance(found, Known) else None

    def record(self, path: str) -> Filed | None:
        """The record at ``path``, or None."""
        found = _opened(self._held(path))
        return found if isinstance(found, Filed) else None

    def path_of(self, id: str) -> str:
        """The path of the note ``id``, '' where there is none."""
        page: Book | None = self
        while page is not None:  # which is asked for every commit
            if id in page.paths:
                return page.paths[id]
            page = page.under
        return ""

    def removed(self, id: str) -> Known | None:
        """The note ``id`` as it was when it was removed, or None."""
        found = self._gone(id)
        return found if isinstance(found, Known) else None

    def removed_record(self, record: str) -> Filed | None:
        """The record of that id as it was when it was removed, or None."""
        found = self._gone(id_of(record))
        return found if isinstance(found, Filed) else None

    def _gone(self, id: str) -> Known | Filed | None:
        for page in self._pages():
            if id in page.gone:
                return _opened(page.gone[id])
        return None

    def put(self, known: Known | Filed) -> None:
        """The note or record stands at its path now."""
        self.notes[known.path] = known
        self.paths[known.id] = known.path
        self._loose += 1
        if self._loose > _LOOSE:
            self.pack()

    def take(self, path: str) -> None:
        """Nothing stands at ``path`` any more."""
        known = _opened(self._held(path))
        self.notes[path] = None
        if known and self.path_of(known.id) == path:
            self.paths[known.id] = ""
            self.gone[known.id] = known

    def over(self) -> "Book":
        """A new page over this book, which stays as it is from now on.

        Small pages are joined on the way, so that the pile stays low and the large ones, which
        many books share, stay themselves.
        """
        if self._low is None:
            page = self
            while page.under is not None and 2 * len(page.notes) >= len(page.under.notes):
                page = page._joined(page.under)
            self._low = page
        return Book(self.rules, self._low)

    def _joined(self, under: "Book") -> "Book":
        """This page and the one under it as one."""
        return Book(
            self.rules,
            under.under,
            {**under.notes, **self.notes},
            {**under.paths, **self.paths},
            {**under.gone, **self.gone},
        )

    def pack(self) -> None:
        """Pack the notes of this page."""
        self._loose = 0
        for path, held in self.notes.items():
            if isinstance(held, Known | Filed):
                self.notes[path] = packed(held)

    def all(self) -> Iterator[Known]:
        """Every note that stands."""
        for held in self._all():
            if isinstance(known := _opened(held), Known):
                yield known

    def records(self) -> Iterator[Filed]:
        """Every record that stands."""
        for held in self._all():
            if isinstance(filed := _opened(held), Filed):
                yield filed

    def proofs(self) -> Counter[Counted]:
        """How many notes and records stand how well."""
        return Counter(proof_of(held) for held in self._all() if held is not None)

    def _all(self) -> Iterator[Held]:
        seen: set[str] = set()
        for page in self._pages():
            yield from (held for path, held in page.notes.items() if path not in seen)
            seen |= page.notes.keys()

    def since(self, other: "Book") -> set[str]:
        """The paths of which this book knows what ``other`` does not, since the two parted."""
        found = {path for page in self._parted(other) for path in page.notes}
        return {path for path in found if not _same(self._held(path), other._held(path))}

    def gone_since(self, other: "Book") -> set[str]:
        """The ids of what this book saw removed since the two parted."""
        return {name for page in self._parted(other) for name in page.gone}

    def apart(self, other: "Book") -> "Book":
        """A page of all that this book, grown out of ``other``, may know differently."""
        found = Book(self.rules)
        for page in self._parted(*filter(None, (other, other._low))):  # it may stand on either
            found = found._joined(page)
        found.under = None
        return found

    def _parted(self, *others: "Book") -> "Iterator[Book]":
        """The pages of this book that are none of the others'."""
        shared = {id(page) for other in others for page in other._pages()}
        return takewhile(lambda page: id(page) not in shared, self._pages())

    def _held(self, path: str) -> Held:
        page: Book | None = self
        while page is not None:
            if path in page.notes:
                return page.notes[path]
            page = page.under
        return None

    def _pages(self) -> "Iterator[Book]":
        page: Book | None = self
        while page is not None:
            yield page
            page = page.under


def _same(one: Held, other: Held) -> bool:
    """Whether the same is known of a note."""
    return one is other or _opened(one) == _opened(other)


def _opened(held: Held) -> Known | Filed | None:
    return unpacked(held) if isinstance(held, str) else held
