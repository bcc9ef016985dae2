"""Feeds: whole by RFC 4287, the same for the same notes, safe whatever the notes say."""

import re
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.feed import Entry, Feed, atom, noon, urn

A = "{http://www.w3.org/2005/Atom}"
WHEN = datetime(2026, 11, 21, 14, 30, tzinfo=timezone(timedelta(hours=7)))


def entry(**changed: object) -> Entry:
    values: dict[str, object] = {
        "id": "20261121-order-fuel-x7k2", "title": "Order fuel", "href": "notes/a.html",
        "updated": WHEN, "summary": "Nine days late.", "topics": ("logistics",),
    }  # fmt: skip
    return Entry(**{**values, **changed})  # type: ignore[arg-type]


def feed(*entries: Entry, own: str = "", title: str = "Agency") -> bytes:
    return atom(Feed("agency internal", title, "For staff", "index.html", own, "en", entries))


def parsed(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)


_ONCE = ("id", "title", "updated", "subtitle", "summary", "generator", "content", "rights")
_MAY = {
    "feed": {*_ONCE, "author", "category", "contributor", "entry", "link", "icon", "logo"},
    "entry": {*_ONCE, "author", "category", "contributor", "link", "published", "source"},
}


def assert_whole(data: bytes) -> None:
    """What RFC 4287 asks of a feed (4.1.1) and of its entries (4.1.2)."""
    root = parsed(data)
    assert data.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert root.tag == f"{A}feed"
    ids = [one.findtext(f"{A}id") for one in root.findall(f"{A}entry")]
    assert len(set(ids)) == len(ids)
    for part in (root, *root.findall(f"{A}entry")):
        names = [child.tag.removeprefix(A) for child in part]
        assert set(names) <= _MAY[part.tag.removeprefix(A)]
        assert all(names.count(name) == 1 for name in ("id", "title", "updated"))
        assert all(names.count(name) <= 1 for name in _ONCE)
        assert part.findtext(f"{A}id", "").startswith("urn:uuid:")
        stamp = part.findtext(f"{A}updated", "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
        assert datetime.fromisoformat(stamp).tzinfo
        links = [(link.get("rel"), link.get("type")) for link in part.findall(f"{A}link")]
        assert len(links) == len(set(links))
        assert all(link.get("href") for link in part.findall(f"{A}link"))
        assert part.tag == f"{A}feed" or ("alternate", "text/html") in links
        assert all(who.findtext(f"{A}name") for who in part.findall(f"{A}author"))
        assert all(topic.get("term") for topic in part.findall(f"{A}category"))
    assert root.findtext(f"{A}author/{A}name")


def test_what_a_feed_must_have() -> None:
    made = feed(entry(), own="https://example.org/feed.xml")
    assert_whole(made)
    root = parsed(made)
    assert root.findtext(f"{A}author/{A}name") == "Agency"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
    assert links == {
        "alternate": "https://example.org/index.html", "self": "https://example.org/feed.xml"
    }  # fmt: skip
    one = root.find(f"{A}entry")
    assert one is not None
    link = one.find(f"{A}link")
    assert link is not None
    assert link.get("href") == "https://example.org/notes/a.html"
    assert one.findtext(f"{A}updated") == "2026-11-21T07:30:00Z"
    assert one.findtext(f"{A}summary") == "Nine days late."
    assert root.findtext(f"{A}updated") == "2026-11-21T07:30:00Z"


def test_ids_depend_on_the_note_alone() -> None:
    first = parsed(feed(entry())).findtext(f"{A}entry/{A}id")
    again = parsed(feed(entry(title="Other", updated=WHEN + timedelta(1)))).findtext(
        f"{A}entry/{A}id"
    )
    assert first == again
    assert urn("note a") != urn("note b")
    assert feed(entry()) == feed(entry())


def test_without_an_address_links_begin_where_the_feed_stands() -> None:
    made = feed(entry())
    assert_whole(made)
    links = [(link.get("rel"), link.get("href")) for link in parsed(made).iter(f"{A}link")]
    assert links == [("alternate", "index.html"), ("alternate", "notes/a.html")]


def test_an_empty_feed_is_a_feed() -> None:
    assert_whole(feed())
    assert parsed(feed()).findtext(f"{A}updated") == "1970-01-01T00:00:00Z"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=30))
def test_any_text_gives_xml(text: str) -> None:
    said = entry(title=f"{text} ]]> <script> &amp;", summary=text, topics=(text,), author=text)
    made = feed(said, title=text)
    assert_whole(made)
    root = parsed(made)
    assert root.findtext(f"{A}entry/{A}title", "").endswith("]]> <script> &amp;")


def test_a_day_without_an_hour_is_noon() -> None:
    assert noon(WHEN.date()) == datetime(2026, 11, 21, 12, tzinfo=UTC)
