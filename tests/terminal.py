"""A real terminal for the tests: what kmkit shows there, character for character."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

CONTROLS = "".join(chr(c) for c in range(32) if c not in (9, 10, 13, 27))
"""Control characters that no output may send to a terminal; escapes are Rich's own."""


def on_terminal(root: Path, *args: str, columns: int = 80, today: str = "2026-11-21") -> str:
    """What ``kmkit -C root args`` writes on a terminal of so many columns; both streams."""
    if sys.platform == "win32":
        pytest.skip("needs a pseudo-terminal")
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "KMKIT_TODAY": today, "TERM": "xterm", "COLUMNS": str(columns)}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "kmkit", "-C", str(root), *args],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
    ) as process:  # fmt: skip
        os.close(theirs)
        said = b""
        while chunk := _read(ours):
            said += chunk
        process.wait()
    os.close(ours)
    return said.decode("utf-8").replace("\r\n", "\n")


def _read(handle: int) -> bytes:
    """What comes next; nothing once the other side is closed."""
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""
