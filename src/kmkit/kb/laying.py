"""Laying out a new knowledge base: settings, rules, a first note, and what CI runs."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kmkit.config import CONFIG, POLICY, Policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.moving import Moved
from kmkit.kb.settings import first_config, first_policy
from kmkit.lifecycle import Person
from kmkit.resources import template
from kmkit.trail.commit import Change, commit
from kmkit.trail.git import Git

WORKFLOW = ".github/workflows/kmkit.yml"


class Laid(NamedTuple):
    """What `lay` did."""

    kb: KnowledgeBase
    written: tuple[str, ...]
    kept: tuple[str, ...]
    """Files that were there before and stay as they are."""
    new_repository: bool


def lay(
    root: Path,
    *,
    name: str = "",
    now: datetime | None = None,
    actor: Person | None = None,
    first_note: bool = True,
) -> Laid:
    """Make ``root`` a knowledge base, in a new git repository or inside the one it lies in.

    Whoever does it becomes steward, manager and editor. No file that exists is overwritten.
    """
    if (root / CONFIG).exists():
        raise Refused(
            f"{root} is a knowledge base already.", f"Look at it: kmkit -C {root} status."
        )
    if root.exists() and not root.is_dir():
        raise Refused(f"{root} is a file.", "Name a folder.")
    root.mkdir(parents=True, exist_ok=True)
    git, new = _repository(root)
    git.new_enough()
    who = actor or git.identity()
    kb = KnowledgeBase(root, now=now, actor=who)
    files = dict(_files(kb, git, name or root.resolve().name, who))
    kept = tuple(path for path in files if (git.top / path).exists())
    fresh = {path: data for path, data in files.items() if path not in kept}
    change = Change(f"init: {name or root.resolve().name} becomes a knowledge base\n", fresh)
    commit(git, change, actor=who, when=kb.now)
    written = list(fresh)
    if first_note:
        written.append(kb.repo_path(_first_note(kb).note.path))
    return Laid(kb, tuple(written), kept, new)


def _repository(root: Path) -> tuple[Git, bool]:
    """The repository that ``root`` lies in, or a new one."""
    try:
        return Git.find(root), False
    except Cannot as error:
        if "not in a git repository" not in error.message:
            raise
    Git(root).run("init", "--quiet", "--initial-branch=main")
    return Git.find(root), True


def _files(kb: KnowledgeBase, git: Git, name: str, who: Person) -> Iterator[tuple[str, bytes]]:
    """The files of a new knowledge base, by path from the repository's top."""
    level = Policy().levels[0]
    inside = kb.root.resolve().relative_to(git.top.resolve()).as_posix()
    prefix = "" if inside == "." else f"{inside}/"
    yield f"{prefix}{CONFIG}", first_config(name, who, level).encode()
    yield f"{prefix}{POLICY}", first_policy(who).encode()
    text = template("init/kmkit.yml").read_text(encoding="utf-8")
    yield WORKFLOW, text.replace("DIR", inside).replace("LEVEL", level).encode()


def _first_note(kb: KnowledgeBase) -> Moved:
    """A note to look at: how this knowledge base is used."""
    fields = {
        "title": "How we keep what we learn",
        "kind": "how-to",
        "summary": "Six commands take a lesson from the meeting to those who need it, and keep it "
        "true.",
        "sources": [kb.actor.key],
    }
    body = template("init/first-note.md").read_text(encoding="utf-8")
    return kb.capture(fields, body)
