"""How an approved text came to be the one that stands: by rewordings, or by a hand."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from kmkit.kb.base import KnowledgeBase
from kmkit.kb.seeing import audited
from kmkit.lifecycle.context import Changed
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.guards import Objection, uncovered
from kmkit.lifecycle.rounds import approved_fingerprints
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.note.reading import read
from kmkit.text import as_typed
from kmkit.trail.event import Event, parse
from kmkit.trail.log import Step, history

_JUDGED = ("capture", "revise", "reopen", "validate", "settle", "renew")
"""The moves before which nothing matters: they begin a round, or end it."""


class Wording(NamedTuple):
    """How the text that is committed came about since it was last judged."""

    reworded: bool
    """Rewordings led to it, and nothing else."""
    by_hand: Changed | None
    """The first commit that changed it otherwise and was not made good, as the audit counts."""
    standing: str = ""
    """git's name of the approved version that stays in force, where the audit was asked for it."""


class _Found(NamedTuple):
    """What the commits up to one of them come to."""

    reworded: bool = False
    slip: Step | None = None
    """The first one that changed the text and was no rewording."""
    sound: str = ""
    """git's name of the version before it, '' where that would undo a move."""
    after: int = 0
    """How many commits changed the file since."""


def worded(kb: KnowledgeBase, note: Note, guidance: frozenset[str]) -> Wording:
    """How the text of ``note``, which is what is committed, came about.

    Before a hand is said to have changed it, the audit is asked, which knows the branches.
    """

    @cache
    def print_of(blob: str) -> str:
        """The fingerprint of a version."""
        return fingerprint(read(kb.git.blob(blob), note.path), guidance)

    found = _Found()
    for step, event in reversed(list(_since(kb, note.id, kb.repo_path(note.path)))):
        found = _after(found, step, event, print_of)
    known = audited(kb, note.path) if found.slip else None
    if found.slip is None or (known and not known.doubt):
        return Wording(found.reworded, None)
    changed = _changed(kb, note, found.slip, found)
    return Wording(reworded=False, by_hand=changed, standing=known.standing if known else "")


def slipped(kb: KnowledgeBase, note: Note) -> Objection | None:
    """What is to be said of a validated ``note`` whose committed text a hand changed."""
    guidance = kb.guidance(note)
    if note.state != State.VALIDATED:
        return None
    if fingerprint(note, guidance) in approved_fingerprints(note, kb.committed_policy):
        return None
    changed = worded(kb, note, guidance).by_hand
    return uncovered(note, changed) if changed else None


def left_in_force(
    kb: KnowledgeBase, note: Note, approved: frozenset[str], guidance: frozenset[str]
) -> str:
    """git's name of the version that stays in force while another text is judged, '' for none.

    It is the newest one with an ``approved`` fingerprint that a move left, as the audit
    has it: what a hand made of the packaging afterwards is nobody's approval.
    """
    for step, event in _steps(kb, note.id, kb.repo_path(note.path)) if approved else ():
        if step.new and event:
            version = read(kb.git.blob(step.new), note.path)
            if fingerprint(version, guidance) in approved:
                return step.new
    return ""


def _since(kb: KnowledgeBase, id: str, path: str) -> Iterator[tuple[Step, Event | None]]:
    """The commits since the note was last judged, newest first, each with the move that it is."""
    for step, event in _steps(kb, id, path):
        if event and event.move in _JUDGED:
            return
        yield step, event


def _steps(kb: KnowledgeBase, id: str, path: str) -> Iterator[tuple[Step, Event | None]]:
    """The commits that changed the note, newest first, each with the move of it that it is."""
    for step in history(kb.git, path):
        raw = kb.git.object(step.commit)
        event = parse(step.commit, raw.data) if raw else None
        yield step, event if event and event.note == id else None


def _after(
    found: _Found, step: Step, event: Event | None, print_of: Callable[[str], str]
) -> _Found:
    """What it comes to after one more commit."""
    if not step.new:
        return found
    old = [blob for blob in step.old if blob]
    changed = step.new not in old and print_of(step.new) not in map(print_of, old)
    found = found._replace(after=found.after + 1, sound="" if event else found.sound)
    if found.slip and step.new == found.sound:
        return _Found(found.reworded)
    if event and event.move == "reword":
        return found._replace(reworded=True)
    if not changed or found.slip:
        return found
    return _Found(found.reworded, step, "" if event or len(old) != 1 else old[0])


def _changed(kb: KnowledgeBase, note: Note, slip: Step, found: _Found) -> Changed:
    """What is said of the commit, and how the version before it is put back, where that helps."""
    git, commit, path = kb.git, slip.commit[:12], kb.repo_path(note.path)
    entry, now = git.entry(git.tip(), path), (kb.root / note.path).read_bytes()
    before, put_back = git.entry(f"{commit}~1", path), ""
    if found.sound and before and before.sha == found.sound:
        touched = git.text("diff-tree", "-r", "-z", "--no-commit-id", "--name-only", commit)
        put_back = f"git restore -SW --source={commit}~1 {as_typed(note.path)}, then git commit"
        if touched.split("\0") == [path, ""] and not found.after:
            put_back = f"git revert {commit}"
    dirty = not entry or git.hash(path, now) != entry.sha
    return Changed(commit, merge=len(slip.old) > 1, put_back=put_back, dirty=dirty)
