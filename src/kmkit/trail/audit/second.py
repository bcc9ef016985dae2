"""A second process that reads a long history while the first one judges it.

It runs `readings` and hands over what that gives, in the same order; the judge cannot tell the
difference. Whatever keeps it from doing so (no second Python can be started, it was ended, it had
no memory), the first process reads on by itself from where the other stopped, and meets there
whatever was wrong.
"""

import gc
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

from kmkit.trail.audit.asking import widen
from kmkit.trail.audit.flat import flattened, restored
from kmkit.trail.audit.history import Range
from kmkit.trail.audit.reading import Reading, readings
from kmkit.trail.git import Git

WORTH = 3000
"""Commits from which on a second process pays."""
_CHUNK = 128
"""Commits that are handed over at once."""
_SIZE = 4
"""Bytes that say how long what follows is."""
_BUFFER = 1024 * 1024
"""Bytes that are read from it at once."""
_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import {0}; {0}.main()"


def read_aside(git: Git, range_: Range, prefix: str, paths: Sequence[str]) -> Iterator[Reading]:
    """What `readings` gives, from a second process where that pays and can be."""
    done = 0
    if range_.count >= WORTH and _possible():
        with suppress(OSError, EOFError):
            for reading in _of_second(git, range_, prefix, paths):
                yield reading
                done += 1
    if done < range_.count:
        yield from readings(git, range_, prefix, paths, done)


def _possible() -> bool:
    """Whether a second Python can be expected to start, and there is a processor for it."""
    ours = hasattr(os, "sched_getaffinity")
    processors = len(os.sched_getaffinity(0)) if ours else os.cpu_count() or 1
    return bool(sys.executable) and not hasattr(sys, "frozen") and processors > 1


def _of_second(git: Git, range_: Range, prefix: str, paths: Sequence[str]) -> Iterator[Reading]:
    """What the second process hands over; EOFError where it ends before the last commit."""
    task = {"top": str(git.top), "bare": git.bare, "prefix": prefix, "paths": paths}
    task["count"] = range_.count
    start = _START.format(__name__)
    command = [sys.executable, "-I", "-S", "-c", start, json.dumps(sys.path), json.dumps(task)]
    range_.begin(0)
    process = subprocess.Popen(
        command,
        stdin=range_.pairs,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=git.environment(),
        bufsize=_BUFFER,
    )
    assert process.stdout is not None
    widen(process.stdout)
    try:
        left = range_.count
        while left:
            for reading in taken_over(process.stdout):
                yield reading
                left -= 1
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def taken_over(stream: IO[bytes]) -> Iterator[Reading]:
    """The next readings that `hand_over` wrote; EOFError where they are not all there."""
    size = int.from_bytes(stream.read(_SIZE), "big")
    data = stream.read(size)
    if not data or len(data) < size:
        raise EOFError
    yield from restored(data)


# In the second process


class _Given(Git):
    """The repository as the first process sees it: the environment is the one that it gave."""

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a git process."""
        return {**os.environ, **(extra or {})}


def main() -> None:
    """Read what the command line asks for, and write it to stdout."""
    task: dict[str, Any] = json.loads(sys.argv[2])
    git = _Given(Path(task["top"]), bare=task["bare"])
    range_ = Range(task["count"], "", False, True, Counter(), sys.stdin.buffer)
    gc.disable()
    hand_over(readings(git, range_, task["prefix"], task["paths"]), sys.stdout.buffer)


def hand_over(found: Iterator[Reading], stream: IO[bytes]) -> None:
    """Write readings for `_of_second`."""
    with suppress(BrokenPipeError):  # the first one has enough
        while chunk := list(islice(found, _CHUNK)):
            data = flattened(chunk)
            stream.write(len(data).to_bytes(_SIZE, "big") + data)
            stream.flush()
