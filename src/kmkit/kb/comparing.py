"""A note beside its committed and its approved version."""

from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.kb.base import KnowledgeBase
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.trail.log import history


def committed(kb: KnowledgeBase, note: Note) -> Note | None:
    """The note as it is committed; None where git does not know it."""
    entry = kb.git.entry(kb.git.tip(), kb.repo_path(note.path))
    return read(kb.git.blob(entry.sha), note.path) if entry else None


def differs(kb: KnowledgeBase, note: Note, data: bytes) -> bool:
    """Whether ``data`` is not what is committed, with git's filters applied."""
    path = kb.repo_path(note.path)
    entry = kb.git.entry(kb.git.tip(), path)
    return entry is None or kb.git.hash(path, data) != entry.sha


def substance_changed(kb: KnowledgeBase, note: Note, data: bytes) -> bool:
    """Whether ``data`` has another fingerprint than the committed version."""
    before = committed(kb, note)
    guidance = kb.guidance(note)
    after = read(data, note.path)
    return before is None or fingerprint(before, guidance) != fingerprint(after, guidance)


def approved_version(kb: KnowledgeBase, note: Note) -> Note:
    """The newest version whose substance the trail approves; Cannot where there is none."""
    approved = kb.claim(note).approved(kb.committed_policy)
    guidance = kb.guidance(note)
    for step in history(kb.git, kb.repo_path(note.path)):
        if step.new:
            version = read(kb.git.blob(step.new), PurePosixPath(note.path))
            if fingerprint(version, guidance) in approved:
                return version
    raise Cannot(f"No approved version of {note.path} stands in the history.", "See kmkit log.")
