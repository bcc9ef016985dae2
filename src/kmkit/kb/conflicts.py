"""Whether git could not merge a file, and what is to be done about that first."""

import os
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kmkit.errors import Cannot, Refused
from kmkit.lifecycle.guards import Objection
from kmkit.note.conflict import places, spelled
from kmkit.note.model import Note
from kmkit.places import read_plain
from kmkit.text import as_typed
from kmkit.trail.busy import UnderWay, under_way

if TYPE_CHECKING:
    from kmkit.kb.base import KnowledgeBase

_UNMERGED = ("ls-files", "-z", "--unmerged", "--full-name", "--")
"""Asks git for what a merge left of a path."""


class Torn(Cannot):
    """A file that is no note, and that git could not merge: a person has to put it in order."""

    def __init__(self, path: PurePosixPath, line: int, said: str, mend: str) -> None:
        super().__init__(f"{path} {said}", mend)
        self.line = line
        """Of the first mark, 0 where none stands in it."""
        self.said = said
        """What is said of it, without its name."""


def torn(kb: "KnowledgeBase", path: PurePosixPath) -> Torn | None:
    """What is said of settings, a person or a record in conflict; None where it is in none."""
    try:
        found = places(read_plain(kb.root / path))
    except OSError:
        found = []
    several = path in unmerged(kb)
    if not (found or several):
        return None
    busy = _busy(kb)
    whose = " between two branches" if busy else ""
    how = f"git's marks stand in the lines {spelled(found)}"
    said = f"is in conflict{whose}: {how if found else 'git has several versions of it'}."
    order = "Put what stands between them in order" if found else "Put it in order"
    then = f"git add {as_typed(path)}" if several or busy else "commit that with git"
    back = f"; or take the {busy.name} back: {busy.abort}" if busy else ""
    return Torn(path, found[0][0] if found else 0, said, f"{order}, then {then}{back}.")


def untorn(kb: "KnowledgeBase", path: PurePosixPath) -> None:
    """Refused where git could not merge a person or a record: nothing is done with it before."""
    if found := torn(kb, path):
        raise Refused(found.message, found.mend)


def settled(kb: "KnowledgeBase", note: Note) -> None:
    """Refused where git could not merge the note: nothing can be done with it before.

    Marks in a text that was committed with them are told when it is recorded again: see `marked`.
    """
    found = places(note.data)
    hidden = any(problem.rule == "merge-conflict" for problem in note.problems)
    if hidden or _unmerged(kb, note, marked=bool(found)):
        raise Refused(_said(note, found), f"Run kmkit resolve {note.short} first.")


def unsettled(kb: "KnowledgeBase", note: Note) -> str:
    """That the note is in conflict and what to do, in a sentence or two; '' where it is not."""
    found = places(note.data)
    if found or _unmerged(kb, note, marked=False):
        return f"{_said(note, found)} The way out is: kmkit resolve {note.short}."
    return ""


def unmerged(kb: "KnowledgeBase") -> frozenset[PurePosixPath]:
    """The files of the knowledge base of which a merge that stopped left several versions."""
    try:
        listing, prefix = kb.git.run(*_UNMERGED, "."), kb.repo_path(PurePosixPath("x"))[:-1]
    except Cannot:  # there is no git here, and so no merge
        return frozenset()
    paths = {os.fsdecode(row.partition(b"\t")[2]) for row in listing.split(b"\0") if row}
    return frozenset(
        PurePosixPath(path[len(prefix) :]) for path in paths if path.startswith(prefix)
    )


def _unmerged(kb: "KnowledgeBase", note: Note, *, marked: bool) -> bool:
    """Whether a merge that stopped has left the note as it is, ``marked`` by git or not."""
    try:
        busy = _busy(kb) is not None
        several = (marked or busy) and kb.git.run(*_UNMERGED, kb.repo_path(note.path))
    except Cannot:  # there is no git here, and so no merge
        return False
    return bool(several or (marked and busy))


def _busy(kb: "KnowledgeBase") -> UnderWay | None:
    """What git has under way; None for nothing, and where there is no git."""
    try:
        return under_way(kb.git)
    except Cannot:
        return None


def _said(note: Note, found: Sequence[tuple[int, int]]) -> str:
    how = f"git's marks stand in the lines {spelled(found)}"
    return f"{note.path} is in conflict: {how if found else 'git has several versions of it'}."


def marked(note: Note) -> Iterator[Objection]:
    """That marks of git stand in what is to be recorded or approved."""
    if found := places(note.data):
        yield Objection(
            _said(note, found),
            "Put what stands between them in order; what only quotes such marks belongs between "
            "two lines ```.",
        )
