"""Who wrote the substance of a note: its own history, read from git."""

from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.lifecycle import fingerprint
from kmkit.note.file import read
from kmkit.trail.event import author_of, coauthors_of
from kmkit.trail.fold import Claim
from kmkit.trail.git import Git
from kmkit.trail.log import history


def authors(git: Git, path: str, claim: Claim, guidance: frozenset[str]) -> frozenset[str]:
    """E-mails, in lower case, of those who wrote the substance since it was last validated.

    Every commit that changed the fingerprint counts, made by kmkit or by hand, and co-authors
    count. The walk goes back to the last quorum, and further where nobody wrote since. Cannot in
    a shallow clone, where authors may be hidden.
    """
    if git.shallow:
        raise Cannot(
            "This clone is shallow: who wrote the note cannot be told.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    found: set[str] = set()
    for step in history(git, path):
        if step.commit == claim.settled and found:
            break
        if _print(git, step.new, guidance) != _print(git, step.old, guidance):
            raw = git.run("cat-file", "commit", step.commit)
            author = author_of(raw)
            found |= {author[1]} if author else set()
            found |= set(coauthors_of(raw))
    return frozenset(found)


def _print(git: Git, blob: str, guidance: frozenset[str]) -> str:
    """The fingerprint of a version, '' where there was none."""
    return fingerprint(read(git.blob(blob), PurePosixPath("note.md")), guidance) if blob else ""
