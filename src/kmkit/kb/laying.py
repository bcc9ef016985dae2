"""Laying out a new knowledge base: settings, rules, a first note, and what CI runs."""

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import kmkit
from kmkit.config import Policy, load_policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.moving import Moved
from kmkit.kb.settings import first_config, first_policy, first_rules
from kmkit.lifecycle.person import Person
from kmkit.places import CONFIG, POLICY
from kmkit.resources import template
from kmkit.text import as_typed
from kmkit.trail.audit.anchor import pin
from kmkit.trail.commit import Change, commit
from kmkit.trail.git import Git
from kmkit.trail.safely import harden_all, make_folder
from kmkit.trail.version import new_enough

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
    dry_run: bool = False,
) -> Laid:
    """Make ``root`` a knowledge base, in a new git repository or inside the one it lies in.

    Whoever does it becomes steward, manager and editor. No file that exists is overwritten.
    Nothing is made before all is known to be in order; with ``dry_run`` nothing is made at all.
    """
    root = Path(os.path.abspath(root))
    _free(root)
    git = _repository(root)
    who = actor or (git or Git(_standing(root))).identity()
    kb = KnowledgeBase(root, now=now, actor=who, dry_run=dry_run)
    title = name or root.name
    files = dict(_files(root, git.top if git else root, title, who))
    kept = tuple(path for path in files if os.path.lexists((git.top if git else root) / path))
    policy = load_policy(root) if (root / POLICY).exists() else first_rules(who)
    fresh = {path: data for path, data in files.items() if path not in kept}
    first = first_note and policy.has_role(who.key, "contributor")
    laid = Laid(kb, tuple(fresh), kept, git is None)
    if dry_run:
        return laid._replace(written=(*fresh, "a first note")) if first else laid
    make_folder(root)
    if git is None:
        Git(root).run("init", "--quiet", "--initial-branch=main")
        git = Git.find(root)
        harden_all(git.common_dir)
    change = Change(f"init: {title} becomes a knowledge base\n", fresh)
    made = commit(git, change, actor=who, when=kb.now)
    pin(git, kb.repo_path(PurePosixPath(POLICY)).removesuffix(POLICY), made, who.key)
    if first:
        laid = laid._replace(written=(*fresh, kb.repo_path(_first_note(kb).note.path)))
    return laid


def _free(root: Path) -> None:
    """``root`` can become a knowledge base: it is none, and lies in none."""
    if (root / CONFIG).exists():
        raise Refused(
            f"{root} is a knowledge base already.",
            f"Look at it: kmkit -C {as_typed(root)} status.",
        )
    for folder in root.parents:
        if (folder / CONFIG).exists():
            raise Refused(
                f"{root} lies inside the knowledge base {folder}.", "Name a folder outside it."
            )
    if root.exists() and not root.is_dir():
        raise Refused(f"{root} is a file.", "Name a folder.")


def _standing(root: Path) -> Path:
    """The nearest folder that exists, from ``root`` upwards."""
    return next(folder for folder in (root, *root.parents) if folder.is_dir())


def _repository(root: Path) -> Git | None:
    """The repository that ``root`` lies in, or will lie in; None where it needs one of its own."""
    folder = _standing(root)
    new_enough(Git(folder))
    try:
        return Git.find(folder)
    except Cannot as error:
        if "not in a git repository" not in error.message:
            raise
    return None


def _files(root: Path, top: Path, name: str, who: Person) -> Iterator[tuple[str, bytes]]:
    """The files of a new knowledge base, by path from the repository's top."""
    level = Policy().levels[0]
    inside = root.resolve().relative_to(top.resolve()).as_posix()
    prefix = "" if inside == "." else f"{inside}/"
    yield f"{prefix}{CONFIG}", first_config(name, who, level).encode()
    yield f"{prefix}{POLICY}", first_policy(who).encode()
    text = template("init/kmkit.yml").read_text(encoding="utf-8")
    filled = {"DIR": inside, "LEVEL": level, "ORIGIN": origin(), "VERSION": kmkit.__version__}
    yield WORKFLOW, re.sub("|".join(filled), lambda found: filled[found[0]], text).encode()


def origin() -> str:
    """What pip is told to install this very kmkit: its commit, or the file that it came in.

    '' where that is not known, or known on this machine alone. Its name and version would not do:
    who publishes under the name in another index is anybody's guess.
    """
    try:
        told = json.loads(distribution("kmkit").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    match told:
        case {"subdirectory": _}:
            return ""
        case {"url": str(url), "vcs_info": {"vcs": str(vcs), "commit_id": str(commit)}}:
            found = f"{vcs}+{url}@{commit}"
        case {"url": str(url), "archive_info": {"hashes": {"sha256": str(digest)}}}:
            found = f"{url}#sha256={digest}"
        case _:
            return ""
    return f"kmkit @ {found}" if re.fullmatch(_PUBLIC, found) else ""


_PUBLIC = r"(git\+)?https://[A-Za-z0-9.:-]+/[A-Za-z0-9._~/%@+#=-]+"
"""An address that others can reach, without a name or a password in it."""


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
