"""How long `kmkit audit` takes, as a ratio to what git alone needs to read the same history.

The floor is `git log --raw --no-abbrev --no-renames`, and `git cat-file --batch` of every blob that
it names. The two take turns; each cold audit has a fresh copy of the knowledge base, in which kmkit
remembers nothing. The files may well be in the machine's memory, for both. Then the audit runs
again in the same copy, after one more commit and once more after that, in turn with the least that
it could take: `kmkit --version` and `git status`. Of each the largest process is told, in MB.

    python -m benchmarks.audit [--notes 10000] [--runs 3]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.histories import ANA, write

COLD, FLOOR = "kmkit audit, cold", "git log + cat-file"
AGAIN, ONE_MORE = "kmkit audit, again", "the same, one commit on"
VERSION, STATUS, LEAST = "kmkit --version", "git status", "both together"
BASES = {COLD: FLOOR, AGAIN: LEAST, ONE_MORE: LEAST}
"""What each is compared with; the others are that."""


class Cost(NamedTuple):
    """What one process took."""

    seconds: float
    megabytes: int
    """Of the largest process; 0 where the system does not tell."""
    processor: float
    """Seconds, of all its processes together; 0 where the system does not tell."""

    def plus(self, other: "Cost") -> "Cost":
        """Both, one after the other."""
        most = max(self.megabytes, other.megabytes)
        return Cost(self.seconds + other.seconds, most, self.processor + other.processor)


Costs = dict[str, list[Cost]]


def cost(*command: str, stdin: bytes = b"", output: Path | None = None) -> Cost:
    """What ``command`` takes, which must succeed; what it prints goes to ``output``."""
    with tempfile.TemporaryFile() as given, (output or Path(os.devnull)).open("wb") as out:
        given.write(stdin)
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=out, stderr=subprocess.PIPE)
        assert process.stderr is not None
        complaint = process.stderr.read().decode(errors="replace")
        memory, processor = 0, 0.0
        if hasattr(os, "wait4"):
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            memory = used.ru_maxrss // (1024 if sys.platform == "linux" else 1024**2)
            processor = used.ru_utime + used.ru_stime
        failed = process.wait()
        taken = time.perf_counter() - started
    if failed:
        sys.exit(f"{' '.join(command)} failed:\n{complaint}")
    return Cost(taken, memory, processor)


def kmkit(*arguments: str) -> Cost:
    """What kmkit takes for that, in a process of its own."""
    return cost(sys.executable, "-m", "kmkit", *arguments)


def audit(folder: Path) -> Cost:
    """What one `kmkit audit` in ``folder`` takes, which must find nothing."""
    return kmkit("-C", str(folder), "audit")


def floor(folder: Path, scratch: Path) -> Cost:
    """What git takes to list the history of ``folder`` and to print what it touched."""
    git = ("git", "-C", str(folder), "--no-pager")
    listing = scratch / "log"
    listed = cost(*git, "log", "--raw", "--no-abbrev", "--no-renames", output=listing)
    with listing.open("rb") as lines:
        blobs = [line.split(b" ", 4)[3] for line in lines if line.startswith(b":")]
    wanted = b"".join(blob + b"\n" for blob in blobs if blob.strip(b"0"))
    read = cost(*git, "cat-file", "--batch", stdin=wanted, output=scratch / "blobs")
    return listed.plus(read)


def _pin(folder: Path) -> None:
    """Pin the first commit as the anchor, as `kmkit init` does."""
    git = ("git", "-C", str(folder))
    listed = subprocess.run(
        [*git, "rev-list", "--max-parents=0", "HEAD"], capture_output=True, text=True, check=True
    )
    cost(*git, "config", "kmkit.anchor", listed.stdout.strip())
    cost(*git, "config", "kmkit.anchorSteward", ANA.email)


def measure(notes: int, runs: int, scratch: Path) -> Costs:
    """What each takes, ``runs`` times."""
    original, copy = scratch / "original", scratch / "copy"
    write(original, notes)
    _pin(original)
    floor(original, scratch)
    names = (FLOOR, COLD, VERSION, STATUS, LEAST, AGAIN, ONE_MORE)
    costs: Costs = {name: [] for name in names}
    for _ in range(runs):
        shutil.copytree(original, copy)
        git = ("git", "-C", str(copy))
        cost(*git, "update-index", "-q", "--refresh")
        costs[FLOOR].append(floor(copy, scratch))
        costs[COLD].append(audit(copy))
        costs[VERSION].append(kmkit("--version"))
        costs[STATUS].append(cost(*git, "status"))
        costs[LEAST].append(costs[VERSION][-1].plus(costs[STATUS][-1]))
        costs[AGAIN].append(audit(copy))
        cost(*git, "commit", "--quiet", "--allow-empty", "--message=One more")
        costs[ONE_MORE].append(audit(copy))
        shutil.rmtree(copy)
    return costs


def table(costs: Costs) -> str:
    """The medians in seconds, and those of kmkit as a multiple of what has to be done anyway.

    By the clock first, then in processor time, which other work on the machine changes less.
    """
    rows = [f"{'command':<25}{'clock s':>9}{'ratio':>7}{'cpu s':>8}{'ratio':>7}{'most MB':>9}"]
    for name, each in costs.items():
        base = costs[BASES.get(name, name)]
        clock, least = (median(one.seconds for one in some) for some in (each, base))
        busy, idle = (median(one.processor for one in some) for some in (each, base))
        most = max(one.megabytes for one in each)
        ratios = f"{clock / least:.1f}", f"{busy / idle:.1f}" if idle else ""
        rows.append(f"{name:<25}{clock:>9.3f}{ratios[0]:>7}{busy:>8.3f}{ratios[1]:>7}{most:>9}")
    return "\n".join(rows)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure kmkit audit against git.")
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        print(table(measure(options.notes, options.runs, Path(scratch))))


if __name__ == "__main__":
    main()
