"""How long kmkit takes to start, as a ratio to a Python that does nothing.

A ratio says the same on a slow and a fast machine. The commands take turns, so that a machine
that grows warm or busy slows all of them alike; the median leaves out the odd long run.

    python benchmarks/startup.py [RUNS]
"""

import os
import subprocess
import sys
import time
from statistics import median

NOTHING = ("-c", "pass")
COMMANDS: dict[str, tuple[str, ...]] = {
    "python -c pass": NOTHING,
    "python -c 'import typer'": ("-c", "import typer"),
    "kmkit --version": ("-m", "kmkit", "--version"),
    "kmkit --help": ("-m", "kmkit", "--help"),
    "kmkit capture --help": ("-m", "kmkit", "capture", "--help"),
}


def seconds(arguments: tuple[str, ...]) -> float:
    """Wall-clock time of one run of this Python with ``arguments``, which must succeed."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
    )
    return time.perf_counter() - started


def measure(runs: int) -> dict[str, list[float]]:
    """``runs`` times in seconds for each command, taken in turns after one run to warm up."""
    for arguments in COMMANDS.values():
        seconds(arguments)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    return times


def table(times: dict[str, list[float]]) -> str:
    """The medians in milliseconds, and each as a multiple of the first."""
    base = median(next(iter(times.values())))
    rows = [f"{'command':<26}{'median ms':>10}{'fastest ms':>12}{'ratio':>8}"]
    for name, taken in times.items():
        middle = median(taken)
        rows.append(
            f"{name:<26}{middle * 1000:>10.0f}{min(taken) * 1000:>12.0f}{middle / base:>8.1f}"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure and print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(table(measure(runs)))


if __name__ == "__main__":
    main()
