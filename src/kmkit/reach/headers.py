"""Headers of letters: encoded so that no title, name or address can begin another one."""

import base64
import re
import textwrap
from collections.abc import Iterator
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import quote, urlsplit

from kmkit.config.leaving import Mail
from kmkit.errors import Cannot
from kmkit.reach.addresses import address_of, host_of
from kmkit.text import one_line

_LONGEST_NAME = 100
_WORD = 39
"""Bytes that one encoded word holds at most; it may have 75 characters (RFC 2047)."""

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
"""On every letter that a program writes: absences are not to be answered to it (RFC 3834; the
second is for Exchange). Not Precedence, which RFC 2076 discourages."""


_ONCE = frozenset(("subject", "from", "to", "reply-to", "date", "message-id", "mime-version"))


class Made(str):
    """The value of a header as it goes over the wire: encoded, folded, safe."""


class Wire(EmailPolicy):
    """SMTP's policy, with the headers encoded here: whatever is stored stays one header.

    The standard library takes encoded words in a title for what they encode, line ends too.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Encode what is no `Made` value yet."""
        return name, value if isinstance(value, Made) else words(one_line(value), len(name))

    def header_max_count(self, name: str) -> int | None:
        """How many headers of that name a letter may have, None for any number."""
        name = name.lower()
        return 1 if name in _ONCE or name.startswith(("content-", "list-")) else None

    def fold(self, name: str, value: Any) -> str:
        """The header as it was stored."""
        return f"{name}: {value}\r\n"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as bytes: UTF-8 where an address needs it."""
        return self.fold(name, value).encode()


def list_headers(mail: Mail, *, name: str, sender: str, title: str = "") -> dict[str, str]:
    """The headers by which mail programs know the letters of a list, and how to leave it.

    ``name`` of the list, such as that of the audience; ``title`` as people read it; ``sender``:
    the address that the letters come from. RFC 2919 (List-Id), 2369 (List-Unsubscribe) and 8058
    (its Post). Raises Cannot for settings that cannot stand there.
    """
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "kmkit"
    here = host_of(mail.list_id.strip("<> ") or f"{label}.{sender.rpartition('@')[2]}")
    shown = f"{phrase(title, 9)}\r\n " if one_line(title) else ""
    leave = _leave(mail.unsubscribe or sender)
    found: dict[str, str] = {"List-Id": Made(f"{shown}<{here}>"), "List-Unsubscribe": leave}
    if leave.startswith("<https:") and mail.one_click:
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found | AUTOMATIC


def _leave(where: str) -> str:
    """Where readers unsubscribe, as List-Unsubscribe says it."""
    if "://" not in where:
        address = address_of(where.removeprefix("mailto:"))
        return f"<mailto:{quote(address, safe='@')}?subject=unsubscribe>"
    parts = urlsplit(where)
    if parts.scheme not in ("https", "http") or not parts.hostname or re.search(r"[\s<>,]", where):
        raise Cannot(
            f"mail.unsubscribe: '{one_line(where)[:80]}' is neither an address nor a web page.",
            "Write it as https://… or name@example.org.",
        )
    return f"<{quote(where, safe=':/?#[]@!$&()*+;=%~')}>"


def mailbox(email: str, name: str = "") -> Made:
    """An address as it stands in a header, with a name before it; Cannot where it is none."""
    address = address_of(email)
    return Made(f"{phrase(name, 8)}\r\n <{address}>" if one_line(name) else address)


def phrase(name: str, before: int) -> Made:
    """A name as it stands before an address, after so many columns."""
    name = one_line(name)[:_LONGEST_NAME].strip()
    if name.isascii() and "=?" not in name:
        return Made('"' + re.sub(r'(["\\])', r"\\\1", name) + '"')
    return words(name, before)


def words(text: str, before: int) -> Made:
    """``text`` of one line as a value on lines of 78 columns; beyond ASCII as encoded words."""
    if text.isascii() and "=?" not in text:
        if before + 2 + len(text) < 78:
            return Made(text)
        first = "x" * (before + 2)
        lines = textwrap.wrap(
            text, 77, initial_indent=first, break_long_words=False, break_on_hyphens=False
        )
        return Made("\r\n ".join(lines)[len(first) :])
    coded = (base64.b64encode(part).decode() for part in _pieces(text))
    return Made("\r\n ".join(f"=?utf-8?b?{word}?=" for word in coded))


def _pieces(text: str) -> Iterator[bytes]:
    """``text`` as UTF-8 in pieces that fit an encoded word, no character cut in two."""
    piece = b""
    for char in text:
        coded = char.encode()
        if len(piece) + len(coded) > _WORD:
            yield piece
            piece = b""
        piece += coded
    yield piece
