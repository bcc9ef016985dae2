"""What a message tells, and each way in which two readers could understand it in two ways."""

import re

import pytest

from kmkit.trail.audit.trailers import _at_a_glance, told
from kmkit.trail.event import parse

HEAD = (
    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    "author Ben Adu <ben@example.org> 1790000000 +0000\n"
    "committer Ben Adu <ben@example.org> 1790000000 +0000\n\n"
)
PLAIN = (
    "validate: fuel\n\nChecked.\n\nKmkit-Note: 20261121-fuel-aaaa\n"
    "Kmkit-Move: validate captured -> validated\nKmkit-Fingerprint: k1:00\n"
    "Kmkit-Method: peer-review\nKmkit-Verdict: approve\nReviewed-by: Ben Adu <ben@example.org>\n"
)
ATTACHED = (
    "Kmkit-Verdict: approve\nKmkit-Attached: a.csv sha256:00\nKmkit-Attached: b.csv sha256:01"
)


def raw(message: str, encoding: str = "utf-8") -> bytes:
    """A commit with this message."""
    return (HEAD + message).encode(encoding)


CERTAIN = {
    "as it is written": PLAIN,
    "with two files": PLAIN.replace("Kmkit-Verdict: approve", ATTACHED),
    "with CRLF": PLAIN.replace("\n", "\r\n"),
    "with a co-author": PLAIN + "Co-authored-by: Dee Lim <dee@example.org>\n",
    "with a word like it": PLAIN.replace("Checked.", "See the kmkit-note above."),
    "reviewed by, in prose": PLAIN.replace("Checked.", "It was reviewed-by nobody else."),
    "without an end of its last line": PLAIN.removesuffix("\n"),
    "with its name set in": PLAIN.replace("Checked.", "He said:\n Kmkit-Note: x\n\tKmkit-Move: y"),
    "with its name in a quote": PLAIN.replace("Checked.", "He said:\n  Kmkit-Note: x"),
}


@pytest.mark.parametrize("name", CERTAIN)
def test_a_message_that_is_certain(name: str) -> None:
    said = told("1" * 40, raw(CERTAIN[name]))
    assert (said.rule, said.message, said.quotes, said.record) == ("", "", 0, None)
    assert said.event
    assert (said.event.note, said.event.move) == ("20261121-fuel-aaaa", "validate")
    assert said.event.reviewed_by == ("Ben Adu <ben@example.org>",)


@pytest.mark.parametrize(
    "reason", ["Checked.", "V\u00e9rifi\u00e9.", "One.\n\n- a\n  b\nReviewed-by"]
)
def test_the_usual_message_is_certain_at_a_glance(reason: str) -> None:
    message = raw(PLAIN.replace("Checked.", reason))
    event = _at_a_glance("1" * 40, message)
    assert event
    assert event == parse("1" * 40, message)
    assert event.reason == reason


ODD = (
    *("\r", "\t", " ", "\n", "\n\n", ":", "x", "---", ">8", "# - >8 -- x\n", "kmkit-", "KMKIT-"),
    *("Kmkit-Level: x\n", "Kmkit-Note: z\n", "Kmkit-Record: r\n", "Kmkit-Attached: a\n"),
    *("Reviewed-by: ", "reviewed-by: x\n", "Co-authored-by: A <b>\n"),
    *("\0", "\x85", "\u00a0", "\u0131", "\u212a", "\u2028", "\ufeff", "\u00e9"),
)
"""What somebody may put into a message."""
BYTES = (*(odd.encode() for odd in ODD), b"\xe9", b"\xc3x\xa9")


@pytest.mark.parametrize("odd", BYTES)
def test_at_a_glance_nothing_else_is_told(odd: bytes) -> None:
    """Of a message that names its encoding all is looked at."""
    head, plain = HEAD.encode(), PLAIN.encode()
    named = head.replace(b"+0000\n\n", b"+0000\nencoding UTF-8\n\n")
    for place in re.finditer(rb"(?m)\b|$", plain):
        message = plain[: place.start()] + odd + plain[place.start() :]
        assert told("1" * 40, head + message) == told("1" * 40, named + message)


def test_a_message_in_bytes_that_are_no_text() -> None:
    said = told("1" * 40, raw(PLAIN.replace("Checked.", "Vérifié."), "latin-1"))
    assert said.event
    assert "rifi" in said.event.reason


