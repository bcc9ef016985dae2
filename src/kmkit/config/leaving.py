"""Settings of what leaves the knowledge base: to whom, by which way, how letters are sent."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from kmkit.config.table import Table
from kmkit.dated import Day, PeriodField
from kmkit.period import Period


def _where(text: str) -> str:
    """Only the place of a secret; the message never says what was written instead."""
    if text and not re.fullmatch(r"(env|file|keyring):\S.*", text):
        raise PydanticCustomError(
            "bad_secret",
            "write here where the secret is: env:NAME, file:PATH or keyring:SERVICE. What is "
            "written here counts as known to others: change that secret",
        )
    return text


Where = Annotated[str, AfterValidator(_where)]
"""Where a secret is: env:NAME, file:PATH or keyring:SERVICE."""


def _web(text: str) -> str:
    """The address of a folder in the web, with a slash at its end; '' for none."""
    if text and not re.fullmatch(r"https?://[^\s\"'<>\\?#]+", text):
        raise PydanticCustomError(
            "bad_address", "this is no web address; write one such as https://kb.example.org/notes/"
        )
    return text if not text or text.endswith("/") else f"{text}/"


WebAddress = Annotated[str, AfterValidator(_web)]
"""Where a folder is found in the web; ends with a slash."""


WEBHOOKS = ("slack", "teams")
"""The kinds of channels that are written to by a webhook."""


class Channel(Table):
    """One way by which notes leave the knowledge base."""

    kind: str = Field(
        "mail",
        description="mail, site, feed, folder, slack, teams; or where people bring notes: meeting, "
        "training, print …",
    )
    level: str = Field(description="the circle that this channel reaches")
    help: str = Field("", description="what this channel is")
    audience: str = Field(
        "", description="an audience, whose topics and kinds of interest choose what goes there"
    )
    url: Where = Field(
        "",
        description="of slack and teams: where the webhook's address is: env:NAME, file:PATH or "
        "keyring:SERVICE",
    )
    folder: str = Field(
        "", description="of feed and folder: the folder that is written to; of a site: where it is"
    )
    address: WebAddress = Field(
        "",
        description="of site, feed and folder: the web address at which readers find the folder",
    )
    template: str = Field(
        "", description="a template of this folder's templates/channels; empty: the kind's own"
    )
    max_notes: int = Field(10, ge=1, le=15, description="notes in one message at most")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Channel":
        if self.url and self.kind not in WEBHOOKS:
            raise PydanticCustomError("no_url", "a channel of this kind has no url")
        return self


class Audience(Table):
    """A group of readers."""

    level: str = Field(description="the circle these readers belong to")
    help: str = Field("", description="who they are")
    recipients: tuple[str, ...] = Field(
        (),
        description="addresses; 'people:unit=Logistics' for those of people/ who fit; "
        "'file:PATH' for a file with an address a line",
    )
    topics: tuple[str, ...] = Field((), description="topics of interest; none: all")
    kinds: tuple[str, ...] = Field((), description="kinds of interest; none: all")
    language: str = Field("", description="of the fixed words; empty: the organisation's")
    every: PeriodField = Field(Period(days=7), description="how often the digest goes to them")
    channel: str = Field(
        "",
        description="the channel that their digest is recorded under; empty: the only mail "
        "channel of their level",
    )


UNSEARCHED = ("png", "jpg", "jpeg", "gif", "webp")
"""Endings of pictures."""


class Attachments(Table):
    """Which attached files go along."""

    unsearched: tuple[str, ...] = Field(
        UNSEARCHED,
        description="endings of files that go along although names under [protect] cannot be "
        "looked for in them; others than text and Office files stay, where names are protected",
    )

    @property
    def endings(self) -> frozenset[str]:
        """These, as the endings of files are compared."""
        return frozenset(one.strip().removeprefix(".").casefold() for one in self.unsearched)


class Mail(Table):
    """How letters are sent."""

    host: str = Field("", description="the SMTP server; empty: letters cannot be sent")
    port: int = Field(0, ge=0, le=65535, description="its port; 0: 587; 465 with tls, 25 with none")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is secured; none: a relay on a trusted network"
    )
    user: str = Field("", description="who logs in; empty: nobody does")
    password: Where = Field(
        "env:KMKIT_SMTP_PASSWORD",
        description="where the password is: env:NAME, file:PATH (mode 0600, outside this folder) "
        "or keyring:SERVICE; never the password itself",
    )
    sender: str = Field("", description="the address that letters come from; empty: the contact")
    reply_to: str = Field("", description="where answers go; empty: to the sender")
    list_id: str = Field("", description="the List-Id of digests; empty: made from the sender")
    unsubscribe: str = Field(
        "", description="where readers unsubscribe: an address or a web page; empty: the sender"
    )
    one_click: bool = Field(
        False, description="whether the web page of unsubscribe takes one click (RFC 8058)"
    )
    per_minute: int = Field(60, ge=1, description="letters a minute at most")
    login: Literal["password", "token"] = Field(
        "password", description="what the secret is: a password, or an OAuth access token (XOAUTH2)"
    )
    ca: str = Field(
        "", description="a file with certificates of authorities to trust besides the system's"
    )
    timeout: int = Field(60, ge=1, le=600, description="seconds to wait for the server's answer")


class Remind(Table):
    """How owners are asked whether notes still hold."""

    within: PeriodField = Field(Period(days=30), description="how long before its day a note shows")
    grace: PeriodField = Field(
        Period(days=30), description="how long after its day the next person is asked"
    )
    escalate: tuple[Literal["owner", "backup", "manager"], ...] = Field(
        ("owner", "backup", "manager"), description="who is asked, one after the other"
    )
    weekend: tuple[
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], ...
    ] = Field(("saturday", "sunday"), description="days on which nobody is asked")
    holidays: tuple[Day, ...] = Field((), description="further days on which nobody is asked")
    every: PeriodField = Field(
        Period(days=7), description="how long at least between two letters to one person; a week"
    )
    notes: int = Field(12, ge=1, le=100, description="notes in one letter at most")
