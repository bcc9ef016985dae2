"""``kmkit hook``: what git calls by itself, before a commit, a push or a merge."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.options import folder, open_kb
from kmkit.cli.screen import say
from kmkit.errors import Cannot, Exit, Refused, UsageError

if TYPE_CHECKING:
    from kmkit.trail.git import Git

_ACTIONS = ("install", "run")
_QUARANTINE = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
"""Where git tells a hook that the objects of a push are."""


def complete_hook(ctx: typer.Context, incomplete: str) -> list[str]:
    """The hooks that begin with ``incomplete``."""
    from kmkit.kb.hooks import HOOKS

    return [name for name in HOOKS if name.startswith(incomplete)]


def command(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="install; git itself says run")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="pre-commit, pre-receive or merge-driver",
            autocompletion=complete_hook,
        ),
    ],
) -> None:
    """Have git call kmkit by itself.

    pre-commit checks what is staged. pre-receive, in a bare repository, audits what is pushed, by
    branches and by tags, and refuses what the audit objects to; it protects the main branch, or
    those that git config kmkit.protected names (release/* for several), against deletion and forced
    pushes. merge-driver has git merge notes field by field. A hook that somebody else wrote is left
    as it is.

    \b
    kmkit hook install pre-commit
    kmkit -C /srv/kb.git hook install pre-receive
    """
    from kmkit.kb.hooks import HOOKS

    if action not in _ACTIONS:
        raise UsageError(f"'{action}' is nothing that a hook can do.", "Use install.")
    if name not in HOOKS:
        raise UsageError(f"There is no hook '{name}'.", f"Hooks: {', '.join(HOOKS)}.")
    if action == "install":
        _install(ctx, name)
    elif name == "pre-commit":
        _pre_commit(ctx)
    elif name == "pre-receive":
        _pre_receive(ctx)
    else:
        raise UsageError("git calls the merge driver by another name.", "Use install.")


def _install(ctx: typer.Context, name: str) -> None:
    from kmkit.kb.hooks import HOOKS, install_driver, install_hook

    program = _program()
    if name == "merge-driver":
        if _bare(ctx):
            raise Refused(
                "A merge driver belongs into a working copy: nothing is merged in a bare "
                "repository.",
                "Install it in your clone: kmkit -C DIR hook install merge-driver.",
            )
        kb = open_kb(ctx)
        prefix = kb.repo_path(PurePosixPath("x")).removesuffix("x")
        place = install_driver(kb.git, prefix, program)
    else:
        place = install_hook(_repository(ctx), name, program)
    say(f"Installed: {HOOKS[name]} ({place}).")
    if name == "pre-receive":
        say("Pin the commit whose rules are trusted there, too: kmkit -C DIR audit --pin.")


def _program() -> str:
    """How git calls kmkit, as a shell's words; Cannot where kmkit is not found in that way.

    git calls it in the working copy, whose files others wrote: a ``json.py`` among them must not
    be what Python imports. ``-P`` keeps that folder off the path, but ``PYTHONPATH`` would bring
    it back where it is relative or has an empty part, so ``-E`` has that left alone. ``-I`` does
    both too, and would hide what ``pip install --user`` installed. ``-C .``: the repository is the
    one that git works on, whatever ``KMKIT_DIR`` names.
    """
    words = [Path(sys.executable).as_posix(), "-E", "-P", "-m", "kmkit", "-C", "."]
    tried = subprocess.run([*words, "--version"], capture_output=True, check=False)
    if tried.returncode:
        raise Cannot(
            f"git could not call kmkit: {words[0]} finds it by PYTHONPATH alone, if at all.",
            "Install kmkit with pip, pipx or uv, and call the one that is installed.",
        )
    return shlex.join(words)


def _bare(ctx: typer.Context) -> bool:
    """Whether the folder is itself a repository, without files."""
    return (Path(os.path.abspath(folder(ctx))) / "HEAD").is_file()


def _repository(ctx: typer.Context) -> "Git":
    """The repository of the folder, bare or not."""
    from kmkit.trail.git import Git

    here = Path(os.path.abspath(folder(ctx)))
    return Git.find_bare(here) if _bare(ctx) else Git.find(here)


# Before a commit


def _pre_commit(ctx: typer.Context) -> None:
    """Check what is staged; what stands in files and is not staged does not count."""
    from kmkit.trail.git import Git

    git = Git.find(Path(os.path.abspath(folder(ctx))))
    index = _environment(["GIT_INDEX_FILE"])
    listed = git.run(
        "diff", "--cached", "--name-only", "--diff-filter=d", "--no-renames", "--no-ext-diff", "-z",
        env=index,
    )  # fmt: skip
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    if not names:
        return
    if _as_in_files(git, names, index):
        _check(ctx, git.top, names)
        return
    with tempfile.TemporaryDirectory(prefix="kmkit-") as place:
        git.run("checkout-index", "--all", "--quiet", f"--prefix={place}/", env=index)
        _check(ctx, Path(place), names)


def _as_in_files(git: "Git", names: Sequence[str], index: Mapping[str, str]) -> bool:
    """Whether everything stands in files as it is staged, and nothing else is there."""
    options = ("--name-only", "--no-ext-diff", "-z")
    if git.run("diff", *options, env=index):
        return False
    return not git.run("ls-files", "--others", "--exclude-standard", "-z", env=index)


def _check(ctx: typer.Context, top: Path, names: Sequence[str]) -> None:
    """Check the files ``names`` below ``top`` that belong to a knowledge base."""
    from kmkit.cli.check import check
    from kmkit.index.choosing.filters import Filter
    from kmkit.kb import KnowledgeBase

    inside = []
    for name in names:
        try:
            KnowledgeBase.find((top / name).parent)
            inside.append(str(top / name))
        except Cannot:
            continue
    if inside:
        ctx.find_root().obj = top
        check(ctx, Filter(), inside)


# Before a push is taken in


def _pre_receive(ctx: typer.Context) -> None:
    """Audit what is pushed; exits with 1, and the push is refused, where anything is found."""
    from kmkit.trail.receiving import Incoming, refusals, updates

    git = Incoming(Path(os.path.abspath(folder(ctx))), _environment(_QUARANTINE))
    found = list(refusals(git, list(updates(sys.stdin))))
    for sentence in found:
        say(sentence)
    if found:
        say("The push was refused; nothing was taken in.")
        raise typer.Exit(Exit.FINDINGS)


def _environment(names: Sequence[str]) -> dict[str, str]:
    """What git tells a hook of where things are, from here or from anywhere."""
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    return {
        name: os.pathsep.join(os.path.abspath(part) for part in value.split(os.pathsep))
        for name, value in given.items()
    }
