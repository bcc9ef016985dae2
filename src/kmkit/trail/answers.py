"""Objects of git, all of them read by one process as long as a command asks."""

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kmkit.trail.program import Program

_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) ([0-9]+)\n")


class Object(NamedTuple):
    """An object of a repository."""

    name: str
    kind: str
    """``commit``, ``tree``, ``blob`` or ``tag``."""
    data: bytes


class Answers:
    """A process of git that says what objects hold, one after the other."""

    def __init__(self, git: "Program") -> None:
        self._process = subprocess.Popen(
            git.command(["cat-file", "--batch"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git.environment(),
        )

    def read(self, name: str) -> Object | None:
        """The object that ``name`` means; None where git has none, or has stopped."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        try:
            stdin.write(f"{name}\n".encode("utf-8", "surrogateescape"))
            stdin.flush()
        except OSError:
            return None
        header = _HEADER.fullmatch(stdout.readline())
        if not header:
            return None
        data = stdout.read(int(header[3]) + 1)
        return Object(header[1].decode(), header[2].decode(), data[:-1])

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()
