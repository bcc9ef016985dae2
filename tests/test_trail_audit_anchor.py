"""Where the audit begins, and what it remembers of where it ended."""

import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.errors import Cannot, UsageError
from kmkit.trail.audit.anchor import (
    ANCHOR,
    Anchor,
    anchor_of,
    entitled,
    leads_back,
    pin,
    remember,
    rewritten,
    seen,
    steward_of,
)
from tests.conftest import ANA, CY
from tests.forgeries.builder import History, key_of

HEX = "0123456789abcdef"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Two commits by Ana, the second with the rules."""
    history = History(tmp_path)
    history.run("init", "-q", "-b", "main")
    history.commit("Begin\n", {"README.md": b"x\n"}, who=ANA, parents=[])
    history.commit("Rules\n", {"policy.toml": b"", "kb/policy.toml": b""}, who=ANA)
    return history


def after(history: History, times: int = 1) -> str:
    for number in range(times):
        made = history.commit("On\n", {"README.md": f"{number}\n".encode()}, who=CY)
    return made


def test_without_a_pin_it_is_the_first_commit_with_rules(history: History) -> None:
    first = history.tip()
    history.commit("Away\n", {"policy.toml": None}, who=CY)
    history.commit("Back\n", {"policy.toml": b"# new\n"}, who=CY)
    for prefix in ("", "kb/"):
        found = anchor_of(history.git, prefix, history.tip())
        assert found == Anchor(first, ANA.email, pinned=False)
    with pytest.raises(Cannot, match=r"No commit here has a x/policy\.toml.*"):
        anchor_of(history.git, "x/", history.tip())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no scripts of a shell")
def test_no_program_of_the_clone_is_asked_about_signatures(
    history: History, tmp_path: Path
) -> None:
    signed = history.commit("Rules\n", {"policy.toml": b""}, who=ANA, parents=[], key=key_of(ANA))
    program, ran = tmp_path / "verify", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\n", encoding="utf-8")
    program.chmod(0o700)
    for name, value in {
        "log.showSignature": "true", "gpg.ssh.program": str(program),
        "gpg.ssh.allowedSignersFile": str(program),
    }.items():  # fmt: skip
        history.run("config", name, value)
    assert anchor_of(history.git, "", signed) == Anchor(signed, ANA.email, pinned=False)
    assert not ran.exists()
    log = ["git", "-C", str(history.root), "log", "-1", signed]
    subprocess.run(log, capture_output=True, check=False)  # the program may end before git does
    assert ran.exists()


def test_the_one_asked_for_goes_before_the_pinned_one(history: History) -> None:
    first, second = history.tip(), after(history)
    pin(history.git, "", first, "dee@example.org")
    assert anchor_of(history.git, "", second) == Anchor(first, "dee@example.org", pinned=True)
    wanted = anchor_of(history.git, "", second, second[:12])
    assert wanted == Anchor(second, CY.email, pinned=False)
    with pytest.raises(UsageError, match="no commit 'nowhere'"):
        anchor_of(history.git, "", second, "nowhere")


ROLES = (
    '[roles]\nsteward = ["*@example.net", "x?@example.org", "[ab]@x", "Dee@example.org", "e@x"]\n'
)


@pytest.mark.parametrize(
    ("policy", "author", "steward"),
    [
        (ROLES, "dee@example.org", "dee@example.org"),
        (ROLES, "Guest@example.net", "Guest@example.net"),
        (ROLES, "cy@example.org", "dee@example.org"),
        (ROLES, "", "dee@example.org"),
        ('[roles]\nsteward = ["*"]\n', "", ""),
        ('[roles]\nsteward = ["*", "Ana@example.org"]\n', "", "ana@example.org"),
        ('[roles]\nsteward = ["*@example.net"]\n', "cy@example.org", ""),
        ('[roles]\nmanager = ["cy@example.org"]\nsteward = []\n', "cy@example.org", ""),
        ("", "cy@example.org", ""),
        ("[roles\n", "cy@example.org", ""),
    ],
)
def test_a_steward_is_who_the_rules_of_the_anchor_name(
    history: History, policy: str, author: str, steward: str
) -> None:
    made = history.commit("Roles\n", {"kb/policy.toml": policy.encode()}, who=CY)
    assert entitled(history.git, "kb/", made, author) == steward
    assert entitled(history.git, "", made, author) == ""
    assert entitled(history.git, "none/", made, author) == ""


def test_bytes_that_are_no_text_hide_no_steward(history: History) -> None:
    policy = b'# caf\xe9\n[roles]\nsteward = ["ana@example.org"]\n'
    made = history.commit("Roles\n", {"policy.toml": policy}, who=CY)
    assert entitled(history.git, "", made, "") == "ana@example.org"


def test_every_knowledge_base_has_its_own_pin(history: History) -> None:
    first, second = history.tip(), after(history)
    pin(history.git, "", first, ANA.email)
    pin(history.git, "kb/", second, CY.email)
    assert anchor_of(history.git, "", second) == Anchor(first, ANA.email, pinned=True)
    assert anchor_of(history.git, "kb/", second) == Anchor(second, CY.email, pinned=True)


def test_what_older_clones_have_is_found_again(history: History) -> None:
    for name in ("kmkit.anchor", "kmkit.anchorSteward", "kmkit.kb/.anchor"):
        history.run("config", name, "feed")
    assert anchor_of(history.git, "", "") == Anchor("feed", "feed", pinned=True)
    assert anchor_of(history.git, "kb/", "") == Anchor("feed", "", pinned=True)
    assert seen(history.git) == "refs/kmkit/seen/heads/main"


def test_a_pin_is_the_name_of_a_commit_and_no_branch(history: History) -> None:
    tip = history.tip()
    while {*tip[:39]} != {*HEX}:  # with every digit there is
        tip = after(history)
    for branch in ("main", "xfeed"):
        history.fork(branch) if branch != "main" else None
        pin(history.git, "", branch, "")
        assert anchor_of(history.git, "", tip).commit == branch
    for pinned, found in ((tip, tip), (tip[:12], tip), (tip[:39], tip), ("0" * 40, "0" * 40)):
        history.git.run("config", "--local", f"kmkit.{ANCHOR}", pinned)
        assert anchor_of(history.git, "", tip) == Anchor(found, "", pinned=True)


def test_a_commit_without_an_author_has_no_steward(history: History) -> None:
    tree = history.run("rev-parse", "main^{tree}")
    odd = history.put(f"tree {tree}\ncommitter A <a@x> 1 +0000\n\nx\n".encode(), "odd")
    assert steward_of(history.git, odd) == ""


def test_what_leads_back(history: History) -> None:
    first, second = history.tip(), after(history)
    assert leads_back(history.git, first, second)
    assert leads_back(history.git, first, first)
    assert not leads_back(history.git, second, first)
    assert not leads_back(history.git, "0" * 40, second)


def test_grafts_and_replaced_commits_lead_nowhere_else(history: History) -> None:
    first, second = history.tip(), after(history)
    other = history.commit("Other\n", {"policy.toml": b""}, who=CY, parents=[], on="other")
    info = history.git.git_dir / "info"
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(f"{second} {other}\n", encoding="ascii")
    assert history.run("rev-list", second).split() == [second, other]
    assert leads_back(history.git, first, second)
    assert not leads_back(history.git, other, second)
    assert anchor_of(history.git, "", second).commit == first
    (info / "grafts").unlink()
    history.run("replace", "--graft", second, other)
    assert leads_back(history.git, first, second)
    assert anchor_of(history.git, "", second).commit == first


def test_a_history_that_is_shorter_than_the_one_seen_is_not_rewritten(history: History) -> None:
    first, second = history.tip(), after(history)
    assert rewritten(history.git, first) == ""
    remember(history.git, second)
    assert history.git.tip("refs/kmkit/seen/heads/main") == second
    assert rewritten(history.git, second) == rewritten(history.git, first) == ""
    other = history.commit("Other\n", {}, who=CY, parents=[first])
    assert rewritten(history.git, other) == second
    remember(history.git, other)
    assert rewritten(history.git, other) == ""


@pytest.mark.parametrize("head", ["", "refs/remotes/origin/main"])
def test_without_a_branch_nothing_is_remembered(history: History, head: str) -> None:
    tip = history.tip()
    if head:
        history.run("symbolic-ref", "HEAD", head)
    else:
        history.run("checkout", "-q", "--detach", tip)
    assert seen(history.git) == ""
    remember(history.git, tip)
    assert history.run("for-each-ref", "refs/kmkit") == ""
    assert rewritten(history.git, tip) == ""


def test_a_history_with_a_hole_leads_nowhere(history: History) -> None:
    first, middle, last = history.tip(), after(history), after(history)
    place = history.root / ".git" / "objects" / middle[:2] / middle[2:]
    place.chmod(0o600)
    place.unlink()
    with pytest.raises(Cannot, match="git fsck"):
        leads_back(history.git, first, last)


def test_the_anchor_asked_for_may_be_what_a_history_lost(history: History) -> None:
    first, last = history.tip(), after(history)
    place = history.root / ".git" / "objects" / first[:2] / first[2:]
    place.chmod(0o600)
    place.unlink()
    with pytest.raises(Cannot, match="git fsck"):
        anchor_of(history.git, "", last, first)
