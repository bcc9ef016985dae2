"""The journal of a run on this machine: what was begun and what came of it, letter by letter.

Each line is on the disk before the next letter goes out. It is folded into the ledger's branch as
soon as the run ends or is taken up again, and then removed.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kmkit.reach.ledger_runs import KINDS, UNKNOWN, Tried
from kmkit.trail.safely import harden, writing


class Journal:
    """The journal of one run, open for writing."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rows: list[list[object]] = []

    def begun(self, mark: str) -> None:
        """A letter to ``mark`` goes out now; this, and all before it, is on the disk."""
        self._rows.append([mark])
        self.flush()

    def came(self, mark: str, tried: Tried) -> None:
        """What came of that letter; on the disk with the next step."""
        self._rows.append([mark, tried.kind, tried.code])

    def never(self, mark: str) -> None:
        """Nothing of that letter has gone out after all."""
        self._rows.append([mark, "", 0])

    def flush(self) -> None:
        """Have every line on the disk."""
        with writing():
            self._stream.write(b"".join(json.dumps(row).encode() + b"\n" for row in self._rows))
            self._stream.flush()
            os.fsync(self._stream.fileno())
        self._rows.clear()


def place(common_dir: Path, run: str) -> Path:
    """Where the journal of a run lies in the git directory."""
    return common_dir / "kmkit" / "outbox" / f"{run}.jsonl"


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The journal at ``path``, to be added to."""
    with writing():
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            data = path.read_bytes()
            if not data.endswith(b"\n"):  # cut off within a line: nothing followed it
                os.truncate(path, data.rfind(b"\n") + 1)
        stream = path.open("ab")
    with stream:
        harden([path.parent, path.parent.parent])
        journal = Journal(stream)
        try:
            yield journal
        finally:
            journal.flush()


def read(path: Path) -> dict[str, Tried]:
    """What came of each letter that was begun; unknown where the journal does not say."""
    found: dict[str, Tried] = {}
    with writing(), suppress(FileNotFoundError):
        for line in path.read_bytes().split(b"\n"):
            with suppress(ValueError, TypeError):
                _take(found, json.loads(line))
    return found


def _take(found: dict[str, Tried], row: list[object]) -> None:
    mark = str(row[0])
    if len(row) == 1:
        found[mark] = Tried(UNKNOWN)
    elif row[1] in KINDS:
        found[mark] = Tried(str(row[1]), int(str(row[2])))
    else:
        found.pop(mark, None)


def forget(path: Path) -> None:
    """The ledger has it all: the journal goes."""
    with writing(), suppress(FileNotFoundError):
        path.unlink()
        harden([path.parent])
