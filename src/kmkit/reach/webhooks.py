"""Writing to a channel by its webhook: one request, and what came of it."""

import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from kmkit.errors import Cannot
from kmkit.text import one_line

PAUSES = (5.0, 20.0, 80.0)
"""Seconds before a request that was put off is tried again; longer where the server asks for it."""
_LONGEST_PAUSE = 300.0
_TIMEOUT = 30
_TELLING = 6
"""Characters of a part of an address that could be a secret."""
_ENOUGH = 2000
"""Bytes of an answer that are read."""
_HERE = ("localhost", "127.0.0.1", "::1")


class Posted(NamedTuple):
    """What became of a message."""

    kind: Literal["sent", "deferred", "refused", "unknown"]
    """'unknown': the connection ended before the answer; it may have been taken."""
    code: int
    """The server's answer, 0 where there was none."""
    said: str


def post(url: str, data: bytes, *, wait: Callable[[float], None], ca: str = "") -> Posted:
    """Post JSON to a webhook; what is put off (429, 5xx) is tried again, ``wait`` between.

    ``url`` is a secret: no message holds more of it than the host. ``ca``: a file with further
    authorities to trust. Raises Cannot for an address that is not https, for a server that cannot
    be reached or does not prove who it is, and for one that sends us elsewhere.
    """
    host = host_of(url)
    for pause in (*PAUSES, 0.0):
        posted, asked = _once(url, host, data, ca)
        if posted.kind != "deferred" or not pause:
            break
        wait(min(max(pause, asked), _LONGEST_PAUSE))
    return posted


def host_of(url: str) -> str:
    """The host of a webhook's address; Cannot where the address is none."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        named = bool(parts.username or parts.password) or parts.port == 0
    except ValueError:
        host, named = "", False
    if not host or named or not url.isascii() or not url.isprintable() or " " in url:
        raise Cannot("The webhook's address is no web address.", "Copy it anew, with https://.")
    if parts.scheme != "https" and (parts.scheme != "http" or host not in _HERE):
        raise Cannot(
            f"The webhook's address at {host} is not https: all could read what is sent there.",
            "Copy it anew, with https://.",
        )
    return host


class _NoElsewhere(urllib.request.HTTPRedirectHandler):
    """Goes nowhere but where it was sent: notes must not land at another address."""

    def redirect_request(self, *_: Any) -> None:
        """Not followed; the answer becomes an error."""


def _once(url: str, host: str, data: bytes, ca: str) -> tuple[Posted, float]:
    """One request: what came of it, and the seconds that the server asks to wait."""
    request = urllib.request.Request(
        url.strip(),
        data,
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "kmkit"},
        method="POST",
    )
    try:
        with _opener(host, ca).open(request, timeout=_TIMEOUT) as answer:
            said = _without(url, answer.read(_ENOUGH))
            return _taken(answer.status, said), 0
    except urllib.error.HTTPError as error:
        said = ""
        with error, suppress(OSError, HTTPException):  # the code tells enough
            said = _without(url, error.read(_ENOUGH))
        return _not_taken(error.code, said or one_line(error.reason), host), _asked(error)
    except urllib.error.URLError as error:
        raise _unreached(host, error.reason) from None
    except (OSError, HTTPException):
        return Posted("unknown", 0, "The connection ended before the answer."), 0


def _without(url: str, answer: bytes) -> str:
    """The beginning of an answer, without what it repeats of the address: that is the secret."""
    said = one_line(answer.decode("utf-8", "replace"))
    where = urllib.parse.urlsplit(url.strip())
    parts = [url.strip(), where.path, where.query, *where.path.split("/"), *where.query.split("&")]
    for part in sorted({one for one in parts if len(one) >= _TELLING}, key=len, reverse=True):
        for written in (part, urllib.parse.unquote(part)):
            said = said.replace(written, "[…]")
    return said[:200]


def _opener(host: str, ca: str) -> urllib.request.OpenerDirector:
    trust = ssl.create_default_context()
    try:
        if ca:
            trust.load_verify_locations(cafile=ca)
    except OSError:
        raise Cannot(f"mail.ca: {one_line(ca)} cannot be read as certificates.") from None
    handlers: list[Any] = [urllib.request.HTTPSHandler(context=trust), _NoElsewhere()]
    if host in _HERE:
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _taken(code: int, said: str) -> Posted:
    """An answer of success; Teams reports some failures in its text."""
    if "delivery failed" in said.lower():
        return Posted("deferred" if "429" in said else "refused", code, said)
    return Posted("sent", code, said)


def _not_taken(code: int, said: str, host: str) -> Posted:
    if 300 <= code < 400:
        raise Cannot(
            f"{host} sends us to another address, which is not followed: {code} {said}",
            "Copy the webhook's address anew.",
        )
    if code in (408, 429) or code >= 500:
        return Posted("deferred", code, said)
    return Posted("refused", code, said)


def _asked(error: urllib.error.HTTPError) -> float:
    """The seconds after which the server wants to be asked again, 0 where it does not say."""
    after = error.headers.get("Retry-After", "")
    return float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0


def _unreached(host: str, reason: object) -> Cannot:
    """The refusal where nothing was sent."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Cannot(
            f"{host} does not prove who it is: {one_line(reason.verify_message).rstrip('.')}.",
            "Where your organisation looks into connections, name its certificate file in mail.ca.",
        )
    why = one_line(getattr(reason, "strerror", None) or str(reason)).rstrip(".")
    return Cannot(f"{host} cannot be reached: {why}.", "Nothing is lost; run this again later.")
