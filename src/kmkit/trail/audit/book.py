"""What is known of every note at one commit, kept for many commits at once.

Two commits on one line share one book, which goes on in place; where lines part, each side gets a
thin page of its own over what both share.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kmkit.trail.audit.rules_of import NOTHING, Rules
from kmkit.trail.fold import Claim


@dataclass(frozen=True, slots=True)
class Known:
    """One note as it stands at one commit, and what its trail says up to there."""

    id: str
    path: str
    blob: str
    kind: str
    fingerprint: str
    rest: int
    """A hash of the fields that neither moves write nor the fingerprint covers."""
    backup: str
    claim: Claim
    """What the trail says; after a finding, what the file says."""
    authors: frozenset[str] = frozenset()
    """E-mails of those who wrote this substance."""
    names: frozenset[str] = frozenset()
    """Their names."""
    settled: bool = False
    """Nobody wrote since the last quorum."""
    trail: frozenset[int] = frozenset()
    """The numbers of the moves that led here."""
    since: str = ""
    """The commit that proved, or lost the proof of, what stands."""
    doubt: int = 0
    """2: something was found in this round; 1: in an earlier one; 0: the trail proves it."""
    faults: tuple[int, ...] = ()
    """The numbers of the findings that stand against it."""
    sound: "Known | None" = None
    """How it stood before the first of them."""
    standing: str = ""
    """git's name of the newest version whose text is approved."""
    before_anchor: bool = False
    renewed: int = 0
    """How many of the verdicts were given before what stands was approved anew."""
    signed: bool = False
    """Every commit since it was last captured was signed by a key of its author."""


@dataclass(eq=False)
class Book:
    """Every note and every rule at one commit."""

    rules: Rules = NOTHING
    under: "Book | None" = None
    notes: dict[str, Known | None] = field(default_factory=dict)
    """By path; None where a note is gone."""
    paths: dict[str, str] = field(default_factory=dict)
    """By id; '' where no file holds it."""
    gone: dict[str, Known] = field(default_factory=dict)
    """Notes that were removed, by id, in case they come back as they were."""
    _low: "Book | None" = None
    """This book with its small pages joined, on which all that follow build."""

    def get(self, path: str) -> Known | None:
        """The note at ``path``, or None."""
        for page in self._pages():
            if path in page.notes:
                return page.notes[path]
        return None

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
                return page.gone[id]
        return None

    def put(self, known: Known) -> None:
        """The note stands at its path now."""
        self.notes[known.path] = known
        self.paths[known.id] = known.path

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
            under.notes | self.notes,
            under.paths | self.paths,
            under.gone | self.gone,
        )

    def all(self) -> Iterator[Known]:
        """Every note that stands."""
        seen: set[str] = set()
        for page in self._pages():
            for path, known in page.notes.items():
                if path not in seen and known is not None:
                    yield known
            seen |= page.notes.keys()

    def since(self, other: "Book") -> set[str]:
        """The paths that this book may know differently from ``other``."""
        shared = {id(page) for page in other._pages()}
        found: set[str] = set()
        for page in self._pages():
            if id(page) in shared:
                break
            found |= page.notes.keys()
        return found

    def _pages(self) -> "Iterator[Book]":
        page: Book | None = self
        while page is not None:
            yield page
            page = page.under
