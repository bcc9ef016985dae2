"""The folder of the full-text index: opened, and made anew where it cannot be used.

It can always be built again from the notes, so nothing in it is mended. A folder that may not be
written to is read through links, since tantivy makes a lock file where it reads.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import tantivy
from tantivy.tantivy import __version__ as made_by

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

VERSION = f"1 {made_by}"
"""Another number when text is cut otherwise than before: then an old index does not serve."""

MARK = "kmkit-version"
"""The file that says by which version the folder was made. It is written last."""

_MEMORY = Path("/dev/shm")
"""Where systems that have it keep files that never reach a disk."""

ANALYZER = "words"
_LONGEST_WORD = 80


class Broken(Exception):
    """The index cannot be read; whoever asked builds it anew."""


class Opened(NamedTuple):
    """An index that was opened."""

    held: tantivy.Index
    kept: bool
    """What is written is there the next time."""
    new: bool = False
    """It is in memory so far, as the folder has none that could be used."""
    links: "TemporaryDirectory[str] | None" = None
    """The links by which it is read, to be held as long as it is used."""


@contextmanager
def sound() -> Iterator[None]:
    """Turns whatever tantivy says about a damaged index into Broken."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise Broken(str(error)) from error
    except BaseException as error:
        # A panic of Rust is no Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise Broken(str(error)) from None


def schema() -> tantivy.Schema:
    """The fields: ``text`` has all the words of a note, the others say where a word weighs more."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("n", indexed=True, fast=True)
    builder.add_boolean_field("retired", fast=True)
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    for name in ("title", "summary", "topics", "text"):
        builder.add_text_field(name, tokenizer_name=ANALYZER)
    return builder.build()


def analyzer() -> tantivy.TextAnalyzer:
    """Cuts at whatever is no letter or digit, in lower case."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .build()
    )


def in_memory() -> tantivy.Index:
    """An empty index that is gone with the process."""
    return _ready(tantivy.Index(schema()))


def open_folder(folder: Path) -> Opened:
    """The index in ``folder``; an empty one in memory where there is none to use.

    Nothing is changed in the folder: who only reads has no lock on it.
    """
    kept = _writable(folder)
    with suppress(Broken, OSError), sound():
        if (folder / MARK).read_text(encoding="ascii") == VERSION:
            links = None if kept else _linked(folder)
            held = tantivy.Index.open(links.name if links else str(folder))
            return Opened(_ready(held), kept, False, links)
    return Opened(in_memory(), kept, True)


def open_aside(folder: Path) -> Opened | None:
    """The index in ``folder`` through links in memory; None where there is none, or no such place.

    What is put in is gone with the process, and nothing has to reach a disk.
    """
    if not os.access(_MEMORY, os.W_OK) or not (folder / MARK).is_file():
        return None
    with sound():
        if (folder / MARK).read_text(encoding="ascii") != VERSION:
            return None
        links = _linked(folder, _MEMORY)
        return Opened(_ready(tantivy.Index.open(links.name)), False, False, links)


def create(folder: Path) -> tantivy.Index:
    """A new empty index in ``folder``, whatever was there."""
    import shutil  # with all sorts of compression, which take long to import

    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    made = tantivy.Index(schema(), path=str(folder), reuse=False)
    (folder / MARK).write_text(VERSION, encoding="ascii")
    return _ready(made)


def share(folder: Path) -> None:
    """Let whoever may read the folder read tantivy's own lists, which it makes for one user."""
    for name in ("meta.json", ".managed.json"):
        with suppress(OSError):
            (folder / name).chmod((folder / MARK).stat().st_mode)


def _ready(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer(ANALYZER, analyzer())
    index.searcher()
    return index


def _writable(folder: Path) -> bool:
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    return os.access(nearest, os.W_OK)


def _linked(folder: Path, place: Path | None = None) -> "TemporaryDirectory[str]":
    """A folder of this process with links to the files of ``folder``; in ``place``."""
    from tempfile import TemporaryDirectory

    if place:
        _swept(place)
    prefix = f"kmkit-words-{os.getpid()}-"
    links = TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True)
    for file in folder.iterdir():
        if file.suffix != ".lock":
            _link(file, Path(links.name, file.name))
    return links


def _swept(place: Path) -> None:
    """Take away the links of processes that were killed."""
    import shutil

    for left in place.glob("kmkit-words-*-*"):
        number = left.name.split("-")[2]
        if number.isdecimal() and not _alive(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _link(file: Path, to: Path) -> None:
    try:
        to.symlink_to(file)
    except OSError:  # Windows allows links to administrators alone
        import shutil

        shutil.copyfile(file, to)
