"""After a kill or a power cut: the move that had begun is finished, or nothing of it is left.

A move happens when its branch moves. Where the branch holds the new commit, the files and the index
follow; where it does not, what was made ready is removed. What somebody changed since stays.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot, Refused
from kmkit.text import one_line
from kmkit.trail import journal as book
from kmkit.trail.branch import holds, left_locks, settled
from kmkit.trail.git import Entry, Git
from kmkit.trail.holder import signer
from kmkit.trail.journal import Journal, Planned, on_disk, sha256
from kmkit.trail.safely import COPY, git_lock, harden, kmkit_lock, replace, write_file
from kmkit.trail.stage import new_index, put_index

_MEND = "Run kmkit doctor --mend."


class Left(NamedTuple):
    """Something that a command which was cut off left behind."""

    message: str
    mend: str


@contextmanager
def at_work(git: Git) -> Iterator[None]:
    """Holds kmkit's lock, with nothing unfinished in this work tree.

    Refused where a move had to be finished first: what was to be done now was decided without it.
    """
    with kmkit_lock(git.common_dir):
        told = recover(git)
        if told:
            raise Refused("\n".join(told), "Look at it, then give your command again.")
        yield


def recover(git: Git, *, on_request: bool = False) -> list[str]:
    """Finish or clear away what was left here; what there is to say of it, a sentence each.

    To be called under kmkit's lock. Refused where it was begun on another machine or git's own
    process was cut off too, unless ``on_request``: a person says that nothing runs there any more.
    """
    if not _something(git):
        return []
    journal = book.read(git)
    if journal and journal.holder.runs and not (on_request and not journal.holder.here):
        raise Refused(
            f"A kmkit command on {one_line(journal.holder.host)} is halfway through a move here, "
            "or was cut off there.",
            "Wait for it; if none is running, run kmkit doctor --mend.",
        )
    with git_lock(git.git_dir / "index.lock", elsewhere=on_request):
        if journal:
            _free(git, journal, on_request)
        told = _settle(git, journal) if journal else []
        for copy in _copies(git):
            copy.unlink(missing_ok=True)
        book.forget(git)
    return told


def _something(git: Git) -> bool:
    """Whether anything of kmkit's lies here that should not, while nobody is at work."""
    lock = signer(git.git_dir / "index.lock")
    return bool(book.place(git).exists() or lock or _copies(git))


def _copies(git: Git) -> list[Path]:
    """What was made ready in git's directory, and never took its place."""
    return [*git.git_dir.glob(f"{COPY}*"), *(git.common_dir / "kmkit").glob(".kmkit-*")]


def _free(git: Git, journal: Journal, on_request: bool) -> None:
    """Let go of the branch where git was cut off while it held it."""
    settled(git, journal.branch)
    locks = left_locks(git, journal.branch, journal.new)
    if locks and not on_request:
        raise Refused(
            f"git was cut off while it moved {journal.branch} for kmkit.",
            "If no git command is running here, run kmkit doctor --mend.",
        )
    for lock in locks:
        lock.unlink(missing_ok=True)


def _settle(git: Git, journal: Journal) -> list[str]:
    """Finish the move where its branch has moved; remove what was made ready in any case."""
    tip = git.tip(journal.branch)
    told: list[str] = []
    if holds(git, journal.branch, journal.new) and not _in_place(git, journal):
        here = git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1)) == journal.branch
        left = _finish(git, journal, tip) if here else []
        told.append(
            f"A kmkit command was cut off; its move is finished now: {_subject(git, journal)}."
        )
        told += [f"{path} was changed since, and stays as it is." for path in left]
    places = [git.top / file.path for file in journal.files]  # who knows since when they stand
    harden([*places, *(place.parent for place in places), git.git_dir])
    for file in journal.files:
        if file.temporary:
            (git.top / file.temporary).unlink(missing_ok=True)
    return told


def _in_place(git: Git, journal: Journal) -> bool:
    """Whether the move was cut off when files and index stood as it wants them."""
    return all(
        on_disk(git.top / file.path) == file.after
        and (staged := git.index_entry(file.path))
        and staged == git.entry(journal.new, file.path)
        for file in journal.files
    )


def _subject(git: Git, journal: Journal) -> str:
    return one_line(git.text("log", "-1", "--format=%s", journal.new, "--"))


