"""Where the audit begins, and what was audited last: both tell when a history was replaced."""

from contextlib import suppress
from typing import NamedTuple

from kmkit.config.policy import parse_policy
from kmkit.errors import Cannot, KmkitError, UsageError
from kmkit.places import POLICY
from kmkit.trail.audit.asking import ask
from kmkit.trail.event import author_of
from kmkit.trail.git import Git

ANCHOR = "anchor"
"""The setting in git's configuration that pins the anchor; see `_key`."""
STEWARD = "anchorSteward"
"""That of its steward's e-mail."""
SEEN = "refs/kmkit/seen"
"""Below it, for each branch, the tip that was audited last without a finding."""


class Anchor(NamedTuple):
    """The commit whose rules are trusted."""

    commit: str
    steward: str
    """Who made it, by e-mail; where it is pinned, its steward."""
    pinned: bool
    """Whether it stands in git's configuration; otherwise it was asked for, or it is the first
    commit that has a policy.toml."""


def _key(prefix: str, name: str) -> str:
    """``kmkit.anchor``; of a knowledge base in the folder kb, ``kmkit.kb/.anchor``."""
    return f"kmkit.{prefix}.{name}" if prefix else f"kmkit.{name}"


def pin(git: Git, prefix: str, commit: str, steward: str) -> None:
    """Pin the anchor of the knowledge base at ``prefix`` in git's configuration."""
    git.configure(_key(prefix, ANCHOR), commit)
    git.configure(_key(prefix, STEWARD), steward)


def pinned_at(git: Git, prefix: str) -> str:
    """The anchor in git's configuration, '' where none is pinned."""
    return git.config(_key(prefix, ANCHOR))


def steward_of(git: Git, commit: str) -> str:
    """Who made a commit, as it says."""
    author = author_of(ask(git, "cat-file", "commit", commit))
    return author[1] if author else ""


def entitled(git: Git, prefix: str, commit: str, author: str) -> str:
    """A steward by the policy.toml of ``commit``: its ``author``, else the first named there.

    '' where nobody is named, or it cannot be read.
    """
    try:
        data = ask(git, "cat-file", "blob", f"{commit}:{prefix}{POLICY}")
        policy = parse_policy(data.decode("utf-8", "replace"))
    except KmkitError:
        return ""
    if author and policy.has_role(author, "steward"):
        return author
    named = policy.roles.get("steward", ())
    return next((who.casefold() for who in named if not set("*?[") & {*who}), "")


def anchor_of(git: Git, prefix: str, tip: str, wanted: str = "") -> Anchor:
    """The anchor: the one asked for, the pinned one, else the first commit with policy.toml."""
    if wanted:
        if not (found := git.tip(wanted)):
            readable(git, tip)
            raise UsageError(f"There is no commit '{wanted}' here.", "Give its full name.")
        return Anchor(found, steward_of(git, found), pinned=False)
    if pinned := pinned_at(git, prefix):
        found = git.tip(pinned) if set(pinned) <= set("0123456789abcdef") else ""
        return Anchor(found or pinned, git.config(_key(prefix, STEWARD)), pinned=True)
    path = f"{prefix}{POLICY}"
    options = ("--format=%H", "--diff-filter=A", "--no-renames", "--full-history", "--topo-order")
    listed = ask(git, "log", *options, tip, "--", path).decode().split()
    if not listed:
        raise Cannot(
            f"No commit here has a {path}, so no rules are known to judge by.",
            "Name the commit to begin from with --anchor.",
        )
    return Anchor(listed[-1], steward_of(git, listed[-1]), pinned=False)


def leads_back(git: Git, anchor: str, tip: str) -> bool:
    """Whether the history of ``tip`` contains ``anchor``."""
    if git.tip(anchor) and not ask(git, "rev-list", "-n1", anchor, f"^{tip}", "--").strip():
        return True
    readable(git, tip)
    return False


def readable(git: Git, tip: str) -> None:
    """Cannot where a commit in the history of ``tip`` is missing or damaged."""
    ask(git, "rev-list", "--count", tip, "--")


def seen(git: Git) -> str:
    """The ref that keeps the tip audited last on the branch that HEAD is on, '' without one."""
    branch = git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1))
    return f"{SEEN}/{branch.removeprefix('refs/')}" if branch.startswith("refs/heads/") else ""


def rewritten(git: Git, tip: str) -> str:
    """The tip that was audited last and is no longer part of the history, or ''."""
    last = git.tip(ref) if (ref := seen(git)) else ""
    if last in ("", tip) or leads_back(git, last, tip) or leads_back(git, tip, last):
        return ""
    return last


def remember(git: Git, tip: str) -> None:
    """Keep ``tip`` as audited; a repository that cannot be written to keeps nothing."""
    if ref := seen(git):
        with suppress(Cannot):
            git.run("update-ref", "--end-of-options", ref, tip)
