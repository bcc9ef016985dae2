"""What the index holds, once all its parts are up to date: notes, trail and full text."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.index.book import Index
from kmkit.index.keeping import store
from kmkit.index.keeping.opening import Opened, Track, untracked
from kmkit.trail.git import Git


class Held(NamedTuple):
    """What an index holds, and where it is kept."""

    notes: int
    people: int
    uses: int
    """Records of notes that were used."""
    steps: int
    """Of the trail, of all notes."""
    place: Path | None
    """Its tables; None where it cannot be kept, and every command makes its own in memory."""
    size: int
    """Bytes of its tables and its full text on the disk."""


def whole(root: Path, *, today: date, track: Track = untracked, anew: bool = False) -> Held:
    """Bring all parts of the index of ``root`` up to date; ``anew`` throws away what is kept."""
    if anew and (place := _place(root)):
        store.dropped(place)
    opened = Opened(root, track)
    opened.whole = True
    opened.settle()
    with Index(opened, today=today) as index:
        steps = next(index.told("SELECT count(*) FROM events"))[0]
        kept = index.words.kept
        held = Held(index.count(), len(index.people), len(index.uses), steps, None, 0)
    place = _place(root)
    if not kept or place is None or not place.is_file():
        return held
    return held._replace(place=place, size=sum(_sizes(place)))


def _place(root: Path) -> Path | None:
    """Where the index is kept; None without git."""
    try:
        return store.place_of(Git.near(root).git_dir, root)
    except Cannot:
        return None


def _sizes(place: Path) -> list[int]:
    """The bytes of every file of an index."""
    texts = (folder for folder in place.parent.glob(f"{place.stem}.*") if folder.is_dir())
    files = [place, *(file for folder in texts for file in folder.iterdir())]
    return [file.stat().st_size for file in files]
