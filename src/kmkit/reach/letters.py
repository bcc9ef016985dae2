"""Letters: plain text, HTML beside it, and files that go with it."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from kmkit.errors import Cannot
from kmkit.reach.addresses import host_of
from kmkit.reach.headers import Made, Wire, mailbox
from kmkit.text import clean, one_line
from kmkit.views.digest_render import render
from kmkit.views.digest_values import Digest

LONGEST_SUBJECT = 200
"""Characters; more is cut."""
LARGEST_TEXT = 1 << 20
"""Bytes of the text, and of the HTML: mail programs cut what is longer than a tenth of this."""
LARGEST_LETTER = 10 << 20
"""Bytes of a letter with what is attached: what most servers take at least."""
_WIRE = Wire(linesep="\r\n", cte_type="7bit", max_line_length=78)


class Attachment(NamedTuple):
    """A file that goes with a letter."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"
    """Its MIME type, with parameters where it has some: 'text/calendar; method=REQUEST'."""


def letter_of(
    *,
    subject: str,
    text: str,
    html: str = "",
    sender: str,
    sent: datetime,
    to: str = "",
    sender_name: str = "",
    reply_to: str = "",
    message_id: str = "",
    language: str = "",
    headers: Mapping[str, str] = {},
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """A letter from ``sender`` to one person: plain text, HTML beside it, files that go with it.

    Without ``to`` it is a draft, which Outlook opens for writing. ``sent`` must know its time
    zone; ``headers`` are such as `list_headers` makes. The same values give the same bytes.
    Raises Cannot for an address that is none, and for a letter that is too large.
    """
    letter = EmailMessage(policy=_WIRE)
    letter["Subject"] = one_line(subject)[:LONGEST_SUBJECT].strip()
    letter["From"] = mailbox(sender, sender_name)
    if to:
        letter["To"] = mailbox(to)
    else:
        letter["X-Unsent"] = "1"
    if reply_to:
        letter["Reply-To"] = mailbox(reply_to)
    letter["Date"] = format_datetime(sent)
    if message_id:
        letter["Message-ID"] = message_id
    for name, value in headers.items():
        letter[name] = value
    _fill(letter, [("plain", text), *([("html", html)] if html else [])], language, attachments)
    return letter


def digest_letter(
    digest: Digest,
    *,
    sender: str,
    sent: datetime,
    to: str = "",
    sender_name: str = "",
    reply_to: str = "",
    message_id: str = "",
    headers: Mapping[str, str] = {},
    kb: Path | None = None,
) -> EmailMessage:
    """``digest`` as a letter from ``sender``, by default in the organisation's name; see above."""
    return letter_of(
        subject=digest.subject,
        text=render(digest, "text", kb),
        html=render(digest, "html", kb),
        sender=sender,
        sent=sent,
        to=to,
        sender_name=sender_name or digest.organisation,
        reply_to=reply_to,
        message_id=message_id,
        language=digest.language,
        headers=headers,
    )


def eml(letter: EmailMessage) -> bytes:
    """The letter as the bytes of an .eml file, with CRLF line ends."""
    if not isinstance(letter.policy, Wire):
        return letter.as_bytes(policy=letter.policy.clone(linesep="\r\n"))
    return _bytes(letter).encode()


def message_id(kb_id: str, *parts: str, domain: str) -> str:
    """The Message-ID of the letter that ``parts`` name (a digest, a period, a recipient).

    The same for the same letter, whenever and wherever it is sent, so that mail programs show a
    repeat once; and it tells nothing to those who do not know ``kb_id``. ``domain``: the sender's;
    his address will do.
    """
    said = json.dumps(parts).encode()
    digest = hmac.new(kb_id.encode(), said, hashlib.sha256).hexdigest()[:32]
    return f"<kmkit.{digest}@{host_of(domain.rpartition('@')[2])}>"


def _fill(
    letter: EmailMessage,
    texts: Sequence[tuple[str, str]],
    language: str,
    attachments: Sequence[Attachment],
) -> None:
    """Put texts, as (kind, text), and files into a letter that has its headers."""
    body = [_text(text, kind, language) for kind, text in texts]
    files = [_attached(file) for file in attachments]
    content = body[0] if len(body) == 1 else _together("alternative", body)
    whole = _together("mixed", [content, *files]) if files else content
    letter["MIME-Version"] = "1.0"
    if language and whole is not body[0]:
        letter["Content-Language"] = language
    for name, value in whole.raw_items():
        letter[name] = value
    letter.set_payload(whole.get_payload())
    if sum(len(str(part.get_payload())) for part in (*body, *files)) > LARGEST_LETTER:
        raise Cannot(
            f"The letter is larger than {LARGEST_LETTER >> 20} MB with what is attached.",
            "Attach less, or put a link instead.",
        )


def _bytes(part: MIMEPart) -> str:
    """A part as it goes over the wire: what its `as_bytes` gives, several times as fast."""
    head = "".join(f"{name}: {value}\r\n" for name, value in part.raw_items())
    content: Any = part.get_payload()
    if isinstance(content, str):
        return f"{head}\r\n{content}"
    line = f"--{_BOUNDARY.findall(head)[0]}"
    parts = "".join(f"{line}\r\n{_bytes(each)}\r\n" for each in content)
    return f"{head}\r\n{parts}{line}--\r\n"


_BOUNDARY = re.compile('^ boundary="(.+)"', re.MULTILINE)


def _text(text: str, kind: str, language: str) -> MIMEPart:
    """A part with text: quoted-printable, or base64 for scripts that this would triple."""
    encoding, content = _encoded(text)
    part = MIMEPart(policy=_WIRE)
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    if language:
        part["Content-Language"] = language
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(content)
    return part


@lru_cache(maxsize=16)
def _encoded(text: str) -> tuple[str, str]:
    """The encoding that suits a text, and the text in it; most letters of a run have the same."""
    data = clean(text).encode()
    if len(data) > LARGEST_TEXT:
        raise Cannot(
            f"The letter's text has {len(data) / (1 << 20):.1f} MB; more than 1 MB is not sent.",
            "Let it hold fewer words; of digests, digest.max_words in kmkit.toml says how many.",
        )
    first = data[:4096]
    dense = len(first.translate(None, bytes(range(128)))) * 3 > len(first)
    if dense:
        return "base64", _base64(data.replace(b"\n", b"\r\n"))
    return "quoted-printable", _on_the_wire(binascii.b2a_qp(data, istext=True))


def _base64(data: bytes) -> str:
    return _on_the_wire(base64.encodebytes(data))


def _on_the_wire(data: bytes) -> str:
    """Lines of ASCII with the line ends of mail."""
    return data.decode("ascii").replace("\n", "\r\n")


def _attached(file: Attachment) -> MIMEPart:
    """A part with a file."""
    part = MIMEPart(policy=_WIRE)
    part["Content-Type"] = file.kind
    part["Content-Disposition"] = Made(f"attachment; {_filename(file.name)}")
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(_base64(file.content))
    return part


def _filename(name: str) -> str:
    """A file's name as a parameter (RFC 2231), without a path."""
    name = re.sub(r"[/\\:]+", "-", one_line(name))[:80] or "file"
    if re.fullmatch(r"[\w .()+-]+", name, re.ASCII):
        return f'filename="{name}"'
    return f"filename*=utf-8''{quote(name, safe='')}"


def _together(kind: str, parts: Sequence[MIMEPart]) -> MIMEPart:
    """Parts as one; no line of an encoded part can be the boundary, which begins with '=_'."""
    whole = MIMEPart(policy=_WIRE)
    whole["Content-Type"] = Made(f'multipart/{kind};\r\n boundary="=_kmkit_{kind}_{"0" * 12}"')
    whole.set_payload(list(parts))
    return whole
