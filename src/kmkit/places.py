"""Where a knowledge base keeps what, and which one a folder lies in."""

import os
from pathlib import Path

from kmkit.errors import Cannot

CONFIG = "kmkit.toml"
"""The settings; the folder that holds them is the knowledge base."""
POLICY = "policy.toml"
"""The rules."""
KINDS = "templates/notes"
"""The folder of the knowledge base's own kinds of notes, a template each."""


def find_root(start: Path) -> Path:
    """The knowledge base that ``start`` lies in; Cannot where there is none."""
    start = Path(os.path.abspath(start))
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise Cannot(
        f"{start} is not in a knowledge base: no {CONFIG} here or above.",
        "Run kmkit init, or name the folder with -C.",
    )
