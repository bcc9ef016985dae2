"""Settings of what leaves the knowledge base: to whom, by which way, how letters are sent."""

from typing import Literal

from pydantic import Field

from kmkit.config.table import Table
from kmkit.dated import Day, PeriodField
from kmkit.period import Period


class Channel(Table):
    """One way by which notes leave the knowledge base."""

    kind: str = Field("mail", description="mail, site, meeting, training, chat, folder, print …")
    level: str = Field(description="the circle that this channel reaches")
    help: str = Field("", description="what this channel is")


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


class Mail(Table):
    """How letters are sent."""

    host: str = Field("", description="the SMTP server; empty: letters cannot be sent")
    port: int = Field(0, ge=0, le=65535, description="its port; 0: 587, or 465 with tls")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is secured; none: a relay on a trusted network"
    )
    user: str = Field("", description="who logs in; empty: nobody does")
    password: str = Field(
        "env:KMKIT_SMTP_PASSWORD",
        description="where the password is: env:NAME, file:PATH (mode 0600, outside this folder) "
        "or keyring:SERVICE; never the password itself",
    )
    sender: str = Field("", description="the address that letters come from; empty: the contact")
    reply_to: str = Field("", description="where answers go; empty: to the sender")
    list_id: str = Field("", description="the List-Id of digests; empty: made from the sender")
    unsubscribe: str = Field(
        "", description="where readers unsubscribe: an address or a web page; empty: the contact"
    )
    per_minute: int = Field(60, ge=1, description="letters a minute at most")


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
