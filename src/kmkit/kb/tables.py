"""kmkit.toml and policy.toml as their files stand; of one in conflict it is said that it is."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from kmkit.config import Config, Policy, load_config, load_policy, parse_policy
from kmkit.errors import Cannot
from kmkit.places import CONFIG, POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from kmkit.kb.base import KnowledgeBase

T = TypeVar("T")


def config_of(kb: "KnowledgeBase") -> Config:
    """kmkit.toml; Cannot where it cannot be read."""
    return _read(kb, CONFIG, load_config)


def policy_of(kb: "KnowledgeBase") -> Policy:
    """policy.toml; Cannot where it cannot be read."""
    return _read(kb, POLICY, load_policy)


def committed_policy_of(kb: "KnowledgeBase") -> Policy:
    """policy.toml as it is committed, or as its file stands where git does not know it."""
    entry = kb.git.entry(kb.git.tip(), kb.repo_path(PurePosixPath(POLICY)))
    if entry is None:
        return policy_of(kb)
    return parse_policy(kb.git.blob(entry.sha).decode("utf-8", "replace"))


def _read(kb: "KnowledgeBase", name: str, load: "Callable[[Path], T]") -> T:
    """What ``load`` makes of a file; of marks of git it is told, not what TOML makes of them."""
    try:
        return load(kb.root)
    except Cannot as error:
        from kmkit.kb.conflicts import torn

        found = torn(kb, PurePosixPath(name))
        raise found if found and found.line else error from None
