"""What an index is made by: another one, of other settings or of another kmkit, is made anew."""

import os
from contextlib import suppress
from pathlib import Path

from kmkit import __version__
from kmkit.places import CONFIG, POLICY
from kmkit.resources import templates_dir


def digest(root: Path) -> str:
    """What notes are read by: the settings, the templates, and this very kmkit."""
    from hashlib import sha256

    made = sha256(__version__.encode())
    for path in (root / CONFIG, root / POLICY, *_files(root / "templates" / "notes")):
        with suppress(OSError):
            made.update(b"%s\0%s\0" % (os.fsencode(path.name), path.read_bytes()))
    code = (_PACKAGE / room for room in ("index", "lifecycle", "note"))
    for path in (templates_dir() / "notes", *code):
        made.update(_look(path).encode())
    return made.hexdigest()


_PACKAGE = Path(__file__).parent.parent
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
