"""What each commit says by itself: its message, and the notes in the files that it changed.

Nothing here depends on what stood before a commit, so that a second process can read while the
first one judges (`second`).
"""

import marshal
from collections.abc import Generator, Hashable, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.fitting import fields_in
from kmkit.note.frontmatter import decoded, split
from kmkit.note.model import MOVE_FIELDS, Note, Section, shows_all
from kmkit.note.reading import assembled, clear_note
from kmkit.note.sections import sections_of
from kmkit.trail.audit.history import Commit, Range, plain_file, walk
from kmkit.trail.audit.paths import is_note, matters
from kmkit.trail.audit.trailers import Told, told
from kmkit.trail.git import Git

_COVERED = MOVE_FIELDS | {"kind", "title", "summary", "evidence"}
"""Fields that moves write or that the fingerprint covers."""
_FILES, _LONGEST = 1024, 32 * 1024
"""Of how many files the body is remembered, and the longest of them in bytes."""


class Version(NamedTuple):
    """One version of a note's file."""

    note: Note
    fingerprint: str
    """'' where it depends on the guidance of the note's kind."""
    rest: bytes
    """A hash of the fields that neither moves write nor the fingerprint covers."""


class Reading(NamedTuple):
    """One commit, and what it says by itself."""

    commit: Commit
    """With its paths as the knowledge base names them."""
    told: Told
    versions: Mapping[str, Version]
    """Of each note that it wrote, by its path; of a merge none."""


def readings(
    git: Git, range_: Range, prefix: str, paths: Sequence[str], done: int = 0
) -> Generator[Reading, None, None]:
    """The commits of the range but for the first ``done``, oldest first.

    ``paths``, from the top of the knowledge base at ``prefix``, are looked at; of the files there
    those are read that a verdict can depend on.
    """
    cut = len(prefix)
    below = [prefix + path for path in paths]
    with closing(walk(git, range_, below, lambda path: _wanted(path[cut:]), done)) as commits:
        for commit in commits:
            if cut:
                changes = tuple(one._replace(path=one.path[cut:]) for one in commit.changes)
                commit = commit._replace(changes=changes)
            yield Reading(commit, told(commit.sha, commit.raw), _versions(commit))


def _versions(commit: Commit) -> dict[str, Version]:
    """Of each note that the commit wrote; a merge writes few of those that it changes."""
    return {
        change.path: version_of(commit.blobs[change.blob], change.path)
        for change in (commit.changes if len(commit.parents) < 2 else ())
        if plain_file(change) and is_note(change.path)
    }


def _wanted(path: str) -> bool:
    return path.endswith(".md") or matters(path)


def version_of(data: bytes, path: str) -> Version:
    """What the bytes of a note's file say."""
    file = _file(path)
    return _usual(data, file) or _unusual(data, file)


def _usual(data: bytes, file: "_File") -> Version | None:
    """The same of a file like most: its front matter is ordinary, and it hides nothing."""
    end = data.find(b"\n---", 3)
    if end < 0 or data[:4] != b"---\n" or data[end + 4 : end + 5] != b"\n":
        return None
    front = data[4 : end + 1]
    try:
        below = 3 + front.count(b"\n")
        body = file.body_of(data, end + 5, below)
        if not body.shows or not shows_all(front):
            return None
        found = fields_in(front.decode(), printable=True, shared=True)
    except UnicodeDecodeError:
        return None
    if not found:
        return None
    return body.version(clear_note(file.path, data, found, body.below(below)))


def _unusual(data: bytes, file: "_File") -> Version:
    """The same of any file."""
    text, flaws = decoded(data)
    document, cuts = split(text)
    body = file.body_of(document.body.encode(), 0, document.body_line)
    below = body.below(document.body_line)
    flaws += cuts
    return body.version(
        assembled(data, file.path, document, below, flaws, body_shows=body.shows, shared=True)
    )


class _File:
    """A note's file, and what was read of it last."""

    def __init__(self, path: str) -> None:
        self.path = PurePosixPath(path)
        self._body: _Body | None = None

    def body_of(self, data: bytes, at: int, line: int) -> "_Body":
        """The body that begins at a place in ``data``; UnicodeDecodeError where it is no text.

        ``line``: in which line of the file it begins.
        """
        body = self._body
        if not body or len(data) - at != len(body.data) or not data.endswith(body.data):
            body = _Body(data[at:], line)
            if len(body.data) < _LONGEST:
                self._body = body
        return body


_file = lru_cache(_FILES)(_File)


class _Body:
    """The body of a note, which stays as it is through most moves, and what else does."""

    def __init__(self, data: bytes, line: int) -> None:
        self.data = data
        text = data.decode()
        self.preamble, self.sections = sections_of(text, line)
        self.line = line
        self.commented = "<!--" in text
        self.shows = shows_all(data)
        self.prints: dict[tuple[Hashable, ...], str] = {}
        """Fingerprints, by what else they cover."""
        self.own: _Own | None = None
        self.rest = b""
        """`rest_of` those fields."""

    def below(self, line: int) -> tuple[str, tuple[Section, ...]]:
        """Preamble and sections, where the body begins in ``line`` of the file."""
        if line != self.line:
            down, self.line = line - self.line, line
            moved = [_new(Section, (h, t, at + down, deep)) for h, t, at, deep in self.sections]
            self.sections = tuple(moved)
        return self.preamble, self.sections

    def version(self, note: Note) -> Version:
        """The version that a note with this body is."""
        if (own := _own_fields(note)) != self.own:
            self.own, self.rest = own, _hash(own)
        return _new(Version, (note, self.fingerprint(note), self.rest))

    def fingerprint(self, note: Note) -> str:
        """The fingerprint of a note with this body, '' where it depends on guidance."""
        of = note.fields
        if self.commented or "<!--" in (of.summary or ""):
            return ""
        rest = (of.kind, of.title, of.summary, of.evidence)
        if rest not in self.prints:
            self.prints[rest] = fingerprint(note)
        return self.prints[rest]


_new = tuple.__new__
"""Makes a named tuple of its values, in a quarter of the time that calling its class takes."""
_Own = tuple[list[str], list[Any]]
"""Names and values of fields, in the order of the names."""


def rest_of(note: Note) -> bytes:
    """A hash of the fields that neither moves write nor the fingerprint covers."""
    return _hash(_own_fields(note))


def _own_fields(note: Note) -> _Own:
    """The fields that neither moves write nor the fingerprint covers."""
    raw = note.raw
    names = _own_names(tuple(raw))
    return names, [raw[name] for name in names]


@lru_cache(maxsize=64)
def _own_names(names: tuple[str, ...]) -> list[str]:
    return sorted(set(names) - _COVERED)


def _hash(own: _Own) -> bytes:
    return blake2b(marshal.dumps([*zip(*own, strict=True)], 2), digest_size=16).digest()
