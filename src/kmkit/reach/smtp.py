"""Sending letters over SMTP: each to one person, and what became of each."""

import ssl
from collections import deque
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from functools import lru_cache
from types import TracebackType
from typing import Literal, NamedTuple

from kmkit.config.leaving import Mail
from kmkit.errors import Cannot
from kmkit.reach.addresses import address_of
from kmkit.reach.letters import eml
from kmkit.reach.smtp_line import Answer, Cut, Line, NotNow
from kmkit.text import one_line

PAUSES = (5.0, 20.0, 80.0)
"""Seconds before a letter that the server put off is tried again."""
PATIENCE = 900.0
"""Seconds that one run waits in all because of what was put off; then nothing is tried again."""
_IDLE = 20.0
"""Seconds after which the server is asked whether it still listens."""

_HERE = ("localhost", "127.0.0.1", "::1")

Kind = Literal["sent", "deferred", "refused", "unknown"]


class Outcome(NamedTuple):
    """What became of one letter."""

    kind: Kind
    """'sent': the server took it, which is not yet read. 'deferred': not now, perhaps later.
    'refused': never, for this person. 'unknown': the connection ended before the answer, and the
    server may have taken it."""
    code: int
    """The server's answer, 0 where there was none."""
    said: str
    """On one line, for people."""


class Post:
    """A mail server to send letters through, over one connection for as long as it holds.

    `with Post(mail, secret, clock=time.monotonic, wait=time.sleep) as post: post.send(…)`.
    ``clock`` gives seconds, ``wait`` lets some pass. Entering connects and logs in, so that what
    is wrong with the settings is told before anything is sent. Raises Cannot for what stops the
    whole run: no server, no proof of who it is, no login, a sender that it does not take.
    Nothing was sent of a letter whose `send` raises.
    """

    def __init__(
        self,
        mail: Mail,
        secret: str = "",
        *,
        clock: Callable[[], float],
        wait: Callable[[float], None],
    ) -> None:
        self._mail, self._secret = mail, secret
        self._clock, self._wait = clock, wait
        self._line: Line | None = None
        self._used = 0.0  # when the line was last used
        self._waited = 0.0
        self._lately: deque[float] = deque(maxlen=mail.per_minute)
        self._trust = _trust(mail)
        self.touched = False
        """Whether anything of the letter that is being sent may have gone out by now."""

    def __enter__(self) -> "Post":
        if not self._mail.host:
            raise Cannot(
                "kmkit.toml names no mail server.",
                'Write [mail] with host = "smtp.example.org"; docs/mail.md tells the rest.',
            )
        if self._mail.security == "none" and self._mail.user and self._mail.host not in _HERE:
            raise Cannot(
                "With mail.security = 'none' the password would travel for all to read.",
                "Use 'starttls' or 'tls'; or, where the relay asks for no login, no mail.user.",
            )
        self._ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; the next letter opens another."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def send(self, letter: EmailMessage, to: str) -> Outcome:
        """Send ``letter`` to one address; what the server puts off is tried again, with pauses."""
        sender = _address(next((v for k, v in letter.raw_items() if k.lower() == "from"), ""))
        try:
            to = address_of(to)
        except Cannot as error:
            return Outcome("refused", 501, error.message)
        data, self.touched = eml(letter), False
        for pause in (*PAUSES, 0.0):
            last = not pause or self._waited + pause > PATIENCE
            try:
                outcome = self._tried(sender, to, data)
            except NotNow:
                if last:
                    raise
            else:
                if last or outcome.kind != "deferred":
                    return outcome
            self._waited += pause
            self.touched = False
            self._wait(pause)
        raise AssertionError("the last try returns or raises")

    def _tried(self, sender: str, to: str, data: bytes) -> Outcome:
        """One try; on a connection that had ended since the last letter, another one."""
        self._pace()
        line = self._ready()
        utf8 = not (sender + to).isascii()
        if utf8 and not line.offers("smtputf8"):
            return Outcome("refused", 553, f"The server takes no such address: {one_line(to)}.")
        if 0 < line.largest < len(data):
            told = f"The letter has {len(data)} bytes, the server takes at most {line.largest}."
            return Outcome("refused", 552, told)
        worn = line.letters > 0
        self.touched = True
        try:
            answer = line.hand_over(sender, to, data, utf8=utf8)
        except Cut as cut:
            answer = Answer(0, f"The connection was cut at {cut.step}.", cut.step)
        self._used = self._clock()
        if answer.code in (0, 421):
            self.close()
            if worn and answer.step == "MAIL":
                return self._tried(sender, to, data)
        return _judged(answer, sender)

    def _pace(self) -> None:
        """Wait until another letter may go, so many a minute."""
        if len(self._lately) == self._lately.maxlen:
            early = self._lately[0] + 60 - self._clock()
            if early > 0:
                self._wait(early)
        self._lately.append(self._clock())

    def _ready(self) -> Line:
        """The connection; another one where the server has ended it."""
        line = self._line
        idle = self._clock() - self._used > _IDLE
        if line is not None and (not line.open or (idle and not line.alive())):
            self.close()
            line = None
        if line is None:
            line = self._line = Line(self._mail, self._secret, self._trust)
        self._used = self._clock()
        return line


@lru_cache(maxsize=16)
def _address(sender: str) -> str:
    """The address in a header; Cannot where it is none."""
    return address_of(parseaddr(str(sender))[1])


def _judged(answer: Answer, sender: str) -> Outcome:
    """What an answer means for the letter; Cannot where it means the same for every other."""
    code, said, step = answer
    if step == "end" and 200 <= code < 300:
        return Outcome("sent", code, said)
    if step == "end" and code < 400:
        return Outcome("unknown", code, "The server did not say whether it took the letter.")
    if code < 500:
        return Outcome("deferred", code, said)
    if code == 530 or (step == "MAIL" and code not in (552, 555)):
        raise Cannot(
            f"The mail server takes no letters from {one_line(sender)}: {code} {said}",
            "See mail.sender and mail.user in kmkit.toml.",
        )
    return Outcome("refused", code, said)


def _trust(mail: Mail) -> ssl.SSLContext | None:
    """Whose certificates are believed: the system's authorities, and those of the settings.

    None where none is asked for.
    """
    if mail.security == "none":
        return None
    trust = ssl.create_default_context()
    if mail.ca:
        try:
            trust.load_verify_locations(cafile=mail.ca)
        except OSError as error:
            why = one_line(error.strerror or str(error)).rstrip(".")
            raise Cannot(
                f"mail.ca: {one_line(mail.ca)} cannot be read as certificates: {why}.",
                "Name a PEM file, with its whole path.",
            ) from None
    return trust
