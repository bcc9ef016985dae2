"""Sending a digest to many, against the mail server's own floor.

    python -m benchmarks.mail [--recipients N] [--rounds N]

The floor is Python's smtplib, which hands the same bytes to the same server over one connection;
kmkit makes each letter for its recipient and sends it. They take turns, so that other work on the
machine slows both alike. The server is aiosmtpd in a process of its own, which keeps nothing. The
memory is that of a process that sends to a tenth of the recipients, and of one that sends to all.
"""

import argparse
import asyncio
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from statistics import median

from benchmarks.clock import megabytes
from kmkit.config.leaving import Mail
from kmkit.reach.headers import list_headers
from kmkit.reach.letters import letter_of, message_id
from kmkit.reach.smtp import Post

SENDER = "kb@example.org"
SENT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
TEXT = "What we have learned: sign the fuel contracts before the first warning.\n" * 60
HTML = '<p style="margin:0 0 12px 0;">Sign the fuel contracts early, then drill.</p>\n' * 300
ROOT = Path(__file__).parent.parent


def settings(port: int) -> Mail:
    """The settings for a server on this machine, without a limit."""
    return Mail(host="127.0.0.1", port=port, security="none", per_minute=10**9, sender=SENDER)


def letter(mail: Mail, to: str) -> EmailMessage:
    """A letter of the size of a digest."""
    return letter_of(
        subject="Sign the fuel contracts early",
        text=TEXT,
        html=HTML,
        sender=SENDER,
        sender_name="National Agency for Works and Preparedness",
        sent=SENT,
        to=to,
        message_id=message_id("bench", "weekly", to, domain=SENDER),
        language="en",
        headers=list_headers(mail, name="all-staff", sender=SENDER),
    )


def people(count: int) -> list[str]:
    """So many addresses."""
    return [f"person.{number:05d}@example.org" for number in range(count)]


def send(mail: Mail, to: Iterable[str]) -> None:
    """What kmkit does: each letter made and sent, one after the other."""
    with Post(mail, clock=time.monotonic, wait=time.sleep) as post:
        for email in to:
            outcome = post.send(letter(mail, email), email)
            if outcome.kind != "sent":
                sys.exit(f"{email}: {outcome}")


def floor(mail: Mail, to: Iterable[str]) -> None:
    """The same bytes by smtplib alone."""
    data = letter(mail, people(1)[0]).as_bytes()
    with smtplib.SMTP(mail.host, mail.port) as server:
        for email in to:
            server.sendmail(SENDER, [email], data)


def in_turns(mail: Mail, recipients: int, rounds: int) -> dict[str, float]:
    """Way -> milliseconds a letter, as medians of the rounds."""
    shares = people(max(1, recipients // rounds))
    took: dict[str, list[float]] = {"smtplib alone": [], "kmkit": []}
    for _ in range(rounds):
        for name, way in (("smtplib alone", floor), ("kmkit", send)):
            started = time.perf_counter()
            way(mail, shares)
            took[name].append((time.perf_counter() - started) / len(shares) * 1000)
    return {name: median(times) for name, times in took.items()}


@contextmanager
def server() -> Iterator[int]:
    """A mail server in a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.mail", "--serve"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def serve() -> None:
    """Take letters on a free port, which is printed, and keep none."""
    from aiosmtpd.handlers import Sink
    from aiosmtpd.smtp import SMTP

    async def run() -> None:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(
            lambda: SMTP(Sink(), loop=loop, command_call_limit={"*": 10**9}), "127.0.0.1", 0
        )
        print(listening.sockets[0].getsockname()[1], flush=True)
        await listening.serve_forever()

    asyncio.run(run())


def main() -> None:
    """Measure, and print the table."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--recipients", type=int, default=5000)
    asked.add_argument("--rounds", type=int, default=10)
    asked.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        serve()
    elif given.port:
        send(settings(given.port), people(given.recipients))
    else:
        measure(given.recipients, given.rounds)


def measure(recipients: int, rounds: int) -> None:
    """Print what a letter takes, and the memory of few and of many."""
    with server() as port:
        mail = settings(port)
        times = in_turns(mail, recipients, rounds)
        size = len(letter(mail, people(1)[0]).as_bytes())
        base = times["smtplib alone"]
        print(f"letters of {size / 1000:.0f} KB, {recipients} recipients, {rounds} rounds")
        for name, took in times.items():
            print(f"{name:<16}{took:>8.2f} ms a letter{took / base:>8.2f}")
        for count in (recipients // 10, recipients):
            command = [sys.executable, "-m", "benchmarks.mail", "--port", str(port)]
            most = megabytes([*command, "--recipients", str(count)], cwd=ROOT)
            print(f"{count:>6} recipients{most:>8.1f} MB at most")


if __name__ == "__main__":
    main()
