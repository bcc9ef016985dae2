"""The editor: a text is changed there, and never lost, whatever happens afterwards."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kmkit.cli.screen import say
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase

VARIABLES = ("KMKIT_EDITOR", "GIT_EDITOR", "VISUAL", "EDITOR")
"""Where the editor is named; the first that is set counts."""


@contextmanager
def editing(kb: "KnowledgeBase", name: str, data: bytes) -> Iterator[bytes]:
    """What the person made of ``data`` in the editor; where the block fails, the text is kept.

    UsageError where nobody is there to edit, Cannot where the editor cannot be run.
    """
    place = kb.git.common_dir / "kmkit" / "drafts"
    place.mkdir(parents=True, exist_ok=True)
    draft = place / f"{name}.md"
    draft.write_bytes(data)
    try:
        _run(draft)
        yield draft.read_bytes()
    except BaseException:
        if draft.read_bytes() == data:
            draft.unlink()
        else:
            say(f"Your text is kept in {draft}.")
        raise
    draft.unlink()


def _run(path: Path) -> None:
    command = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    if not command:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("No editor is set.", "Set EDITOR, or give the text as options.")
        command = "notepad" if os.name == "nt" else "vi"
    words = shlex.split(command, posix=os.name != "nt")
    try:
        done = subprocess.run([*words, str(path)], check=False)
    except OSError as error:
        raise Cannot(
            f"The editor '{command}' cannot be run: {error.strerror}.", "Set KMKIT_EDITOR."
        ) from None
    if done.returncode:
        raise Cannot(f"The editor '{command}' ended with code {done.returncode}.")
