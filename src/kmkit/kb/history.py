"""Who wrote the substance of a note: its own history, read from git."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.person import Person
from kmkit.note.reading import read
from kmkit.trail.event import author_of, coauthors_of, parse
from kmkit.trail.fold import Claim
from kmkit.trail.git import Git
from kmkit.trail.log import Step, history


def authors(git: Git, path: str, claim: Claim, guidance: frozenset[str]) -> frozenset[Person]:
    """Those who wrote the substance since it was last validated, with e-mails in lower case.

    Every commit that changed the fingerprint counts, made by kmkit or by hand, a merge that agrees
    with none of its parents too, and co-authors count. The walk goes back to the last quorum, and
    further where nobody wrote since. A rejected revision gives way to the text before it: whoever
    rejected it wrote nothing. Cannot in a shallow clone, where authors may be hidden.
    """
    if git.shallow:
        raise Cannot(
            "This clone is shallow: who wrote the note cannot be told.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    found: set[Person] = set()
    steps = _walk(git, path, claim)
    for place, step in enumerate(steps):
        if step.commit == claim.settled and found:
            break
        now = _print(git, step.new, guidance)
        if all(_print(git, old, guidance) != now for old in step.old):
            raw = git.run("cat-file", "commit", step.commit)
            event = parse(step.commit, raw)
            older = (earlier.new for earlier in steps[place + 1 :])
            if event and event.verdict == "reject" and _stood(git, now, older, guidance):
                continue
            author = author_of(raw)
            found |= {Person(author[0], author[1])} if author else set()
            found.update(coauthors_of(raw))
    return frozenset(found)


def _stood(git: Git, wanted: str, blobs: Iterable[str], guidance: frozenset[str]) -> bool:
    """Whether one of the versions ``blobs`` has the fingerprint ``wanted``."""
    return any(_print(git, blob, guidance) == wanted for blob in blobs)


def _walk(git: Git, path: str, claim: Claim) -> list[Step]:
    """The history of the file at ``path``, newest first.

    Where the capture made the file, under the name of a note that there was not before, nothing
    older belongs to it, and a long history is not looked through.
    """
    note = claim.captured and parse(claim.captured, git.run("cat-file", "commit", claim.captured))
    if note and PurePosixPath(path).stem == note.note:
        steps = list(history(git, path, since=claim.captured))
        if steps and steps[-1].commit == claim.captured and not any(steps[-1].old):
            return steps
    return list(history(git, path))


def last_approved(git: Git, path: str, approved: frozenset[str], guidance: frozenset[str]) -> str:
    """git's name of the newest version with an approved fingerprint, '' where there is none."""
    versions = (step.new for step in history(git, path) if step.new) if approved else ()
    return next((blob for blob in versions if _print(git, blob, guidance) in approved), "")


def _print(git: Git, blob: str, guidance: frozenset[str]) -> str:
    """The fingerprint of a version, '' where there was none."""
    return fingerprint(read(git.blob(blob), PurePosixPath("note.md")), guidance) if blob else ""
