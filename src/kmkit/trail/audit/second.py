"""A second process that reads a long history while the first one judges it.

It runs `readings` and hands over what that gives, in the same order; the judge cannot tell the
difference. Whatever keeps it from doing so (no second Python can be started, it was ended, it had
no memory), the first process reads on by itself from where the other stopped, and meets there
whatever was wrong.
"""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn

from kmkit.trail.audit.asking import widen
from kmkit.trail.audit.flat import flattened, restored
from kmkit.trail.audit.history import Range
from kmkit.trail.audit.reading import Reading, readings
from kmkit.trail.git import Git

Process = subprocess.Popen[bytes]
WORTH = 3000
"""Commits from which on a second process pays."""
_PACKED = 100
"""Bytes that the objects of a commit take at the least in the indexes of git's packs."""
_CHUNK = 32
"""Commits that are handed over at once."""
_SIZE = 4
"""Bytes that say how long what follows is."""
_BUFFER = 1024 * 1024
"""Bytes that are read from it at once."""
_PATIENCE = 10.0
"""Seconds that it has to end, and the git that it began with it."""
_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import {0}; {0}.alone()"


@contextmanager
def ready(git: Git) -> Iterator[Process | None]:
    """A second process for `read_aside`, begun before it is known how long the history is.

    It imports what it needs while git lists the commits. None where there are few objects in packs.
    """
    process = None
    with suppress(OSError):
        packs = (git.common_dir / "objects" / "pack").glob("*.idx")
        if sum(index.stat().st_size for index in packs) >= WORTH * _PACKED and _possible():
            process = _started(git)
    try:
        yield process
    finally:
        if process:
            process.kill()  # whoever read from it saw to its end: else it has begun no git
            _end(process)
            with suppress(OSError):
                _stdin_of(process).close()


def read_aside(
    git: Git, range_: Range, prefix: str, paths: Sequence[str], process: Process | None = None
) -> Generator[Reading, None, None]:
    """What `readings` gives, from a second process where that pays and can be.

    ``process``: one that is `ready`; without it one is begun.
    """
    done = 0
    if range_.count >= WORTH and _possible():
        handed = _of_second(git, range_, prefix, paths, process)
        with suppress(OSError, EOFError), closing(handed) as there:
            for reading in there:
                yield reading
                done += 1
    if done < range_.count:
        yield from readings(git, range_, prefix, paths, done)


def _possible() -> bool:
    """Whether a second Python can be expected to start, and there is a processor for it."""
    ours = hasattr(os, "sched_getaffinity")
    processors = len(os.sched_getaffinity(0)) if ours else os.cpu_count() or 1
    return bool(sys.executable) and not hasattr(sys, "frozen") and processors > 1


def _started(git: Git) -> Process:
    """A second process, which waits to be told what to read."""
    start = _START.format(__name__)
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", start, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=git.environment(),
        bufsize=_BUFFER,
    )
    widen(_stdout_of(process))
    return process


def _of_second(
    git: Git, range_: Range, prefix: str, paths: Sequence[str], process: Process | None
) -> Generator[Reading, None, None]:
    """What the second process hands over; EOFError where it ends before the last commit."""
    task = {"top": str(git.top), "bare": git.bare, "prefix": prefix, "paths": paths}
    task["count"] = range_.count
    pairs = os.dup(range_.begin(0).fileno())  # which may be read from longer than there is a range
    process = process or _started(git)
    # a thread tells it, so that it can answer before all is told: neither waits for ever
    telling = threading.Thread(target=_tell, args=(process, task, pairs), daemon=True)
    telling.start()
    try:
        left = range_.count
        while left:
            for reading in taken_over(_stdout_of(process)):
                yield reading
                left -= 1
    finally:
        _end(process)
        telling.join()


def _tell(process: Process, task: Mapping[str, Any], pairs: int) -> None:
    with suppress(OSError), open(pairs, "rb") as lines, _stdin_of(process) as stream:
        stream.write(json.dumps(task).encode() + b"\n")
        shutil.copyfileobj(lines, stream)  # unless it ended first, which the reader tells


def _stdin_of(process: Process) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _stdout_of(process: Process) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _end(process: Process) -> None:
    """Let it end: nobody reads what it says, so it ends its git, which nobody else waits for."""
    _stdout_of(process).close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()


def taken_over(stream: IO[bytes]) -> Iterator[Reading]:
    """The next readings that `hand_over` wrote; EOFError where they are not all there."""
    size = int.from_bytes(stream.read(_SIZE), "big")
    yield from restored(stream.read(size))


# In the second process


class _Given(Git):
    """The repository as the first process sees it: the environment is the one that it gave."""

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a git process."""
        return {**os.environ, **(extra or {})}


def alone() -> NoReturn:
    """Do the work, and be gone when the first process wants no more, after each git."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _unheeded)
    try:
        main()
    finally:  # whatever went wrong, the first one meets it, and waits for no sweeping here
        os._exit(0)


def _unheeded(number: int, frame: FrameType | None) -> None:
    """What a signal does here; a git that is begun heeds it all the same."""


def main() -> None:
    """Read what the first process asks for, and write it to stdout."""
    task: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    git = _Given(Path(task["top"]), bare=task["bare"])
    range_ = Range(task["count"], "", False, True, Counter(), sys.stdin.buffer)
    gc.disable()
    with closing(readings(git, range_, task["prefix"], task["paths"])) as found:
        hand_over(found, sys.stdout.buffer)


def hand_over(found: Iterator[Reading], stream: IO[bytes]) -> None:
    """Write readings for `_of_second`."""
    with suppress(BrokenPipeError):  # the first one has enough
        while chunk := list(islice(found, _CHUNK)):
            data = flattened(chunk)
            stream.write(len(data).to_bytes(_SIZE, "big"))
            stream.write(data)
            stream.flush()
