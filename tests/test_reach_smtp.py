"""Letters over SMTP: real servers, with TLS and login, and servers that fail at every step."""

import signal
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme

from kmkit.errors import Cannot
from kmkit.reach.letters import Attachment, letter_of
from kmkit.reach.smtp import PATIENCE, PAUSES, Outcome, Post
from tests.smtp_servers import PASSWORD, USER, Box, Clock, certificate, mail, scripted, serving

SENT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
ADA, BEN = "ada@example.org", "ben@example.org"
CUT = None


def letter(to: str = ADA, **more: Any) -> EmailMessage:
    values: dict[str, Any] = {"subject": "قل ماذا", "text": "One.\n.\n..two\n", "html": "<p>One"}
    return letter_of(sender="kb@example.org", to=to, sent=SENT, **values | more)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, str]:
    made = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, str(path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def post(clock: Clock, port: int, secret: str = "", **more: Any) -> Post:
    return Post(mail(port, **more), secret, clock=clock, wait=clock.wait)


def read(box: Box, which: int = 0) -> EmailMessage:
    content = box.letters[which].original_content
    assert content is not None
    found = message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    assert not [part.defects for part in found.walk() if part.defects]
    return found


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_with_login(
    authority: tuple[trustme.CA, str], clock: Clock, security: str
) -> None:
    box, (ca, path) = Box(), authority
    trust = certificate(ca, "localhost")
    settings = {"security": security, "user": USER, "ca": path}
    with (
        serving(box, trust=trust, implicit=security == "tls", login=True) as port,
        post(clock, port, PASSWORD, **settings) as sending,
    ):
        assert sending.send(letter(), ADA) == Outcome("sent", 250, "taken")
        assert sending.send(letter(BEN), BEN).kind == "sent"
    assert box.connections == 1
    assert [found.rcpt_tos for found in box.letters] == [[ADA], [BEN]]
    assert box.letters[0].mail_from == "kb@example.org"
    found = read(box)
    assert found["Subject"] == "قل ماذا"
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "One.\n.\n..two\n"
    assert box.letters[0].content == letter().as_bytes()
    assert clock.waits == []


def test_a_relay_without_login_or_tls(clock: Clock) -> None:
    box = Box()
    with serving(box) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA).kind == "sent"
    assert len(box.letters) == 1


def test_a_certificate_that_nobody_vouches_for_stops_the_run(
    authority: tuple[trustme.CA, str], clock: Clock
) -> None:
    box, trust = Box(), certificate(trustme.CA(), "localhost")
    for security in ("tls", "starttls"):
        settings = {"security": security, "ca": authority[1], "user": USER}
        with (
            serving(box, trust=trust, implicit=security == "tls", login=True) as port,
            pytest.raises(Cannot, match=r"does not prove who it is: .*mail\.ca"),
        ):
            post(clock, port, PASSWORD, **settings).__enter__()
    assert not box.letters


def test_a_certificate_for_another_name_stops_the_run(
    authority: tuple[trustme.CA, str], clock: Clock
) -> None:
    trust = certificate(authority[0], "mail.example.org")
    with (
        serving(Box(), trust=trust) as port,
        pytest.raises(Cannot, match=r"localhost:\d+ does not prove who it is: Hostname mismatch"),
    ):
        post(clock, port, security="starttls", ca=authority[1]).__enter__()


def test_a_wrong_password_stops_the_run_and_is_not_shown(
    authority: tuple[trustme.CA, str], clock: Clock
) -> None:
    trust = certificate(authority[0], "localhost")
    with (
        serving(Box(), trust=trust, login=True) as port,
        pytest.raises(
            Cannot, match=r"does not take the password of sender@example[.]org: 535"
        ) as no,
    ):
        post(
            clock, port, "wrong horse", security="starttls", ca=authority[1], user=USER
        ).__enter__()
    assert "wrong horse" not in str(no.value)


def test_a_password_beyond_ascii(authority: tuple[trustme.CA, str], clock: Clock) -> None:
    trust = certificate(authority[0], "localhost")
    with (
        serving(Box(), trust=trust, login=True) as port,
        pytest.raises(Cannot, match="535"),
    ):
        post(clock, port, "пароль", security="starttls", ca=authority[1], user=USER).__enter__()


def test_a_server_that_repeats_the_secret_is_not_quoted(clock: Clock) -> None:
    secret = "hunter2-hunter2"
    offer = "250-mail.test\r\n250 AUTH PLAIN"
    with (
        scripted({"EHLO": offer, "AUTH": f"535 '{secret}' is wrong"}) as port,
        pytest.raises(Cannot) as no,
    ):
        post(clock, port, secret, user="me").__enter__()
    assert secret not in str(no.value)
    assert secret not in repr(no.value.__context__) + repr(no.value.__cause__)
    assert secret not in repr(post(clock, port, secret, user="me"))


