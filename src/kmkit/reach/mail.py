"""A digest as a letter: a draft that Outlook and every other mail program opens."""

import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.text import one_line
from kmkit.views.digest_render import render
from kmkit.views.digest_values import Digest


def message(
    digest: Digest,
    *,
    sender: str,
    sent: datetime,
    sender_name: str = "",
    to: tuple[str, ...] = (),
    kb: Path | None = None,
) -> EmailMessage:
    """``digest`` as a letter from ``sender`` with a plain text and an HTML part.

    ``sent`` must know its time zone. ``X-Unsent`` makes Outlook open the letter as a draft. Raises
    Cannot for an address that is none.
    """
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = one_line(digest.subject)[:200]
    letter["From"] = _address(sender, sender_name or digest.organisation)
    if to:
        letter["To"] = [_address(recipient) for recipient in to]
    letter["Date"] = format_datetime(sent)
    letter["X-Unsent"] = "1"
    letter.set_content(render(digest, "text", kb), cte="quoted-printable")
    letter.add_alternative(render(digest, "html", kb), subtype="html", cte="quoted-printable")
    letter["Content-Language"] = digest.language  # set any earlier, it would go to the first part
    letter.set_boundary(f"=_kmkit_{digest.until:%Y%m%d}_{'0' * 16}")
    return letter


def eml(letter: EmailMessage) -> bytes:
    """The letter as the bytes of an .eml file, with CRLF line ends."""
    return letter.as_bytes()


def _address(email: str, name: str = "") -> Address:
    email = one_line(email)
    if re.search(r"[\s,;<>]", email):
        raise Cannot(f"'{email}' is no e-mail address.", "Write one address, such as a@b.org.")
    try:
        address = Address(one_line(name), addr_spec=email)
    except (HeaderParseError, ValueError, IndexError):
        raise Cannot(f"'{email}' is no e-mail address.", "Write it as name@example.org.") from None
    if not (address.username and address.domain):
        raise Cannot(f"'{email}' is no e-mail address.", "Write it as name@example.org.")
    return address
