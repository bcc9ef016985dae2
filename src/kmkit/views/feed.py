"""A feed of what is new, in Atom (RFC 4287): for readers' programs, and for channels."""

import re
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kmkit.text import clean, one_line

TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_OWN = uuid.UUID("6f0d6a1e-2f0c-5a57-9a0e-3a1f6f1b7c55")
"""What the ids of kmkit's feeds and entries are made from."""
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


class Entry(NamedTuple):
    """Something that is new."""

    id: str
    """Of the note; the entry's own id is made from it and never changes."""
    title: str
    href: str
    """Its address, whole or from where the feed stands."""
    updated: datetime
    """When it last went out."""
    summary: str
    topics: tuple[str, ...] = ()
    author: str = ""
    language: str = ""


class Feed(NamedTuple):
    """A feed and its entries."""

    id: str
    """What it is made of: for the same reader, always the same."""
    title: str
    subtitle: str
    home: str
    """The address of what it is the feed of."""
    own: str
    """Its own address, '' where nobody knows it."""
    language: str
    entries: Sequence[Entry]
    """Newest first."""


def atom(feed: Feed) -> bytes:
    """The feed as XML; the same feed gives the same bytes.

    Where its own address is known, every address in it is whole.
    """
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language or "en"})
    _text(root, "id", urn(f"feed {feed.id}"))
    _text(root, "title", one_line(feed.title) or "kmkit")
    if feed.subtitle:
        _text(root, "subtitle", one_line(feed.subtitle))
    latest = max((entry.updated for entry in feed.entries), default=_BEGINNING)
    _text(root, "updated", _stamp(latest))
    _text(SubElement(root, "author"), "name", one_line(feed.title) or "kmkit")
    if feed.home:
        _link(root, feed, "alternate", feed.home, "text/html")
    if feed.own:
        _link(root, feed, "self", feed.own, TYPE)
    _text(root, "generator", "kmkit")
    for entry in feed.entries:
        _entry(root, feed, entry)
    indent(root, " ")
    made: bytes = tostring(root, "utf-8", xml_declaration=True)
    return made + b"\n"


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def urn(name: str) -> str:
    """An id for a feed or an entry, made from what it is about alone."""
    return uuid.uuid5(_OWN, name).urn


def noon(day: date) -> datetime:
    """A moment for something of which only the day is known."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def _entry(root: Element, feed: Feed, entry: Entry) -> None:
    own = {"xml:lang": entry.language} if entry.language else {}
    element = SubElement(root, "entry", own)
    _text(element, "id", urn(f"note {entry.id}"))
    _text(element, "title", one_line(entry.title))
    _text(element, "updated", _stamp(entry.updated))
    if author := _fit(one_line(entry.author)):
        _text(SubElement(element, "author"), "name", author)
    _link(element, feed, "alternate", entry.href, "text/html")
    _text(element, "summary", clean(entry.summary).strip())
    for topic in filter(None, (_fit(one_line(topic)) for topic in entry.topics)):
        SubElement(element, "category", {"term": topic})


def _link(parent: Element, feed: Feed, rel: str, href: str, kind: str) -> None:
    whole = urljoin(feed.own, _fit(href)) if feed.own else _fit(href)
    SubElement(parent, "link", {"rel": rel, "href": whole, "type": kind})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _fit(text)


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)


def _stamp(moment: datetime) -> str:
    """A moment as RFC 3339 writes it, in world time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
