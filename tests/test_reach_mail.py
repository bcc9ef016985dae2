"""A digest as a letter, read by Python's own e-mail parser."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from kmkit.errors import Cannot
from kmkit.reach.mail import eml, message
from kmkit.views.digest_render import render
from tests.digest_material import a_week, compose, event, note, stewards

SENT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
SENDER = "amina.diallo@example.org"


def letter(**more: Any) -> EmailMessage:
    values: dict[str, Any] = {"sender": SENDER, "sent": SENT, **more}
    read = message_from_bytes(
        eml(message(values.pop("digest", a_week()), **values)), policy=default
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
    read = letter(to=("all@example.org", "more@example.org"))
    assert read["Subject"] == "قل ماذا سيفعل الماء، شارعًا شارعًا"
    assert read["Date"].datetime == SENT
    assert read["From"].addresses[0].addr_spec == SENDER
    assert read["From"].addresses[0].display_name == "National Agency for Works and Preparedness"
    assert [a.addr_spec for a in read["To"].addresses] == ["all@example.org", "more@example.org"]
    assert read["Content-Language"] == "en"
    assert read["X-Unsent"] == "1"
    assert read["Bcc"] is None


def test_the_date_keeps_its_time_zone() -> None:
    sent = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    assert letter(sent=sent)["Date"] == "Sat, 21 Nov 2026 09:30:00 +0330"


def test_a_sender_may_have_a_name_in_any_script() -> None:
    read = letter(sender_name="أمينة ديالو")
    assert read["From"].addresses[0].display_name == "أمينة ديالو"


def test_the_bytes_are_the_same_each_time_and_all_lines_end_alike() -> None:
    first = eml(message(a_week(), sender=SENDER, sent=SENT))
    assert first == eml(message(a_week(), sender=SENDER, sent=SENT))
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
        message(a_week(), sender=sender, sent=SENT)


def test_stewards_get_letters_too() -> None:
    read = letter(digest=stewards())
    assert read["Subject"] == "For stewards: 1 overdue, 2 due, 1 waiting, 1 returned"
    body = read.get_body(("plain",))
    assert body is not None
    assert "kmkit review r3x8" in body.get_content()
