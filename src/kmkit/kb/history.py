"""A note's own history, read from git: who wrote its text, and where its branches left it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from kmkit.config import Policy
from kmkit.errors import Cannot
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.states import State
from kmkit.note.model import Fields, Note
from kmkit.note.reading import read
from kmkit.text import address_key
from kmkit.trail.audit.compare import bare, claim_of, differing
from kmkit.trail.audit.united import held_of
from kmkit.trail.event import Event, author_of, coauthors_of, parse
from kmkit.trail.fold import Claim, advanced
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

if TYPE_CHECKING:
    from kmkit.kb.base import KnowledgeBase


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
    last = _past(git, path, claim, guidance, policy).last
    return last.written.authors(last.print)


def as_merged(kb: "KnowledgeBase", note: Note, claim: Claim, *, owner: bool = True) -> Claim:
    """Where ``note`` stands; ``claim`` is what all its moves come to, as if they stood in one line.

    Where its file says otherwise, each branch counts by its own moves, and a merge stands where one
    of its sides stood: of each field, what the file says counts where it is what one of them says.
    Without ``owner`` nothing is looked at where the file has another owner alone. Where the history
    cannot tell, it is ``claim``.
    """
    odd = DECIDES.intersection(differing(note.fields, claim)) - (set() if owner else {"owner"})
    if not (odd and claim.captured) or kb.git.shallow:
        return _holding(kb, note, claim)
    path, guidance = kb.repo_path(note.path), kb.guidance(note)
    found = _past(kb.git, path, claim, guidance, kb.committed_policy).last.claim
    return found if found.captured else claim


def _holding(kb: "KnowledgeBase", note: Note, claim: Claim) -> Claim:
    """The claim with the verdicts on the version in force as its own file has them.

    Two branches can revise one version: in one line the second seems to revise what the first made.
    """
    if claim.in_force is None:
        return claim
    try:
        held = read(kb.git.blob(claim.in_force.blob), note.path).fields.verdicts
    except Cannot:
        return claim
    same = [bare(entry) for entry in held] == [bare(entry) for entry in claim.held]
    return claim if same else claim._replace(held=held)


DECIDES = frozenset({"state", "level", "owner", "verdicts", "in_force"})
"""Fields that decide what may become of a note, and that branches can disagree about."""
NEW = Claim()
"""Of a note that is not there yet."""


class _Version(NamedTuple):
    """What is asked of one version of a file."""

    id: str
    print: str
    fields: Fields


class _Stand(NamedTuple):
    """The note as it stood at one commit."""

    blobs: Mapping[str, str] = {}
    """What stood at each of its paths."""
    print: str = ""
    """The fingerprint, '' where the note was not there."""
    written: Written = NOBODY
    claim: Claim = NEW
    """What its trail says."""


NOWHERE = _Stand()


def _past(git: Git, path: str, claim: Claim, guidance: frozenset[str], policy: Policy) -> "_Past":
    """The whole history of the note at ``path``."""
    entry = git.entry(git.tip(), path)
    with git.asking():
        past = _Past(git, guidance, policy)
        past.id = past.version(entry.sha).id if entry else ""
        for node in _walk(past, path, claim):
            past.add(node)
    return past


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
            print_ = fingerprint(note, self.guidance)
            self.versions[blob] = _Version(note.fields.id or "", print_, note.fields)
        return self.versions[blob]

    def add(self, node: Node) -> None:
        """One more commit; those before it were added."""
        sides = [self.stands[name] for name in node.parents if name in self.stands]
        self.last = self.stands[node.commit] = self._after(node, sides)

    def _after(self, node: Node, sides: Sequence[_Stand]) -> _Stand:
        if sides and not node.blobs and all(side is sides[0] for side in sides):
            return sides[0]  # a merge of branches that did not touch the note, as most are
        from kmkit.trail.audit.history import parents_of  # with all that reads a history

        blobs = {path: blob for side in sides for path, blob in side.blobs.items()} | node.blobs
        here = self._here(blobs.values())
        raw = _commit(self.git, node.commit) if node.blobs else b""
        if not node.blobs or len(parents_of(raw)) > 1:
            return self._merged(blobs, here, sides, raw)
        was = sides[0] if sides else NOWHERE
        event = parse(node.commit, raw)
        event = event if event and event.note == self.id else None
        written = was.written
        if here.print not in ("", was.print) and not (event and self._restored(event, here.print)):
            written = written.wrote(_writing(len(self.stands), raw))
        if event and validates(event, self.policy):
            written = written.validated(here.print)
        claim = advanced(was.claim, event) if event else was.claim
        return _Stand(blobs, here.print, written, claim)

    def _merged(
        self, blobs: Mapping[str, str], here: _Version, sides: Sequence[_Stand], raw: bytes
    ) -> _Stand:
        """The note after a merge; ``raw`` where it made a version that not every side has."""
        lines = [(side.print, side.written) for side in sides if side.print]
        if raw:
            written = merged(here.print, lines, _writing(len(self.stands), raw))
        else:
            written = joined(one for about, one in lines if about == here.print)
        return _Stand(blobs, here.print, written, _claim(here, sides, self.policy))

    def _here(self, blobs: Iterable[str]) -> _Version:
        """The note among what stands at its paths, where others can stand."""
        found = (self.version(blob) for blob in blobs if blob)
        return next((one for one in found if one.id in ("", self.id)), _Version("", "", Fields()))

    def _restored(self, event: Event, print_: str) -> bool:
        """Whether the move put back a text that stood before."""
        return restores(event) and any(print_ == stand.print for stand in self.stands.values())


def _claim(here: _Version, sides: Sequence[_Stand], policy: Policy) -> Claim:
    """Where the note stands after a merge.

    The state goes with the text, or with a new text that is captured; of what goes with both, each
    field as the file has it, where a side says so too. Level and owner are those given last; a
    level that one side took back stays narrow, whatever the other gave.
    """
    states = [side for side in sides if side.claim.state == here.fields.state]
    alike = [side for side in states if side.print == here.print]
    fit = alike or (states if here.fields.state == State.CAPTURED else [])
    if not fit:
        return sides[0].claim if sides else NEW
    said, claims = claim_of(here.fields), [side.claim for side in sides]
    levels, owners = [one.level for one in claims], [one.owner for one in claims]
    found = fit[0].claim._replace(
        level=_last(levels, said.level, claims, [min(levels, key=policy.width)]),
        owner=_last(owners, said.owner, claims, owners),
        held=held_of(bare(here.fields.in_force), claims),
    )
    for name in set(differing(here.fields, found)) - {"level", "owner"}:
        given = getattr(said, name)
        if not isinstance(given, tuple):
            known = any(name not in differing(here.fields, claim) for claim in claims)
        else:
            there = [bare(entry) for one in claims for entry in getattr(one, name)]
            known = all(bare(entry) in there for entry in given)
        found = found._replace(**{name: given}) if known else found
    return found


def _last(given: Sequence[str], said: str, claims: Sequence[Claim], other: Sequence[str]) -> str:
    """Of what each side has, what no side put another in place of; else of ``other``.

    ``said`` where it is among them.
    """
    left = [one for one in given if not any(one in claim.former for claim in claims)] or other
    return next((one for one in left if address_key(one) == address_key(said)), left[0])


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
