"""git's index: made anew on a copy, put in its place at once."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.trail.git import Entry, Git
from kmkit.trail.safely import COPY, replace, writing


@contextmanager
def new_index(git: Git, entries: Mapping[str, Entry]) -> Iterator[Path]:
    """A copy of the index in which ``entries`` stand as committed."""
    copy = git.git_dir / f"{COPY}{secrets.token_hex(6)}"
    try:
        standing = git.git_dir / "index"
        if standing.exists():
            with writing():
                shutil.copy2(standing, copy)
        rows = b"".join(
            b"%s %s\t%s\0" % (entry.mode.encode(), entry.sha.encode(), os.fsencode(path))
            for path, entry in entries.items()
        )
        given = {"GIT_INDEX_FILE": str(copy)}
        git.run("update-index", "-z", "--add", "--index-info", stdin=rows, env=given)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def put_index(git: Git, index: Path, paths: Iterable[str]) -> None:
    """Make the copy ``index`` the index, noting in it how the files at ``paths`` look on disk.

    Without that note git would read them once more.
    """
    with suppress(Cannot):
        git.run("add", "--refresh", "--", *paths, env={"GIT_INDEX_FILE": str(index)})
    replace(index, git.git_dir / "index")
