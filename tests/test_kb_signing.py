"""Where signatures are asked for, a move that the audit would refuse is not made."""

import pytest

from kmkit.errors import KmkitError, Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import APPROVE, BEN, Run, at, captured
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
    asked_for(kb, ana=ssh_key("ana"), ben=ssh_key("ben"))
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
    asked_for(kb, ana=ssh_key("ana"), ben=ssh_key("ben"))
    signs(kb, "/nowhere/key")
    with pytest.raises(KmkitError, match=r"(?i)sign|key") as failed:
        at(kb, BEN).move("validate", note, APPROVE)
    assert "has not the key" not in str(failed.value)


def test_nothing_is_to_be_signed_until_a_steward_has_a_key(kb: KnowledgeBase, run: Run) -> None:
    """Else nobody could add the first one: that commit would have to be signed by it."""
    asked_for(kb)
    checked = run(kb.root, "check")
    assert (checked.code, "no steward has a key" in checked.out + checked.err) == (1, True)
    note = captured(kb)
    signs(kb, f"{ssh_key('ana').file}.pub")
    place = kb.root / "policy.toml"
    text = place.read_text(encoding="utf-8")
    line = f'"ana@example.org" = ["{ssh_key("ana").line}"]'
    place.write_text(text.replace("[keys]\n", f"[keys]\n{line}\n"), encoding="utf-8")
    git(kb.root, "commit", "-qam", "My key")
    again = KnowledgeBase(kb.root, now=kb.now, actor=kb.actor)
    again.move("retire", again.resolve(note.id), Request(because="It was a trial."))
    audited = run(kb.root, "audit")
    assert audited.code == 0, audited.out + audited.err
    git(kb.root, "config", "commit.gpgsign", "false")
    with pytest.raises(Refused, match="git does not sign here"):
        captured(again, "Another")
