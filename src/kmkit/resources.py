"""Where kmkit's own files are: in wheel or checkout, or a knowledge base's; and its Python."""

import os
import sys
from functools import cache
from pathlib import Path

from kmkit.errors import Cannot

_PACKAGE = Path(__file__).resolve().parent


@cache
def _shipped(name: str) -> Path:
    """The shipped folder ``name``: of the checkout this file is in, else of the wheel.

    An editable install can leave a dead copy in site-packages, but that copy is not beside this
    file: the package's own folder comes first, and a checkout has none there.
    """
    for place in (_PACKAGE / name, _PACKAGE.parent.parent / name):
        if place.is_dir():
            return place
    raise Cannot(f"kmkit's own folder '{name}' is missing.", "Install kmkit again.")


def python() -> list[str]:
    """How this Python is started once more: it finds no program in the folder where that happens.

    That folder can be a knowledge base, whose files others wrote: ``-P`` keeps it off the path.
    Whoever started this process with ``-E``, as git's hooks do, gets that again.
    """
    return [sys.executable, "-P", *(["-E"] if sys.flags.ignore_environment else [])]


def templates_dir() -> Path:
    """The shipped templates."""
    return _shipped("templates")


def example_kb() -> Path:
    """The shipped example knowledge base."""
    return _shipped("examples/kb")


def template(name: str, kb: Path | None = None) -> Path:
    """The file of template ``name`` (such as ``notes/lesson.md.j2``): the KB's, else shipped.

    Whatever stands there under its name is the KB's: reading it tells what is wrong with it.
    """
    if kb is not None and os.path.lexists(own := kb / "templates" / name):
        return own
    return templates_dir() / name