@pytest.mark.parametrize(
    ("offer", "script"),
    [
        ("PLAIN", {"AUTH": "235 in"}),
        ("LOGIN PLAIN", {"AUTH": "235 in"}),
        ("LOGIN", {"AUTH": "334 VXNlcm5hbWU6", "QWRH": "334 UGFzc3dvcmQ6", "C2VJCMV0": "235 in"}),
    ],
)
def test_ways_to_log_in(clock: Clock, offer: str, script: dict[str, str | None]) -> None:
    with (
        scripted({"EHLO": f"250-x\r\n250 AUTH {offer}", **script}) as port,
        post(clock, port, "secret", user="Ada") as sending,
    ):
        assert sending.send(letter(), ADA).kind == "sent"


def test_a_token_instead_of_a_password(clock: Clock) -> None:
    offer = "250-x\r\n250 AUTH XOAUTH2 PLAIN"
    with (
        scripted({"EHLO": offer, "AUTH": "235 in"}) as port,
        post(clock, port, "token", user="me", login="token") as sending,
    ):
        assert sending.send(letter(), ADA).kind == "sent"
    with (
        scripted({"EHLO": offer, "AUTH": "334 eyJ9", "": "535 expired"}) as port,
        pytest.raises(Cannot, match="does not take the token of me: 535 expired"),
    ):
        post(clock, port, "token", user="me", login="token").__enter__()
    with (
        scripted({"EHLO": "250-x\r\n250 AUTH PLAIN"}) as port,
        pytest.raises(Cannot, match="takes no token, but PLAIN"),
    ):
        post(clock, port, "token", user="me", login="token").__enter__()


def test_without_starttls_nothing_is_sent(clock: Clock) -> None:
    box = Box()
    with serving(box) as port, pytest.raises(Cannot, match="offers no STARTTLS: nothing was sent"):
        post(clock, port, security="starttls").__enter__()


def test_tls_where_the_server_speaks_none(clock: Clock) -> None:
    with serving(Box()) as port, pytest.raises(Cannot, match="does not speak TLS as expected"):
        post(clock, port, security="tls").__enter__()


def test_a_password_never_travels_in_the_open(clock: Clock) -> None:
    settings = mail(25, user=USER).model_copy(update={"host": "mail.example.org"})
    with pytest.raises(Cannot, match="password would travel for all to read"):
        Post(settings, PASSWORD, clock=clock, wait=clock.wait).__enter__()


def test_no_server(clock: Clock) -> None:
    with serving(Box()) as port:
        pass
    with pytest.raises(Cannot, match="cannot be reached: Connection refused"):
        post(clock, port).__enter__()
    with pytest.raises(Cannot, match=r"smtp\.invalid:587 is not known"):
        Post(
            mail(0, security="starttls").model_copy(update={"host": "smtp.invalid"}),
            clock=clock,
            wait=clock.wait,
        ).__enter__()
    with pytest.raises(Cannot, match="names no mail server"):
        Post(mail(0, host=""), clock=clock, wait=clock.wait).__enter__()


def test_an_authority_that_cannot_be_read(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    for name in ("no.pem", "none.pem"):
        with pytest.raises(Cannot, match=r"mail\.ca: .* cannot be read as certificates"):
            post(clock, 1, security="tls", ca=str(tmp_path / name))


def test_a_letter_that_was_made_elsewhere(clock: Clock) -> None:
    plain = EmailMessage()
    plain["from"] = "Knowledge <kb@example.org>"
    plain["Subject"] = "Two\tlines"
    plain.set_content("One.\nTwo.\n")
    box = Box()
    with serving(box) as port, post(clock, port) as sending:
        assert sending.send(plain, ADA).kind == "sent"
        with pytest.raises(Cannot, match="is no e-mail address"):
            sending.send(EmailMessage(), ADA)
    assert box.letters[0].mail_from == "kb@example.org"
    assert read(box).get_content() == "One.\r\nTwo.\r\n"


def test_some_are_refused_and_the_others_get_theirs(clock: Clock) -> None:
    box = Box(answers={BEN: ["550 no such\tperson"]})
    with serving(box) as port, post(clock, port) as sending:
        found = [sending.send(letter(to), to) for to in (ADA, BEN, "cy@example.org")]
    assert [outcome.kind for outcome in found] == ["sent", "refused", "sent"]
    assert found[1] == Outcome("refused", 550, "no such person")
    assert [e.rcpt_tos for e in box.letters] == [[ADA], ["cy@example.org"]]
    assert box.connections == 1
    assert clock.waits == []


def test_what_is_put_off_is_tried_again(clock: Clock) -> None:
    box = Box(answers={ADA: ["451 greylisted", "450 busy", "250 OK"]})
    with serving(box) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA).kind == "sent"
    assert clock.waits == [PAUSES[0], PAUSES[1]]
    assert len(box.letters) == 1


