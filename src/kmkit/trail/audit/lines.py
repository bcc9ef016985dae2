"""Values as lines of text with a checksum: one that is not whole is never taken for another."""

import json
from typing import Any
from zlib import crc32


class DamagedError(Exception):
    """What was kept is not as it was written."""


_text = json.JSONEncoder(separators=(",", ":")).encode


def line_of(value: object) -> str:
    """A value as a line of ASCII, its checksum first."""
    text = _text(value)
    return f"{crc32(text.encode()):08x}{text}"


def value_of(line: str) -> Any:
    """The value of a line; DamagedError where the line is not as it was written."""
    text = line[8:]
    if line[:8] != f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}":
        raise DamagedError
    try:
        return json.loads(text)
    except ValueError:
        raise DamagedError from None
