"""What is measured of sending is what it is said to be."""

from benchmarks.mail import in_turns, letter, people, server, settings
from kmkit.reach.letters import eml


def test_both_ways_send_the_same() -> None:
    with server() as port:
        found = in_turns(settings(port), 4, 2)
    assert list(found) == ["smtplib alone", "kmkit"]
    one, other = (eml(letter(settings(1), to)) for to in people(2))
    assert one != other
    assert len(one) == len(other)
