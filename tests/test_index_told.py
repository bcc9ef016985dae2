"""The index takes commits apart by itself where kmkit wrote them: it must say what `parse` says."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.keeping.told import _of, _row
from kmkit.trail.event import compose, parse

SHA = "ab" * 20
TRAILERS = [
    ("Kmkit-Note", "20261121-order-fuel-x7k2"),
    ("Kmkit-Move", "validate captured -> validated"),
    ("Kmkit-Method", "peer-review"),
    ("Kmkit-Verdict", "approve"),
    ("Reviewed-by", "Ben <ben@example.org>"),
    ("Reviewed-by", "Ana <ana@example.org>"),
]
AUTHORS = [
    b"Ana <Ana@Example.org> 1700000000 +0000",
    b"Ana <ana@example.org> 1700000000 -1130",
    "Zoë <zoë@example.org> 1700000000 +0545".encode(),
    b"<nobody@example.org> 86399 +1400",
    b"Ana <> 1700000000 +0000",
    b"Ana ana@example.org",
]


def raw(author: bytes, message: bytes, more: bytes = b"") -> bytes:
    head = b"tree " + b"1" * 40 + b"\nparent " + b"2" * 40 + b"\nauthor " + author
    return head + b"\ncommitter " + author + b"\n" + more + b"\n" + message


def same(commit: bytes) -> None:
    event = parse(SHA, commit)
    assert _row(SHA, commit) == (_of(event) if event else None)


@pytest.mark.parametrize("author", AUTHORS)
def test_what_kmkit_writes(author: bytes) -> None:
    for reason in ("", "Checked.", "First.\n\nThen: more.\nKmkit-Move: capture -> captured"):
        message = compose("validate: Order fuel", reason, TRAILERS).encode()
        same(raw(author, message))
        same(raw(author, message, b"encoding ISO-8859-1\n"))
        same(raw(author, message, b"gpgsig -----BEGIN\n \n author x <y@z> 1 +0000\n -----END\n"))
    assert _row(SHA, raw(AUTHORS[0], message)) is not None


@given(st.integers(0, 2**32), st.sampled_from(AUTHORS))
@settings(max_examples=300, deadline=None)
def test_what_others_make_of_it(seed: int, author: bytes) -> None:
    chance = random.Random(seed)
    lines = compose("validate: Order fuel", "Checked.", TRAILERS).splitlines()
    odd = ["", " ", "Kmkit-Note: other", "kmkit-move: edit", "Kmkit-Record: r", "---"]
    odd += ["Kmkit-Attached: a", "(cherry picked from commit 1)", "Kmkit-Move:", " more"]
    odd += ["Signed-off-by: x", "Kmkit-Verdict: return"]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines) + 1)
        what = chance.choice(("add", "drop", "twice", "change"))
        if what == "add":
            lines.insert(at, chance.choice(odd))
        elif at < len(lines) and what == "drop":
            del lines[at]
        elif at < len(lines) and what == "twice":
            lines.insert(at, lines[at])
        elif at < len(lines):
            lines[at] = lines[at].replace(
                chance.choice(": -a"), chance.choice(["", " ", "\t", "\r"])
            )
    end = chance.choice(["\n", "", "\n\n", " \n", "\r\n"])
    same(raw(author, ("\n".join(lines) + end).encode()))
