"""What an index is made by: another one, of other settings or of another kmkit, is made anew."""

import os
from contextlib import suppress
from pathlib import Path

from kmkit import __version__
from kmkit.places import CONFIG, POLICY, read_plain
from kmkit.resources import templates_dir


def digest(root: Path) -> str:
    """What notes are read by, as text: where they are, the settings, the templates, this kmkit.

    It is kept and compared as it is: a hash of it would take longer to import than to use.
    """
    told = [os.fsencode(os.path.realpath(root)), __version__.encode()]
    for path in (root / CONFIG, root / POLICY, *_files(root / "templates" / "notes")):
        with suppress(OSError):
            told += [os.fsencode(path.name), read_plain(path)]
    code = (_PACKAGE / room for room in _ROOMS)
    told += [_look(path).encode() for path in (templates_dir() / "notes", *code)]
    return b"\0".join(told).decode("utf-8", "backslashreplace")


_PACKAGE = Path(__file__).parents[2]
_ROOMS = (
    ".", "config", "index", "index/keeping", "index/search", "lifecycle", "note", "note/records"
)  # fmt: skip
"""Where it is decided what stands in an index."""
_OURS = (".py", ".j2")


def _look(folder: Path) -> str:
    """What tells that a file of ours in ``folder`` was changed."""
    try:
        with os.scandir(folder) as found:
            files = sorted((one.name, one.stat()) for one in found if one.name.endswith(_OURS))
    except OSError:
        return ""
    return " ".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in files)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
