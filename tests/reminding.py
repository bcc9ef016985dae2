"""Reminders through a real mail server, on any day, and answers to them."""

import email
import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from kmkit.config.leaving import Mail
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.person import Person
from kmkit.reach.ledger import Ledger
from kmkit.reach.reminders_sending import Sent, send_reminders
from kmkit.reach.sending.digest import Ways
from kmkit.reach.smtp import Post
from tests.conftest import ANA, at
from tests.smtp_servers import Box, Clock, serving

PEOPLE = ("ana", "ben", "cy", "dee")


def on(kb: KnowledgeBase, day: str, who: Person = ANA) -> KnowledgeBase:
    """The knowledge base at noon of a day."""
    return at(kb, who, datetime.fromisoformat(f"{day}T12:00:00+00:00"))


def people(kb: KnowledgeBase, **until: date) -> None:
    """Put Ana, Ben, Cy and Dee into people/, with the days on which they leave."""
    folder = kb.root / "people"
    folder.mkdir(exist_ok=True)
    for name in PEOPLE:
        gone = f"until: {until[name]}\n" if name in until else ""
        text = f"---\nkind: person\nname: {name.title()}\nemail: {name}@example.org\n{gone}---\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def settings(kb: KnowledgeBase, text: str) -> None:
    """Put further settings at the end of kmkit.toml, in place of tables of the same name."""
    path = kb.root / "kmkit.toml"
    kept: list[str] = []
    dropping = False
    names = {line for line in text.splitlines() if line.startswith("[")}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            dropping = line.strip() in names
        if not dropping:
            kept.append(line)
    path.write_text("\n".join([*kept, text]), encoding="utf-8")


@dataclass
class Office:
    """Sends the reminders of a knowledge base."""

    kb: KnowledgeBase
    box: Box
    port: int

    def send(self, day: str, *, to: str = "", take_over: bool = False) -> Sent:
        """Send what is to be sent on a day."""
        there = on(self.kb, day)
        mail = Mail(host="127.0.0.1", port=self.port, security="none")
        clock = Clock()
        ways = Ways(lambda: Post(mail, clock=clock, wait=clock.wait), clock)
        with Index.open(there.root, today=there.today) as index:
            return send_reminders(there, index, Ledger(there), ways, to=to, take_over=take_over)

    def got(self) -> list[str]:
        """To whom letters went, and how many notes each is about; the box is emptied."""
        found = [f"{one['To']} {len(str(one['References']).split())}" for one in self.letters()]
        self.box.letters.clear()
        return found

    def letters(self) -> list[EmailMessage]:
        """The letters that arrived."""
        return [parsed(envelope.original_content or b"") for envelope in self.box.letters]


def parsed(data: bytes | str) -> EmailMessage:
    """A letter, as Python's own parser reads it."""
    raw = data.encode() if isinstance(data, str) else data
    found = email.message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


@contextmanager
def office(kb: KnowledgeBase) -> Iterator[Office]:
    """A mail server for the reminders of ``kb``."""
    box = Box()
    with serving(box) as port:
        yield Office(kb, box, port)


def answer(letter: EmailMessage, text: str, *, sender: str = "", day: str = "") -> EmailMessage:
    """What a person's mail program makes of ``text`` in answer to a letter."""
    made = EmailMessage()
    made["From"] = sender or str(letter["To"])
    made["To"] = str(letter["Reply-To"] or letter["From"])
    made["Subject"] = f"Re: {letter['Subject']}"
    made["Message-ID"] = f"<{abs(hash((text, str(letter['Message-ID']))))}@phone.example.org>"
    made["Date"] = f"{day or '2027-11-22'}"
    made.replace_header("Date", datetime.fromisoformat(f"{day or '2027-11-22'}T14:00:00+00:00"))
    made["In-Reply-To"] = str(letter["Message-ID"])
    made["References"] = f"{letter['References']} {letter['Message-ID']}"
    body = letter.get_body(("plain",))
    assert body
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    made.set_content(f"{text}\n\nOn Monday the agency <km@example.org> wrote:\n{quoted}\n")
    return made


def maildir(place: Path, *letters: EmailMessage | bytes) -> Path:
    """A Maildir with letters in it."""
    box = mailbox.Maildir(place, create=True)
    for letter in letters:
        box.add(letter)
    return place
