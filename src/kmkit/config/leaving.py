"""Settings of what leaves the knowledge base: to whom, by which way, how letters are sent."""

import re
from datetime import date
from typing import Annotated, Literal

from kmkit.config.table import After, Between, Table
from kmkit.period import Period
from kmkit.plain import said


def _where(text: str) -> str:
    """Only the place of a secret; the message never says what was written instead."""
    if text and not re.fullmatch(r"(env|file|keyring):\S.*", text):
        raise ValueError(
            "write here where the secret is: env:NAME, file:PATH or keyring:SERVICE. What is "
            "written here counts as known to others: change that secret"
        )
    return text


Where = Annotated[str, After(_where)]
"""Where a secret is: env:NAME, file:PATH or keyring:SERVICE."""


def _web(text: str) -> str:
    """The address of a folder in the web, with a slash at its end; '' for none."""
    if text and not re.fullmatch(r"https?://[^\s\"'<>\\?#]+", text):
        raise ValueError("this is no web address; write one such as https://kb.example.org/notes/")
    return text if not text or text.endswith("/") else f"{text}/"


WebAddress = Annotated[str, After(_web)]
"""Where a folder is found in the web; ends with a slash."""


WEBHOOKS = ("slack", "teams")
"""The kinds of channels that are written to by a webhook."""


class Channel(Table):
    """One way by which notes leave the knowledge base."""

    kind: str = said(
        "mail, site, feed, folder, slack, teams; or where people bring notes: meeting, "
        "training, print …",
        default="mail",
    )
    level: str = said("the circle that this channel reaches")
    help: str = said("what this channel is", default="")
    audience: str = said(
        "an audience, whose topics and kinds of interest choose what goes there", default=""
    )
    url: Where = said(
        "of slack and teams: where the webhook's address is: env:NAME, file:PATH or "
        "keyring:SERVICE",
        default="",
    )
    folder: str = said(
        "of feed and folder: the folder that is written to; of a site: where it is", default=""
    )
    address: WebAddress = said(
        "of site, feed and folder: the web address at which readers find the folder", default=""
    )
    template: str = said(
        "a template of this folder's templates/channels; empty: the kind's own", default=""
    )
    max_notes: Annotated[int, Between(1, 15)] = said("notes in one message at most", default=10)

    def misfit(self) -> str:
        """An address that nothing is sent to."""
        no_use = self.url and self.kind not in WEBHOOKS
        return "a channel of this kind has no url" if no_use else ""


class Audience(Table):
    """A group of readers."""

    level: str = said("the circle these readers belong to")
    help: str = said("who they are", default="")
    recipients: tuple[str, ...] = said(
        "addresses; 'people:unit=Logistics' for those of people/ who fit; "
        "'file:PATH' for a file with an address a line",
        default=(),
    )
    topics: tuple[str, ...] = said("topics of interest; none: all", default=())
    kinds: tuple[str, ...] = said("kinds of interest; none: all", default=())
    language: str = said("of the fixed words; empty: the organisation's", default="")
    every: Period = said("how often the digest goes to them", default=Period(days=7))
    channel: str = said(
        "the channel that their digest is recorded under; empty: the only mail "
        "channel of their level",
        default="",
    )


UNSEARCHED = ("png", "jpg", "jpeg", "gif", "webp")
"""Endings of pictures."""


class Attachments(Table):
    """Which attached files go along."""

    unsearched: tuple[str, ...] = said(
        "endings of files that go along although names under [protect] cannot be "
        "looked for in them; others than text and Office files stay, where names are protected",
        default=UNSEARCHED,
    )

    @property
    def endings(self) -> frozenset[str]:
        """These, as the endings of files are compared."""
        return frozenset(one.strip().removeprefix(".").casefold() for one in self.unsearched)


class Mail(Table):
    """How letters are sent."""

    host: str = said("the SMTP server; empty: letters cannot be sent", default="")
    port: Annotated[int, Between(0, 65535)] = said(
        "its port; 0: 587; 465 with tls, 25 with none", default=0
    )
    security: Literal["starttls", "tls", "none"] = said(
        "how the connection is secured; none: a relay on a trusted network", default="starttls"
    )
    user: str = said("who logs in; empty: nobody does", default="")
    password: Where = said(
        "where the password is: env:NAME, file:PATH (mode 0600, outside this folder) "
        "or keyring:SERVICE; never the password itself",
        default="env:KMKIT_SMTP_PASSWORD",
    )
    sender: str = said("the address that letters come from; empty: the contact", default="")
    reply_to: str = said("where answers go; empty: to the sender", default="")
    list_id: str = said("the List-Id of digests; empty: made from the sender", default="")
    unsubscribe: str = said(
        "where readers unsubscribe: an address or a web page; empty: the sender", default=""
    )
    one_click: bool = said(
        "whether the web page of unsubscribe takes one click (RFC 8058)", default=False
    )
    per_minute: Annotated[int, Between(1)] = said("letters a minute at most", default=60)
    login: Literal["password", "token"] = said(
        "what the secret is: a password, or an OAuth access token (XOAUTH2)", default="password"
    )
    ca: str = said(
        "a file with certificates of authorities to trust besides the system's", default=""
    )
    timeout: Annotated[int, Between(1, 600)] = said(
        "seconds to wait for the server's answer", default=60
    )


class Remind(Table):
    """How owners are asked whether notes still hold."""

    within: Period = said("how long before its day a note shows", default=Period(days=30))
    grace: Period = said("how long after its day the next person is asked", default=Period(days=30))
    escalate: tuple[Literal["owner", "backup", "manager"], ...] = said(
        "who is asked, one after the other", default=("owner", "backup", "manager")
    )
    weekend: tuple[
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], ...
    ] = said("days on which nobody is asked", default=("saturday", "sunday"))
    holidays: tuple[date, ...] = said("further days on which nobody is asked", default=())
    every: Period = said(
        "how long at least between two letters to one person; a week", default=Period(days=7)
    )
    notes: Annotated[int, Between(1, 100)] = said("notes in one letter at most", default=12)
