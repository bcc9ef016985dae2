"""How the audit asks git: processes that see the objects as they are, whatever the clone says.

No replaced objects, no grafts, no commit-graph, no mailmap.
"""

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO

from kmkit.errors import Cannot
from kmkit.trail.failing import FRESH
from kmkit.trail.git import Git
from kmkit.trail.program import Stream, read_whole, unread

_BUFFER = 256 * 1024
"""Bytes that are read from a process at once."""
_IN_PIECES = ("core.packedGitWindowSize=1m", "core.packedGitLimit=16m",
              "core.deltaBaseCacheLimit=8m")  # fmt: skip
"""git holds no more of its packs in memory at once, which takes it no longer."""
_AHEAD = 1024 * 1024
"""Bytes that a process may be ahead of its reader."""


def deaf(git: Git, args: Sequence[str]) -> list[str]:
    """The command line of a git that sees the objects as they are, whatever the clone says."""
    command = git.command(args)
    settings = ("core.commitGraph=false", "log.showSignature=false", "log.mailmap=false",
                "advice.graftFileDeprecated=false", *_IN_PIECES)  # fmt: skip
    options = [part for setting in settings for part in ("-c", setting)]
    return [command[0], "--no-replace-objects", *options, *command[1:]]


def blind(git: Git) -> dict[str, str]:
    """The environment of such a git."""
    seen = {"GIT_GRAFT_FILE": os.devnull, "GIT_NO_REPLACE_OBJECTS": "1"}
    return git.environment({**seen, "GIT_FLUSH": "0"})  # or it writes commit by commit


def ask(git: Git, *args: str) -> bytes:
    """What such a git prints; Cannot where it fails."""
    with opened(git, args) as stream:
        said = stream.output.read()
    read_whole(stream)
    return said


Fetch = Callable[[Sequence[str]], Iterator[bytes]]
"""Reads objects by their names; those of one call before those of the next."""


@contextmanager
def objects(git: Git) -> Iterator[Fetch]:
    """A function that reads objects by their names, in their order, all by one process."""
    command = ["cat-file", "--batch-command", "--buffer"]
    with opened(git, command, stdin=subprocess.PIPE) as reader:
        assert reader.stdin is not None
        stream = reader.output
        asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # a thread asks, so that git can answer before all is asked: neither waits for ever
        asker = threading.Thread(target=_ask_all, args=(reader.stdin, asked), daemon=True)
        asker.start()

        def fetch(names: Sequence[str]) -> Iterator[bytes]:
            asked.put("".join([*(f"contents {name}\n" for name in names), "flush\n"]).encode())
            return map(partial(_object, reader, stream), names)

        try:
            yield fetch
        finally:
            asked.put(b"")
            stream.close()
            asker.join()


def _ask_all(stream: IO[bytes], asked: "queue.SimpleQueue[bytes]") -> None:
    with suppress(OSError), stream:  # where git ended first, the reader tells
        while names := asked.get():
            stream.write(names)
            stream.flush()


def _object(reader: Stream, stream: IO[bytes], name: str) -> bytes:
    head = stream.readline()
    size = head.rpartition(b" ")[2]
    if not size[:-1].isdigit():
        raise _lacking(reader, name) if head else _ended(reader)
    length = int(size) + 1
    data = stream.read(length)
    if len(data) < length:
        raise _ended(reader)
    return data[:-1]


def _lacking(reader: Stream, name: str) -> Cannot:
    why = reader.heard() or "this clone is incomplete or damaged"
    return Cannot(f"git has no object {name[:12]}: {why}.", FRESH)


def _ended(reader: Stream) -> Cannot:
    reader.wait()
    return unread(reader.heard())


def opened(git: Git, args: Sequence[str], stdin: IO[bytes] | int = subprocess.DEVNULL) -> Stream:
    """Such a git, whose output is read as it comes."""
    process = Stream(deaf(git, args), blind(git), stdin, _BUFFER)
    widen(process.output)
    return process


def widen(pipe: IO[bytes]) -> None:
    """Let a process be further ahead of whoever reads what it prints, where the system can."""
    with suppress(ImportError, AttributeError, OSError):  # not on every system, nor without end
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _AHEAD)
