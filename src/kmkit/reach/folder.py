"""The channel that is a folder: a page for each note, on a shared drive for example.

What the folder held before and may show no longer is removed: a note that was retired, or that a
narrower circle keeps now. Only files that were written here are touched; a list names them.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.places import find_root
from kmkit.text import one_line
from kmkit.trail.safely import write_file

LIST = ".kmkit-channel.json"
"""Names the files that were written, and for which channel."""


def place_of(root: Path, folder: str) -> Path:
    """The folder of a channel: below the knowledge base, or anywhere by its whole path.

    Cannot where the knowledge base itself lies there, or is it; where a path that is not whole
    leads out of it, by ``..`` or by a symlink; and where another knowledge base is.
    """
    home = root.resolve()
    try:
        place = (home / folder).resolve()
    except (OSError, ValueError, RuntimeError):
        raise Cannot(f"'{one_line(folder)}' is no path.", "Name a folder.") from None
    inside = place.is_relative_to(home) and place.relative_to(home).parts[:1]
    own = inside and inside[0] in ("notes", "people", "records", "templates", ".git", "annex")
    if not folder.strip() or home.is_relative_to(place) or own:
        raise Cannot(
            f"Nothing can be written to '{one_line(folder)}': the knowledge base lies there.",
            "Name another folder for the channel in kmkit.toml.",
        )
    if not inside and not Path(folder).is_absolute():
        raise Cannot(
            f"'{one_line(folder)}' leads out of the knowledge base.",
            "Where that is meant, write its whole path.",
        )
    try:
        other = find_root(place)
    except Cannot:
        return place
    if other.resolve() != home:
        raise Cannot(f"{place} lies in another knowledge base.", "Name another folder.")
    return place


def put(place: Path, channel: str, files: Mapping[str, bytes]) -> tuple[int, int]:
    """Make ``files`` (name -> content) what ``channel`` has in a folder; how many came and went.

    What stands there already is left as it is. Raises Cannot where the folder is another
    channel's, where a file of somebody else is in the way, or where it cannot be written.
    """
    ours = _ours(place, channel)
    came = went = 0
    try:
        place.mkdir(parents=True, exist_ok=True)
        _note(place, channel, ours | files.keys())
        for name in sorted(ours - files.keys()):
            (place / name).unlink(missing_ok=True)
            went += 1
        for name, data in files.items():
            target = place / name
            if target.is_symlink() or (target.exists() and name not in ours):
                raise Cannot(f"{target} was not written by kmkit.", "Move it away.")
            if name not in ours or not target.exists() or target.read_bytes() != data:
                write_file(target, data)
                came += 1
        _note(place, channel, set(files))
    except OSError as error:
        what = error.filename or place
        raise Cannot(f"{what} cannot be written: {error.strerror}.") from None
    return came, went


def _ours(place: Path, channel: str) -> set[str]:
    """The files that were written here before; Cannot where the folder is another channel's."""
    try:
        said = json.loads((place / LIST).read_text(encoding="utf-8"))
        files, other = said["files"], said["channel"]
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, TypeError):
        raise Cannot(
            f"{place / LIST} is damaged.", "Empty the folder, and write it anew."
        ) from None
    if other != channel:
        raise Cannot(
            f"{place} is the folder of the channel {one_line(str(other))}.",
            "Name another folder for this one in kmkit.toml.",
        )
    plain = [name for name in files if isinstance(name, str) and name == Path(name).name]
    return set(plain) - {".", "..", LIST}


def _note(place: Path, channel: str, files: set[str]) -> None:
    """Write down which files are ours; before they are there, so that none is forgotten."""
    said = {"channel": channel, "files": sorted(files)}
    write_file(place / LIST, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())
