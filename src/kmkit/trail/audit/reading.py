"""What each commit says by itself: its message, and the notes in the files that it changed.

Nothing here depends on what stood before a commit, so that a second process can read while the
first one judges (`second`).
"""

import marshal
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import NamedTuple

from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.frontmatter import decoded, split
from kmkit.note.model import MOVE_FIELDS, Note, Section, shows_all
from kmkit.note.reading import assembled
from kmkit.note.sections import sections_of
from kmkit.trail.audit.history import Commit, Range, plain_file, walk
from kmkit.trail.audit.paths import is_note, matters
from kmkit.trail.audit.trailers import Told, told
from kmkit.trail.git import Git

_COVERED = MOVE_FIELDS | {"kind", "title", "summary", "evidence"}
"""Fields that moves write or that the fingerprint covers."""
_BODIES, _LONGEST = 1024, 32 * 1024
"""How many bodies are remembered, and the longest of them in characters."""


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
) -> Iterator[Reading]:
    """The commits of the range but for the first ``done``, oldest first.

    ``paths``, from the top of the knowledge base at ``prefix``, are looked at; of the files there
    those are read that a verdict can depend on.
    """
    cut = len(prefix)
    below = [prefix + path for path in paths]
    for commit in walk(git, range_, below, lambda path: _wanted(path[cut:]), done):
        if cut:
            changes = tuple(change._replace(path=change.path[cut:]) for change in commit.changes)
            commit = commit._replace(changes=changes)
        yield Reading(commit, told(commit.sha, commit.raw), dict(_versions(commit)))


def _versions(commit: Commit) -> Iterator[tuple[str, Version]]:
    """Of each note that the commit wrote; a merge writes few of those that it changes."""
    for change in commit.changes if len(commit.parents) < 2 else ():
        if plain_file(change) and is_note(change.path):
            yield change.path, version_of(commit.blobs[change.blob], change.path)


def _wanted(path: str) -> bool:
    return path.endswith(".md") or matters(path)


def version_of(data: bytes, path: str) -> Version:
    """What the bytes of a note's file say."""
    text, flaws = decoded(data)
    document, cuts = split(text)
    body = (_body if len(document.body) < _LONGEST else _Body)(document.body)
    sections = body.below(document.body_line)
    flaws += cuts
    note = assembled(data, _path(path), document, sections, flaws, body_shows=body.shows)
    return Version(note, body.fingerprint(note), rest_of(note))


class _Body:
    """The body of a note, which stays as it is through most moves."""

    def __init__(self, text: str) -> None:
        self.preamble, self.sections = sections_of(text, 0)
        self.commented = "<!--" in text
        self.shows = shows_all(text.encode("utf-8", "surrogatepass"))
        self.prints: dict[tuple[Hashable, ...], str] = {}
        """By what else they cover."""

    def below(self, line: int) -> tuple[str, tuple[Section, ...]]:
        """Preamble and sections, where the body begins in ``line`` of the file."""
        each = [_made(Section, (h, text, line + at, deep)) for h, text, at, deep in self.sections]
        return self.preamble, tuple(each)

    def fingerprint(self, note: Note) -> str:
        """The fingerprint of a note with this body, '' where it depends on guidance."""
        of = note.fields
        if self.commented or "<!--" in (of.summary or ""):
            return ""
        rest = (of.kind, of.title, of.summary, of.evidence)
        if rest not in self.prints:
            self.prints[rest] = fingerprint(note)
        return self.prints[rest]


_body = lru_cache(_BODIES)(_Body)
_path = lru_cache(_BODIES)(PurePosixPath)
_made = tuple.__new__


def rest_of(note: Note) -> bytes:
    """A hash of the fields that neither moves write nor the fingerprint covers."""
    raw = note.raw
    own = [(name, raw[name]) for name in sorted(raw.keys() - _COVERED)]
    return blake2b(marshal.dumps(own, 2), digest_size=16).digest()
