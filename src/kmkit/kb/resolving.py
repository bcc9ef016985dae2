"""Mending a note that a merge of git left in conflict, and merging one in git's place."""

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.conflicts import unmerged
from kmkit.kb.merging import Join, Merged, merge
from kmkit.note.conflict import marks, places, spelled
from kmkit.note.file import read
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.text import as_typed
from kmkit.trail.busy import UnderWay, under_way
from kmkit.trail.git import Git
from kmkit.trail.safely import kmkit_lock, write_file
from kmkit.trail.stage import stage

_ANY = range(128)
"""Exit codes of ``git merge-file``: how many conflicts there are."""


@dataclass(frozen=True)
class Resolved:
    """A note that was in conflict, as it stands now."""

    note: Note
    changed_text: bool
    """The text is one that neither side has."""
    left: tuple[str, ...]
    """Paths that are in conflict still, from the repository's top."""
    mended: bool = True
    """False where it was in no conflict, and stands as both sides together make it."""


def resolve(kb: KnowledgeBase, note: Note) -> Resolved:
    """Merge ``note`` field by field where git could not, and stage it.

    Raises Refused, with nothing changed, where no merge is under way or both sides changed the
    same; then a person has to settle the text first, in the file.
    """
    git, path = kb.git, kb.repo_path(note.path)
    if not git.tip("MERGE_HEAD"):
        raise _no_merge(kb, note)
    torn, versions = _unmerged(git), _versions(git, path)
    left = tuple(name for name in torn if name != path)
    calm = path not in torn and not places(note.data)
    if calm and not all(versions):
        return Resolved(note, False, left, mended=False)
    base, ours, theirs = (read(git.blob(blob), note.path) for blob in _all(versions, path))
    text = _settled(note)
    widest = kb.policy.levels[-1]
    merged = merge(base, ours, theirs, kb.guidance(ours), joining(git), text, widest=widest)
    if merged.data is None:
        raise _unresolved(note, merged)
    if not kb.dry_run:
        with kmkit_lock(git.common_dir):
            write_file(kb.root / note.path, merged.data)
            stage(git, path)
        kb.forget()
    mended = not calm or merged.data != note.data
    return Resolved(read(merged.data, note.path), merged.changed_text, left, mended)


def _no_merge(kb: KnowledgeBase, note: Note) -> Refused:
    """What is to be done about a note where no merge is under way."""
    found, several = places(note.data), note.path in unmerged(kb)
    if busy := under_way(kb.git):
        return _no_merge_but(busy, note)
    if not (found or several):
        return Refused(
            "No merge is under way, so there is nothing to resolve.",
            f"{note.path} is not in conflict.",
        )
    what = f"git's marks stand in {note.path}, lines {spelled(found)}"
    what = what if found else f"git has several versions of {note.path}"
    way = f"kmkit edit {note.short}" if note.raw else "in the file, then commit that with git"
    if several:  # as a stash leaves it that was taken back
        way = f"in the file, then git add {as_typed(note.path)}"
    return Refused(f"No merge is under way, and {what}.", f"Put it in order: {way}.")


def _no_merge_but(busy: UnderWay, note: Note) -> Refused:
    """That something else of git's is under way, and the way out of it."""
    if busy.name == "revert":
        mend = (
            f"Put it in order in the file, then git add {as_typed(note.path)} and git revert "
            f"--continue; or take it back: {busy.abort}."
        )
    else:
        mend = (
            f"{busy.what} makes moves anew, which proves nothing: take it back ({busy.abort}) "
            "and use git merge."
        )
    return Refused(f"{busy.what} is under way, and kmkit resolve mends merges alone.", mend)


def in_place_of_git(
    kb: KnowledgeBase, path: PurePosixPath, base: bytes, ours: bytes, theirs: bytes
) -> bytes | None:
    """The merge of three versions of the note at ``path``; None where a person has to look."""
    first, here, there = (read(data, path) for data in (base, ours, theirs))
    widest = kb.policy.levels[-1]
    return merge(first, here, there, kb.guidance(here), joining(kb.git), widest=widest).data


