"""One pass of the audit: from a commit of which all is known, over all that came after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.states import State
from kmkit.note.file import read
from kmkit.places import CONFIG, POLICY, RECORDS
from kmkit.trail.audit.asking import Fetch
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.compare import claim_of
from kmkit.trail.audit.findings import Finding
from kmkit.trail.audit.history import (
    FILE_MODES,
    Change,
    Range,
    commits_since,
    rooted,
    tree_at,
)
from kmkit.trail.audit.judge import judge
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.merges import judge_merge
from kmkit.trail.audit.paths import is_note, is_record, matters
from kmkit.trail.audit.reading import rest_of
from kmkit.trail.audit.rules_of import Reader, Rules
from kmkit.trail.audit.scene import Scene, Verify
from kmkit.trail.audit.second import Process, read_aside, ready
from kmkit.trail.git import Git

_PATHS = ("notes", *RECORDS, POLICY, CONFIG, "templates")
"""What the audit looks at."""
Progress = Callable[[int, int], None]
"""Told how many commits are done, of how many."""


class Point(NamedTuple):
    """All that is known at one commit."""

    commit: str
    number: int
    """How many commits were gone through up to here."""
    book: Book
    findings: tuple[Finding, ...] = ()
    mended: frozenset[int] = frozenset()
    """The numbers of the findings that were made good."""
    again: Mapping[int, str] = MappingProxyType({})
    """The commits by which findings that were made good stand again."""


class Pass(NamedTuple):
    """What came of going through a range."""

    first: Point
    waist: Point
    """Some way before the tip: no later commit grew out of an earlier one."""
    tip: Point


class ApartError(Exception):
    """The point to go on from is not in the history, or a branch left the history before it."""


@dataclass
class Session:
    """What one audit works with."""

    git: Git
    prefix: str
    fetch: Fetch
    signatures: Verify | None
    required: bool
    progress: Progress | None = None
    reader: Reader = field(default_factory=Reader)

    def whole(self, anchor: str, tip: str, *, lag: int) -> Pass:
        """Go through all that the tip has since the anchor, whose notes are taken at their word.

        ApartError where it is not in the history of the tip.
        """
        with ready(self.git) as second, self._range(anchor, tip, lag) as range_:
            return self._through(range_, Point(anchor, 0, self._at_anchor(anchor)), tip, second)

    def run(self, first: Point, tip: str, *, lag: int) -> Pass:
        """Go through all that the tip has and ``first`` has not.

        ApartError where that cannot be told from ``first`` alone: a branch left before it.
        """
        with self._range(first.commit, tip, lag) as range_:
            if range_.outside:
                raise ApartError
            return self._through(range_, first, tip)

    @contextmanager
    def _range(self, first: str, tip: str, lag: int) -> Iterator[Range]:
        if not self.git.tip(first):
            raise ApartError
        with commits_since(self.git, first, tip, lag) as range_:
            if not range_.leads_back:
                raise ApartError
            yield range_

    def _through(
        self, range_: Range, first: Point, tip: str, second: Process | None = None
    ) -> Pass:
        findings, mended, again = [*first.findings], {*first.mended}, {**first.again}
        books = {first.commit: first.book}
        points = {first.commit: first}
        shared = {*range_.uses, first.commit, range_.waist}
        before, apart = first.commit, set[str]()
        with closing(read_aside(self.git, range_, self.prefix, _PATHS, second)) as read:
            for number, (commit, told, versions) in enumerate(read, 1):
                inside = [sha for sha in commit.parents if sha in books]
                if range_.outside:
                    inside = rooted(commit.sha, inside, apart)
                scene = Scene(
                    commit, told, versions, first.number + number, [books[sha] for sha in inside],
                    _begun(inside, books, shared), findings, mended, again, self.read,
                    self.signatures, self.required,
                )  # fmt: skip
                (judge_merge if len(inside) > 1 else judge)(scene, self.reader)
                _released(books, range_.uses, inside, before)
                books[commit.sha] = scene.book
                before = commit.sha
                if commit.sha in (range_.waist, tip):
                    points[commit.sha] = Point(
                        commit.sha, scene.number, scene.book, tuple(findings), frozenset(mended),
                        {**again},
                    )  # fmt: skip
                if self.progress:
                    self.progress(number, range_.count)
        return Pass(first, points[range_.waist], points[tip])

    def read(self, blob: str) -> bytes:
        """What git has under a name that may come from a note; Cannot where it has nothing."""
        if set(blob) - set("0123456789abcdef") or len(blob) not in (40, 64):
            raise Cannot(f"'{blob[:40]}' is no object of git.")
        return next(self.fetch([blob]))

    def _wanted(self, path: str) -> bool:
        inside = path.removeprefix(self.prefix)
        return is_note(inside) or is_record(inside) or matters(inside)

    def _at_anchor(self, anchor: str) -> Book:
        book = Book()
        paths = [self.prefix + name for name in _PATHS]
        entries = [
            Change(entry.path[len(self.prefix) :], entry.mode, entry.blob)
            for entry in tree_at(self.git, anchor, paths)
            if entry.mode in FILE_MODES and self._wanted(entry.path)
        ]
        entries.sort(key=lambda entry: is_note(entry.path))
        revised: list[tuple[Known, str]] = []
        for entry, data in zip(entries, self.fetch([e.blob for e in entries]), strict=True):
            if matters(entry.path):
                rules, complaint = self.reader.changed(book.rules, entry.path, entry.blob, data, 0)
                if complaint and entry.path == POLICY:
                    raise Cannot(
                        f"The rules at the anchor cannot be read: {complaint}",
                        "Name a later commit with --anchor.",
                    )
                book.rules = rules
            elif is_record(entry.path):
                from kmkit.trail.audit.records import trusted  # with pydantic

                trusted(book, entry, data)
            elif known := _trusted(book.rules, entry, data):
                book.put(known)
                if known.claim.in_force:
                    revised.append((known, known.claim.in_force.blob))
        for known, blob in revised:  # objects come in the order in which they are asked for
            book.put(self._with_held(known, blob))
        return book

    def _with_held(self, known: Known, blob: str) -> Known:
        """A note of the anchor, with the verdicts on the version that it leaves in force."""
        with suppress(Cannot):
            old = read(self.read(blob), PurePosixPath(known.path))
            return known._replace(claim=known.claim._replace(held=old.fields.verdicts))
        return known


def _trusted(rules: Rules, entry: Change, data: bytes) -> Known | None:
    """A note of the anchor; None where the file has no id."""
    note = read(data, PurePosixPath(entry.path))
    if not note.fields.id:
        return None
    print_ = fingerprint(note, rules.guidance(note.kind))
    claim = claim_of(note.fields)
    approved = print_ in claim.approved(rules.policy)
    return Known(
        id=note.fields.id,
        path=entry.path,
        blob=entry.blob,
        kind=note.kind,
        fingerprint=print_,
        rest=rest_of(note),
        backup=note.fields.backup or "",
        claim=claim,
        standing=entry.blob if approved else "",
        before_anchor=True,
        ended=claim.state == State.RETIRED,
    )


def _begun(inside: list[str], books: Mapping[str, Book], shared: set[str]) -> Book:
    """The book of a commit, as its first parent left it."""
    if not inside:
        return Book()
    first = books[inside[0]]
    return first.over() if inside[0] in shared or len(inside) > 1 else first


def _released(books: dict[str, Book], uses: dict[str, int], inside: list[str], before: str) -> None:
    """Forget the books that no later commit builds on."""
    for sha in inside:
        if sha != before and uses.get(sha):
            uses[sha] -= 1
    for sha in inside:
        if not uses.get(sha):
            books.pop(sha, None)
