"""Letters, those of digests too, read by Python's own e-mail parser."""

import os
import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.config.leaving import Mail
from kmkit.errors import Cannot
from kmkit.reach.addresses import address_of
from kmkit.reach.headers import list_headers
from kmkit.reach.letters import Attachment, digest_letter, eml, letter_of, message_id
from kmkit.text import clean, one_line
from kmkit.views.digest_render import render
from tests.digest_material import a_week, compose, event, note, stewards

SENT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
SENDER = "amina.diallo@example.org"


def letter(**more: Any) -> EmailMessage:
    values: dict[str, Any] = {"sender": SENDER, "sent": SENT, **more}
    read = message_from_bytes(
        eml(digest_letter(values.pop("digest", a_week()), **values)), policy=default
    )
    assert isinstance(read, EmailMessage)
    return read


def test_two_parts_the_plain_one_first() -> None:
    read = letter()
    assert read.get_content_type() == "multipart/alternative"
    plain, rich = read.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content_charset() == rich.get_content_charset() == "utf-8"
    assert plain.get_content().replace("\r\n", "\n") == render(a_week(), "text")
    assert rich.get_content().replace("\r\n", "\n") == render(a_week(), "html")
    assert list(read.iter_attachments()) == []
    assert not read.defects
    assert not plain.defects
    assert not rich.defects


def test_headers_hold_arabic_and_the_date() -> None:
    read = letter(to="all@example.org")
    assert read["Subject"] == "قل ماذا سيفعل الماء، شارعًا شارعًا"
    assert read["Date"].datetime == SENT
    assert read["From"].addresses[0].addr_spec == SENDER
    assert read["From"].addresses[0].display_name == "National Agency for Works and Preparedness"
    assert [a.addr_spec for a in read["To"].addresses] == ["all@example.org"]
    assert read["Content-Language"] == "en"
    assert read["X-Unsent"] is None
    assert letter()["X-Unsent"] == "1"
    assert read["Bcc"] is None


def test_the_date_keeps_its_time_zone() -> None:
    sent = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    assert letter(sent=sent)["Date"] == "Sat, 21 Nov 2026 09:30:00 +0330"


def test_a_sender_may_have_a_name_in_any_script() -> None:
    read = letter(sender_name="أمينة ديالو")
    assert read["From"].addresses[0].display_name == "أمينة ديالو"


def test_the_bytes_are_the_same_each_time_and_all_lines_end_alike() -> None:
    first = eml(digest_letter(a_week(), sender=SENDER, sent=SENT))
    assert first == eml(digest_letter(a_week(), sender=SENDER, sent=SENT))
    assert first.count(b"\n") == first.count(b"\r\n")
    assert all(len(line) <= 998 for line in first.split(b"\r\n"))
    first.decode("ascii")


def test_no_title_adds_a_header() -> None:
    bad = note("Do.", title='"A\\nBcc: evil@example.org\\r\\nX: y"')
    read = letter(digest=compose([bad], [event(bad)]))
    assert read["Bcc"] is None
    assert read["X"] is None
    assert read["Subject"] == "A Bcc: evil@example.org X: y"


def test_a_long_subject_is_cut() -> None:
    long = note("Do.", title="word " * 15 + "x" * 500)
    assert len(letter(digest=compose([long], [event(long)]))["Subject"]) <= 200


@pytest.mark.parametrize(
    "sender", ["", "nobody", "a@", "@b.org", "a b@c.org", "a@b.org, c@d.org", "a@b.org\nBcc: x@y.z"]
)
def test_a_sender_without_an_address_is_refused(sender: str) -> None:
    with pytest.raises(Cannot, match="no e-mail address"):
        digest_letter(a_week(), sender=sender, sent=SENT)


def test_stewards_get_letters_too() -> None:
    read = letter(digest=stewards())
    assert read["Subject"] == "For stewards: 1 overdue, 2 due, 1 waiting, 1 returned"
    body = read.get_body(("plain",))
    assert body is not None
    assert "kmkit review r3x8" in body.get_content()


HOSTILE = (
    st.text(max_size=300)
    | st.text(alphabet='ab =?_"<>,;:@()\\éعв中😀-\n\r\0\ud800\u202e\u200f', max_size=300)
    | st.lists(
        st.sampled_from(["=?utf-8?q?a=0ABcc:x?=", "?=", " ", "\r\n", "x" * 90, ",", '"', "السلام"]),
        max_size=30,
    ).map(" ".join)
)


def plain(subject: str = "News", text: str = "One.", **more: Any) -> EmailMessage:
    return letter_of(subject=subject, text=text, sender=SENDER, sent=SENT, **more)


def parsed(letter: EmailMessage) -> EmailMessage:
    found = message_from_bytes(eml(letter), policy=default)
    assert isinstance(found, EmailMessage)
    return found


@settings(max_examples=int(os.environ.get("KMKIT_LETTERS", "60")), deadline=None)
@given(title=HOSTILE, name=HOSTILE, body=HOSTILE)
def test_nothing_that_is_written_becomes_a_header(title: str, name: str, body: str) -> None:
    made = plain(
        title,
        body,
        html=f"<p>{body}",
        to="all@example.org",
        sender_name=name,
        attachments=[Attachment(name, b"BEGIN", "text/calendar; method=REQUEST")],
    )
    data = eml(made)
    assert data == made.as_bytes()
    found = parsed(made)
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    data.decode("ascii")
    assert set(found.keys()) == {"Subject", "From", "To", "Date", "MIME-Version", "Content-Type"}
    for part in found.walk():
        assert not part.defects
        assert not [value.defects for value in part.values() if value.defects]
    assert found["Subject"] == one_line(title)[:200].strip()
    raw = message_from_bytes(data)["From"]
    shown, address = parseaddr(raw)
    assert str(make_header(decode_header(shown))) == one_line(name)[:100].strip()
    assert address == SENDER
    text = found.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == clean(body)