def _finish(git: Git, journal: Journal, tip: str) -> list[str]:
    """Bring files and index to where the move left the branch; the paths that stay as they are."""
    entries: dict[str, Entry] = {}
    left: list[str] = []
    for file in journal.files:
        wanted = git.entry(journal.new, file.path)
        if wanted is None or git.entry(tip, file.path) != wanted:
            left.append(file.path)  # a later commit has the say
            continue
        if not _put(git, journal, file):
            left.append(file.path)
        staged, before = git.index_entry(file.path), git.entry(journal.old, file.path)
        if (staged.sha if staged else "") in (before.sha if before else "", wanted.sha):
            entries[file.path] = wanted
    with new_index(git, entries) as index:
        put_index(git, index, entries)
    return left


def _put(git: Git, journal: Journal, file: Planned) -> bool:
    """Whether the file stands as the move wants it, put there if it still was as before."""
    place = git.top / file.path
    now = on_disk(place)
    if now != file.before or now == file.after:
        return now == file.after
    ready = git.top / file.temporary
    if file.temporary and on_disk(ready) == file.after:
        replace(ready, place)
        return True
    data = git.run("cat-file", "--filters", f"{journal.new}:{file.path}")
    if sha256(data) != file.after:
        return False
    write_file(place, data)
    return True


# What there is to see


def examine(git: Git) -> list[Left]:
    """What commands that were cut off left here; nothing is changed.

    Cannot where the last commit is damaged: then it is not kmkit that mends it.
    """
    git.tip()
    with ExitStack() as stack:
        with suppress(Cannot):  # where nothing may be written, it can still be looked
            stack.enter_context(kmkit_lock(git.common_dir))
        return list(_examined(git))


def mend(git: Git) -> list[str]:
    """Finish or clear away what `examine` names, as far as it is kmkit's; a sentence each."""
    git.tip()
    with kmkit_lock(git.common_dir):
        there = bool(_something(git))
        aside = _put_aside(git)
        told = aside + recover(git, on_request=True)
        if there and not told:
            told = ["What a kmkit command that was cut off had made ready is removed."]
    return told


def _put_aside(git: Git) -> list[str]:
    """Take a damaged journal out of the way, and say what is left to be done by hand."""
    try:
        book.read(git)
    except book.DamagedError:
        aside = book.put_aside(git)
        return [
            f"The journal of a move was damaged, and is put aside as {aside}. Nobody knows what "
            "the move had still to do: look at git status, and at kmkit log of what it names."
        ]
    return []


def _examined(git: Git) -> Iterator[Left]:
    journal = None
    try:
        journal = book.read(git)
    except book.DamagedError as damaged:
        yield Left(damaged.message, damaged.mend)
    if journal:
        yield _unfinished(git, journal)
    lock = git.git_dir / "index.lock"
    if owner := signer(lock):
        where = "" if owner.here else f" on {one_line(owner.host)}"
        yield Left(
            f"A kmkit command that was cut off{where} (process {owner.pid}) left its lock on "
            "git's index behind.",
            _MEND,
        )
    ours = left_locks(git, journal.branch, journal.new) if journal else []
    if ours:
        yield Left("git was cut off while it moved the branch, and its locks are left.", _MEND)
    branch = git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1)) or "HEAD"
    for other in (lock, git.git_dir / "HEAD.lock", git.common_dir / f"{branch}.lock"):
        if other.exists() and other not in ours and not signer(other):
            yield _foreign(other)
    if copies := len(_copies(git)):
        files = "1 file" if copies == 1 else f"{copies} files"
        yield Left(f"A kmkit command that was cut off left {files} behind in {git.git_dir}.", _MEND)
    for other in sorted((git.common_dir / "kmkit").glob("journal-*.json")):
        if other != book.place(git):
            tree = other.stem.removeprefix("journal-").removeprefix("tree-")
            yield Left(
                f"A move in the work tree {one_line(tree)} was cut off.",
                "Run kmkit doctor --mend there.",
            )


def _unfinished(git: Git, journal: Journal) -> Left:
    if holds(git, journal.branch, journal.new):
        return Left(
            f"A move was cut off halfway: {_subject(git, journal)}. It is recorded; its files "
            "and git's index may not all be in place.",
            _MEND,
        )
    return Left("A move was cut off before it happened; what it had made ready is left.", _MEND)


def _foreign(lock: Path) -> Left:
    since = ""
    with suppress(OSError):
        moment = datetime.fromtimestamp(lock.stat().st_mtime).astimezone()
        since = f" since {moment:%Y-%m-%d %H:%M:%S}"
    return Left(
        f"git is at work here, or was cut off: {lock} exists{since}.",
        "It is not kmkit's. If no git command is running, remove that file.",
    )
