"""What attached files say, so that protected names can be looked for in them."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from kmkit.note.names import Names

_TEXT = re.compile(r"csv|eml|html?|json|md|rtf|svg|tsv|txt|xml|ya?ml")
"""Endings of files that are text."""
_PACKED = re.compile(r"doc[xm]|dotx|xls[xm]|pptx|ppsx|od[tsp]|epub")
"""Endings of files that are XML in a zip archive: what Office programs write."""
_INSIDE = re.compile(r".*\.(xml|rels|xhtml|html?|txt)", re.IGNORECASE)
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)
"""What an archive that is damaged, locked or packed in an odd way is told by."""
_LARGEST = 16 << 20
"""Bytes that are unpacked of one file at most."""
_END = re.compile(r"</(\w+:)?(p|h\d?|si|t[dr]|c|row|li|div|title|creator)>|<(\w+:)?(br|tab)/>")
"""Marks at which a word ends."""
_TAG = re.compile(r"<[^>]*>")


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
    if _TEXT.fullmatch(ending(place)):
        return names.in_text(_decoded(place.read_bytes()))
    try:
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
            if not _INSIDE.fullmatch(part.filename):
                continue
            with archive.open(part) as stream:
                data = stream.read(left + 1)
            left -= len(data)
            if left < 0:
                raise ValueError("too large")
            text = _decoded(data)
            yield text
            yield _TAG.sub("", _END.sub("\n", text))
            yield _TAG.sub(" ", text)


def _decoded(data: bytes) -> str:
    """A file as text; two bytes a letter where it begins so."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8", errors="replace")
