"""Writing to webhooks: a real web server, over HTTPS too, with every answer that it may give."""

from pathlib import Path

import pytest
import trustme

from kmkit.errors import Cannot
from kmkit.reach.webhooks import PAUSES, Posted, post
from tests.smtp_servers import Clock, certificate
from tests.webhook_servers import hooked

BODY = b'{"text": "\xd9\x82"}'


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_message_arrives_as_it_is(clock: Clock) -> None:
    with hooked() as hook:
        assert post(hook.url, BODY, wait=clock.wait) == Posted("sent", 200, "ok")
    assert hook.bodies == [BODY]
    assert hook.kinds == ["application/json; charset=utf-8"]


def test_over_https_the_server_has_to_prove_who_it_is(clock: Clock, tmp_path: Path) -> None:
    authority = trustme.CA()
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with hooked(trust=certificate(authority, "localhost")) as hook:
        assert post(hook.url, BODY, wait=clock.wait, ca=str(ca)).kind == "sent"
        with pytest.raises(Cannot, match="localhost does not prove who it is") as no:
            post(hook.url, BODY, wait=clock.wait)
    assert "secret-token" not in str(no.value)
    with (
        hooked(trust=certificate(authority, "hooks.example.org")) as hook,
        pytest.raises(Cannot, match="does not prove who it is: Hostname mismatch"),
    ):
        post(hook.url, BODY, wait=clock.wait, ca=str(ca))


def test_what_is_put_off_is_tried_again(clock: Clock) -> None:
    with hooked((429, "slow down", {"Retry-After": "30"}), (503, "", {})) as hook:
        assert post(hook.url, BODY, wait=clock.wait).kind == "sent"
    assert clock.waits == [30, PAUSES[1]]
    assert hook.bodies == [BODY] * 3


def test_what_is_always_put_off_is_deferred(clock: Clock) -> None:
    late = (429, "slow down", {"Retry-After": "99999"})
    with hooked(*[late] * 4) as hook:
        assert post(hook.url, BODY, wait=clock.wait) == Posted("deferred", 429, "slow down")
    assert clock.waits == [300] * 3


def test_a_refusal_is_final(clock: Clock) -> None:
    with hooked((404, "no_service", {}), (400, "invalid_blocks\x1b[0m", {})) as hook:
        assert post(hook.url, BODY, wait=clock.wait) == Posted("refused", 404, "no_service")
        assert post(hook.url, BODY, wait=clock.wait).said == "invalid_blocks[0m"
    assert clock.waits == []


def test_an_answer_that_repeats_the_address_tells_nobody(clock: Clock) -> None:
    told = "Cannot POST /services/T0/B0/secret-token or services%2FT0%2FB0%2Fsecret-token"
    with hooked((404, told, {}), (200, told, {})) as hook:
        for kind, code in (("refused", 404), ("sent", 200)):
            found = post(hook.url, BODY, wait=clock.wait)
            assert (found.kind, found.code) == (kind, code)
            assert found.said.startswith("Cannot POST […]")
            assert "secret-token" not in found.said


def test_teams_tells_of_a_failure_with_success(clock: Clock) -> None:
    said = "Webhook message delivery failed with error: HTTP error 413"
    with hooked((200, said, {})) as hook:
        assert post(hook.url, BODY, wait=clock.wait).kind == "refused"


def test_cut_before_the_answer_nobody_knows(clock: Clock) -> None:
    with hooked("cut") as hook:
        assert post(hook.url, BODY, wait=clock.wait).kind == "unknown"
    assert len(hook.bodies) == 1


def test_cut_within_the_text_of_a_refusal_the_code_tells(clock: Clock) -> None:
    with hooked((400, "3\r\nabc\r\n", {"Transfer-Encoding": "chunked"})) as hook:
        assert post(hook.url, BODY, wait=clock.wait)[:2] == ("refused", 400)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_message_goes_where_an_answer_points(clock: Clock, code: int) -> None:
    with (
        hooked() as other,
        hooked((code, "", {"Location": other.url})) as hook,
        pytest.raises(Cannot, match="sends us to another address") as no,
    ):
        post(hook.url, BODY, wait=clock.wait)
    assert not other.bodies
    assert "secret-token" not in str(no.value)


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example.org/x", "http://hooks.example.org/x", "ftp://localhost/x", "https://",
     "https://user:pw@hooks.example.org/x", "https://hooks.example.org/a b", "https://[::1/x",
     "file:///etc/passwd", "https://hooks.example.org/\r\nX: y", "https://höoks.example.org/x"],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook(clock: Clock, url: str) -> None:
    with pytest.raises(Cannot, match="The webhook's address"):
        post(url, BODY, wait=clock.wait)


def test_no_server(clock: Clock) -> None:
    with hooked() as hook:
        pass
    with pytest.raises(Cannot, match="localhost cannot be reached: Connection refused") as no:
        post(hook.url, BODY, wait=clock.wait)
    assert "secret-token" not in str(no.value)
    with pytest.raises(Cannot, match="cannot be read as certificates"):
        post(hook.url, BODY, wait=clock.wait, ca="/none.pem")
