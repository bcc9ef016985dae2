"""The journal of one move: what a later command needs to finish it, should this one be cut off.

It lies beside kmkit's lock and is on the disk before the branch moves. Once files and index stand
as they should it is removed, so that as a rule there is none.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from kmkit.errors import Cannot
from kmkit.trail.branch import holds
from kmkit.trail.git import Git
from kmkit.trail.holder import Holder, this_process
from kmkit.trail.safely import harden, write_file, writing


class Planned(NamedTuple):
    """A file that a move writes."""

    path: str
    """From the repository's top."""
    before: str
    """The sha256 of its content before; '' where there was no file."""
    after: str
    temporary: str
    """The file beside it that holds the new content; '' where it stands already."""


class DamagedError(Cannot):
    """The journal of a move does not say what it should."""


class Journal(NamedTuple):
    """One move that has begun."""

    holder: Holder
    branch: str
    old: str
    """The commit that the branch was at, '' where it had not begun."""
    new: str
    files: tuple[Planned, ...]


def begun(branch: str, old: str, new: str, files: tuple[Planned, ...]) -> Journal:
    """The journal of a move by this process."""
    return Journal(this_process(), branch, old, new, files)


def sha256(data: bytes | None) -> str:
    """How the journal tells a content; '' for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def on_disk(place: Path) -> str:
    """The sha256 of the file as it stands; '' where there is none."""
    try:
        return sha256(place.read_bytes())
    except FileNotFoundError:
        return ""


def place(git: Git) -> Path:
    """Where the journal of this work tree lies: each work tree has its own."""
    linked = git.git_dir != git.common_dir
    name = f"journal-tree-{git.git_dir.name}.json" if linked else "journal-main.json"
    return git.common_dir / "kmkit" / name


@contextmanager
def written(git: Git, journal: Journal) -> Iterator[None]:
    """The journal is on the disk meanwhile; it stays where the branch has moved and nobody said
    `forget`.
    """
    write_file(place(git), json.dumps(journal).encode())
    try:
        yield
    finally:
        if place(git).exists() and not holds(git, journal.branch, journal.new):
            forget(git)


def read(git: Git) -> Journal | None:
    """The journal of a move that has begun here and not ended, None where there is none."""
    path = place(git)
    try:
        holder, branch, old, new, files = json.loads(path.read_bytes())
        planned = tuple(Planned(*map(str, file)) for file in files)
        return Journal(_holder(holder), str(branch), str(old), str(new), planned)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise DamagedError(
            f"The journal of a move that was cut off is damaged: {path}.",
            "Run kmkit doctor --mend, which puts it aside.",
        ) from None
    except OSError as error:
        raise Cannot(
            f"The journal of a move that was cut off cannot be read: {path}: {error.strerror}.",
            "Look at the permissions of that file, or ask whoever began the move.",
        ) from None


def put_aside(git: Git) -> Path:
    """Give a journal that is damaged another name, under which nobody reads it; the name.

    To be called under kmkit's lock: one that was put aside before is not overwritten.
    """
    path = place(git)
    names = (f"{path.stem}-{number}" if number > 1 else path.stem for number in count(1))
    asides = (path.with_name(f"{name}.damaged") for name in names)
    aside = next(other for other in asides if not os.path.lexists(other))
    with writing():
        os.replace(path, aside)
        harden([path.parent])
    return aside


def _holder(told: Any) -> Holder:
    pid, host, started = told
    return Holder(int(pid), str(host), str(started))


def forget(git: Git) -> None:
    """The move has ended: there is nothing more to be done about it."""
    with writing(), suppress(FileNotFoundError):
        place(git).unlink()
        harden([place(git).parent])