def test_what_is_always_put_off_is_deferred_and_holds_nobody_up_for_ever(clock: Clock) -> None:
    box = Box(answers={ADA: ["451 later"]})
    with serving(box) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA) == Outcome("deferred", 451, "later")
        assert clock.waits == list(PAUSES)
        for _ in range(20):
            assert sending.send(letter(), ADA).kind == "deferred"
        assert sending.send(letter(BEN), BEN).kind == "sent"
    assert sum(clock.waits) <= PATIENCE


def test_put_off_after_the_whole_letter(clock: Clock) -> None:
    box = Box(at_data=["452 full", "421 going down", "250 taken"])
    with serving(box) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA).kind == "sent"
    assert box.connections == 2
    assert len(box.letters) == 1


def test_a_letter_that_is_too_large_is_refused(clock: Clock) -> None:
    box = Box()
    large = letter(text="word " * 1000)
    with serving(box, data_size_limit=3000) as port, post(clock, port) as sending:
        found = sending.send(large, ADA)
        assert sending.send(letter(), ADA).kind == "sent"
    assert (found.kind, found.code) == ("refused", 552)
    assert "the server takes at most 3000" in found.said
    with scripted({".": "552 too large"}) as port, post(clock, port) as sending:
        assert sending.send(large, ADA) == Outcome("refused", 552, "too large")
    with scripted({"MAIL": "552 too large"}) as port, post(clock, port) as sending:
        assert sending.send(large, ADA) == Outcome("refused", 552, "too large")


def test_a_sender_that_the_server_does_not_take_stops_the_run(clock: Clock) -> None:
    for script in ({"MAIL": "550 not yours"}, {"MAIL": "530 log in first"}, {"RCPT": "530 log in"}):
        with (
            scripted(script) as port,
            post(clock, port) as sending,
            pytest.raises(Cannot, match=r"takes no letters from kb@example\.org: 5"),
        ):
            sending.send(letter(), ADA)


def test_addresses_beyond_ascii(clock: Clock) -> None:
    box = Box()
    with serving(box) as port, post(clock, port) as sending:
        for to in ("josé@example.org", "ada@bücher.example"):
            assert sending.send(letter(to), to).kind == "sent"
    assert [e.rcpt_tos for e in box.letters] == [
        ["josé@example.org"],
        ["ada@xn--bcher-kva.example"],
    ]
    assert "To: josé@example.org\r\n".encode() in (box.letters[0].original_content or b"")
    with (
        serving(box, enable_SMTPUTF8=False) as port,
        post(clock, port) as sending,
    ):
        assert sending.send(letter("josé@example.org"), "josé@example.org").kind == "refused"
        for to in ("a@x.org, b@y.org", '"a b"@x.org', "a@x.org>\r\nDATA", "a@faß.de"):
            assert sending.send(letter(), to).kind == "refused"
    assert len(box.letters) == 2


BEFORE = ("banner", "EHLO")
WHILE = ("MAIL", "RCPT", "DATA")


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize("said", [CUT, "421 later", "450 later", "garbage"])
def test_a_server_that_fails_at_the_door(clock: Clock, step: str, said: str | None) -> None:
    with scripted({step: said, "HELO": said}) as port, pytest.raises(Cannot):
        post(clock, port).__enter__()


def test_a_connection_cut_while_logging_in(clock: Clock) -> None:
    offer = "250-x\r\n250 AUTH PLAIN"
    for said in (CUT, "421 later", "454 not now"):
        with (
            scripted({"EHLO": offer, "AUTH": said}) as port,
            pytest.raises(Cannot, match=r"AUTH|not ready"),
        ):
            post(clock, port, "x", user="me").__enter__()


@pytest.mark.parametrize("said", [CUT, "421 later", "454 not now", "502 no", "220 go"])
def test_a_connection_cut_while_it_is_secured(clock: Clock, said: str | None) -> None:
    """After '220 go' the server answers the beginning of TLS with text."""
    offer = "250-x\r\n250 STARTTLS"
    with (
        scripted({"EHLO": offer, "STARTTLS": said}) as port,
        pytest.raises(Cannot, match=r"cannot be reached|not ready|refuses us|does not speak TLS"),
    ):
        post(clock, port, security="starttls").__enter__()


