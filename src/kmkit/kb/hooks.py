"""Hooks of git, and the merge of notes, set up for one repository."""

from collections.abc import Mapping
from pathlib import Path

from kmkit.errors import Cannot, Refused
from kmkit.trail.git import Git
from kmkit.trail.safely import write_file

_MARK = "# Written by kmkit"
HOOKS: Mapping[str, str] = {
    "pre-commit": "before each commit, kmkit check looks at what is staged",
    "pre-receive": "in a bare repository, kmkit audit looks at what is pushed",
    "merge-driver": "git merges notes field by field",
}
"""What can be installed, and what it does."""


def install_hook(git: Git, name: str, program: str) -> Path:
    """Write the hook ``name``, which calls ``program``, a shell's words; its path.

    Refused where somebody else's hook is there: it is never overwritten.
    """
    if git.bare != (name == "pre-receive"):
        where = "a bare repository, which others push to" if not git.bare else "a clone with files"
        raise Refused(f"A {name} hook belongs in {where}.", "Install it there: kmkit -C DIR hook …")
    place = _hooks(git) / name
    call = f"{program} hook run {name}"
    there = place.read_text(encoding="utf-8", errors="replace") if place.is_file() else _MARK
    if _MARK not in there:
        raise Refused(
            f"There is a {name} hook already: {place}. It is left as it is.",
            f"Add this line to it: {call} || exit 1" + _GIVEN.get(name, ""),
        )
    again = f"kmkit hook install {name}"
    write_file(place, f"#!/bin/sh\n{_MARK}: {again}\nexec {call}\n".encode())
    place.chmod(0o755)
    return place


_GIVEN = {"pre-receive": " (it has to read what git gives the hook on its standard input)"}


def _hooks(git: Git) -> Path:
    """The folder of the repository's hooks, wherever its configuration has it."""
    values = git.text("config", "--type=path", "--get-all", "core.hooksPath").split("\n")
    own = [value for value in values[:-1] if value]  # the last is ours, which turns hooks off
    return git.top / own[-1] if own else git.common_dir / "hooks"


def install_driver(git: Git, prefix: str, program: str) -> Path:
    """Have git merge the notes below ``prefix`` by ``program``; the file that says so."""
    if git.bare:
        raise Refused("Nothing is merged in a bare repository.", "Install it in a clone.")
    git.configure("merge.kmkit.name", "notes, field by field")
    git.configure("merge.kmkit.driver", f"{program} merge-driver %O %A %B %P")
    place = git.common_dir / "info" / "attributes"
    line = f'"{prefix}notes/**/*.md" merge=kmkit'
    try:
        there = place.read_text(encoding="utf-8") if place.is_file() else ""
    except UnicodeDecodeError:
        raise Cannot(f"{place} is not UTF-8.", f"Add this line to it by hand: {line}") from None
    if line not in there.splitlines():
        gap = "" if not there or there.endswith("\n") else "\n"
        write_file(place, f"{there}{gap}{line}\n".encode())
    return place
