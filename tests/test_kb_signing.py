"""Where signatures are asked for, a move that the audit would refuse is not made."""

import pytest

from kmkit.errors import KmkitError, Refused
from kmkit.kb import KnowledgeBase
from tests.conftest import APPROVE, BEN, at, captured
from tests.sending_kb import git
from tests.signing_keys import SshKey, ssh_key


def asked_for(kb: KnowledgeBase, **keys: SshKey) -> None:
    """The rules ask for signatures, by these keys of people of example.org."""
    place = kb.root / "policy.toml"
    text = place.read_text(encoding="utf-8").replace('"optional"', '"required"')
    lines = "".join(f'"{who}@example.org" = ["{key.line}"]\n' for who, key in keys.items())
    place.write_text(text.replace("[keys]\n", f"[keys]\n{lines}"), encoding="utf-8")
    git(kb.root, "commit", "-qam", "Ask for signatures")


def signs(kb: KnowledgeBase, named: str) -> None:
    git(kb.root, "config", "gpg.format", "ssh")
    git(kb.root, "config", "commit.gpgsign", "true")
    git(kb.root, "config", "user.signingkey", named)


def test_whoever_has_no_key_there_is_told(kb: KnowledgeBase) -> None:
    note = captured(kb)
    asked_for(kb, ana=ssh_key("ana"))
    signs(kb, str(ssh_key("ben").file))
    tip = kb.git.tip()
    with pytest.raises(Refused, match=r"policy\.toml has not a key of ben@example\.org"):
        at(kb, BEN).move("validate", note, APPROVE)
    assert kb.git.tip() == tip


@pytest.mark.parametrize("form", ["private", "public", "literal"])
def test_another_key_than_that_of_the_rules_is_told(kb: KnowledgeBase, form: str) -> None:
    note = captured(kb)
    asked_for(kb, ben=ssh_key("ben"))
    for who in ("ana", "ben"):
        key = ssh_key(who)
        named = {
            "private": str(key.file),
            "public": f"{key.file}.pub",
            "literal": f"key::{key.line}",
        }[form]
        signs(kb, named)
        if who == "ana":
            with pytest.raises(Refused, match="has not the key that git signs with"):
                at(kb, BEN).move("validate", note, APPROVE)
        elif form != "literal":  # that one is in an agent, and there is none here
            assert at(kb, BEN).move("validate", note, APPROVE).note.state == "validated"


def test_a_key_that_cannot_be_read_here_is_left_to_git(kb: KnowledgeBase) -> None:
    note = captured(kb)
    asked_for(kb, ben=ssh_key("ben"))
    signs(kb, "/nowhere/key")
    with pytest.raises(KmkitError, match=r"(?i)sign|key") as failed:
        at(kb, BEN).move("validate", note, APPROVE)
    assert "has not the key" not in str(failed.value)
