"""The index takes commits apart by itself where kmkit wrote them: it must say what `parse` says."""

import random
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.keeping.schema import lay_out
from kmkit.index.keeping.store import connected
from kmkit.index.keeping.told import _of, _row, bring_up
from kmkit.trail import log
from kmkit.trail.event import compose, parse
from kmkit.trail.git import Git

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
    same(raw(author, changed(random.Random(seed))))


def changed(chance: random.Random) -> bytes:
    """A message of kmkit's that somebody else had in hand."""
    lines = compose("validate: Order fuel", "Checked.", TRAILERS).splitlines()
    odd = ["", " ", "Kmkit-Note: other", "kmkit-move: edit", "Kmkit-Record: r", "---"]
    odd += ["Kmkit-Attached: a", "(cherry picked from commit 1)", "Kmkit-Move:", " more"]
    odd += ["Signed-off-by: x", "Kmkit-Verdict: return", "Kmkit-Attached: b", "Kmkit-Own: a"]
    odd += ["Kmkit-Own: b", "Reviewed-by: x", "Kmkit-Note:\ta"]
    for _ in range(chance.randint(1, 5)):
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
    return ("\n".join(lines) + end).encode()


SIGNED = b"gpgsig -----BEGIN\n \n author x <y@z> 1 +0000\n Kmkit-Move: a\n -----END\n"


@pytest.mark.parametrize("seed", range(3))
def test_a_history_tells_what_its_commits_tell(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_MOST", (100, 7, 1)[seed])
    subprocess.run(["git", "init", "-q", "-b", "main", tmp_path], check=True)
    git, chance = Git.find(tmp_path), random.Random(seed)
    tree = git.run("hash-object", "-t", "tree", "-w", "--stdin", stdin=b"").decode().strip()
    index = connected("file::memory:")
    lay_out(index)
    index.execute("BEGIN")
    tips: list[str] = []
    for number in range(60):
        parents = tips[-1:] + ([chance.choice(tips)] if chance.random() < 0.03 and tips else [])
        tips.append(made(git, chance, tree, parents, 1_700_000_000 + number))
        if number in (12, 39, 59):
            git.run("update-ref", "refs/heads/main", tips[-1])
            bring_up(index, git, tips[-1])
            told = index.execute("SELECT sha, note, move, at, day, email FROM events ORDER BY seq")
            found = log.commits(git, tips[-1], oldest_first=True)
            events = [event for sha, raw in found if (event := parse(sha, raw))]
            assert sorted(told) == sorted(map(_of, events))
            index.execute("UPDATE meta SET value = '' WHERE key = 'told' AND ?", (seed == 2,))


def made(git: Git, chance: random.Random, tree: str, parents: list[str], at: int) -> str:
    """A commit as kmkit, somebody else or another program makes it.

    Its second is the committer's: where clocks go back by years git itself errs about histories.
    """
    message = compose("validate: Order fuel", "Checked.\n\nTwice.", TRAILERS).encode()
    long = compose("capture: Fuel", "Long. " * 20_000, TRAILERS).encode()
    first = message.partition(b"\n\n")[2]  # '\n' before it: its subject is empty
    others = [
        b"",
        b"By hand",
        b"\n" + first,
        first,
        b"Kmkit-Move: edit\n",
        b"\n\nLate\n\nKmkit-Move: edit\n",
        long,
    ]
    message = chance.choice([message, message, changed(chance), chance.choice(others)])
    message = message.replace(b"\n", b"\r\n") if chance.random() < 0.1 else message
    more = chance.choice([b"", b"", b"", SIGNED, b"encoding ISO-8859-1\n"])
    body = raw(chance.choice([*AUTHORS, b"Ana <a@b.org> 1700000000 +9900"]), message, more)
    known = "".join(f"parent {parent}\n" for parent in parents).encode()
    body = body.replace(b"tree " + b"1" * 40, b"tree " + tree.encode())
    body = body.replace(b"parent " + b"2" * 40 + b"\n", known)
    body = re.sub(rb"(?m)^committer .*$", b"committer C <c@d.org> %d +0000" % at, body, count=1)
    wanted = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    return git.run(*wanted, stdin=body).decode().strip()
