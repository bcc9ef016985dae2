"""Where a knowledge base keeps what, and which one a folder lies in."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from kmkit.errors import Cannot

CONFIG = "kmkit.toml"
"""The settings; the folder that holds them is the knowledge base."""
POLICY = "policy.toml"
"""The rules."""
KINDS = "templates/notes"
"""The folder of the knowledge base's own kinds of notes, a template each."""
RECORDS = ("people", "records")
"""The folders of records."""


def folder_of(kind: str) -> str:
    """The folder of a kind of record."""
    return "people" if kind == "person" else f"records/{kind}"


def find_root(start: Path) -> Path:
    """The knowledge base that ``start`` lies in; Cannot where there is none."""
    start = Path(os.path.abspath(start))
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise Cannot(
        f"{start} is not in a knowledge base: no {CONFIG} here or above.",
        "Run kmkit init, or name the folder with -C.",
    )


def open_plain(path: Path | str) -> BinaryIO:
    """A file, open for reading; OSError where there is none, or it is not a plain one.

    A pipe, a device or a socket under the name of a note would keep a command waiting for ever.
    """
    return os.fdopen(_opened(path)[0], "rb")


def read_plain(path: Path | str) -> bytes:
    """The bytes of a file; OSError as of `open_plain`."""
    return look_and_read(path)[0]


def look_and_read(path: Path | str) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and what was said of it before; OSError as of `open_plain`."""
    descriptor, found = _opened(path)
    try:
        data = os.read(descriptor, found.st_size + 1)
        while len(data) != found.st_size and (more := os.read(descriptor, _MORE)):
            data += more  # it grew, or there is more to come
        return data, found
    finally:
        os.close(descriptor)


def _opened(path: Path | str) -> tuple[int, os.stat_result]:
    """The descriptor of a plain file, and what is said of it."""
    descriptor = os.open(path, _READING)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode):
        return descriptor, found
    os.close(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is not a plain file", str(path))


_MORE = 1 << 20
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
