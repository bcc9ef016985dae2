"""One connection to a mail server: opened, secured, logged in; and letters handed over."""

import base64
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from kmkit.config.leaving import Mail
from kmkit.errors import Cannot
from kmkit.text import one_line

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""Security -> the port where servers listen for it."""
_PATIENCE = 5
"""How many times longer the answer to a whole letter may take: servers look for viruses."""


class Answer(NamedTuple):
    """What the server answered, and to what."""

    code: int
    said: str
    step: str
    """The command: MAIL, RCPT, DATA, or 'end' where it was the letter as a whole."""


class Cut(Exception):
    """The connection ended in the middle."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class NotNow(Cannot):
    """The server cannot be reached, and may be later."""


class Line:
    """A connection to the mail server of the settings, ready for letters.

    Raises NotNow where trying again can help, Cannot where the settings or the server have to
    change. Nothing that it says holds the secret.
    """

    def __init__(self, mail: Mail, secret: str, trust: ssl.SSLContext | None) -> None:
        self._mail, self._secret = mail, secret
        self._place = f"{one_line(mail.host)}:{mail.port or PORTS[mail.security]}"
        self._smtp: smtplib.SMTP | None = None
        self._half = False  # a letter is half way
        self.letters = 0
        try:
            self._open(trust)
        except BaseException:
            self._half = True
            self.close()
            raise

    @property
    def largest(self) -> int:
        """The most bytes that a letter may have, 0 where the server does not say."""
        said = self._smtp.esmtp_features.get("size", "") if self._smtp else ""
        return int(said) if re.fullmatch("[0-9]{1,15}", said) else 0

    def offers(self, extension: str) -> bool:
        """Whether the server knows an extension, such as 'smtputf8'."""
        return self._smtp is not None and self._smtp.has_extn(extension)

    @property
    def open(self) -> bool:
        """Whether the connection stands, as far as is known here."""
        return self._smtp is not None and self._smtp.sock is not None

    def alive(self) -> bool:
        """Whether the server still answers."""
        try:
            return self._ask("NOOP").code == 250
        except Cut:
            return False

    def hand_over(self, sender: str, to: str, data: bytes, *, utf8: bool = False) -> Answer:
        """Hand one letter over; the answer that decided.

        Raises Cut: at its step 'end' the letter was handed over in full and may have been taken,
        at any other it was not.
        """
        size = f" SIZE={len(data)}" if self.offers("size") else ""
        wide = " BODY=8BITMIME SMTPUTF8" if utf8 else ""
        self._half = True
        answer = self._ask("MAIL", f"FROM:<{sender}>{size}{wide}")
        if answer.code == 250:
            answer = self._ask("RCPT", f"TO:<{to}>")
        if answer.step == "RCPT" and answer.code in (250, 251, 252):
            answer = self._ask("DATA")
        if answer.step == "DATA" and answer.code == 354:
            answer = self._pour(data)
        self._half = False
        if answer.step in ("RCPT", "DATA") and answer.code != 421:
            with suppress(Cut):  # the answer stands; the next letter finds the connection gone
                self._ask("RSET")
        self.letters += 1
        return answer

    def close(self) -> None:
        """End the connection: politely, unless a letter is half way."""
        if self._smtp is None:
            return
        with suppress(Cut, OSError):
            if not self._half and self._smtp.sock is not None:
                self._smtp.sock.settimeout(min(5, self._mail.timeout))
                self._ask("QUIT")
        self._smtp.close()
        self._smtp = None

    def _open(self, trust: ssl.SSLContext | None) -> None:
        """Connect, secure, log in; whatever goes wrong is told in one sentence."""
        mail = self._mail
        try:
            self._smtp = smtp = self._connected(trust)
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[union-attr]
            if mail.security == "starttls":
                smtp.starttls(context=trust)
            smtp.ehlo_or_helo_if_needed()
            if mail.user:
                self._login(smtp.esmtp_features.get("auth", "").upper().split())
        except ssl.SSLCertVerificationError as error:
            raise _untrusted(self._place, error) from None
        except smtplib.SMTPNotSupportedError:
            raise Cannot(
                f"The mail server {self._place} offers no STARTTLS: nothing was sent.",
                "Set mail.security to 'tls', where it listens on port 465, or ask who runs it.",
            ) from None
        except smtplib.SMTPResponseException as error:
            raise self._unwilling(_decoded(error.smtp_error), error.smtp_code) from None
        except Cut as cut:
            raise NotNow(f"The mail server {self._place} hung up at {cut.step}.", _LATER) from None
        except OSError as error:
            raise _unreached(self._place, error) from None

    def _connected(self, trust: ssl.SSLContext | None) -> smtplib.SMTP:
        """A connection that the server has greeted."""
        mail = self._mail
        port = mail.port or PORTS[mail.security]
        if mail.security == "tls":
            return smtplib.SMTP_SSL(
                mail.host, port, _own_name(), timeout=mail.timeout, context=trust
            )
        return smtplib.SMTP(mail.host, port, _own_name(), timeout=mail.timeout)

    def _login(self, ways: list[str]) -> None:
        """Log in, in the way that the server offers."""
        user, secret = self._mail.user, self._secret
        if self._mail.login == "token" and "XOAUTH2" in ways:
            answer = self._ask("AUTH", f"XOAUTH2 {_b64(_TOKEN.format(user, secret))}")
            if answer.code == 334:  # the reason; the refusal comes after an empty line
                answer = self._ask("")
        elif self._mail.login == "password" and "PLAIN" in ways:
            answer = self._ask("AUTH", f"PLAIN {_b64(f'{chr(0)}{user}{chr(0)}{secret}')}")
        elif self._mail.login == "password" and "LOGIN" in ways:
            answer = self._ask("AUTH", "LOGIN")
            for word in (user, secret):
                answer = self._ask(_b64(word)) if answer.code == 334 else answer
        else:
            offered = one_line(", ".join(ways)) or "nothing"
            raise Cannot(
                f"The mail server {self._place} takes no {self._mail.login}, but {offered}.",
                "Ask who runs it how programs log in; mail.login and mail.security say it here.",
            )
        if answer.code not in (235, 503):
            raise self._unwilling(answer.said, answer.code, login=True)

    def _unwilling(self, said: str, code: int, *, login: bool = False) -> Cannot:
        """The refusal that says why the server takes nothing from us."""
        said = self._without_secret(said)
        if 400 <= code < 500:
            return NotNow(f"The mail server {self._place} is not ready: {code} {said}", _LATER)
        if not login:
            return Cannot(f"The mail server {self._place} refuses us: {code} {said}", _ASK)
        what = "token" if self._mail.login == "token" else "password"
        return Cannot(
            f"The mail server {self._place} does not take the {what} of "
            f"{one_line(self._mail.user)}: {code} {said}",
            "See mail.user and mail.password in kmkit.toml, and where the secret is kept.",
        )

    def _pour(self, data: bytes) -> Answer:
        """The letter itself, and the answer to it.

        Where not all of it can be handed to the system, its end was not, and nobody takes it.
        """
        data = (b"." if data.startswith(b".") else b"") + data.replace(b"\r\n.", b"\r\n..")
        sock = self._live.sock
        try:
            self._live.send(data + (b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"))
            sock.settimeout(self._mail.timeout * _PATIENCE)  # type: ignore[union-attr]
        except OSError:
            raise Cut("DATA") from None
        answer = self._answer("end")
        sock.settimeout(self._mail.timeout)  # type: ignore[union-attr]
        return answer

    @property
    def _live(self) -> smtplib.SMTP:
        """The connection; Cut where it has ended."""
        if self._smtp is None or self._smtp.sock is None:
            raise Cut("the start")
        return self._smtp

    def _ask(self, step: str, words: str = "") -> Answer:
        """The answer to a command. Raises Cut."""
        try:
            self._live.send(f"{step} {words}".strip().encode() + b"\r\n")
        except OSError:
            raise Cut(step) from None
        return self._answer(step)

    def _answer(self, step: str) -> Answer:
        """What the server answers; Cut where nothing comes, or nothing that can be read."""
        try:
            code, said = self._live.getreply()
        except (OSError, smtplib.SMTPException):
            raise Cut(step) from None
        if code < 200:
            self._live.close()
            raise Cut(step)
        return Answer(code, self._without_secret(_decoded(said)), step)

    def _without_secret(self, said: str) -> str:
        """What the server said, on one line, without the secret that it may repeat."""
        for form in (self._secret, _b64(self._secret)) if self._secret else ():
            said = said.replace(form, "…")
        return one_line(said)[:300]


_LATER = "Nothing is lost; run this again later."
_ASK = "Ask who runs it."
_TOKEN = "user={}\x01auth=Bearer {}\x01\x01"


@cache
def _own_name() -> str:
    """What this computer is called; asked for once, since that can mean to ask the network."""
    return smtplib.SMTP().local_hostname


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode("utf-8", "replace")


def _untrusted(place: str, error: ssl.SSLCertVerificationError) -> Cannot:
    """The refusal of a server that does not prove who it is."""
    why = one_line(error.verify_message or str(error)).rstrip(".")
    return Cannot(
        f"The mail server {place} does not prove who it is: {why}. Nothing was sent.",
        "Write mail.host as the certificate names it; where your organisation certifies its own "
        "servers, name its certificate file in mail.ca.",
    )


def _unreached(place: str, error: OSError) -> Cannot:
    """The refusal where no connection came about."""
    why = one_line(error.strerror or str(error)).rstrip(".") or type(error).__name__
    if isinstance(error, socket.gaierror):
        return Cannot(f"The mail server {place} is not known: {why}.", "Mend mail.host.")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Cannot(
            f"The mail server {place} does not speak TLS as expected: {why}.",
            "Port 465 mostly goes with mail.security = 'tls', 587 with 'starttls'.",
        )
    return NotNow(
        f"The mail server {place} cannot be reached: {why}.",
        "See mail.host, mail.port and the network; or run this again later.",
    )
