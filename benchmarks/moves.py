"""How long one move takes, as a ratio to `git commit -- path` in the same repository.

Each measurement approves another note that waits for it, and all of them write the same things:

- `git commit -- path`: the file is written, and git commits it with the move's own message;
- the same with fsync: what was committed is on the disk, which git leaves to chance by default
  and kmkit never does;
- `commit.commit`: kmkit.trail.commit.commit alone, given the finished file and message;
- `KnowledgeBase.move`: the whole move in this process, from opening the knowledge base and reading
  the note through its trail and its guards to the commit. Starting Python is startup.py's matter.

They take turns, after one of each to warm up.

    python -m benchmarks.moves [--notes 10000 | --kb DIR] [--runs 10]
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from statistics import median

from benchmarks.histories import BEN, WAITING, write
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.kb.moving import Moved
from kmkit.lifecycle.context import Request
from kmkit.places import POLICY
from kmkit.trail.commit import Change, commit

_FSYNC = ("-c", "core.fsync=added,reference", "-c", "core.fsyncMethod=fsync")
"""As kmkit has it."""
_REQUEST = Request(method="peer-review", verdict="approve", because="It agrees with our records.")
_WHO = {
    "GIT_AUTHOR_NAME": BEN.name,
    "GIT_AUTHOR_EMAIL": BEN.email,
    "GIT_COMMITTER_NAME": BEN.name,
    "GIT_COMMITTER_EMAIL": BEN.email,
}
Way = Callable[[Path, PurePosixPath], float]
"""Approves the note at a path, in seconds."""


def whole_move(root: Path, path: PurePosixPath) -> float:
    """By `KnowledgeBase.move`, judging included."""
    started = time.perf_counter()
    _validate(root, path)
    return time.perf_counter() - started


def commit_alone(root: Path, path: PurePosixPath) -> float:
    """By kmkit's commit, once all is judged."""
    kb = KnowledgeBase(root)
    planned = _validate(root, path, dry_run=True)
    tip = kb.git.tip()
    entries = {name: kb.git.entry(tip, name) for name in (str(path), POLICY)}
    change = Change(
        message=planned.message,
        files=planned.files,
        seen={name: entry.sha for name, entry in entries.items() if entry},
        on_disk={str(path): (root / path).read_bytes()},
    )
    now = datetime.now().astimezone()
    started = time.perf_counter()
    commit(kb.git, change, actor=BEN, when=now)
    return time.perf_counter() - started


def git_commit(root: Path, path: PurePosixPath, *settings: str) -> float:
    """By git, once all is judged."""
    planned = _validate(root, path, dry_run=True)
    started = time.perf_counter()
    (root / path).write_bytes(planned.files[str(path)])
    subprocess.run(
        ["git", *settings, "-C", root, "commit", "--quiet", "-F", "-", "--", path],
        input=planned.message.encode(),
        env=os.environ | _WHO,
        check=True,
    )
    return time.perf_counter() - started


def git_commit_fsync(root: Path, path: PurePosixPath) -> float:
    """By git, told to have the commit on the disk when it returns."""
    return git_commit(root, path, *_FSYNC)


WAYS: dict[str, Way] = {
    "git commit -- path": git_commit,
    "the same with fsync": git_commit_fsync,
    "commit.commit": commit_alone,
    "KnowledgeBase.move": whole_move,
}


def _validate(root: Path, path: PurePosixPath, *, dry_run: bool = False) -> Moved:
    kb = KnowledgeBase(root, actor=BEN, dry_run=dry_run)
    return kb.move("validate", kb.read(path), _REQUEST)


def measure(root: Path, runs: int) -> dict[str, list[float]]:
    """``runs`` times in seconds for each way, taken in turns after one of each to warm up."""
    with Index.open(root, today=date.today()) as index:
        cards = index.cards("state = 'captured'")
        waiting = iter([PurePosixPath(card.path) for card in cards])
    for way in WAYS.values():
        way(root, next(waiting))
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(runs):
        for name, way in WAYS.items():
            times[name].append(way(root, next(waiting)))
    return times


def table(times: dict[str, list[float]]) -> str:
    """The medians in milliseconds, and each as a multiple of git's two."""
    plain, synced = (median(taken) for taken in list(times.values())[:2])
    rows = [f"{'way':<22}{'median ms':>10}{'fastest ms':>12}{'ratio':>8}{'to fsync':>10}"]
    for name, taken in times.items():
        middle = median(taken)
        figures = f"{middle * 1000:>10.0f}{min(taken) * 1000:>12.0f}"
        rows.append(f"{name:<22}{figures}{middle / plain:>8.1f}{middle / synced:>10.1f}")
    return "\n".join(rows)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure a move of kmkit against git commit.")
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--kb", type=Path, help="one that benchmarks.histories wrote; it changes")
    options = parser.parse_args()
    most = min(options.notes, WAITING) // len(WAYS) - 1
    if not 1 <= options.runs <= most:
        parser.error(f"--runs is between 1 and {most}: so many notes wait to be approved")
    if options.kb:
        print(table(measure(options.kb, options.runs)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "kb")
        write(root, options.notes)
        print(table(measure(root, options.runs)))


if __name__ == "__main__":
    main()
