"""Finding a note by its id or a part of it."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from kmkit.errors import Refused, UsageError
from kmkit.places import open_plain
from kmkit.text import did_you_mean, nearest, one_line

_ID_LINE = re.compile(rb"""^id:[ \t]*["']?([^\s"'#]+)""", re.MULTILINE)
_HEAD = 4096
"""Bytes of a file in which its id is looked for without reading it whole."""


def read_ids(root: Path, paths: Iterable[PurePosixPath]) -> dict[str, tuple[str, ...]]:
    """Every id in the files ``paths`` below ``root``, and the paths of the files that hold it."""
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        try:
            with open_plain(root / path) as stream:
                match = _ID_LINE.search(stream.read(_HEAD))
        except OSError:
            continue
        if match:
            name = match[1].decode("utf-8", "replace")
            found[name] = (*found.get(name, ()), str(path))
    return found


def as_path(root: Path, ref: str, folder: Path | None = None) -> PurePosixPath | None:
    """``ref``, seen from ``folder`` or ``root``, as the path of a file below ``root``, or None."""
    for base in (folder or Path(), root):
        place = Path(os.path.abspath(base / ref))
        if ref and (place.is_file() or place.is_symlink()) and place.is_relative_to(root):
            return PurePosixPath(place.relative_to(root).as_posix())
    return None


def pick(
    ref: str, ids: Mapping[str, tuple[str, ...]], what: str = "note", see: str = "kmkit list"
) -> str:
    """The path of the one note that ``ref``, an id or a unique part of one, means.

    ``what`` they are and what to ``see``, where they are no notes, go into what is refused.
    """
    wanted = ref.strip().casefold()
    hits = [wanted] if wanted in ids else [name for name in ids if wanted and wanted in name]
    exact = [name for name in hits if name.endswith(f"-{wanted}")]
    hits = exact if len(exact) == 1 else hits
    if not hits:
        near = did_you_mean(ref[:80], ids) or _like(wanted[:80], ids) or f"See {see}."
        raise UsageError(f"There is no {what} '{one_line(ref)}'.", near)
    if len(hits) > 1:
        shown = ", ".join(sorted(hits)[:5]) + (" …" if len(hits) > 5 else "")
        raise UsageError(
            f"'{one_line(ref)}' means {len(hits)} {what}s: {shown}.", "Write more of the id."
        )
    paths = ids[hits[0]]
    if len(paths) > 1:
        raise Refused(
            f"{len(paths)} files hold the id {hits[0]}: {', '.join(paths)}.", "Keep one of them."
        )
    return paths[0]


def _like(ref: str, ids: Iterable[str]) -> str:
    """``Did you mean …?`` with an id that has a word like ``ref``, or '' where none has."""
    parts = {part: name for name in ids for part in name.split("-")[1:]}
    names = dict.fromkeys(parts[part] for part in nearest(ref, parts))
    return f"Did you mean {' or '.join(names)}?" if names else ""
