"""How a move becomes a commit: the order of steps that loses nothing of anybody's.

1. kmkit's lock, then git's own index.lock, so that no other commit comes in between; what an
   earlier command left unfinished is finished first;
2. the files must stand as the caller saw them;
3. blobs, the trees along the paths, the commit: objects that nobody sees yet. The files go to the
   disk with them: what an editor wrote the system may not have written, and what is recorded as it
   stands has to stay;
4. the new index, on a copy; the journal; the new files, beside their places;
5. the branch moves: the one moment at which the move happens;
6. the files and the index take their places, the journal goes; signals wait from 5 to 6.

Whatever else is staged or edited stays as it is. Each step is on the disk before the next, so that
a kill or a power cut leaves the old state, or the new one as soon as `recovery` has followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kmkit.errors import KmkitError, Refused
from kmkit.lifecycle.person import Person
from kmkit.trail import journal
from kmkit.trail.branch import held
from kmkit.trail.busy import under_way
from kmkit.trail.event import trailers_of
from kmkit.trail.git import Entry, Git
from kmkit.trail.journal import Planned, begun, sha256
from kmkit.trail.objects import mode, write_commit
from kmkit.trail.recovery import at_work
from kmkit.trail.safely import (
    beside,
    git_lock,
    harden,
    put,
    ready_files,
    signals_wait,
    write_file,
)
from kmkit.trail.stage import new_index, put_index
from kmkit.trail.version import new_enough

_RETRIES = 20


@dataclass(frozen=True)
class Change:
    """What one commit does: whole new contents of files, by path from the repository's top."""

    message: str
    files: Mapping[str, bytes]
    seen: Mapping[str, str] = field(default_factory=dict)
    """For each path that must not have moved meanwhile, the blob it was seen with ('': none)."""
    on_disk: Mapping[str, bytes] = field(default_factory=dict)
    """For each path, what the work tree's file held when it was read; absent: there was no file."""


def commit(
    git: Git, change: Change, *, actor: Person | None = None, when: datetime | None = None
) -> str:
    """Make the commit, write the files, return its name; where it raises, all is as it was."""
    ready(git)
    _check_message(git, change.message)
    env = who_and_when(actor, when)
    with at_work(git), git_lock(git.git_dir / "index.lock"), git.asking():
        _as_seen(git, change)
        branch = git.branch()
        blobs = {path: git.hash(path, data, write=True) for path, data in change.files.items()}
        for _ in range(_RETRIES):
            tip = git.tip(branch)
            _not_moved(git, tip, change)
            entries = {path: Entry(mode(git, tip, path), sha) for path, sha in blobs.items()}
            made = write_commit(git, tip, entries, change.message, env, _standing(git, change))
            if _happens(git, change, entries, branch, made, tip):
                return made
    raise Refused(f"{branch} moves faster than a commit can be added.", "Try again.")


# 1. Locks


def ready(git: Git) -> None:
    """Refused while something is under way that a commit would disturb."""
    new_enough(git)
    if busy := under_way(git):
        raise Refused(
            f"{busy.what} is under way in this repository.",
            f"Finish it, or take it back: {busy.abort}.",
        )
    git.branch()


# 2. As seen


def _as_seen(git: Git, change: Change) -> None:
    """The files on disk are those that the move was made from, and are plain files."""
    for path in change.files:
        place = git.top / path
        for part in (place, *place.parents):
            if part == git.top:
                break
            if part.is_symlink():
                raise Refused(
                    f"{path} is reached through a symbolic link.", "Move the real file here."
                )
        if place.is_dir():
            raise Refused(f"{path} is a folder.", "Rename it, then try again.")
        before = change.on_disk.get(path)
        now = place.read_bytes() if place.is_file() else None
        if now != before:
            raise Refused(f"{path} was changed meanwhile.", "Nothing was written; try again.")


def _not_moved(git: Git, tip: str, change: Change) -> None:
    """The commit to build on has every path that matters as it was seen."""
    found = git.entries(tip, *change.seen)
    for path, sha in change.seen.items():
        if (found[path].sha if path in found else "") != sha:
            raise Refused(
                f"{path} was changed by somebody else meanwhile.",
                "Look at kmkit log, then try again.",
            )


def _standing(git: Git, change: Change) -> list[Path]:
    """The files that are there already."""
    return [git.top / path for path in change.files if path in change.on_disk]


def _to_write(git: Git, change: Change) -> dict[Path, bytes]:
    """The files that do not hold what they should already."""
    return {
        git.top / path: data
        for path, data in change.files.items()
        if change.on_disk.get(path) != data
    }


# 3. The message


def _check_message(git: Git, message: str) -> None:
    """git reads out of the message exactly the trailers that we put there."""
    printed = git.run(
        "-c", "trailer.separators=:", "-c", "core.commentChar=#",
        "interpret-trailers", "--parse", "--no-divider", stdin=message.encode(),
    ).decode("utf-8", "replace")  # fmt: skip
    read = [tuple(line.split(": ", 1)) for line in printed.splitlines()]
    if read != trailers_of(message):
        raise Refused(
            "git would read other trailers out of this message than the move's own.",
            "Write the reason in other words.",
        )


# 4. to 6.


def _happens(
    git: Git, change: Change, entries: Mapping[str, Entry], branch: str, made: str, tip: str
) -> bool:
    """Whether the move happened; not where the branch is no longer at ``tip``."""
    files = _to_write(git, change)
    temporary = {path: beside(path) for path in files}
    with (
        new_index(git, entries) as index,
        journal.written(git, begun(branch, tip, made, _plan(git, change, temporary))),
        ready_files(files, temporary) as written,
        signals_wait(),
        held(git, branch, made, tip, change.message) as moving,
    ):
        if moving is None:
            return False
        try:
            moving.go()
            put(written)
            put_index(git, index, entries, change.files)
        except (OSError, KmkitError):
            _take_back(git, change, branch, made, tip)
            raise
        harden([git.git_dir])
        journal.forget(git)
    return True


def _plan(git: Git, change: Change, temporary: Mapping[Path, Path]) -> tuple[Planned, ...]:
    """What the move does to each of its files."""
    return tuple(
        Planned(
            path,
            sha256(change.on_disk.get(path)),
            sha256(data),
            temporary[git.top / path].relative_to(git.top).as_posix()
            if git.top / path in temporary
            else "",
        )
        for path, data in change.files.items()
    )


def _take_back(git: Git, change: Change, branch: str, made: str, tip: str) -> None:
    """The files as they were, then the branch; where even that fails the journal stays."""
    for path, data in _to_write(git, change).items():
        before = change.on_disk.get(path.relative_to(git.top).as_posix())
        if not path.is_file() or path.read_bytes() != data:
            continue
        if before is None:
            path.unlink()
        else:
            write_file(path, before)
    back = [branch, tip, made] if tip else ["-d", branch, made]
    if git.tip(branch) == made:
        git.run("update-ref", *back)


def who_and_when(actor: Person | None, when: datetime | None) -> dict[str, str]:
    """The environment in which git makes a commit of ``actor`` at that moment."""
    env: dict[str, str] = {}
    if actor:
        env |= {"GIT_AUTHOR_NAME": actor.name, "GIT_AUTHOR_EMAIL": actor.email}
        env |= {"GIT_COMMITTER_NAME": actor.name, "GIT_COMMITTER_EMAIL": actor.email}
    if when:
        stamp = when.strftime("%Y-%m-%dT%H:%M:%S%z")
        env |= {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    return env
