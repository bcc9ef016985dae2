"""E-mail addresses and domains, as mail servers write them."""

import re
from functools import lru_cache

from kmkit.errors import Cannot
from kmkit.text import one_line

_ATOM = r"[^\s\x00-\x1f\x7f@<>()\[\]\\,;:\".]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_READ_IN_TWO_WAYS = re.compile("[ßẞς\u200c\u200d]")
"""Letters that the old and the new standard of domain names make different domains of."""


def address_of(text: str) -> str:
    """``text`` as one e-mail address, its domain as mail servers write it; Cannot where it is none.

    One address: no name, no list, no quotation marks. What stands before the @ may go beyond
    ASCII, and can then be written to where the server offers SMTPUTF8.
    """
    name, _, domain = text.strip().rpartition("@")
    if (
        not domain
        or one_line(text) != text.strip()
        or not _DOT_ATOM.fullmatch(name)
        or len(name.encode()) > 64
    ):
        raise Cannot(
            f"'{one_line(text)[:80]}' is no e-mail address.", "Write one, such as name@example.org."
        )
    return f"{name}@{host_of(domain)}"


@lru_cache(maxsize=256)
def host_of(domain: str) -> str:
    """A domain as mail servers write it (bücher.example: xn--bcher-kva.example)."""
    try:
        if _READ_IN_TWO_WAYS.search(domain):
            raise UnicodeError
        found = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        found = ""
    if len(found) > 253 or not _HOST.fullmatch(found):
        raise Cannot(
            f"'{one_line(domain)[:80]}' is no domain of an e-mail address.",
            "Write it as example.org; beyond ASCII, in its xn-- form.",
        )
    return found
