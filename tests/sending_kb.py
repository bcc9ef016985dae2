"""A knowledge base whose digest is sent, clones of it, and a mailbox that survives a kill."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.reach.ledger import Ledger
from kmkit.reach.sending.digest import Report, Ways, Wish, send_digest
from tests.conftest import ANA, NOW, at, formatted

STAFF = ("ana@example.org", "ben@example.org", "cy@example.org", "dee@example.org")
KEY = "a key that both machines were given, long enough"
SETTINGS = """
[mail]
host = "localhost"
security = "none"
sender = "digest@example.org"

[channels.letter]
kind = "mail"
level = "internal"

[audiences.staff]
level = "internal"
channel = "letter"
recipients = [{recipients}]
"""


class Outcome(NamedTuple):
    kind: str
    code: int
    said: str = ""


class Mailbox:
    """Takes letters, each on the disk before it answers; what comes of some is set beforehand."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.touched = True
        self.answers: dict[str, Outcome] = {}
        self.before: Callable[[int], None] = lambda number: None
        """Is told how many letters arrived, before the next one does."""

    def send(self, letter: EmailMessage, to: str) -> Outcome:
        self.before(len(self.letters))
        answer = self.answers.get(to, Outcome("sent", 250))
        if answer.kind in ("sent", "unknown"):
            row = [to, str(letter["Message-ID"]), str(letter["Subject"]), text_of(letter)]
            with self.place.open("ab") as stream:
                stream.write(json.dumps(row).encode() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        return answer

    @contextlib.contextmanager
    def opened(self) -> Iterator["Mailbox"]:
        yield self

    @property
    def letters(self) -> list[list[str]]:
        """Address, Message-ID, subject and text of each letter that arrived."""
        if not self.place.exists():
            return []
        return [json.loads(line) for line in self.place.read_bytes().splitlines()]

    @property
    def to(self) -> list[str]:
        return sorted(row[0] for row in self.letters)


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    return str(part.get_content()) if part else ""


_MADE = tempfile.TemporaryDirectory(prefix="kmkit-test-")  # ends with the process


@cache
def _template(telling: bool) -> Path:
    root = Path(_MADE.name) / ("telling" if telling else "blank")
    kb = lay(root, name="Test Agency", now=NOW, actor=ANA, first_note=False).kb
    write_staff(kb, STAFF)
    if telling:
        formatted(kb)
    return root


def staffed(root: Path, *, telling: bool = True) -> KnowledgeBase:
    """A knowledge base with an audience of its staff; ``telling``: and a note that is formatted."""
    shutil.copytree(_template(telling), root, symlinks=True)
    return KnowledgeBase(root, now=NOW, actor=ANA)


def write_staff(kb: KnowledgeBase, recipients: tuple[str, ...]) -> None:
    """Set who the audience is, and commit it."""
    place = kb.root / "kmkit.toml"
    kept = place.read_text("utf-8").partition("\n[mail]\n")[0]
    listed = ", ".join(json.dumps(one) for one in recipients)
    place.write_text(kept + SETTINGS.format(recipients=listed), "utf-8")
    git(kb.root, "commit", "-q", "-am", "Who reads the digest")


def git(root: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *args], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def cloned(kb: KnowledgeBase, bare: Path) -> None:
    """A bare repository with all of ``kb``, which it pushes to from now on."""
    git(kb.root, "clone", "-q", "--bare", ".", str(bare))
    git(kb.root, "remote", "add", "origin", str(bare))
    git(kb.root, "push", "-q", "-u", "origin", "HEAD")


def clone(bare: Path, root: Path) -> KnowledgeBase:
    """Another machine: its own clone of ``bare``."""
    subprocess.run(["git", "clone", "-q", str(bare), str(root)], check=True)
    return KnowledgeBase(root, now=NOW, actor=ANA)


def later(kb: KnowledgeBase, days: float) -> KnowledgeBase:
    """The same knowledge base some days later."""
    return at(kb, now=kb.now + timedelta(days=days))


def send(
    kb: KnowledgeBase,
    mailbox: Mailbox,
    *,
    key: str = "",
    offline: bool = False,
    clock: Callable[[], float] = lambda: 0.0,
    **wish: bool,
) -> Report:
    """Send the readers' digest to the staff."""
    ways = Ways(mailbox.opened, clock)
    ledger = Ledger(kb, key=key, offline=offline)
    return send_digest(kb, ledger, "readers", "staff", ways, wish=Wish(**wish))


class Killed(BaseException):
    """What stands for the end of a process, for whom nothing is caught."""


def cut_after(
    letters: int, kb: KnowledgeBase, mailbox: Mailbox, *, key: str = "", minutes: float = 0.0
) -> None:
    """Send so many letters, some minutes each, and die without a word."""

    def die(arrived: int) -> None:
        if arrived == letters:
            raise Killed

    mailbox.before = die
    with contextlib.suppress(Killed):
        send(kb, mailbox, key=key, clock=ticking(60 * minutes))
        raise AssertionError("it was not cut off")
    mailbox.before = lambda number: None


def ticking(seconds: float) -> Callable[[], float]:
    """A clock that goes on by so much each time somebody looks."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += seconds
        return now

    return clock
