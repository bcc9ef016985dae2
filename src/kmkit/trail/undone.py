"""Moves that were taken back: a later commit, which is no move, put the file as it was before.

Only the content counts as proof, not what a message says of itself. A commit that undoes a part, or
that was merged with what came since, leaves a file as it never was, and nothing is told of it.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from kmkit.trail.event import Event
from kmkit.trail.git import Git
from kmkit.trail.log import history


def taken_back(git: Git, root: Path, path: str, events: Sequence[Event]) -> dict[str, str]:
    """By the commit of each move that does not stand: the commit that took it back.

    ``path``: that of the note, below ``root``. ``events``: its moves, oldest first.
    """
    inside = root.resolve().relative_to(git.top.resolve())
    whole = PurePosixPath(inside.as_posix(), path).as_posix()
    if not _by_hand(git, whole, events):
        return {}
    moves = {event.commit for event in events}
    stood: dict[str, tuple[str, ...]] = {"": ()}  # by blob: the moves that led there and stand
    found: dict[str, str] = {}
    for commit, old, new in reversed([*history(git, whole, ordered=True)]):
        before = tuple(dict.fromkeys(move for blob in old for move in stood.get(blob, ())))
        if commit in moves:
            after = (*before, commit)
        else:
            after = stood.get(new, before)
            found |= {move: commit for move in before if move not in after}
        found = {move: by for move, by in found.items() if move not in after}
        stood[new] = after
    return found


def _by_hand(git: Git, path: str, events: Sequence[Event]) -> bool:
    """Whether the file may have changed otherwise than by its moves; seldom so, and soon told."""
    if "\n" in path:
        return True
    with git.asking():
        stood = ""
        for number, event in enumerate(events):
            before, after = (git.object(f"{event.commit}{at}:{path}") for at in ("^", ""))
            if number and not (before and before.name == stood):
                return True
            stood = after.name if after else ""
        now = git.object(f"HEAD:{path}")
        return bool(events) and not (now and now.name == stood)
