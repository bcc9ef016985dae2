"""The objects of a move: the blobs, the trees along the paths, the commit; nobody sees them yet."""

import os
import secrets
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from kmkit.errors import Cannot, Refused
from kmkit.trail.git import Entry, Git
from kmkit.trail.names import object_name
from kmkit.trail.safely import harden, writing
from kmkit.trail.trees import FOLDER, MODULE, Row, row_of, with_row


def write_commit(
    git: Git,
    tip: str,
    entries: Mapping[str, Entry],
    message: str,
    env: Mapping[str, str],
    seen: Iterable[Path] = (),
) -> str:
    """The name of a new commit on ``tip`` ('': none) that has ``entries`` at their paths.

    All of it is on the disk when this returns, and so are the files ``seen``, as they stand.
    """
    made: dict[str, bytes] = {}
    settings = _settings(git)
    with git.asking():
        top = git.object(f"{tip}^{{tree}}") if tip else None
        if tip and top is None:
            raise Cannot(f"git has no commit {tip}.", "Run git fsck.")
        tree, name = (top.data, top.name) if top else (b"", "")
        for path, entry in entries.items():
            tree, name = _tree(git, tree, path.split("/"), entry, made)
    _write(git, made, settings)
    parents = ["-p", tip] if tip else []
    sign = ["-S"] if _signs(git, settings) else []
    said = git.run("commit-tree", *sign, *parents, "-F", "-", name, stdin=message.encode(), env=env)
    commit = said.decode().strip()
    harden_objects(git, [*(entry.sha for entry in entries.values()), *made, commit], seen)
    return commit


def mode(git: Git, tip: str, path: str) -> str:
    """The mode that ``path`` has in ``tip``, or that of an ordinary file."""
    entry = git.entry(tip, path)
    return entry.mode if entry else "100644"


_ASKED = r"^(commit\.gpgsign|core\.sharedrepository|extensions\..*)$"


def _settings(git: Git) -> dict[str, str]:
    """The settings that say how objects are written here."""
    told = git.text("config", "--get-regexp", _ASKED, ok=(0, 1)).split("\n")
    return {name: value for name, _, value in (line.partition(" ") for line in told)}


def _signs(git: Git, settings: Mapping[str, str]) -> bool:
    """Whether commits are to be signed here."""
    plainly = {"true": True, "false": False, None: False}
    said = settings.get("commit.gpgsign")
    return plainly[said] if said in plainly else git.signs()


def _write(git: Git, trees: Mapping[str, bytes], settings: Mapping[str, str]) -> None:
    """Write trees, by name, that nothing names yet.

    git does it where the repository has other rights or other names than usual.
    """
    if {"core.sharedrepository", "extensions.compatobjectformat"} & settings.keys():
        for data in trees.values():
            git.run("hash-object", "-w", "-t", "tree", "--stdin", stdin=data)
        return
    base = git.common_dir / "objects"
    new = {name: base / name[:2] / name[2:] for name in trees}
    new = {name: place for name, place in new.items() if not place.exists()}
    ready = {name: base / f"tmp_obj_{secrets.token_hex(6)}" for name in new}
    with writing():  # a file that stays behind there is one that git removes in time
        try:
            for name, part in ready.items():
                handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o444)
                with os.fdopen(handle, "wb") as stream:
                    data = trees[name]
                    stream.write(zlib.compress(b"tree %d\0" % len(data) + data, 1))
            harden(ready.values())
            for name, place in new.items():
                place.parent.mkdir(exist_ok=True)
                os.replace(ready[name], place)
        finally:
            for part in ready.values():
                part.unlink(missing_ok=True)


def harden_objects(git: Git, names: Iterable[str], files: Iterable[Path] = ()) -> None:
    """Have objects on the disk, and their names: git itself does it for blobs and commits.

    ``files``, which an editor left to the system to write, together with them.
    """
    base = git.common_dir / "objects"
    loose = [*(base / name[:2] / name[2:] for name in names), *files]
    with writing():
        harden([*loose, *(path.parent for path in loose), base])


def _tree(
    git: Git, tree: bytes, parts: list[str], entry: Entry, made: dict[str, bytes]
) -> tuple[bytes, str]:
    """The tree like ``tree`` with ``entry`` at the path ``parts``, and its name; also ``made``."""
    length = len(entry.sha)
    if len(parts) == 1:
        new = with_row(tree, entry.mode.lstrip("0").encode(), parts[0], entry.sha)
    else:
        below = _folder(row_of(tree, parts[0], length), parts[0])
        inside = made.get(below)
        if below and inside is None:
            found = git.object(below)
            if found is None:
                raise Cannot(f"git has no tree {below}.", "Run git fsck.")
            inside = found.data
        _, name = _tree(git, inside or b"", parts[1:], entry, made)
        new = with_row(tree, FOLDER, parts[0], name)
    name = object_name("tree", new, length)
    made[name] = new
    return new, name


def _folder(row: Row | None, name: str) -> str:
    """The tree that a row of a folder names, '' where there is none; Refused for all else."""
    if row is None:
        return ""
    if row.mode == MODULE:
        raise Refused(
            f"{name} is a submodule: what is in it belongs to a repository of its own.",
            f"Run kmkit in a knowledge base inside {name}, or git rm the submodule.",
        )
    if row.mode != FOLDER:
        raise Refused(
            f"git has a file named {name} where a folder belongs.",
            "Move that file away and commit that first.",
        )
    return row.sha
