"""Reading mail that anybody may have sent: from real mailboxes, and made to do harm."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.reach.replies import LONGEST, Incoming, heard, incoming


def mail(text: str = "confirm: ok", **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {"From": "Ben <Ben@Example.org>", "Message_ID": "<a@b>", **headers}
    for name, value in given.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def read(data: bytes, name: str = "1") -> tuple[str, str, str]:
    found = heard(Incoming(name, data[:LONGEST]))
    return found.text.strip(), found.passed, found.trouble


def test_what_is_told_of_a_message() -> None:
    made = mail(
        Date="Fri, 20 Nov 2026 23:30:00 -0500", Subject="Re: قل [x7k2.3f9a1c2b]",
        In_Reply_To="<kmkit.1@example.org>", References="<x7k2.3f9a1c2b@example.org>",
    )  # fmt: skip
    found = heard(Incoming("1", made.as_bytes()))
    assert (found.sender, found.key, str(found.on)) == ("ben@example.org", "<a@b>", "2026-11-21")
    assert found.subject == "Re: قل [x7k2.3f9a1c2b]"
    assert "<kmkit.1@example.org>" in found.about
    assert "x7k2.3f9a1c2b" in found.about
    assert found.text.strip() == "confirm: ok"
    assert not found.trouble + found.passed


def test_what_came_within_a_second_is_read_as_it_came(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    names = ["999.M1P7Q1.h", "1000.M98000P7Q2.h", "1000.M123456P7Q10.h", "1000.M123456P7Q11.h", "x"]
    for name in names:
        (tmp_path / "new" / name).write_bytes(mail("confirm: a").as_bytes())
    assert [one.place for one in incoming(tmp_path)] == [f"new/{name}" for name in names]


def test_every_sort_of_mailbox(tmp_path: Path) -> None:
    letters = [mail(f"confirm: {number}", Message_ID=f"<{number}@b>") for number in range(3)]
    maildir = mailbox.Maildir(tmp_path / "Maildir", create=True)
    for letter in letters[:2]:
        maildir.add(letter)
    seen = mailbox.MaildirMessage(letters[2])
    seen.set_subdir("cur")
    seen.set_flags("S")
    maildir.add(seen)
    box = mailbox.mbox(tmp_path / "box")
    for letter in letters:
        box.add(letter)
    box.close()
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, letter in enumerate(letters):
        (folder / f"{number}.eml").write_bytes(letter.as_bytes())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    for source in ("Maildir", "box", "folder"):
        found = [heard(one) for one in incoming(tmp_path / source)]
        assert sorted(one.text.strip() for one in found) == [f"confirm: {n}" for n in range(3)]
        assert len({one.place for one in found}) == 3
    assert [heard(one).key for one in incoming(folder / "1.eml")] == ["<1@b>"]
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


def test_what_is_no_mailbox(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Dear all", encoding="utf-8")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(Cannot, match="is no mbox"):
        list(incoming(tmp_path / "notes.txt"))
    with pytest.raises(Cannot, match="There is no"):
        list(incoming(tmp_path / "nowhere"))
    assert list(incoming(tmp_path / "empty")) == []
    assert list(incoming(tmp_path)) == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Auto_Submitted": "auto-replied"}, "a program answered"),
        ({"Precedence": "bulk"}, "bulk"),
        ({"Precedence": "auto_reply"}, "bulk"),
        ({"X_Autoreply": "yes"}, "a program answered"),
        ({"List_Id": "<a.b>"}, "a program answered"),
        ({"Subject": "Automatic reply: Does this still hold?"}, "out of office"),
        ({"Subject": "Réponse automatique : oui"}, "out of office"),
        ({"Subject": "Автоматический ответ: да"}, "out of office"),
        ({"Subject": "自动答复: 是"}, "out of office"),
        ({"Message_ID": "<kmkit.0123@example.org>"}, "our own"),
    ],
)
def test_what_nobody_wrote_is_passed_over(headers: dict[str, str], said: str) -> None:
    _, passed, trouble = read(mail(**headers).as_bytes())
    assert said in passed
    assert not trouble


def test_an_ordinary_answer_says_that_it_is_not_automatic() -> None:
    assert read(mail(Auto_Submitted="no").as_bytes()) == ("confirm: ok", "", "")


BOUNCE = b"""From: Mail Delivery System <MAILER-DAEMON@example.org>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; ben@example.org
Action: %s
Status: 5.1.1

