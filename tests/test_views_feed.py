"""Feeds: whole by RFC 4287, the same for the same notes, safe whatever the notes say."""

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


def test_what_a_feed_must_have() -> None:
    root = parsed(feed(entry(), own="https://example.org/feed.xml"))
    assert root.tag == f"{A}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{A}{name}")) == 1
    assert root.findtext(f"{A}author/{A}name") == "Agency"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
    assert links == {"alternate": "index.html", "self": "https://example.org/feed.xml"}
    one = root.find(f"{A}entry")
    assert one is not None
    assert one.findtext(f"{A}id", "").startswith("urn:uuid:")
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


def test_an_empty_feed_is_a_feed() -> None:
    assert parsed(feed()).findtext(f"{A}updated") == "1970-01-01T00:00:00Z"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=30))
def test_any_text_gives_xml(text: str) -> None:
    said = entry(title=f"{text} ]]> <script> &amp;", summary=text, topics=(text,), author=text)
    root = parsed(feed(said, title=text))
    assert root.findtext(f"{A}entry/{A}title", "").endswith("]]> <script> &amp;")


def test_a_day_without_an_hour_is_noon() -> None:
    assert noon(WHEN.date()) == datetime(2026, 11, 21, 12, tzinfo=UTC)
