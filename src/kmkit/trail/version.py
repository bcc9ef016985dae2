"""Whether git is new enough for what kmkit asks of it."""

from kmkit.errors import Cannot
from kmkit.trail.program import OLDEST, Program


def new_enough(git: Program) -> None:
    """Cannot where git is older than `OLDEST`."""
    shown = _version(git)
    if tuple(int(n) for n in shown.split(".")[:2] if n.isdigit()) < OLDEST:
        wanted = ".".join(str(n) for n in OLDEST)
        raise Cannot(
            f"git {shown or 'of an unknown version'} is too old.", f"Install git {wanted} or newer."
        )


_KNOWN: dict[None, str] = {}


def _version(git: Program) -> str:
    """git's version, '' where it does not say; asked once, as it does not change meanwhile."""
    if None not in _KNOWN:
        words = git.text("version").split()
        _KNOWN[None] = words[2] if len(words) > 2 else ""
    return _KNOWN[None]
