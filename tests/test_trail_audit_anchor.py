"""Where the audit begins, and what it remembers of where it ended."""

from pathlib import Path

import pytest

from kmkit.errors import Cannot, UsageError
from kmkit.trail.audit.anchor import (
    ANCHOR,
    Anchor,
    anchor_of,
    leads_back,
    pin,
    remember,
    rewritten,
    seen,
    steward_of,
)
from tests.conftest import ANA, CY
from tests.forgeries.builder import History

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


def test_the_one_asked_for_goes_before_the_pinned_one(history: History) -> None:
    first, second = history.tip(), after(history)
    pin(history.git, "", first, "dee@example.org")
    assert anchor_of(history.git, "", second) == Anchor(first, "dee@example.org")
    wanted = anchor_of(history.git, "", second, second[:12])
    assert wanted == Anchor(second, CY.email, pinned=False)
    with pytest.raises(UsageError, match="no commit 'nowhere'"):
        anchor_of(history.git, "", second, "nowhere")


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
        assert anchor_of(history.git, "", tip) == Anchor(found, "")


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
