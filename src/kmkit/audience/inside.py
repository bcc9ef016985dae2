"""What attached files say, so that protected names can be looked for in them."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from kmkit.note.names import Names

_TEXT = re.compile(r"csv|html?|json|md|svg|tsv|txt|xml|ya?ml")
"""Endings of files that are text."""
_PACKED = re.compile(r"doc[xm]|dotx|xls[xm]|pptx|ppsx|od[tsp]|epub")
"""Endings of files that are XML in a zip archive: what Office programs write."""
_INSIDE = re.compile(r".*\.(xml|rels|xhtml|html?|txt|svg|vml)", re.IGNORECASE)
_NESTED = re.compile(r"(.*/)?embeddings/.+|.*\.(zip|doc[xm]?|xls[xm]?|pptx?)", re.IGNORECASE)
"""Parts that are files themselves, which nobody looks into."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)
"""What an archive that is damaged, locked or packed in an odd way is told by."""
_LARGEST = 16 << 20
"""Bytes that are unpacked of one file at most."""
_END = re.compile(r"</(\w+:)?(p|h\d?|si|t[dr]|c|row|li|div|title|creator)>|<(\w+:)?(br|tab)/>")
"""Marks at which a word ends."""
_TAG = re.compile(r"<[^>]*>")
_NUMBERED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""A letter as JSON may write it."""
_WAYS = ("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1256", "cp1258")
"""How letters are written by programs that do not write UTF-8."""


def ending(path: str | Path) -> str:
    """How the name of a file ends, in lower case, without the dot."""
    return Path(path).suffix[1:].casefold()


def searchable(path: str | Path) -> bool:
    """Whether names can be looked for in files of this kind."""
    return bool(_TEXT.fullmatch(ending(path)) or _PACKED.fullmatch(ending(path)))


def holds(place: Path, names: Names) -> bool:
    """Whether one of ``names`` stands in the file at ``place``, a `searchable` one.

    So does a file that cannot be taken apart, or is too large for it: nobody knows what it says.
    """
    try:
        if _TEXT.fullmatch(ending(place)):
            return any(map(names.in_text, _texts(place.read_bytes())))
        return any(map(names.in_text, _packed(place)))
    except (*_DAMAGED, OSError, ValueError):
        return True


def _packed(place: Path) -> Iterator[str]:
    """The texts of the parts of an Office file, and the names of all of them.

    A word can be cut in two by marks, so marks are taken out once without a trace and once with a
    blank; what stands within marks, such as who wrote a comment, is in the text as it is.
    """
    left = _LARGEST
    with zipfile.ZipFile(place) as archive:
        for part in archive.infolist():
            yield part.filename
            if _NESTED.fullmatch(part.filename):
                raise ValueError("a file within the file")
            if not _INSIDE.fullmatch(part.filename):
                continue
            with archive.open(part) as stream:
                data = stream.read(left + 1)
            left -= len(data)
            if left < 0:
                raise ValueError("too large")
            yield from _texts(data)


def _texts(data: bytes) -> Iterator[str]:
    """What a file can be read as: with its marks, without a trace of them, with a blank for each.

    Letters that are written by their numbers are read as letters. ValueError where nobody can tell
    how its letters are written.
    """
    for text in _decoded(data):
        for plain in dict.fromkeys((text, unescape(_NUMBERED.sub(_letter, text)))):
            yield plain
            yield _TAG.sub("", _END.sub("\n", plain))
            yield _TAG.sub(" ", plain)


def _letter(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _decoded(data: bytes) -> Iterator[str]:
    """A file as text, in each of the ways in which Office programs write letters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16")
        return
    if b"\0" in data:
        raise ValueError("no text, or of a kind that nobody can tell")
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        yield from (data.decode(way, errors="replace") for way in _WAYS)
