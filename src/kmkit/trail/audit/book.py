"""What is known of every note at one commit, kept for many commits at once.

Two commits on one line share one book, which goes on in place; where lines part, each side gets a
thin page of its own over what both share.

Of many notes, those that were not touched for a while are packed: a quarter of the room.
"""

from collections import Counter
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field

from kmkit.trail.audit.findings import Proof
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.packing import packed, proof_of, unpacked
from kmkit.trail.audit.rules_of import NOTHING, Rules

Held = Known | str | None
"""A note, or its line where it is packed; None where it is gone."""
_LOOSE = 10_000
"""Notes that are not packed, at the least."""


@dataclass(eq=False)
class Book:
    """Every note and every rule at one commit."""

    rules: Rules = NOTHING
    under: "Book | None" = None
    notes: MutableMapping[str, Held] = field(default_factory=dict)
    """By path."""
    paths: MutableMapping[str, str] = field(default_factory=dict)
    """By id; '' where no file holds it."""
    gone: MutableMapping[str, Known | str] = field(default_factory=dict)
    """Notes that were removed, by id, in case they come back as they were."""
    _low: "Book | None" = None
    """This book with its small pages joined, on which all that follow build."""
    _loose: int = 0
    """How many notes were put since the last were packed."""

    def get(self, path: str) -> Known | None:
        """The note at ``path``, or None."""
        return _opened(self._held(path))

    def path_of(self, id: str) -> str:
        """The path of the note ``id``, '' where there is none."""
        for page in self._pages():
            if id in page.paths:
                return page.paths[id]
        return ""

    def removed(self, id: str) -> Known | None:
        """The note ``id`` as it was when it was removed, or None."""
        for page in self._pages():
            if id in page.gone:
                return _opened(page.gone[id])
        return None

    def put(self, known: Known) -> None:
        """The note stands at its path now."""
        self.notes[known.path] = known
        self.paths[known.id] = known.path
        self._loose += 1
        if self._loose > _LOOSE:
            self.pack()

    def take(self, path: str) -> None:
        """No note stands at ``path`` any more."""
        known = self.get(path)
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
            if isinstance(held, Known):
                self.notes[path] = packed(held)

    def all(self) -> Iterator[Known]:
        """Every note that stands."""
        for held in self._all():
            if known := _opened(held):
                yield known

    def proofs(self) -> Counter[Proof]:
        """How many notes stand how well."""
        return Counter(proof_of(held) for held in self._all() if held is not None)

    def _all(self) -> Iterator[Held]:
        seen: set[str] = set()
        for page in self._pages():
            yield from (held for path, held in page.notes.items() if path not in seen)
            seen |= page.notes.keys()

    def since(self, other: "Book") -> set[str]:
        """The paths of which this book knows what ``other`` does not, since the two parted."""
        shared = {id(page) for page in other._pages()}
        found: set[str] = set()
        for page in self._pages():
            if id(page) in shared:
                break
            found |= page.notes.keys()
        return {path for path in found if not _same(self._held(path), other._held(path))}

    def apart(self, other: "Book") -> "Book":
        """A page of all that this book, grown out of ``other``, may know differently."""
        shared = {id(page) for page in other._pages()}
        found = Book(self.rules)
        for page in self._pages():
            if id(page) in shared:
                break
            found = found._joined(page)
        found.under = None
        return found

    def _held(self, path: str) -> Held:
        for page in self._pages():
            if path in page.notes:
                return page.notes[path]
        return None

    def _pages(self) -> "Iterator[Book]":
        page: Book | None = self
        while page is not None:
            yield page
            page = page.under


def _same(one: Held, other: Held) -> bool:
    """Whether the same is known of a note."""
    return one is other or _opened(one) == _opened(other)


def _opened(held: Held) -> Known | None:
    return unpacked(held) if isinstance(held, str) else held
