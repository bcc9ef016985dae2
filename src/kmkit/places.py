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
    descriptor = os.open(path, _READING)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is not a plain file", str(path))


def read_plain(path: Path | str) -> bytes:
    """The bytes of a file; OSError as of `open_plain`."""
    with open_plain(path) as stream:
        return stream.read()


_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
