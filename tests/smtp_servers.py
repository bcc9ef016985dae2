"""Mail servers for tests: a real one (aiosmtpd) with TLS, and one that follows a script."""

import asyncio
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from kmkit.config.leaving import Mail

USER, PASSWORD = "sender@example.org", "correct horse"


@dataclass
class Box:
    """What arrived, and the answers to come: recipient -> answers, the last of them for good."""

    letters: list[Envelope] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    at_data: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.asked: list[str] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        said = self.answers.get(address, [])
        answer = (said.pop(0) if len(said) > 1 else said[0]) if said else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 taken"
        if answer.startswith("2"):
            self.letters.append(envelope)
        return answer


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def _check(server: SMTP, session: Session, envelope: Envelope, kind: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    return AuthResult(success=good, handled=good)


@contextmanager
def serving(
    box: Box,
    *,
    trust: ssl.SSLContext | None = None,
    implicit: bool = False,
    login: bool = False,
    **more: Any,
) -> Iterator[int]:
    """A real mail server on localhost that puts letters into ``box``; its port."""
    settings: dict[str, Any] = {"hostname": "mail.test", "enable_SMTPUTF8": True, **more}
    if trust is not None and not implicit:
        settings |= {"tls_context": trust, "require_starttls": True}
    if login:
        settings |= {"authenticator": _check, "auth_required": True}
        settings["auth_require_tls"] = not implicit

    def made() -> SMTP:
        box.connections += 1
        with warnings.catch_warnings():  # it does not count TLS from the first byte as TLS
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(box, loop=loop, **settings)

    loop = asyncio.new_event_loop()
    over_tls = trust if implicit else None
    server = loop.run_until_complete(loop.create_server(made, "127.0.0.1", 0, ssl=over_tls))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@contextmanager
def scripted(*scripts: Mapping[str, str | None], heard: bytearray | None = None) -> Iterator[int]:
    """A server that answers each verb as a script says, one script a connection, the last for good.

    The verbs: 'banner', those of SMTP, '' for an empty line, '.' for the letter as a whole. Where
    a script says None the connection is cut, where it says 'hang' nothing comes. 'half': what
    happens in the middle of a letter; seconds are waited before ``heard`` gets the rest.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    left = list(scripts)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                _follow(connection, left.pop(0) if len(left) > 1 else left[0], heard)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        stop.set()
        with socket.socket() as last:
            last.settimeout(1)
            last.connect_ex(listening.getsockname())
        listening.close()
        thread.join(5)


USUAL = {"banner": "220 hi", "EHLO": "250 mail.test", "QUIT": "221 bye", "DATA": "354 go"}


def _follow(
    connection: socket.socket, given: Mapping[str, str | None], heard: bytearray | None
) -> None:
    """Answer one connection."""
    script: dict[str, str | None] = {**USUAL, **given}
    file = connection.makefile("rb")

    def answer(verb: str) -> bool:
        said = script.get(verb, "250 OK")
        if said is None:
            return False
        if said == "hang":
            connection.recv(1)
            return False
        connection.sendall(said.encode() + b"\r\n")
        return not said.startswith("421") and verb != "QUIT"

    try:
        alive = answer("banner")
        while alive and (line := file.readline()):
            verb = line.decode("utf-8", "replace").split()[0].upper() if line.strip() else ""
            alive = answer(verb)
            if alive and verb == "DATA" and (script["DATA"] or "").startswith("354"):
                if "half" in script:
                    _half(file, script["half"], heard)
                    return
                while file.readline() not in (b".\r\n", b""):
                    pass
                alive = answer(".")
    except OSError:
        return
    finally:
        file.close()


def _half(file: BinaryIO, seconds: str | None, heard: bytearray | None) -> None:
    """Read the beginning of a letter; the rest after some seconds, where there are any."""
    file.read(10)
    if seconds and heard is not None:
        time.sleep(float(seconds))
        heard += file.read()


def certificate(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's certificate for ``names``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def mail(port: int, **more: Any) -> Mail:
    """The settings for a server on localhost; without security where nothing else is said."""
    return Mail.model_validate({"host": "localhost", "port": port, "security": "none", **more})
