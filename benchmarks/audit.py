"""How long `kmkit audit` takes, as a ratio to what git alone needs to read the same history.

The floor is `git log --raw --no-abbrev --no-renames`, and `git cat-file --batch` of every blob that
it names. The two take turns; each cold audit has a fresh copy of the knowledge base, in which kmkit
remembers nothing. The files may well be in the machine's memory, for both. Then the audit runs
again in the same copy, in turn with `git status`.

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

from benchmarks.histories import write

COLD, FLOOR = "kmkit audit, cold", "git log + cat-file"
AGAIN, STATUS = "kmkit audit, again", "git status"
Times = dict[str, list[float]]


def seconds(*command: str, stdin: bytes = b"", output: Path | None = None) -> float:
    """Wall-clock time of ``command``, which must succeed; what it prints goes to ``output``."""
    with tempfile.TemporaryFile() as given, (output or Path(os.devnull)).open("wb") as out:
        given.write(stdin)
        given.seek(0)
        started = time.perf_counter()
        done = subprocess.run(command, stdin=given, stdout=out, stderr=subprocess.PIPE, check=False)
        taken = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")
    return taken


def audit(folder: Path) -> float:
    """Seconds of one `kmkit audit` in ``folder``, which must find nothing."""
    return seconds(sys.executable, "-m", "kmkit", "-C", str(folder), "audit")


def floor(folder: Path, scratch: Path) -> float:
    """Seconds that git takes to list the history of ``folder`` and to print what it touched."""
    git = ("git", "-C", str(folder), "--no-pager")
    listing = scratch / "log"
    taken = seconds(*git, "log", "--raw", "--no-abbrev", "--no-renames", output=listing)
    with listing.open("rb") as lines:
        blobs = [line.split(b" ", 4)[3] for line in lines if line.startswith(b":")]
    wanted = b"".join(blob + b"\n" for blob in blobs if blob.strip(b"0"))
    return taken + seconds(*git, "cat-file", "--batch", stdin=wanted, output=scratch / "blobs")


def measure(notes: int, runs: int, scratch: Path) -> Times:
    """``runs`` times in seconds for each of the four."""
    original, copy = scratch / "original", scratch / "copy"
    write(original, notes)
    floor(original, scratch)
    times: Times = {name: [] for name in (COLD, FLOOR, AGAIN, STATUS)}
    for _ in range(runs):
        shutil.copytree(original, copy)
        seconds("git", "-C", str(copy), "update-index", "-q", "--refresh")
        times[FLOOR].append(floor(copy, scratch))
        times[COLD].append(audit(copy))
        times[STATUS].append(seconds("git", "-C", str(copy), "status"))
        times[AGAIN].append(audit(copy))
        shutil.rmtree(copy)
    return times


def table(times: Times) -> str:
    """The medians in seconds, and those of kmkit as a multiple of git's."""
    rows = [f"{'command':<22}{'median s':>10}{'fastest s':>11}{'ratio':>8}"]
    for name, base in ((FLOOR, FLOOR), (COLD, FLOOR), (STATUS, STATUS), (AGAIN, STATUS)):
        middle = median(times[name])
        ratio = middle / median(times[base])
        rows.append(f"{name:<22}{middle:>10.3f}{min(times[name]):>11.3f}{ratio:>8.1f}")
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
