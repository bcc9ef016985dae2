"""How long a program takes and how much memory it needs, seen from outside."""

import compileall
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

Command = Sequence[str]
KMKIT: Command = (sys.executable, "-m", "kmkit")
_LOOK_EVERY = 0.05
"""Seconds between two looks at the memory of several processes."""


class Taken(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float
    """Of all processes, in sum; other work on the machine hardly changes it."""


def compiled() -> None:
    """Have kmkit compiled, as installing it does; some surroundings keep Python from doing it."""
    import kmkit

    compileall.compile_dir(Path(kmkit.__file__).parent, quiet=2)


def taken(
    *commands: Command,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    given: bytes = b"",
) -> Taken:
    """The time that commands take one after the other; 1 is a finding and no failure."""
    before, started = _used(), time.perf_counter()
    for command in commands:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            input=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")
    return Taken(time.perf_counter() - started, _used() - before)


def _used() -> float:
    """The processor's time of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turns(
    ways: Mapping[str, Callable[[], Taken]], runs: int, *, warm_up: bool = True
) -> dict[str, Taken]:
    """The medians of each way: they take turns, after one of each to ``warm_up``."""
    for way in ways.values() if warm_up else ():
        way()
    times: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            times[name].append(way())
    return {
        name: Taken(median(one.wall for one in took), median(one.cpu for one in took))
        for name, took in times.items()
    }


def megabytes(command: Command, *, cwd: Path, env: Mapping[str, str] | None = None) -> float:
    """The most memory that a command has at one moment, the processes that it starts included.

    What several processes share is counted once. 0 where the machine does not tell.
    """
    if not hasattr(os, "wait4"):
        return 0.0
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    over = threading.Event()
    together: list[int] = [0]

    def look() -> None:
        """Add up what the processes have, again and again."""
        while not over.wait(_LOOK_EVERY):
            together.append(sum(map(_kilobytes, _family(process.pid))))
            together.append(_most(process.pid))

    watching = threading.Thread(target=look)
    watching.start()
    used = os.wait4(process.pid, 0)[2]
    over.set()
    watching.join()
    process.returncode = 0  # it was waited for
    # what a process had at most counts from its parent's size on, so it is the last resort
    alone = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return (max(together) or alone) / 1024


def _family(pid: int) -> list[int]:
    """A process and all that it started, where /proc tells."""
    found = [pid]
    for one in found:
        try:
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue
    return found


def _most(pid: int) -> int:
    """The most memory that a process has had itself; 0 where /proc does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])
    except (OSError, StopIteration):
        return 0


def _kilobytes(pid: int) -> int:
    """A process's own memory, and its share of what it has in common with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    except (OSError, StopIteration):
        return 0
