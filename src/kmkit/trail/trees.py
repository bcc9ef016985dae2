"""Folders as git keeps them: rows of mode, name and object, looked through and changed as bytes."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kmkit.trail.answers import Object

FOLDER, MODULE = b"40000", b"160000"
"""The modes of folders and of submodules."""


class Row(NamedTuple):
    """One entry of a folder."""

    mode: bytes
    """As in the tree, without a zero in front."""
    name: bytes
    sha: str
    start: int
    """Where it begins in the tree; it ends where the next one begins."""
    end: int


def rows(tree: bytes, length: int) -> Iterator[Row]:
    """The entries of a tree, whose objects have names of ``length`` digits."""
    at, size = 0, length // 2
    while at < len(tree):
        blank = tree.index(b" ", at)
        null = tree.index(b"\0", blank)
        end = null + 1 + size
        yield Row(tree[at:blank], tree[blank + 1 : null], tree[null + 1 : end].hex(), at, end)
        at = end


def row_of(tree: bytes, name: str, length: int) -> Row | None:
    """The entry of that name."""
    wanted = os.fsencode(name)
    if b" %s\0" % wanted not in tree:
        return None
    return next((row for row in rows(tree, length) if row.name == wanted), None)


def with_row(tree: bytes, mode: bytes, name: str, sha: str) -> bytes:
    """The tree with one entry put in, in the place of the one of that name, if any."""
    old = row_of(tree, name, len(sha))
    kept = tree[: old.start] + tree[old.end :] if old else tree
    named = os.fsencode(name)
    order = _order(mode, named)
    if old and _order(old.mode, old.name) == order:
        at = old.start
    else:
        later = (row.start for row in rows(kept, len(sha)) if _order(row.mode, row.name) > order)
        at = next(later, len(kept))
    return kept[:at] + b"%s %s\0" % (mode, named) + bytes.fromhex(sha) + kept[at:]


def _order(mode: bytes, name: bytes) -> bytes:
    """By what git sorts: folders as if a slash stood behind them."""
    return name + b"/" if mode == FOLDER else name


def found(
    read: Callable[[str], Object | None], commit: str, paths: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Mode, in six digits, and object of each of the ``paths`` that are in ``commit``."""
    top = read(f"{commit}^{{tree}}")
    there = {}
    for path in paths if top else ():
        tree, row = top, None
        for part in path.split("/"):
            tree = read(row.sha) if row and row.mode == FOLDER else top if row is None else None
            row = row_of(tree.data, part, len(tree.name)) if tree else None
            if row is None:
                break
        if row:
            there[path] = row.mode.decode().zfill(6), row.sha
    return there
