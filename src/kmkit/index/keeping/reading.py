"""Reading files for the index: here, or where they are many by several processes at a time."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.index.keeping.entering import Entering
from kmkit.index.keeping.grounds import Grounds
from kmkit.index.keeping.helping import helpers, helping
from kmkit.index.keeping.refresh import said_of, stat_of
from kmkit.index.keeping.sheets import Read, Sheet, Sight, Wanted, sheet_of
from kmkit.places import look_and_read
from kmkit.trail.names import blob_name

_FEW = 300
"""Files that are read sooner by this process than others are started."""
_SHARE = 200
"""Files that are read at a time."""
_AHEAD = 8
"""Shares that may wait until they are written."""


def read_all(entering: Entering, files: Iterator[Wanted], count: int) -> Iterator[Sheet]:
    """All ``files``, so many, as rows of the index; many are read by several processes."""
    shares = iter(lambda: list(islice(files, _SHARE)), [])
    processors = os.cpu_count() or 1
    ways = (entering.root, entering.grounds, entering.words)
    many = count > _FEW and processors > 1
    helped = helpers(processors, _prepare, *ways) if many else None
    if helped is None:
        yield from (_sheet(entering, share) for share in shares)
        return
    with helped as pool:
        running = deque(pool.submit(_share, share) for share in islice(shares, _AHEAD))
        while running:
            sheet = running.popleft().result()
            running.extend(pool.submit(_share, share) for share in islice(shares, 1))
            yield sheet


_READERS: dict[None, Entering] = {}
"""What a process reads by that was started to help."""


def _prepare(root: Path, grounds: Grounds, words: bool) -> None:
    helping()
    _READERS[None] = Entering(root, grounds, words=words)


def _share(share: Sequence[Wanted]) -> Sheet:
    return _sheet(_READERS[None], share)


def _sheet(entering: Entering, share: Sequence[Wanted]) -> Sheet:
    return sheet_of([(wanted, _read(entering, wanted)) for wanted in share])


def _read(entering: Entering, wanted: Wanted) -> Read:
    """One file; Cannot of its opening becomes a problem of the note."""
    _, path, sha = wanted
    place = f"{entering.root}/{path}"  # to join them as paths takes three times as long
    data: bytes | Cannot
    try:
        data, found = look_and_read(place)
        sight = Sight(blob_name(data, len(sha)), said_of(found))
    except OSError as error:
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        if (gone and not Path(place).is_symlink()) or Path(place).is_dir():
            return Read(path, Sight("", ""), None)
        why = f"There is no file {path}." if gone else f"{path} cannot be read: {error.strerror}."
        data, sight = Cannot(why), Sight("", stat_of(place))
    note = path.startswith("notes/")
    rows = entering.note(path, data) if note else entering.record(path, data)
    return Read(path, sight, rows)
