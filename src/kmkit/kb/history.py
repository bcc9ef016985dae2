"""Who wrote the substance of a note: its own history, read from git."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.errors import Cannot
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.reading import read
from kmkit.trail.event import Event, author_of, coauthors_of, parse
from kmkit.trail.fold import Claim
from kmkit.trail.git import Git
from kmkit.trail.log import Node, history, nodes, removed
from kmkit.trail.writers import (
    NOBODY,
    Authors,
    Writing,
    Written,
    joined,
    merged,
    restores,
    validates,
)


def authors(git: Git, path: str, claim: Claim, guidance: frozenset[str], policy: Policy) -> Authors:
    """Those who wrote what is committed at ``path``, by the rule of `kmkit.trail.writers`.

    Every commit that changed the fingerprint counts, made by kmkit or by hand, on whatever branch.
    Cannot in a shallow clone, where authors may be hidden.
    """
    if git.shallow:
        raise Cannot(
            "This clone is shallow: who wrote the note cannot be told.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    entry = git.entry(git.tip(), path)
    with git.asking():
        past = _Past(git, guidance, policy)
        past.id = past.version(entry.sha).id if entry else ""
        for node in _walk(past, path, claim):
            past.add(node)
    return past.last.written.authors(past.last.print)


class _Version(NamedTuple):
    """What is asked of one version of a file."""

    id: str
    print: str


class _Stand(NamedTuple):
    """The note as it stood at one commit."""

    blobs: Mapping[str, str] = {}
    """What stood at each of its paths."""
    print: str = ""
    """The fingerprint, '' where the note was not there."""
    written: Written = NOBODY


NOWHERE = _Stand()


@dataclass
class _Past:
    """The history of one note, gone through from its beginning."""

    git: Git
    guidance: frozenset[str]
    policy: Policy
    id: str = ""
    last: _Stand = NOWHERE
    stands: dict[str, _Stand] = field(default_factory=dict)
    """By commit."""
    versions: dict[str, _Version] = field(default_factory=dict)
    """By git's name of the blob."""

    def version(self, blob: str) -> _Version:
        """The version that git has under a name."""
        if blob not in self.versions:
            note = read(self.git.blob(blob), PurePosixPath("note.md"))
            self.versions[blob] = _Version(note.fields.id or "", fingerprint(note, self.guidance))
        return self.versions[blob]

    def add(self, node: Node) -> None:
        """One more commit; those before it were added."""
        sides = [self.stands[name] for name in node.parents if name in self.stands]
        self.last = self.stands[node.commit] = self._after(node, sides)

    def _after(self, node: Node, sides: Sequence[_Stand]) -> _Stand:
        if sides and not node.blobs and all(side is sides[0] for side in sides):
            return sides[0]  # a merge of branches that did not touch the note, as most are
        blobs = {path: blob for side in sides for path, blob in side.blobs.items()} | node.blobs
        print_ = self._print(blobs.values())
        if not node.blobs:
            written = joined(side.written for side in sides if side.print == print_)
        else:
            written = self._written(node.commit, print_, sides)
        return _Stand(blobs, print_, written)

    def _print(self, blobs: Iterable[str]) -> str:
        """The fingerprint of the note among what stands at its paths; others can stand there."""
        found = (self.version(blob) for blob in blobs if blob)
        return next((one.print for one in found if one.id in ("", self.id)), "")

    def _written(self, commit: str, print_: str, sides: Sequence[_Stand]) -> Written:
        """By whom the note is, once a commit touched it."""
        raw = _commit(self.git, commit)
        by = _writing(len(self.stands), raw)
        lines = [(side.print, side.written) for side in sides if side.print]
        if raw.partition(b"\n\n")[0].count(b"\nparent ") > 1:
            return merged(print_, lines, by)
        was = sides[0] if sides else NOWHERE
        event = parse(commit, raw)
        event = event if event and event.note == self.id else None
        written = was.written
        if print_ not in ("", was.print) and not (event and self._restored(event, print_)):
            written = written.wrote(by)
        return written.validated(print_) if event and validates(event, self.policy) else written

    def _restored(self, event: Event, print_: str) -> bool:
        """Whether the move put back a text that stood before."""
        return restores(event) and any(print_ == stand.print for stand in self.stands.values())


def _commit(git: Git, name: str) -> bytes:
    """The raw commit."""
    found = git.object(name)
    if found is None:
        raise Cannot(f"git has no commit {name}, which its history names.", "Run git fsck.")
    return found.data


def _writing(number: int, raw: bytes) -> Writing:
    """Whom the commit names as its author and co-authors."""
    author, others = author_of(raw), coauthors_of(raw)
    emails = {who.email for who in others} | ({author[1]} if author else set())
    names = {who.name for who in others} | ({author[0]} if author else set())
    return Writing(number, frozenset(emails), frozenset(names))


def _walk(past: _Past, path: str, claim: Claim) -> list[Node]:
    """The history of the note at ``path``, oldest first.

    Where the capture made the file, under the name of a note that there was not before, nothing
    older belongs to it, and a long history is not looked through.
    """
    if claim.captured:
        found = _followed(past, path, claim.captured)
        made = next((node.made for node in found if node.commit == claim.captured), set())
        if any(PurePosixPath(name).stem == past.id for name in made):
            return found
    return _followed(past, path, "")


def _followed(past: _Past, path: str, since: str) -> list[Node]:
    """The history of the note from the commit ``since`` on, whatever its file was called."""
    paths, asked = [path], {since}
    while True:
        found = list(nodes(past.git, paths, since))
        new = [node.commit for node in found if node.made and node.commit not in asked]
        more = {*_before(past, new)} - {*paths} if new else set()
        if not more:
            return found
        paths += sorted(more)
        asked.update(new)


def _before(past: _Past, commits: Sequence[str]) -> Iterator[str]:
    """The paths from which commits took the note."""
    for path, blob in removed(past.git, commits):
        if past.id.encode() in past.git.blob(blob) and past.version(blob).id == past.id:
            yield path


def last_approved(git: Git, path: str, approved: frozenset[str], guidance: frozenset[str]) -> str:
    """git's name of the newest version with an approved fingerprint, '' where there is none."""
    versions = (step.new for step in history(git, path) if step.new) if approved else ()
    return next((blob for blob in versions if _print(git, blob, guidance) in approved), "")


def _print(git: Git, blob: str, guidance: frozenset[str]) -> str:
    """The fingerprint of a version."""
    return fingerprint(read(git.blob(blob), PurePosixPath("note.md")), guidance)
