"""The objects of a move: the blobs, the trees along the paths, the commit; nobody sees them yet."""

import os
from collections.abc import Iterable, Mapping

from kmkit.errors import Refused
from kmkit.trail.git import Entry, Git
from kmkit.trail.safely import harden, writing


def write_commit(
    git: Git, tip: str, entries: Mapping[str, Entry], message: str, env: Mapping[str, str]
) -> str:
    """The name of a new commit on ``tip`` ('': none) that has ``entries`` at their paths.

    All of it is on the disk when this returns.
    """
    tree = git.text("rev-parse", "--verify", f"{tip}^{{tree}}") if tip else ""
    trees: list[str] = []
    for path, entry in entries.items():
        tree = _tree(git, tree, path.split("/"), entry, trees)
    parents = ["-p", tip] if tip else []
    sign = ["-S"] if git.signs() else []
    made = git.run("commit-tree", *sign, *parents, "-F", "-", tree, stdin=message.encode(), env=env)
    name = made.decode().strip()
    _harden(git, [*(entry.sha for entry in entries.values()), *trees, name])
    return name


def mode(git: Git, tip: str, path: str) -> str:
    """The mode that ``path`` has in ``tip``, or that of an ordinary file."""
    entry = git.entry(tip, path)
    return entry.mode if entry else "100644"


def _harden(git: Git, names: Iterable[str]) -> None:
    """Have the objects on the disk, and their names: git itself does it for blobs and commits."""
    base = git.common_dir / "objects"
    loose = [base / name[:2] / name[2:] for name in names]
    with writing():
        harden([*loose, *(path.parent for path in loose), base])


def _tree(git: Git, tree: str, parts: list[str], entry: Entry, made: list[str]) -> str:
    """The tree like ``tree`` ('': empty) with ``entry`` at the path ``parts``; also in ``made``."""
    listing = git.run("ls-tree", "-z", tree) if tree else b""
    rows = [row for row in listing.split(b"\0") if row]
    name = os.fsencode(parts[0])
    old = next((row for row in rows if row.split(b"\t", 1)[1] == name), None)
    if len(parts) == 1:
        kind, flags, sha = b"blob", entry.mode.encode(), entry.sha.encode()
    else:
        below = _folder(old, parts[0])
        kind, flags = b"tree", b"040000"
        sha = _tree(git, below, parts[1:], entry, made).encode()
    row = b"%s %s %s\t%s" % (flags, kind, sha, name)
    kept = [other for other in rows if other is not old]
    new = git.run("mktree", "-z", "--missing", stdin=b"".join(r + b"\0" for r in [*kept, row]))
    made.append(new.decode().strip())
    return made[-1]


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


def blob_name(data: bytes, length: int) -> str:
    """git's name of a blob, in 40 or 64 digits."""
    from hashlib import sha1, sha256

    made = (sha256 if length == 64 else sha1)(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()
