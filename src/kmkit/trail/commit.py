"""How a move becomes a commit: the order of steps that loses nothing of anybody's.

1. kmkit's lock, then git's own index.lock, so that no other commit comes in between;
2. the files must stand as the caller saw them;
3. blobs, the trees along the paths, the commit: objects that nobody sees yet;
4. the new index, on a copy;
5. the branch moves: the one moment at which the move happens;
6. the files are written and the index takes its place; signals wait from 4 to 6.

Whatever else is staged or edited stays as it is.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kmkit.errors import Cannot, Refused
from kmkit.lifecycle import Person
from kmkit.trail.event import trailers_of
from kmkit.trail.git import Entry, Git
from kmkit.trail.safely import (
    git_lock,
    kmkit_lock,
    put,
    ready_files,
    replace,
    signals_wait,
)

_RETRIES = 20
_UNDER_WAY = {
    "MERGE_HEAD": "A merge",
    "rebase-merge": "A rebase",
    "rebase-apply": "A rebase",
    "CHERRY_PICK_HEAD": "A cherry-pick",
    "REVERT_HEAD": "A revert",
}


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
    env = _who_and_when(actor, when)
    with kmkit_lock(git.common_dir), git_lock(git.git_dir / "index.lock"):
        _as_seen(git, change)
        branch = git.branch()
        blobs = {path: git.hash(path, data, write=True) for path, data in change.files.items()}
        for _ in range(_RETRIES):
            tip = git.tip(branch)
            _not_moved(git, tip, change)
            entries = {path: Entry(_mode(git, tip, path), sha) for path, sha in blobs.items()}
            made = _commit_object(git, tip, entries, change.message, env)
            with (
                _new_index(git, entries) as index,
                ready_files(_to_write(git, change)) as written,
                signals_wait(),
            ):
                if _move_branch(git, branch, made, tip, change.message):
                    try:
                        put(written)
                    except OSError:
                        _take_back(git, branch, made, tip)
                        raise
                    _refresh(git, index, change.files)
                    replace(index, git.git_dir / "index")
                    return made
    raise Refused(f"{branch} moves faster than a commit can be added.", "Try again.")


# 1. Locks


def ready(git: Git) -> None:
    """Refused while something is under way that a commit would disturb."""
    git.new_enough()
    git.branch()
    for name, what in _UNDER_WAY.items():
        if (git.git_dir / name).exists():
            raise Refused(f"{what} is under way in this repository.", "Finish or abort it first.")


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
    for path, sha in change.seen.items():
        entry = git.entry(tip, path)
        if (entry.sha if entry else "") != sha:
            raise Refused(
                f"{path} was changed by somebody else meanwhile.",
                "Look at kmkit log, then try again.",
            )


def _to_write(git: Git, change: Change) -> dict[Path, bytes]:
    """The files that do not hold what they should already."""
    return {
        git.top / path: data
        for path, data in change.files.items()
        if change.on_disk.get(path) != data
    }


# 3. Objects


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


def _mode(git: Git, tip: str, path: str) -> str:
    entry = git.entry(tip, path)
    return entry.mode if entry else "100644"


def _commit_object(
    git: Git, tip: str, entries: Mapping[str, Entry], message: str, env: Mapping[str, str]
) -> str:
    tree = git.text("rev-parse", "--verify", f"{tip}^{{tree}}") if tip else ""
    for path, entry in entries.items():
        tree = _tree(git, tree, path.split("/"), entry)
    parents = ["-p", tip] if tip else []
    sign = (
        ["-S"]
        if git.text("config", "--type=bool", "--get", "commit.gpgsign", ok=(0, 1)) == "true"
        else []
    )
    made = git.run("commit-tree", *sign, *parents, "-F", "-", tree, stdin=message.encode(), env=env)
    return made.decode().strip()


def _tree(git: Git, tree: str, parts: list[str], entry: Entry) -> str:
    """The tree like ``tree`` ('': empty) with ``entry`` at the path ``parts``."""
    listing = git.run("ls-tree", "-z", tree) if tree else b""
    rows = [row for row in listing.split(b"\0") if row]
    name = os.fsencode(parts[0])
    old = next((row for row in rows if row.split(b"\t", 1)[1] == name), None)
    if len(parts) == 1:
        kind, mode, sha = b"blob", entry.mode.encode(), entry.sha.encode()
    else:
        below = _folder(old, parts[0])
        kind, mode, sha = b"tree", b"040000", _tree(git, below, parts[1:], entry).encode()
    row = b"%s %s %s\t%s" % (mode, kind, sha, name)
    kept = [other for other in rows if other is not old]
    made = git.run("mktree", "-z", "--missing", stdin=b"".join(r + b"\0" for r in [*kept, row]))
    return made.decode().strip()


def _folder(row: bytes | None, name: str) -> str:
    """The tree that ``row`` of a listing names, '' where there is none; Refused for all else."""
    if row is None:
        return ""
    _, kind, sha = row.split(b"\t", 1)[0].decode().split(" ")
    if kind == "commit":
        raise Refused(
            f"{name} is a submodule: what is in it belongs to a repository of its own.",
            f"Run kmkit in a knowledge base inside {name}, or git rm the submodule.",
        )
    if kind != "tree":
        raise Refused(
            f"git has a file named {name} where a folder belongs.",
            "Move that file away and commit that first.",
        )
    return sha


# 4. The index


@contextmanager
def _new_index(git: Git, entries: Mapping[str, Entry]) -> Iterator[Path]:
    """A copy of the index in which ``entries`` stand as committed."""
    handle, name = tempfile.mkstemp(prefix="index.kmkit-", dir=git.git_dir)
    os.close(handle)
    copy = Path(name)
    try:
        standing = git.git_dir / "index"
        if standing.exists():
            shutil.copy2(standing, copy)
        else:
            copy.unlink()
        rows = b"".join(
            b"%s %s\t%s\0" % (entry.mode.encode(), entry.sha.encode(), os.fsencode(path))
            for path, entry in entries.items()
        )
        git.run(
            "update-index",
            "-z",
            "--add",
            "--index-info",
            stdin=rows,
            env={"GIT_INDEX_FILE": str(copy)},
        )
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _refresh(git: Git, index: Path, paths: Iterable[str]) -> None:
    """Note in the index how the files look on disk; without it git would read them once more."""
    with suppress(Cannot):
        git.run("add", "--refresh", "--", *paths, env={"GIT_INDEX_FILE": str(index)})


# 5. The branch


def _move_branch(git: Git, branch: str, new: str, old: str, message: str) -> bool:
    """Whether the branch could be moved from ``old`` to ``new``."""
    log = "kmkit " + message.split("\n", 1)[0]
    try:
        git.run(
            "update-ref",
            "--create-reflog",
            "-m",
            log,
            "--end-of-options",
            branch,
            new,
            old or "0" * len(new),
        )
    except Cannot:
        if git.tip(branch) == old:
            raise
        return False
    return True


def _take_back(git: Git, branch: str, made: str, tip: str) -> None:
    """Point the branch where it pointed before, or at nothing where it had not begun."""
    back = [branch, tip, made] if tip else ["-d", branch, made]
    git.run("update-ref", *back)


def _who_and_when(actor: Person | None, when: datetime | None) -> dict[str, str]:
    env: dict[str, str] = {}
    if actor:
        env |= {"GIT_AUTHOR_NAME": actor.name, "GIT_AUTHOR_EMAIL": actor.email}
        env |= {"GIT_COMMITTER_NAME": actor.name, "GIT_COMMITTER_EMAIL": actor.email}
    if when:
        stamp = when.strftime("%Y-%m-%dT%H:%M:%S%z")
        env |= {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    return env