def test_a_refusal_stands_though_the_connection_is_cut_then(clock: Clock) -> None:
    with scripted({"RCPT": "550 nobody", "RSET": CUT}, {}) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA) == Outcome("refused", 550, "nobody")
        assert sending.send(letter(BEN), BEN).kind == "sent"
    assert clock.waits == []


@pytest.mark.parametrize("step", WHILE)
@pytest.mark.parametrize("said", [CUT, "421 going down"])
def test_a_connection_cut_before_the_end_is_tried_again(
    clock: Clock, step: str, said: str | None
) -> None:
    with scripted({step: said}, {}) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA).kind == "sent"
    assert clock.waits == [PAUSES[0]]


@pytest.mark.parametrize("step", WHILE)
def test_a_connection_that_is_always_cut_defers(clock: Clock, step: str) -> None:
    with scripted({step: CUT}) as port, post(clock, port) as sending:
        found = sending.send(letter(), ADA)
    assert (found.kind, found.code) == ("deferred", 0)
    assert clock.waits == list(PAUSES)


def test_cut_before_the_last_answer_it_may_have_been_taken(clock: Clock) -> None:
    for said in (CUT, "garbage"):
        with scripted({".": said}, {}) as port, post(clock, port) as sending:
            assert sending.send(letter(), ADA).kind == "unknown"
            assert sending.send(letter(BEN), BEN).kind == "sent"
    assert clock.waits == []


@pytest.mark.parametrize(
    ("step", "said", "kind"),
    [
        ("RCPT", "299 what", "deferred"),
        ("DATA", "250 what", "deferred"),
        ("MAIL", "354 go", "deferred"),
        (".", "354 go", "unknown"),
        (".", "299 taken", "sent"),
    ],
)
def test_answers_that_do_not_fit(clock: Clock, step: str, said: str, kind: str) -> None:
    with scripted({step: said}) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA).kind == kind


def test_a_server_that_ends_a_connection_after_some_letters(clock: Clock) -> None:
    box = Box()
    with serving(box, command_call_limit={"MAIL": 1, "*": 40}) as port, post(clock, port) as s:
        assert [s.send(letter(), ADA).kind for _ in range(3)] == ["sent"] * 3
    assert box.connections == 3
    assert clock.waits == []


def test_a_connection_that_ended_while_idle(clock: Clock) -> None:
    with scripted({"NOOP": CUT, "MAIL": CUT}, {}) as port, post(clock, port) as sending:
        clock.now += 300  # so long it takes to write down, elsewhere too, what is to be sent
        assert sending.send(letter(), ADA).kind == "sent"
    assert clock.waits == []


def test_a_server_that_goes_away_stops_the_run(clock: Clock) -> None:
    with serving(Box()) as port:
        sending = post(clock, port)
        sending.__enter__()
        assert sending.send(letter(), ADA).kind == "sent"
    with pytest.raises(Cannot, match="cannot be reached"):
        sending.send(letter(BEN), BEN)
    assert clock.waits == list(PAUSES)
    sending.close()


def test_so_many_letters_a_minute(clock: Clock) -> None:
    box = Box()
    with serving(box) as port, post(clock, port, per_minute=3) as sending:
        for _ in range(8):
            sending.send(letter(), ADA)
            clock.now += 1
    assert [round(wait) for wait in clock.waits] == [57, 57]
    assert len(box.letters) == 8


def test_cut_in_the_middle_of_a_letter(clock: Clock) -> None:
    """Of a short letter the system has sent all before it hears of the cut; of a long one not."""
    long = letter(attachments=[Attachment("plan.pdf", bytes(7 << 20))])
    with scripted({"half": CUT}, {}) as port, post(clock, port) as sending:
        assert sending.send(long, ADA).kind == "sent"
    assert clock.waits == [PAUSES[0]]
    with scripted({"half": CUT}, {}) as port, post(clock, port) as sending:
        assert sending.send(letter(), ADA).kind in ("unknown", "sent")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="stops a letter by an alarm")
def test_a_letter_that_is_stopped_half_way_is_not_ended(clock: Clock) -> None:
    class Stop(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Stop

    heard = bytearray()
    long = letter(attachments=[Attachment("plan.pdf", bytes(7 << 20))])
    before = signal.signal(signal.SIGALRM, stop)
    try:
        with scripted({"half": "0.6"}, heard=heard) as port:
            sending = post(clock, port).__enter__()
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(Stop):
                sending.send(long, ADA)
            sending.close()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(heard) > 1000
    assert b"\r\n.\r\n" not in heard
    assert b"QUIT" not in heard


def test_a_server_that_says_nothing(clock: Clock) -> None:
    with (
        scripted({"banner": "hang"}) as port,
        pytest.raises(Cannot, match=r"cannot be reached: .*timed out"),
    ):
        post(clock, port, timeout=1).__enter__()