def test_a_title_of_10000_characters_and_one_from_right_to_left() -> None:
    assert parsed(plain("ab " * 3400))["Subject"] == ("ab " * 67)[:200].strip()
    title = "لا تنتظر الإنذار الأول: وقّع عقود الوقود في مرحلة التأهب قبل انقطاع الطرق " * 2
    assert parsed(plain(title))["Subject"] == one_line(title)


def test_attached_files_come_back_whole() -> None:
    calendar = Attachment(
        "due/dates é.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar; method=PUBLISH"
    )
    found = parsed(
        plain(html="<p>", attachments=[calendar, Attachment("a.bin", bytes(range(256)))])
    )
    assert found.get_content_type() == "multipart/mixed"
    first, second = found.iter_attachments()
    assert (first.get_content_type(), first["Content-Type"].params["method"]) == (
        "text/calendar",
        "PUBLISH",
    )
    assert first.get_filename() == "due-dates é.ics"
    assert first.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"
    assert second.get_content() == bytes(range(256))
    body = found.get_body()
    assert body is not None
    assert body.get_content_type() == "text/html"


def test_a_letter_that_is_too_large_is_not_made() -> None:
    with pytest.raises(Cannot, match=r"The letter's text has 5\.0 MB; more than 1 MB is not sent"):
        plain(text="x" * (5 << 20))
    with pytest.raises(Cannot, match="larger than 10 MB with what is attached"):
        plain(attachments=[Attachment("a.pdf", bytes(8 << 20))])


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@", "@b.org", "a@x.org, b@y.org", '"a b"@x.org', "a b@x.org", "Ada <a@x.org>",
     "a@x.org\r\nBcc: y@z.org", "a\0@x.org", "a..b@x.org", ".a@x.org", "a@x..org", "a@-x.org",
     "a@x_y.org", "a@faß.de", "a@[127.0.0.1]", "a@" + "x" * 64 + ".org", "x" * 65 + "@y.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Cannot, match=r"'.*' is no (e-mail address|domain of an e-mail address)"):
        address_of(text)


def test_addresses_and_domains_beyond_ascii() -> None:
    assert address_of(" Ada.Lovelace+kb@Example.ORG ") == "Ada.Lovelace+kb@example.org"
    assert address_of("ada@Bücher.example") == "ada@xn--bcher-kva.example"
    assert address_of("josé@example.org") == "josé@example.org"
    assert "To: josé@example.org\r\n".encode() in eml(plain(to="josé@example.org"))


def test_the_message_id_is_stable_and_tells_nothing() -> None:
    first = message_id("key", "weekly", "2026-11-21", "ada@example.org", domain=SENDER)
    assert first == message_id("key", "weekly", "2026-11-21", "ada@example.org", domain=SENDER)
    others = {
        message_id("other", "weekly", "2026-11-21", "ada@example.org", domain=SENDER),
        message_id("key", "weekly", "2026-11-21", "ben@example.org", domain=SENDER),
        message_id("key", "weekly2", "026-11-21", "ada@example.org", domain=SENDER),
    }
    assert first not in others
    assert len(others) == 3
    assert re.fullmatch(r"<kmkit\.[0-9a-f]{32}@example\.org>", first)
    assert parsed(plain(message_id=first))["Message-ID"] == first


def test_the_headers_of_a_list() -> None:
    found = list_headers(Mail(), name="Field teams", sender=SENDER, title="Équipes, \n terrain")
    read = parsed(plain(headers=found))
    assert read["List-Id"] == "Équipes, terrain <field-teams.example.org>"
    assert read["List-Unsubscribe"] == f"<mailto:{SENDER}?subject=unsubscribe>"
    assert read["List-Unsubscribe-Post"] is None
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Precedence"] is None


def test_where_readers_unsubscribe() -> None:
    page = Mail(unsubscribe="https://example.org/leave?list=é", one_click=True, list_id="<a.b.org>")
    read = parsed(plain(headers=list_headers(page, name="x", sender=SENDER)))
    assert read["List-Id"] == "<a.b.org>"
    assert read["List-Unsubscribe"] == "<https://example.org/leave?list=%C3%A9>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    long = Mail(unsubscribe=f"https://example.org/{'x' * 300}")
    assert parsed(plain(headers=list_headers(long, name="x", sender=SENDER)))["List-Unsubscribe"]
    for wrong in ("ftp://x.org", "https://", "https://a.org>, <https://b.org", "nobody"):
        with pytest.raises(Cannot):
            list_headers(Mail(unsubscribe=wrong), name="x", sender=SENDER)
    with pytest.raises(Cannot, match="is no domain"):
        list_headers(Mail(list_id="a b\r\nX: y"), name="x", sender=SENDER)


def test_a_header_that_is_added_later_stays_one() -> None:
    made = plain()
    made["X-Note"] = "a\r\nBcc: evil@example.org"
    made["In-Reply-To"] = f"<{'x' * 100}@example.org>"
    assert parsed(made)["Bcc"] is None
    assert parsed(made)["X-Note"] == "a Bcc: evil@example.org"
    assert parsed(made)["In-Reply-To"] == f"<{'x' * 100}@example.org>"
