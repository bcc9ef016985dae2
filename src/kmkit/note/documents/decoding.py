"""The text of a file that somebody hands over, in whatever encoding; a refusal where it is none."""

import codecs
import re

from kmkit.errors import Cannot

MAX_BYTES = 5 * 1024 * 1024
"""A larger file is refused; no review is that long."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (
    (b"%PDF-", "is a PDF", "Save it as text or as a Word document (.docx) and capture that."),
    (b"\xd0\xcf\x11\xe0", "is in the old Word format", "Save it as .docx and capture that."),
    (b"{\\rtf", "is in Rich Text Format", "Save it as .docx or as text and capture that."),
    (
        b"PK\x03\x04",
        "is not a Word document (.docx)",
        "Save it as .docx or as text and capture that.",
    ),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text with LF line ends, and sentences on what had to be assumed; raises Cannot."""
    shown = f"'{name}'" if name else "What was given"
    if len(data) > MAX_BYTES:
        raise Cannot(f"{shown} is larger than 5 MB.", "Capture the part that tells the lessons.")
    for start, what, mend in _FOREIGN:
        if data.startswith(start):
            raise Cannot(f"{shown} {what}.", mend)
    text, notes = _decoded(data, shown)
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if "\x00" in text or controls > max(8, len(text) // 100):
        raise Cannot(f"{shown} is not text.", "kmkit captures from Markdown, plain text and .docx.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return text, notes


def _decoded(data: bytes, shown: str) -> tuple[str, tuple[str, ...]]:
    """By its byte-order mark, else UTF-8, else Windows Western."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding).removeprefix("\ufeff"), ()
            except UnicodeDecodeError:
                text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
                return text, (f"{shown} is damaged {encoding.upper()}: {_lost(text)}.",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    note = f"{shown} is not UTF-8; it was read as Windows text (cp1252)."
    if lost := text.count("\ufffd"):
        note += f" {lost} of its characters could not be read and stand as \ufffd."
    return text, (note,)


def _lost(text: str) -> str:
    return f"{text.count(chr(0xFFFD))} characters could not be read and stand as \ufffd"
