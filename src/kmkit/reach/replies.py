"""Mail as it came in: a Maildir, an mbox or files, read as what anybody may have sent.

Nothing is opened but the text: no attachment, no archive. Of each message the first megabyte is
read; its head names whom it claims to come from, which proves nothing.
"""

import hashlib
import mailbox
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.lifecycle.person import address
from kmkit.reach.replies_text import text_of_html
from kmkit.text import one_line

LONGEST = 1024 * 1024
"""Bytes of a message that are read."""
_HEADER = 4000
"""Characters of a header that are looked at."""
_TEXT = 100_000
"""Characters of the text that are looked at."""
_PARTS = 200
"""Parts of a message that are looked at."""
_AWAY = re.compile(
    r"(?:automatic reply|auto(?:-|matic )?(?:reply|response)|out of (?:the )?office|"
    r"réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|"
    r"автоматический ответ|автоответ|رد تلقائي|自动答复|自动回复)\b",
    re.IGNORECASE,
)
"""How the subject of an answer begins that no person wrote."""


class Incoming(NamedTuple):
    """One message as its file holds it."""

    place: str
    """Where it lies."""
    data: bytes
    """The first megabyte of it."""


class Heard(NamedTuple):
    """What can be told of one message."""

    place: str
    key: str
    """Its Message-ID, or a checksum of the message where it has none."""
    sender: str
    """Whom it claims to come from, as addresses are compared; '' where that is no address."""
    on: date | None
    """The day that it says it was sent on."""
    subject: str = ""
    text: str = ""
    about: str = ""
    """The headers that name the letter it answers."""
    passed: str = ""
    """Why it is no answer, and that is all right: nobody wrote it."""
    trouble: str = ""
    """Why it is no answer, and somebody should look."""


def incoming(source: Path) -> Iterator[Incoming]:
    """The messages of a Maildir, an mbox, a folder of .eml files, or one .eml file.

    Raises Cannot where there is none of these, or it cannot be read.
    """
    try:
        if (source / "cur").is_dir() or (source / "new").is_dir():
            yield from _maildir(source)
        elif source.is_dir():
            for path in sorted(source.glob("*.eml")):
                if path.is_file():
                    yield _file(path)
        elif source.suffix.casefold() == ".eml":
            yield _file(source)
        elif source.is_file():
            yield from _mbox(source)
        else:
            raise Cannot(f"There is no {source}.", "Name a Maildir, an mbox or .eml files.")
    except OSError as error:
        raise Cannot(f"{source} cannot be read: {error.strerror or error}.") from None


def _file(path: Path) -> Incoming:
    with path.open("rb") as stream:
        return Incoming(path.name, stream.read(LONGEST))


def _maildir(source: Path) -> Iterator[Incoming]:
    for folder in ("new", "cur"):
        if (source / folder).is_dir():
            for path in sorted((source / folder).iterdir(), key=_arrival):
                if path.is_file() and not path.name.startswith("."):
                    yield _file(path)._replace(place=f"{folder}/{path.name}")


def _arrival(path: Path) -> list[str | int]:
    """What messages are sorted by: their names tell when they came, in numbers of any length."""
    parts = _NUMBERS.split(path.name)
    return [int(part) if at % 2 else part for at, part in enumerate(parts)]


_NUMBERS = re.compile("([0-9]+)")


def _mbox(source: Path) -> Iterator[Incoming]:
    with source.open("rb") as stream:
        if not stream.read(5) == b"From " and source.stat().st_size:
            raise Cannot(
                f"{source} is no mbox: it does not begin with 'From '.",
                "Name a Maildir, an mbox or .eml files.",
            )
    box = mailbox.mbox(source, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), 1):
            yield Incoming(f"message {number}", box.get_file(key).read(LONGEST))
    finally:
        box.close()