--b--
"""


@pytest.mark.parametrize(
    ("action", "said"),
    [(b"failed", "did not reach ben@example.org (5.1.1)"), (b"delayed", "did not yet reach")],
)
def test_a_bounce_is_told(action: bytes, said: str) -> None:
    assert said in read(BOUNCE % action)[2]


def test_a_delivery_that_went_well_is_no_bounce() -> None:
    text, passed, trouble = read(BOUNCE % b"delivered")
    assert (text, trouble) == ("", "")
    assert passed


def test_a_bounce_that_says_nothing_is_told_too() -> None:
    assert "somebody" in read(b"From: postmaster@example.org\n\nsorry")[2]


def nested(depth: int) -> bytes:
    head = b"From: a@b.org\nContent-Type: multipart/mixed; boundary=b0\n\n"
    return head + b"".join(
        b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(depth)
    )


TYPE = b"From: a@b.org\nContent-Type: "
HOSTILE_MAIL = {
    "empty": (b"", "its sender is no address"),
    "no sender": (b"Subject: x\n\nconfirm: x", "its sender is no address"),
    "two senders": (b"From: a@b.org, c@d.org\n\nconfirm: x", ""),
    "a sender that begins another header": (b"From: a@b.org\r\nBcc: x@y.org\n\nconfirm: x", ""),
    "parts within parts": (nested(3000), "too deeply"),
    "messages within messages": (TYPE + b"message/rfc822\n\n" * 20_000, ""),
    "100,000 parts": (TYPE + b"multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000, ""),
    "no boundary": (TYPE + b"multipart/mixed\n\nconfirm: x", ""),
    "a charset that is none": (TYPE + b"text/plain; charset=klingon\n\nconfirm: \xff", ""),
    "a charset that unpacks": (TYPE + b"text/plain; charset=zlib\n\nconfirm: x", ""),
    "a charset with a null": (TYPE + b'text/plain; charset="\x00"\n\nconfirm: x', ""),
    "base64 that is none": (
        TYPE + b"text/plain\nContent-Transfer-Encoding: base64\n\n!!!", "there is no text in it"),
    "brackets": (b"From: " + b"(" * 3000 + b"\n\nx", ""),
    "200,000 headers": (b"From: a@b.org\n" + b"X: y\n" * 200_000 + b"\n\nconfirm: x", ""),
    "a long header": (b"From: a@b.org\nSubject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nc", ""),
    "an attachment alone": (
        TYPE + b"application/zip\nContent-Disposition: attachment\n\nPK", "there is no text in it"),
    "a text that is attached": (
        TYPE + b"text/plain\nContent-Disposition: attachment\n\nconfirm: x",
        "there is no text in it"),
    "not a mail at all": (bytes(range(256)) * 100, "its sender is no address"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), HOSTILE_MAIL.values(), ids=HOSTILE_MAIL.keys())
def test_hostile_mail_is_told_in_a_line(data: bytes, said: str) -> None:
    text, passed, trouble = read(data)
    assert said in trouble
    assert text or passed or trouble
    assert trouble.isprintable()


def test_a_message_of_50_megabytes_is_read_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "big.eml"
    with path.open("wb") as stream:
        stream.write(mail("confirm: ok").as_bytes())
        stream.truncate(50 * 1024 * 1024)
    (one,) = incoming(path)
    assert len(one.data) == LONGEST
    assert heard(one).text.startswith("confirm: ok")


def test_a_terminal_sees_no_signs_that_act() -> None:
    found = heard(
        Incoming("\x1b[31mname", b"From: a@b.org\nSubject: \x1b]0;t\x07 =?utf-8?q?a=0Ab?=\n\nx")
    )
    assert found.place.isprintable()
    assert found.subject.isprintable()


def test_a_message_without_an_id_is_known_by_its_content() -> None:
    keys = [heard(Incoming("1", b"From: a@b.org\n\n" + text)).key for text in (b"x", b"y", b"x")]
    assert keys[0] == keys[2] != keys[1]
    assert keys[0].startswith("sha256:")
