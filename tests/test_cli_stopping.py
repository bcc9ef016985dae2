"""Ctrl-C, and a kill, in the middle of a sending: what is on its way is written down, the rest
goes the next time, and nothing goes twice that need not.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from kmkit.kb import KnowledgeBase
from kmkit.reach.ledger import Ledger
from tests.conftest import ANA, disseminated, settle
from tests.reminding import people, settings
from tests.sending_kb import STAFF, staffed
from tests.smtp_servers import Box, serving

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process")
DAY = "2027-11-23"
"""A Tuesday, two days after what went out on 2026-11-21 was due."""


class Stopper(Box):
    """Sends a command a signal while it hands over the letter of that number."""

    command: "subprocess.Popen[str] | None" = None
    number = signal.SIGTERM
    at = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.command and len(self.letters) + 1 == self.at:
            self.command.send_signal(self.number)
            self.command = None
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def box() -> Stopper:
    return Stopper()


@pytest.fixture
def port(box: Stopper) -> Iterator[int]:
    with serving(box) as port:
        yield port


def started(kb: KnowledgeBase, *words: str, day: str = "2026-11-21") -> "subprocess.Popen[str]":
    """A command in a process of its own."""
    env = {**os.environ, "KMKIT_TODAY": day, "GIT_AUTHOR_NAME": ANA.name,
           "GIT_AUTHOR_EMAIL": ANA.email}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "kmkit", "-C", str(kb.root), *words],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def arrived(box: Box) -> Counter[str]:
    return Counter(one for letter in box.letters for one in letter.rcpt_tos)


def known(kb: KnowledgeBase) -> Counter[str]:
    """What the ledger says of the last run's letters."""
    (run,) = Ledger(kb).runs()
    return Counter(one.kind for one in run.tried.values())


@pytest.mark.parametrize(("number", "at"), [(signal.SIGTERM, 3), (signal.SIGINT, 1)])
def test_a_digest_that_is_stopped_goes_on_where_it_was(
    tmp_path: Path, box: Stopper, port: int, number: signal.Signals, at: int
) -> None:
    kb = staffed(tmp_path / "kb")
    text = (kb.root / "kmkit.toml").read_text("utf-8")
    settle(kb, text.replace('"localhost"', f'"127.0.0.1"\nport = {port}'))
    words = ("digest", "--for", "staff", "--send")
    box.number, box.at = number, at
    box.command = command = started(kb, *words)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 130, said
    assert "kmkit outbox says how many" in said
    stood = known(kb)
    assert stood["sent"] in (at - 1, at)
    assert stood["sent"] + stood["unknown"] == len(box.letters) == at
    again = started(kb, *words)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert set(arrived(box)) == set(STAFF)
    assert len(box.letters) == len(STAFF) + stood["unknown"]
    assert len({ids(one) for one in box.letters}) == len(STAFF)
    assert known(kb) == Counter(sent=len(STAFF))


def ids(letter: Envelope) -> bytes:
    """The Message-ID of a letter."""
    lines = (letter.original_content or b"").splitlines()
    return next(line for line in lines if line.lower().startswith(b"message-id:"))


def test_reminders_that_are_stopped_go_on_where_they_were(
    tmp_path: Path, box: Stopper, port: int, kb: KnowledgeBase
) -> None:
    people(kb)
    for name in ("ana", "cy", "dee"):
        disseminated(kb, f"Of {name}", owner=f"{name}@example.org")
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "k@x.org"\n'
    settings(kb, mail)
    settle(kb)
    box.at = 2
    box.command = command = started(kb, "remind", "--send", day=DAY)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 130, said
    stood = known(kb)
    assert stood["sent"] + stood["unknown"] == len(box.letters) == 2
    again = started(kb, "remind", "--send", day=DAY)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert set(arrived(box)) == {f"{name}@example.org" for name in ("ana", "cy", "dee")}
    assert len(box.letters) == 3 + stood["unknown"]


def test_a_letter_that_only_waits_for_its_turn_counts_as_not_sent(
    tmp_path: Path, box: Stopper, port: int
) -> None:
    """It is sent the next time, and nobody has to wonder whether it arrived."""
    kb = staffed(tmp_path / "kb")
    text = (kb.root / "kmkit.toml").read_text("utf-8")
    settle(kb, text.replace('"localhost"', f'"127.0.0.1"\nport = {port}\nper_minute = 1'))
    command = started(kb, "digest", "--for", "staff", "--send")
    end = time.monotonic() + 30
    while not box.letters and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.3)
    command.send_signal(signal.SIGTERM)
    assert command.wait(30) == 130
    assert known(kb) == Counter(sent=1)