NOTHING = {
    "nothing of ours": "Typo\n",
    "the name in the subject": "Explain the trailer kmkit-note\n",
    "in capitals": "MKIT-X\n",
    "a name of another tool": "x\n\nMykmkit-Note: y\n",
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_message_that_tells_nothing(name: str) -> None:
    assert told("1" * 40, raw(NOTHING[name])) == (None, "", "", 0, None)


def test_a_squash_that_quotes_moves() -> None:
    quoted = "".join(f"    {line}\n" for line in PLAIN.splitlines())
    assert told("1" * 40, raw(f"Squashed\n\n{quoted}\n{quoted}")).quotes == 2


def test_a_step_of_a_record() -> None:
    message = "apply: it\n\nKmkit-Record: r-1\nKmkit-Move: apply\nKmkit-About: 20261121-fuel-aaaa\n"
    said = told("1" * 40, raw(message))
    assert (said.event, said.rule) == (None, "")
    assert said.record
    assert said.record.note == "r-1"


def test_a_message_in_an_encoding_that_it_names() -> None:
    head = HEAD.replace("+0000\n\n", "+0000\nencoding ISO-8859-1\n\n")
    board = PLAIN.replace("Reviewed-by", "Kmkit-Decided-By: Zo\u00eb\nReviewed-by")
    said = told(
        "1" * 40, (head + board.replace("Checked.", "V\u00e9rifi\u00e9.")).encode("latin-1")
    )
    assert (said.rule, said.quotes) == ("", 0)
    assert said.event
    assert (said.event.get("Decided-By"), said.event.reason) == ("Zo\u00eb", "V\u00e9rifi\u00e9.")


@pytest.mark.parametrize("encoding", ["UTF-7", "cp037", "UTF-16"])
def test_a_move_that_an_encoding_hides(encoding: str) -> None:
    head = HEAD.replace("+0000\n\n", f"+0000\nencoding {encoding}\n\n").encode()
    hidden = {"UTF-7": b"x\n\n+AEs-mkit-Note: y\n"}.get(encoding, PLAIN.encode(encoding))
    said = told("1" * 40, head + hidden)
    assert (said.event, said.rule) == (None, "bad-trailers")


DOUBTFUL = {
    "scissors of two dashes": (PLAIN.replace("Checked.", "# - >8 -- x"), "would take the message"),
    "broken by a tab": (PLAIN.replace("captured -> ", "captured ->\n\t"), "two lines"),
    "letters like ours": (PLAIN.replace("Checked.", "Kmk\u0131t-Verdict: return"), "outside"),
    "before the last and in small": (PLAIN.replace("Checked.", "kmkit-level: x"), "'kmkit-level'"),
    "nothing but capitals": ("x\n\nKMKIT-NOTE: y\n", "is spelt"),
    "nothing but small letters": ("x\n\nkmkit-note: y\n", "is spelt"),
    "no move": ("x\n\nKmkit-Note: y\n", "do not make a move"),
    "NUL": (PLAIN.replace("Checked.", "Che\0cked."), "would take the message to end"),
    "a patch": (PLAIN.replace("Checked.", "Checked.\n--- a"), "would take the message to end"),
    "scissors": (PLAIN.replace("Checked.", "# ---- >8 ----"), "would take the message to end"),
    "a note twice": (PLAIN.replace("Kmkit-Move", "Kmkit-Note: y\nKmkit-Move"), "there twice"),
    "a name of its own": (PLAIN + "Kmkit-Blessed: yes\n", "outside the message's last paragraph"),
    "before the last": (PLAIN.replace("Checked.", "Kmkit-Level: x"), "outside"),
    "broken": (PLAIN.replace("captured -> validated", "captured ->\n  validated"), "two lines"),
    "both": (PLAIN.replace("Kmkit-Move", "Kmkit-Record: r\nKmkit-Move"), "and of a record"),
    "reviewer in capitals": (PLAIN.replace("Reviewed-by", "REVIEWED-BY"), "'REVIEWED-BY' is spelt"),
    "reviewer in small": (PLAIN + "reviewed-by: Dee <d@x.org>\n", "'reviewed-by' is spelt"),
    "no colon": (PLAIN.replace("Method: peer-review", "Method"), "outside"),
    "a reviewer without a colon": (PLAIN + "Reviewed-by\n", "outside"),
    "a move before the last": ("x\n\nKmkit-Move: y\n\nKmkit-Note: z\n", "outside"),
    "a blank before": (PLAIN.replace("Move: ", "Move : "), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_message_that_is_doubtful(name: str) -> None:
    message, said = DOUBTFUL[name]
    found = told("1" * 40, raw(message))
    assert (found.event, found.rule) == (None, "bad-trailers")
    assert said in found.message


@pytest.mark.parametrize("other", ["Kmkit-Move", "kmkit-move", "KMKIT-MOVE"])
def test_two_moves_in_one_message(other: str) -> None:
    message = PLAIN.replace("Checked.", f"{other}: retire a -> b\n\nChecked.")
    found = told("1" * 40, raw(message))
    assert (found.event, found.rule) == (None, "squashed")
    assert "2 moves" in found.message


def test_two_moves_in_the_last_paragraph() -> None:
    message = PLAIN.replace("Kmkit-Method", "Kmkit-Move: retire captured -> retired\nKmkit-Method")
    found = told("1" * 40, raw(message))
    assert (found.event, found.rule) == (None, "bad-trailers")
    assert "Kmkit-Move stands there twice" in found.message