def heard(message: Incoming) -> Heard:
    """What can be told of a message.

    Never raises: whatever is wrong with the message is told as its ``trouble``.
    """
    place, key = one_line(message.place), f"sha256:{hashlib.sha256(message.data).hexdigest()}"
    try:
        mail = BytesParser(policy=compat32).parsebytes(message.data)
        return _heard(mail, Heard(place, key, "", None))
    except RecursionError:
        return Heard(place, key, "", None, trouble="its parts lie inside one another too deeply")
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError) as error:
        said = f"it cannot be read as a mail ({type(error).__name__})"
        return Heard(place, key, "", None, trouble=said)


def _heard(mail: Message, found: Heard) -> Heard:
    name = _header(mail, "Message-ID")
    found = found._replace(
        key=name if re.fullmatch(r"<[^<>\s]{3,500}>", name) else found.key,
        sender=address(parseaddr(_header(mail, "From"))[1]),
        on=_day(_header(mail, "Date")),
        subject=_header(mail, "Subject")[:500],
        about=" ".join(_header(mail, header) for header in ("In-Reply-To", "References")),
    )
    if bounced := _bounced(mail):
        return found._replace(trouble=bounced)
    if why := _automatic(mail, found):
        return found._replace(passed=why)
    if not found.sender:
        return found._replace(trouble="its sender is no address")
    text = _text(mail)[:_TEXT]
    trouble = "" if text.strip() else "there is no text in it"
    return found._replace(text=text, trouble=trouble)


def _header(mail: Message, name: str) -> str:
    """A header on one line, decoded as far as it can be."""
    try:
        raw = str(mail.get(name) or "")[:_HEADER]
    except (ValueError, LookupError, TypeError):
        return ""
    with suppress(HeaderParseError, LookupError, ValueError):
        return one_line(str(make_header(decode_header(raw))))
    return one_line(raw)


def _day(text: str) -> date | None:
    try:
        when = parsedate_to_datetime(text)
        return (when.astimezone(UTC) if when.tzinfo else when).date()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _automatic(mail: Message, found: Heard) -> str:
    """Why nobody wrote this mail, '' where somebody did."""
    if found.key.startswith("<kmkit."):
        return "it is a letter of our own"
    if _header(mail, "Auto-Submitted").casefold() not in ("", "no"):
        return "a program answered, nobody did"
    if _header(mail, "Precedence").casefold() in ("bulk", "junk", "list", "auto_reply"):
        return "it is bulk mail"
    if any(_header(mail, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id")):
        return "a program answered, nobody did"
    return "somebody is out of office" if _AWAY.match(found.subject) else ""


def _bounced(mail: Message) -> str:
    """Whom a letter did not reach and why, '' where the mail does not tell of that."""
    sent_back = mail.get_content_type() == "multipart/report"
    sender = _header(mail, "From").casefold()
    if not sent_back and not re.search(r"\b(?:mailer-daemon|postmaster)@", sender):
        return ""
    status, reached, recipient = "", "", ""
    for part in _walk(mail):
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            found = blocks if isinstance(blocks, list) else []
            for block in (one for one in found if isinstance(one, Message)):
                recipient = recipient or _header(block, "Final-Recipient").partition(";")[2]
                status = status or _header(block, "Status")
                reached = reached or _header(block, "Action").casefold()
    if reached in ("delivered", "relayed", "expanded"):
        return ""
    whom = one_line(recipient)[:200] or "somebody"
    late = "not yet" if reached == "delayed" else "not"
    return f"a letter did {late} reach {whom}" + (f" ({status[:20]})" if status else "")


def _walk(mail: Message) -> Iterator[Message]:
    """The parts of a message, itself first; messages inside it are left closed."""
    todo = [mail]
    for _ in range(_PARTS):
        if not todo:
            return
        part = todo.pop(0)
        yield part
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            todo = [*(one for one in inside if isinstance(one, Message)), *todo]


def _text(mail: Message) -> str:
    """The text of a message: its first plain part, else its first HTML part."""
    page = ""
    for part in _walk(mail):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain" and (text := _decoded(part)).strip():
            return text
        if kind == "text/html" and not page.strip():
            page = _decoded(part)
    return text_of_html(page)


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    for name in (charset, "utf-8"):
        with suppress(LookupError, ValueError):
            return data.decode(name)
    return data.decode("latin-1")
