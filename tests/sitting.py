"""A person at a real terminal: waits for what kmkit asks, and answers."""

import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from kmkit.lifecycle.person import Person

PATIENCE = 30.0
"""Seconds to wait for a question before the test fails."""


class Sat(NamedTuple):
    """What a sitting came to."""

    code: int
    screen: str
    """Everything that the terminal showed, both streams, the answers among it."""


def sitting(
    root: Path,
    *args: str,
    talk: Sequence[tuple[str, str]],
    who: Person | None = None,
    today: str = "2026-11-21",
    columns: int = 80,
    env: Mapping[str, str] | None = None,
) -> Sat:
    """Run ``kmkit -C root args`` on a terminal; each of ``talk`` is (what is asked, the answer).

    An answer is typed as it is: its Enter is part of it, and so is an end of input, '\\x04'. One
    that is a single key is typed once the program waits for one.
    """
    if sys.platform == "win32":
        pytest.skip("needs a pseudo-terminal")
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "KMKIT_TODAY": today, "TERM": "xterm", **(env or {})}
    if who:
        environment |= {"GIT_AUTHOR_NAME": who.name, "GIT_AUTHOR_EMAIL": who.email}
    with subprocess.Popen(
        [sys.executable, "-m", "kmkit", "-C", str(root), *args],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  Ctrl-C needs it
    ) as process:  # fmt: skip
        os.close(theirs)
        said = ""
        try:
            for asked, answer in talk:
                more = _until(ours, asked)
                said += more
                assert asked in more, f"waited for {asked!r} and saw:\n{said}"
                if len(answer) == 1 and answer not in "\n\x03\x04":
                    _until_keys(ours)
                os.write(ours, answer.encode())
            said += _until(ours, None, again=b"\x03" if talk and talk[-1][1] == "\x03" else b"")
            code = process.wait(PATIENCE)
        finally:
            process.kill()  # or a program that still asks would keep the test waiting for ever
    os.close(ours)
    return Sat(code, said.replace("\r\n", "\n"))


def _until_keys(handle: int) -> None:
    """Wait until the terminal hands on each key at once: what is typed before that is lost."""
    import termios

    end = time.monotonic() + PATIENCE
    while termios.tcgetattr(handle)[3] & termios.ICANON and time.monotonic() < end:
        time.sleep(0.01)


def _until(handle: int, wanted: str | None, again: bytes = b"") -> str:
    """What the terminal shows until ``wanted`` stands there, or until the program has ended.

    ``again`` is typed once more where nothing happens for a while: of a Ctrl-C that comes just
    before Python begins to wait for a line it takes notice with the next key.
    """
    said = b""
    end = time.monotonic() + PATIENCE
    while wanted is None or wanted not in said.decode("utf-8", "replace"):
        left = max(0.0, end - time.monotonic())
        if not select.select([handle], [], [], min(left, 2.0) if again else left)[0]:
            if again and left:
                os.write(handle, again)
                continue
            break
        try:
            chunk = os.read(handle, 65536)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
    return said.decode("utf-8", "replace")
