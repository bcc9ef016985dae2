"""Words that stand nowhere but in one note, and whether an output lets one out, however it is
written there.
"""

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

_LETTERS = "bcdfghkmnprstvwx"
_CANARY = re.compile(r"zq[a-z]{6}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{4}[A-Za-z0-9+/\r\n]{12,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


class Canaries:
    """Gives out words, each with the width of the widest circle that may read it."""

    def __init__(self) -> None:
        self.widths: dict[str, int] = {}
        self.what: dict[str, str] = {}

    def word(self, what: str, width: int) -> str:
        """A word for ``what``, that no circle wider than ``width`` may read."""
        number, word = len(self.widths), ""
        for _ in range(6):
            number, digit = divmod(number, len(_LETTERS))
            word += _LETTERS[digit]
        word = f"zq{word}"
        self.widths[word], self.what[word] = width, what
        return word

    def leaked(self, width: int, outputs: Iterable[tuple[str, str | bytes]]) -> list[str]:
        """What stands in outputs, each with its name, that a circle so wide may not read."""
        return [
            f"{name}: {self.what[word]}"
            for name, output in outputs
            for word in sorted(said(output))
            if self.widths.get(word, width) < width  # ids made at random can look like one
        ]


@lru_cache(maxsize=4096)
def said(output: str | bytes) -> frozenset[str]:
    """The canaries in an output: as it stands, and in every way in which it can be decoded."""
    texts = {text.casefold() for text in _readings(output)}
    return frozenset(word for text in texts for word in _CANARY.findall(text))


def _readings(output: str | bytes) -> Iterator[str]:
    data = output if isinstance(output, bytes) else output.encode("utf-8", "replace")
    for one in (data, *_unpacked(data)):
        text = one.decode("utf-8", "replace")
        yield text
        yield unquote(text)
        plain = html.unescape(text)
        yield plain
        yield unquote(plain)
        yield re.sub(r"<[^>]*>|[*_`\\]", "", plain)
        yield _ESCAPE.sub(lambda hit: chr(int(hit[1] or hit[2], 16)), text)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is packed in ``data``: as quoted-printable, as base64."""
    if b"=" in data:
        yield quopri.decodestring(data)
        yield quopri.decodestring(data.replace(b"?q?", b" ").replace(b"?=", b" "), header=True)
    for hit in _BASE64.finditer(data):
        packed = re.sub(rb"\s", b"", hit[0])
        with_room = packed[: len(packed) // 4 * 4]
        try:
            yield base64.b64decode(with_room)
        except binascii.Error:
            continue


def files(folder: Path) -> Iterator[tuple[str, str | bytes]]:
    """The files of an output, and their names."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield f"the name {name}", name
        if path.is_file():
            yield name, path.read_bytes()
