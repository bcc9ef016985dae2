"""One commit before its judge: who has to prove it, and what comes of it where nobody can."""

from collections.abc import Iterable
from typing import NoReturn

import pytest

from kmkit.config import Policy, parse_policy
from kmkit.errors import Cannot
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.history import Commit
from kmkit.trail.audit.rules_of import Rules
from kmkit.trail.audit.scene import Scene, Verify
from kmkit.trail.audit.trailers import told
from kmkit.trail.signing import Unproved, Verifier

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDIhz2GK/XCUj4i6Q5yQJNL1MKMY0RxzPV2QrBqfHrDq"
RAW = (
    b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    b"author Cy Young <cy@example.org> 1790000000 +0000\n"
    b"committer Cy Young <cy@example.org> 1790000000 +0000\n\nWords\n"
)


class Missing:
    """What cannot verify: a package is missing."""

    def verify(self, raw: bytes, keys: Iterable[str]) -> NoReturn:
        """Cannot, as `Verifier` says it."""
        raise Cannot("A package is missing.", "Install it.")


def policy(asked: str = "optional", who: str = "cy@example.org") -> Policy:
    """Rules with the key of one person."""
    return parse_policy(
        f'[roles]\nsteward = ["{who}"]\n'
        f'[trust]\nsignatures = "{asked}"\n[keys]\n"{who}" = ["{KEY}"]\n'
    )


def scene(
    *policies: Policy, signatures: Verify | None = None, required: bool = False, raw: bytes = RAW
) -> Scene:
    """A commit by Cy, judged by these rules."""
    books = [Book(Rules(each, None, {})) for each in policies]
    commit = Commit("1" * 40, (), raw, (), {})
    return Scene(
        commit, told(commit.sha, raw), {}, 1, books, Book(), [], set(), {}, lambda blob: b"",
        signatures, required,
    )  # fmt: skip


def test_who_cannot_verify_says_so_where_it_is_asked_for() -> None:
    found = scene(policy("required"), signatures=Missing())
    with pytest.raises(Cannot, match="missing"):
        found.ask_signature("", "")


def test_who_cannot_verify_proves_nothing_where_it_is_not() -> None:
    found = scene(policy(), signatures=Missing())
    found.ask_signature("", "")
    assert not found.signed
    assert found.signature == Unproved("A package is missing.")
    assert found.findings == []


def test_what_is_asked_for_by_one_parent_or_by_the_audit() -> None:
    for found in (
        scene(policy(), policy("required"), signatures=Verifier()),
        scene(policy(), signatures=Verifier(), required=True),
    ):
        found.ask_signature("n", "p")
        assert [(one.rule, one.note, one.path) for one in found.findings] == [
            ("unsigned-move", "n", "p")
        ]
        found.say("removed-note", "n", "q", "It was removed.")
        for note, path in (("n", "p"), ("n", ""), ("m", "q"), ("n", "q"), ("m", ""), ("m", "q")):
            found.ask_signature(note, path)
        assert [(one.note, one.path) for one in found.findings[2:]] == [("m", "q"), ("n", "q")]
        assert len(found.findings) == len(found.faults) == 4


def test_a_key_counts_that_every_parent_knows() -> None:
    found = scene(policy(), policy(who="ben@example.org"), signatures=Missing())
    assert found.signature == Unproved("Its author has no key in policy.toml.")
    assert scene(signatures=Missing()).signature == found.signature


def test_co_authors_wrote_as_well() -> None:
    raw = RAW + b"\nCO-AUTHORED-BY: Dee Lim <Dee@example.org>\n"
    found = scene(policy(), raw=raw)
    assert found.writers == {"cy@example.org", "dee@example.org"}
    assert found.names == {"Cy Young", "Dee Lim"}


def test_a_commit_without_an_author_is_by_nobody() -> None:
    nobody = RAW.replace(b"author Cy", b"by Cy")
    found = scene(policy("required"), signatures=Verifier(), raw=nobody)
    assert (found.author.name, found.author.email, found.writers) == ("", "", frozenset())
    found.ask_signature("", "")
    assert "This commit by nobody is not proved" in found.findings[0].message
