"""What is begun before the command line is understood: git is asked what has changed.

It needs as long for that as Python needs for its imports, and works beside them. Whoever was asked
about another folder than is then needed was asked in vain, and no harm is done.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from kmkit.index.keeping.worktree import Asked

ASKING = frozenset(
    (
        *("list", "status", "search", "log", "related", "experts", "graph", "map", "metrics"),
        *("onboard", "skills", "report"),
    )
)
"""The commands that ask the index before they write anything; so do some ways of others."""

_begun: "dict[Path, Asked]" = {}


def ask_git(args: list[str]) -> None:
    """Ask git what has changed, where the command line will want to know."""
    folder, command = _meant(args)
    given = set(args)
    asking = command in ASKING or (command == "review" and "--stale" in given)
    asking |= command == "digest" and not given & {"--send", "--dry-run"}
    if not asking or given & {"--help", "-h"}:
        return
    from pathlib import Path

    from kmkit.errors import KmkitError
    from kmkit.index.keeping.worktree import looked_at
    from kmkit.places import find_root

    try:
        root = find_root(Path(folder))
        _begun[root] = looked_at(root)
    except (KmkitError, OSError, ValueError):  # the command itself will say it
        pass


def asked_of_git(root: "Path") -> "Asked":
    """The question to git about the knowledge base at ``root``: the one that is begun, once."""
    from kmkit.index.keeping.worktree import looked_at

    return _begun.pop(root, None) or looked_at(root)


def _meant(args: list[str]) -> tuple[str, str]:
    """The folder and the command that a command line names; '' for what is not plain to see."""
    folder = os.environ.get("KMKIT_DIR", "")
    rest = iter(args)
    for arg in rest:
        if arg in ("-C", "--directory"):
            folder = next(rest, "")
        elif arg.startswith("--directory="):
            folder = arg.partition("=")[2]
        else:
            return folder, arg
    return folder, ""
