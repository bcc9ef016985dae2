"""Where signatures are asked for, a move that the audit would refuse is not made."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kmkit.errors import Cannot, KmkitError, Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import ANA, APPROVE, BEN, CY, Run, at, captured
from tests.sending_kb import git
from tests.signing_keys import GpgKey, SshKey, gpg, gpg_key, gpg_stop, ssh_key


def asked_for(kb: KnowledgeBase, **keys: SshKey | GpgKey) -> None:
    """The rules ask for signatures, by these keys of people of example.org."""
    place = kb.root / "policy.toml"
    text = place.read_text(encoding="utf-8").replace('"optional"', '"required"')
    lines = "".join(
        f'''"{who}@example.org" = ["""{key.line if isinstance(key, SshKey) else key.armour}"""]\n'''
        for who, key in keys.items()
    )
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
    with pytest.raises(Refused, match=r"policy\.toml names no key of ben@example\.org"):
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
            with pytest.raises(Refused, match="does not name the key that git signs with"):
                at(kb, BEN).move("validate", note, APPROVE)
        elif form != "literal":  # that one is in an agent, and there is none here
            assert at(kb, BEN).move("validate", note, APPROVE).note.state == "validated"


def test_a_key_that_cannot_be_read_here_is_left_to_git(kb: KnowledgeBase) -> None:
    note = captured(kb)
    asked_for(kb, ana=ssh_key("ana"), ben=ssh_key("ben"))
    signs(kb, "/nowhere/key")
    with pytest.raises(KmkitError, match=r"(?i)sign|key") as failed:
        at(kb, BEN).move("validate", note, APPROVE)
    assert "does not name the key" not in str(failed.value)


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


# OpenPGP

with_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")


class Ring(NamedTuple):
    """A home of gpg with the secret keys of two people, as on a machine that they share."""

    home: Path
    ana: GpgKey
    ben: GpgKey


@pytest.fixture(scope="module")
def shared() -> Iterator[Ring]:
    ana, ben = gpg_key(str(ANA)), gpg_key(str(BEN))
    gpg(ana.home, "--import", stdin=gpg(ben.home, "--export-secret-keys"))
    gpg_stop(ben.home)
    yield Ring(ana.home, ana, ben)
    gpg_stop(ana.home)


@pytest.fixture
def ring(shared: Ring, monkeypatch: pytest.MonkeyPatch) -> Ring:
    monkeypatch.setenv("GNUPGHOME", str(shared.home))
    return shared


def signs_by_openpgp(kb: KnowledgeBase, named: str = "") -> None:
    git(kb.root, "config", "commit.gpgsign", "true")
    if named:
        git(kb.root, "config", "user.signingkey", named)


@with_gpg
@pytest.mark.parametrize("named", [True, False], ids=["by its name", "by the address"])
def test_an_openpgp_key_of_the_rules_signs(
    kb: KnowledgeBase, ring: Ring, named: bool, run: Run
) -> None:
    note = captured(kb)
    asked_for(kb, ana=ring.ana, ben=ring.ben)
    signs_by_openpgp(kb, ring.ben.fingerprint[-16:] if named else "")
    assert at(kb, BEN).move("validate", note, APPROVE).note.state == "validated"
    audit = run(kb.root, "audit", str(note.id)[-4:])
    assert (audit.code, "validated" in audit.out) == (0, True), audit.out + audit.err


@with_gpg
def test_the_openpgp_key_of_somebody_else_is_told(kb: KnowledgeBase, ring: Ring) -> None:
    note = captured(kb)
    asked_for(kb, ana=ring.ana, ben=ring.ben)
    signs_by_openpgp(kb, ring.ana.fingerprint)
    tip = kb.git.tip()
    with pytest.raises(Refused) as failed:
        at(kb, BEN).move("validate", note, APPROVE)
    said = str(failed.value)
    assert f"does not name the key that git signs with ({ring.ana.fingerprint})" in said
    assert f"git config user.signingkey {ring.ben.fingerprint}," in said
    with pytest.raises(Refused, match=ring.ana.fingerprint):
        captured(at(kb, BEN), "Another")
    assert kb.git.tip() == tip


@with_gpg
def test_a_key_of_another_kind_than_the_rules_have_is_told(kb: KnowledgeBase, ring: Ring) -> None:
    note = captured(kb)
    asked_for(kb, ana=ring.ana, ben=ssh_key("ben"))
    signs_by_openpgp(kb, ring.ben.fingerprint)
    with pytest.raises(Refused, match=f"git signs with \\({ring.ben.fingerprint}\\)"):
        at(kb, BEN).move("validate", note, APPROVE)
    git(kb.root, "config", "gpg.format", "x509")
    with pytest.raises(Refused, match=r"git signs with \(gpg\.format x509\)"):
        at(kb, BEN).move("validate", note, APPROVE)
    signs(kb, "/nowhere/key")
    with pytest.raises(Refused, match=r"git signs with \(gpg\.format ssh\)"):
        captured(at(kb, ANA), "Another")


@with_gpg
def test_an_openpgp_key_that_cannot_be_told_is_left_to_git(
    kb: KnowledgeBase, ring: Ring, tmp_path: Path
) -> None:
    note = captured(kb)
    asked_for(kb, ana=ring.ana, ben=ring.ben)
    signs_by_openpgp(kb, "0123456789ABCDEF")
    nothing = str(tmp_path / "nothing")
    for program, way in (
        ("gpg", "Mend it (user.signingkey, gpg.program)."),
        (nothing, f"{nothing}, which is not found. Name one that is there (git config --get-reg"),
    ):
        git(kb.root, "config", "gpg.program", program)
        with pytest.raises(Cannot, match=r"(?i)sign|gpg") as failed:
            at(kb, BEN).move("validate", note, APPROVE)
        assert way in str(failed.value)
        assert "commit.gpgsign false" not in str(failed.value)


@with_gpg
def test_where_gpg_is_missing_it_is_said_what_to_install(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    signs_by_openpgp(kb, "0123456789ABCDEF")
    (tmp_path / "git").symlink_to(str(shutil.which("git")))
    (kb.root / "gpg").write_text("#!/bin/sh\ntouch ran\n", "utf-8")
    (kb.root / "gpg").chmod(0o755)
    monkeypatch.chdir(kb.root)
    for path in (str(tmp_path), f"{tmp_path}{os.pathsep}", f".{os.pathsep}{tmp_path}"):
        monkeypatch.setenv("PATH", path)
        ran = run(kb.root, "capture", "T", "-m", "x", "--no-input")
        assert ran.code == 4
        assert ran.err == (
            "Commits are signed here by gpg, which is not found.\n"
            "Install GnuPG (https://gnupg.org), or turn signing off: "
            "git config commit.gpgsign false.\n"
        )
    assert not (kb.root / "ran").exists()


def test_to_sign_nothing_is_a_way_out_where_the_rules_allow_it(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    signs_by_openpgp(kb, "0123456789ABCDEF")
    git(kb.root, "config", "gpg.program", str(tmp_path / "nothing"))
    with pytest.raises(Cannot, match=r"or turn signing off: git config commit\.gpgsign false\."):
        captured(kb)


@with_gpg
def test_how_git_signs_is_told_by_the_key_that_the_rules_have(
    kb: KnowledgeBase, ring: Ring
) -> None:
    note = captured(kb)
    asked_for(kb, ana=ssh_key("ana"), ben=ring.ben)
    with pytest.raises(Refused) as by_ssh:
        captured(at(kb, ANA), "Another")
    assert "git config gpg.format ssh, git config user.signingkey FILE.pub" in str(by_ssh.value)
    with pytest.raises(Refused) as by_openpgp:
        at(kb, BEN).move("validate", note, APPROVE)
    said = str(by_openpgp.value)
    assert f"gpg.format openpgp, git config user.signingkey {ring.ben.fingerprint}, and" in said
    assert "A steward" not in said
    with pytest.raises(Refused, match=r"gpgsign true; a steward adds your key to \[keys\]"):
        captured(at(kb, CY), "Another")


@with_gpg
def test_an_audit_that_needs_gpg_says_so_and_blames_nobody(
    kb: KnowledgeBase, ring: Ring, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = captured(kb)
    asked_for(kb, ana=ssh_key("ana"), ben=ring.ben)
    signs(kb, f"{ssh_key('ana').file}.pub")
    captured(kb, "Another")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", "ssh-keygen"):
        (programs / name).symlink_to(str(shutil.which(name)))
    whole = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(programs))
    assert run(kb.root, "audit").code == 0  # ssh alone signed
    monkeypatch.setenv("PATH", whole)
    git(kb.root, "config", "gpg.format", "openpgp")
    git(kb.root, "config", "user.signingkey", ring.ben.fingerprint)
    at(kb, BEN).move("validate", note, APPROVE)
    assert run(kb.root, "audit").code == 0
    monkeypatch.setenv("PATH", str(programs))
    ran = run(kb.root, "audit")
    assert (ran.code, ran.out) == (4, "")
    assert "gpg is not installed" in ran.err
    assert "Install GnuPG" in ran.err
    monkeypatch.setenv("PATH", whole)
    assert run(kb.root, "audit").code == 0