def mark(git: Git, base: Path, ours: Path, theirs: Path) -> None:
    """Merge three files line by line into ``ours``, with git's marks where both sides differ."""
    labels = ("-L", "ours", "-L", "base", "-L", "theirs")
    git.run("merge-file", *labels, str(ours), str(base), str(theirs), ok=_ANY)


def joining(git: Git) -> Join:
    """The line by line merge of git, for text."""

    def join(base: str, ours: str, theirs: str) -> str | None:
        """What both changes make of ``base``, None where they conflict."""
        label = secrets.token_hex(8)
        with tempfile.TemporaryDirectory(prefix="kmkit-") as folder:
            places = [Path(folder) / name for name in ("ours", "base", "theirs")]
            for place, text in zip(places, (ours, base, theirs), strict=True):
                place.write_bytes(text.encode("utf-8"))
            made = git.run("merge-file", "-p", "-L", label, *map(str, places), ok=_ANY)
        text = made.decode("utf-8")
        return None if f"<<<<<<< {label}" in text else text

    return join


def _versions(git: Git, path: str) -> list[str]:
    """git's names of the note at the common beginning, on our side and on theirs; '' for none."""
    commits = [git.text("merge-base", "HEAD", "MERGE_HEAD", ok=(0, 1)), "HEAD", "MERGE_HEAD"]
    return [entry.sha if (entry := git.entry(commit, path)) else "" for commit in commits]


def _all(versions: list[str], path: str) -> list[str]:
    """The three versions of a note; Refused where one is missing."""
    if not all(versions):
        whose = ["The common beginning", "Our side", "Their side"]
        lacks = " and ".join(who for who, name in zip(whose, versions, strict=True) if not name)
        raise Refused(
            f"{lacks} has no {path}, so there are no two changes to bring together.",
            f"Put it in order in the file and keep it with git add {as_typed(path)}, or remove it "
            f"with git rm {as_typed(path)}; then git commit.",
        )
    return versions


def _unmerged(git: Git) -> list[str]:
    """Every path in conflict, from the repository's top."""
    listing = git.run("diff", "--name-only", "--diff-filter=U", "-z", "--no-ext-diff")
    return [name.decode("utf-8", "surrogateescape") for name in listing.split(b"\0") if name]


def _settled(note: Note) -> str | None:
    """The text as the file has it, where no mark of git stands in it."""
    document, flaws = split(note.text)
    cut = any(flaw.rule in ("no-front-matter", "unclosed-fence") for flaw in flaws)
    if cut or not note.data or marks(document.body):
        return None
    return document.body.replace("\r\n", "\n")


def _unresolved(note: Note, merged: Merged) -> Refused:
    """Why it cannot be merged, with the lines where somebody has to decide."""
    said = " ".join(merged.conflicts)
    if merged.text_conflicts:
        document, _ = split(note.text)
        above = document.body_line - 1
        lines = [f"{first + above}-{last + above}" for first, last in marks(document.body)]
        where = f" (lines {', '.join(lines)})" if lines else ""
        return Refused(
            f"{note.path}: {said}",
            f"Put the text between git's marks in order{where}, leave the fields above it alone, "
            f"and run kmkit resolve {note.short} again.",
        )
    return Refused(
        f"{note.path}: {said}",
        f"Take one side, git checkout --ours {as_typed(note.path)} or --theirs, then git add it "
        "and git commit; what is missing of the other side is then done anew.",
    )


def root_of(top: Path, path: str) -> KnowledgeBase:
    """The knowledge base that the file at ``path``, from the repository's top, belongs to."""
    try:
        return KnowledgeBase.find((top / path).parent)
    except Cannot:
        return KnowledgeBase(top)
