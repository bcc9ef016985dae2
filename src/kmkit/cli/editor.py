"""The editor: a text is changed there, and never lost, whatever happens afterwards."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from kmkit.cli.screen import say
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase

OR_OPTIONS = "Set EDITOR, or give the text as options."
"""What to do without an editor, where options can say the same."""
VARIABLES = ("KMKIT_EDITOR", "GIT_EDITOR", "VISUAL", "EDITOR")
"""Where the editor is named; the first that is set counts."""


@contextmanager
def editing(
    kb: "KnowledgeBase", name: str, data: bytes, without: str = OR_OPTIONS
) -> Iterator[bytes]:
    """What the person made of ``data`` in the editor; where the block fails, the text is kept.

    UsageError where nobody is there to edit, Cannot where the editor cannot be run.
    """
    draft = _draft(kb, name)
    draft.write_bytes(data)
    try:
        run(draft, without)
        yield draft.read_bytes()
    except BaseException:
        if not draft.is_file() or draft.read_bytes() == data:
            draft.unlink(missing_ok=True)
        else:
            say(f"Your text is kept in {draft}.")
        raise
    draft.unlink(missing_ok=True)


def keep(kb: "KnowledgeBase", name: str, data: bytes) -> None:
    """Keep a text that could not be recorded, and tell its place."""
    draft = _draft(kb, name)
    draft.write_bytes(data)
    say(f"Your text is kept in {draft}.")


def _draft(kb: "KnowledgeBase", name: str) -> Path:
    """A file for a draft; one that was kept before stays, under its own name."""
    place = kb.git.common_dir / "kmkit" / "drafts"
    place.mkdir(parents=True, exist_ok=True)
    names = (f"{name}{'' if n == 1 else f'-{n}'}.md" for n in count(1))
    return next(place / name for name in names if not (place / name).exists())


def run(path: Path, without: str) -> None:
    """Open a file in the editor, and wait until it is closed; Cannot where that fails.

    ``without``: what to do where no editor is set, which is a UsageError.
    """
    command = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    if not command:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("No editor is set.", without)
        command = "notepad" if os.name == "nt" else "vi"
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError:
        raise UsageError(
            f"The editor's name cannot be read: {command}", "Close its quotation marks."
        ) from None
    try:
        done = subprocess.run([*words, str(path)], check=False)
    except OSError as error:
        raise Cannot(
            f"The editor '{command}' cannot be run: {error.strerror}.", "Set KMKIT_EDITOR."
        ) from None
    if done.returncode:
        raise Cannot(
            f"The editor '{command}' ended with code {done.returncode}.", "Nothing was recorded."
        )
