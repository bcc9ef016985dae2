"""The audit: one pass from the anchor to the tip, and how every note stands there."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from kmkit.config import CONFIG, POLICY
from kmkit.errors import Cannot
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import approvals_of
from kmkit.note.file import read
from kmkit.trail.audit.anchor import leads_back
from kmkit.trail.audit.book import Book, Known
from kmkit.trail.audit.compare import claim_of, rest_of
from kmkit.trail.audit.findings import RULES, Finding, Proof, Standing
from kmkit.trail.audit.history import (
    FILE_MODES,
    Change,
    Commit,
    Fetch,
    ask,
    commits_since,
    objects,
    tree_at,
    walk,
)
from kmkit.trail.audit.judge import judge
from kmkit.trail.audit.merges import judge_merge
from kmkit.trail.audit.notes import is_note
from kmkit.trail.audit.rules_of import Reader, matters
from kmkit.trail.audit.scene import Scene, Verify
from kmkit.trail.git import Git

_PATHS = ("notes", POLICY, CONFIG, "templates")
"""What the audit looks at."""
Progress = Callable[[int, int], None]
"""Told how many commits are done, of how many."""


@dataclass(frozen=True)
class Report:
    """What the audit came to."""

    findings: tuple[Finding, ...]
    standings: tuple[Standing, ...]
    checked: int
    """Commits gone through."""
    anchor: str
    tip: str
    mended: int = 0
    """Findings of the past that were made good since."""


def audit(
    git: Git,
    prefix: str,
    *,
    anchor: str,
    tip: str,
    notes: set[str] | None = None,
    since: str = "",
    signatures: Verify | None = None,
    require_signatures: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Judge every commit since ``anchor``, and tell how every note stands at ``tip``.

    ``prefix`` is the knowledge base's path in the repository, '' or ending in '/'. ``notes``:
    only these ids are told of, and ``since``: only commits that it does not have. Cannot in a
    shallow clone.
    """
    if git.shallow:
        raise Cannot(
            "This clone is shallow: the history that would prove anything is missing.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    if not leads_back(git, anchor, tip):
        message = f"The history of {tip[:12]} does not contain the anchor {anchor[:12]}."
        lost = Finding("wrong-anchor", "", "", tip, message, RULES["wrong-anchor"].mend())
        return Report((lost,), (), 0, anchor, tip)
    findings: list[Finding] = []
    mended: set[int] = set()
    recent = _recent(git, since, tip)
    with objects(git) as fetch, _no_sweeping():
        session = _Session(git, prefix, fetch, findings, mended, signatures, require_signatures)
        book, count = session.run(anchor, tip, progress)
    kept = tuple(
        finding
        for at, finding in enumerate(findings)
        if at not in mended
        and (recent is None or finding.commit in recent)
        and (notes is None or finding.note in notes or not finding.note)
    )
    standings = sorted(standing(known) for known in book.all())
    chosen = tuple(one for one in standings if notes is None or one.note in notes)
    return Report(kept, chosen, count, anchor, tip, len(mended))


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """Python does not look for cycles meanwhile: among millions of objects that takes minutes."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _recent(git: Git, since: str, tip: str) -> set[str] | None:
    """The commits that ``since`` does not have; None where all are told of."""
    if not since:
        return None
    return set(ask(git, "rev-list", tip, f"^{since}", "--").decode().split())


@dataclass
class _Session:
    """What one audit works with."""

    git: Git
    prefix: str
    fetch: Fetch
    findings: list[Finding]
    mended: set[int]
    signatures: Verify | None
    required: bool
    verbs: dict[int, str] = field(default_factory=dict)

    def run(self, anchor: str, tip: str, progress: Progress | None) -> tuple[Book, int]:
        """Go through the range; what stands at the tip, and how many commits there were."""
        reader = Reader()
        start = self._at_anchor(anchor, reader)
        books = {anchor: start}
        paths = [self.prefix + name for name in _PATHS]
        with commits_since(self.git, anchor, tip) as range_:
            uses = range_.uses
            shared = set(uses)
            before = anchor
            for number, commit in enumerate(walk(self.git, range_, paths, self._wanted), 1):
                inside = [sha for sha in commit.parents if sha in books]
                parents = [books[sha] for sha in inside]
                scene = self._scene(self._inside(commit), number, parents)
                scene.book = _begun(inside, books, shared)
                if len(parents) > 1:
                    judge_merge(scene, reader)
                else:
                    judge(scene, reader)
                _released(books, uses, inside, before)
                books[commit.sha] = scene.book
                before = commit.sha
                if progress:
                    progress(number, range_.count)
            return books[tip], range_.count

    def _scene(self, commit: Commit, number: int, parents: list[Book]) -> Scene:
        return Scene(
            commit, number, parents, Book(), self.findings, self.mended, self._read,
            self.signatures, self.required, self.verbs,
        )  # fmt: skip

    def _read(self, blob: str) -> bytes:
        if set(blob) - set("0123456789abcdef") or len(blob) not in (40, 64):
            raise Cannot(f"'{blob[:40]}' is no object of git.")
        return next(self.fetch([blob]))

    def _wanted(self, path: str) -> bool:
        inside = path.removeprefix(self.prefix)
        return is_note(inside) or matters(inside)

    def _inside(self, commit: Commit) -> Commit:
        """The commit with its paths as the knowledge base names them."""
        if not self.prefix:
            return commit
        cut = len(self.prefix)
        return commit._replace(
            changes=tuple(change._replace(path=change.path[cut:]) for change in commit.changes)
        )

    def _at_anchor(self, anchor: str, reader: Reader) -> Book:
        """What stood at the anchor, which is trusted: its notes are taken at their word."""
        book = Book()
        paths = [self.prefix + name for name in _PATHS]
        entries = [
            Change(entry.path[len(self.prefix) :], entry.mode, entry.blob)
            for entry in tree_at(self.git, anchor, paths)
            if entry.mode in FILE_MODES and self._wanted(entry.path)
        ]
        entries.sort(key=lambda entry: is_note(entry.path))
        for entry, data in zip(entries, self.fetch([e.blob for e in entries]), strict=True):
            if matters(entry.path):
                rules, complaint = reader.changed(book.rules, entry.path, entry.blob, data, 0)
                if complaint and entry.path == POLICY:
                    raise Cannot(
                        f"The rules at the anchor cannot be read: {complaint}",
                        "Name a later commit with --anchor.",
                    )
                book.rules = rules
            else:
                _trusted(book, entry, data, self._read)
        return book


def _trusted(book: Book, entry: Change, data: bytes, fetch: Callable[[str], bytes]) -> None:
    """A note of the anchor, and the verdicts on the version that it leaves in force."""
    note = read(data, PurePosixPath(entry.path))
    if not note.fields.id:
        return
    print_ = fingerprint(note, book.rules.guidance(note.kind))
    claim = claim_of(note.fields)
    if note.fields.in_force:
        with suppress(Cannot):
            old = read(fetch(note.fields.in_force.blob), note.path)
            claim = replace(claim, held=old.fields.verdicts)
    approved = print_ in claim.approved(book.rules.policy)
    book.put(
        Known(
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
        )
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
    for sha in {*inside, before}:
        if not uses.get(sha):
            books.pop(sha, None)


def standing(known: Known) -> Standing:
    """How a note stands."""
    claim = known.claim
    approvals = approvals_of(claim.verdicts[known.renewed :], {known.fingerprint})
    told = tuple(dict.fromkeys(v.decided_by or v.by for v in approvals))
    recorded = next((v.by for v in approvals if v.decided_by), "")
    return Standing(
        known.id, known.path, claim.state, known.fingerprint, _proof(known), known.since, told,
        recorded,
    )  # fmt: skip


def _proof(known: Known) -> Proof:
    if known.doubt or not (known.before_anchor or known.claim.captured):
        return "unproved"
    if known.before_anchor:
        return "before-anchor"
    return "proved" if known.signed else "claimed"
