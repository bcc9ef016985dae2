"""How fast kmkit finds, as ratios to what must be done anyway, in one run on one machine.

The floor of a listing is `kmkit --version` and `git status`: a Python program has to start, and git
has to say what changed. All take turns; the figures are medians of the wall clock, and beside them
the ratio of the processors' time, which tells more where the machine has other work. The day is
that of the last commit: 2 in 100 notes are overdue then, and 2 in 100 are new that week.

    python -m benchmarks.index [--notes 10000] [--runs 5] [--kb DIR]

A DIR that is named has its index made anew, and gets its notes back as they were.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from math import inf
from pathlib import Path
from typing import NamedTuple

from benchmarks.clock import KMKIT, Command, Taken, compiled, in_turns, megabytes, taken
from benchmarks.peers import NAMES, environment, peers
from benchmarks.prose import COMMON, RARE

VERSION: Command = (*KMKIT, "--version")
GIT_STATUS: Command = ("git", "status")
FLOOR = "kmkit --version + git status"
PEERS: tuple[Command, ...] = (("rg", "-l"), ("git", "grep", "-l"))
"""Programs that name the files with a word; they rank nothing, know no fields and no states."""
MOST = 300
"""Megabytes that no command may need."""

_LOAD = """
import sys, frontmatter
for path in sys.stdin: frontmatter.load(path.rstrip("\\n"))
"""
_TRAIL = """
import sqlite3, sys, time
from pathlib import Path
from kmkit.index.keeping.schema import finish, lay_out
from kmkit.index.keeping.told import bring_up
from kmkit.trail.git import Git
git = Git.find(Path())
index = sqlite3.connect(sys.argv[1], isolation_level=None)
lay_out(index)
index.execute("BEGIN")
bring_up(index, git, git.tip())
finish(index)
index.execute("COMMIT")
"""
_SETTLED = 2.5
"""Seconds after which a file that was changed cannot change again and look the same."""


class Row(NamedTuple):
    """One line of the table."""

    work: str
    took: Taken
    against: str
    floor: Taken
    bar: float
    """What the ratio may be."""

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.took.wall / self.floor.wall

    @property
    def cpu(self) -> float:
        """The same of the processor's time alone."""
        return self.took.cpu / self.floor.cpu


class Bench:
    """The measurements on one knowledge base."""

    def __init__(self, root: Path, runs: int) -> None:
        self.root = root
        self.runs = runs
        listing = self._git("ls-files", "-z", "notes").split("\0")
        self.notes = [path for path in listing if path]
        self.id = Path(self.notes[len(self.notes) // 2]).stem
        self.env = {"KMKIT_TODAY": self._git("log", "-1", "--format=%cs").strip()}
        words = f"kmkit show {self.id[:8]}"
        self.completing = {
            **self.env,
            "_KMKIT_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": "2",
        }
        self.commands: dict[str, tuple[Command, float]] = {
            "list": (("list",), 1.3),
            "status": (("status",), 1.3),
            "review --stale": (("review", "--stale"), 1.3),
            "log NOTE": (("log", self.id), 1.3),
            f"search {RARE}": (("search", RARE), 1.3),
            f"search {COMMON}": (("search", COMMON), 1.3),
            "digest": (("digest",), 2.0),
        }
        """What is asked of an index that is there, and how often its floor that may take."""

    def _git(self, *args: str) -> str:
        done = subprocess.run(("git", *args), cwd=self.root, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def _timed(self, *commands: Command) -> Callable[[], Taken]:
        return lambda: taken(*commands, cwd=self.root, env=self.env)

    def first(self) -> list[Row]:
        """The first index of all, and the trail's part of it alone."""
        listing = "".join(f"{path}\n" for path in self.notes).encode()

        def load() -> Taken:
            """By python-frontmatter as it comes, in one process."""
            return taken((sys.executable, "-c", _LOAD), cwd=self.root, given=listing)

        def trail() -> Taken:
            """The trail's events alone, into an index of their own."""
            with tempfile.TemporaryDirectory() as scratch:
                made = (sys.executable, "-c", _TRAIL, f"{scratch}/index")
                return taken(made, cwd=self.root)

        raw = ("sh", "-c", "git rev-list HEAD | git cat-file --batch >/dev/null")
        ways = {
            "index --rebuild": self._timed((*KMKIT, "index", "--rebuild")),
            "frontmatter.load": load,
            "the trail's events": trail,
            "git rev-list | git cat-file": self._timed(raw),
        }
        took = in_turns(ways, max(1, self.runs // 3), warm_up=False)
        names = list(ways)
        return [
            Row(names[at], took[names[at]], names[at + 1], took[names[at + 1]], bar)
            for at, bar in ((0, 0.8), (2, 2.0))
        ]

    def warm(self) -> list[Row]:
        """What is asked of an index that is there and up to date."""
        ways = {FLOOR: self._timed(VERSION, GIT_STATUS)}
        for name, (args, _) in self.commands.items():
            ways[name] = self._timed((*KMKIT, *args))
        peers = {
            f"{' '.join(program)} {word}": (word, (*program, word, "notes"))
            for word in (RARE, COMMON)
            for program in PEERS
            if shutil.which(program[0])
        }
        ways |= {name: self._timed(command) for name, (_, command) in peers.items()}
        took = in_turns(ways, self.runs)
        rows = [
            Row(name, took[name], FLOOR, took[FLOOR], bar)
            for name, (_, bar) in self.commands.items()
        ]
        for name, (word, _) in peers.items():
            rows.append(Row(f"search {word}", took[f"search {word}"], name, took[name], 1.0))
        return rows

    def beside(self, given: dict[str, str]) -> list[Row]:
        """Other programs that find notes, those of ``given`` by another name than their own."""
        found = []
        with tempfile.TemporaryDirectory() as scratch:
            for peer in peers(self.root, self.notes, Path(scratch), given):
                env = environment(peer)
                if peer.first:
                    first = taken(peer.first, cwd=self.root, env=env)
                    ours = taken((*KMKIT, "index", "--rebuild"), cwd=self.root, env=self.env)
                    name = " ".join((peer.name, *peer.first[1:]))
                    found.append(Row("index --rebuild", ours, name, first, inf))
                for word in (RARE, COMMON):
                    ask = (*peer.search, word)
                    ways: dict[str, Callable[[], Taken]] = {
                        "kmkit": self._timed((*KMKIT, "search", word)),
                        "peer": partial(taken, ask, cwd=self.root, env=env),
                    }
                    took = in_turns(ways, max(1, self.runs // 2))
                    name = f"{peer.name} {word}"
                    found.append(Row(f"search {word}", took["kmkit"], name, took["peer"], inf))
        return found

    def completion(self) -> Row:
        """The shell asks for ids."""
        name, floor = "completion of an id", "kmkit --version"
        ways = {
            floor: self._timed(VERSION),
            name: lambda: taken(KMKIT, cwd=self.root, env=self.completing),
        }
        took = in_turns(ways, self.runs)
        return Row(name, took[name], floor, took[floor], 1.2)

    def refreshed(self, name: str, *args: str, settled: bool) -> Row:
        """A command after ten edits, against the same one when nothing changed.

        ``settled``: it is the first after a while, so that what it reads is kept.
        """
        chosen = [self.root / path for path in self.notes[:: len(self.notes) // 10 or 1][:10]]
        before = {path: path.read_bytes() for path in chosen}
        run = self._timed((*KMKIT, *args))

        def unchanged() -> Taken:
            """Once the last edits have settled and are in the index."""
            time.sleep(_SETTLED)
            run()
            return run()

        def edited() -> Taken:
            """After another ten."""
            for path in chosen:
                path.write_bytes(path.read_bytes() + f"\nSeen {time.time_ns()}.\n".encode())
            if settled:
                time.sleep(_SETTLED)
            return run()

        try:
            took = in_turns({"unchanged": unchanged, name: edited}, self.runs)
        finally:
            for path, data in before.items():
                path.write_bytes(data)
            time.sleep(_SETTLED)
            run()
        return Row(name, took[name], f"kmkit {' '.join(args)}, unchanged", took["unchanged"], 1.3)

    def memory(self) -> dict[str, float]:
        """The most megabytes that each command has."""
        asked = {name: args for name, (args, _) in self.commands.items()}
        found = {
            name: megabytes((*KMKIT, *args), cwd=self.root, env=self.env)
            for name, args in {"index --rebuild": ("index", "--rebuild"), **asked}.items()
        }
        found["completion of an id"] = megabytes(KMKIT, cwd=self.root, env=self.completing)
        return found

    def rows(self, given: dict[str, str]) -> list[Row]:
        """All of them."""
        return [
            *self.first(),
            *self.warm(),
            *self.beside(given),
            self.completion(),
            self.refreshed("list right after 10 edits", "list", settled=False),
            self.refreshed("list, and the edits are kept", "list", settled=True),
            self.refreshed(f"search {RARE} right after 10 edits", "search", RARE, settled=False),
            self.refreshed(f"search {RARE}, and they are kept", "search", RARE, settled=True),
        ]


def table(rows: list[Row], memory: dict[str, float]) -> str:
    """The times, their ratios and bars, and the memory of each command."""
    lines = [f"{'work':<30}{'s':>8}  {'against':<32}{'s':>8}{'ratio':>8}{'cpu':>6}{'bar':>6}"]
    for row in rows:
        over = "" if row.ratio <= row.bar else "  over"
        lines.append(
            f"{row.work:<30}{row.took.wall:>8.3f}  {row.against:<32}{row.floor.wall:>8.3f}"
            f"{row.ratio:>8.2f}{row.cpu:>6.2f}{row.bar:>6.1f}{over}"
        )
    lines += ["", f"{'command':<30}{'MB':>8}{'bar':>6}"]
    for name, size in memory.items():
        lines.append(f"{name:<30}{size:>8.0f}{MOST:>6}{'' if size <= MOST else '  over'}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure how fast kmkit finds.")
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kb", type=Path, help="measure on this knowledge base instead")
    for name in NAMES:
        parser.add_argument(f"--{name}", default=name, help="this program, to compare with")
    options = parser.parse_args()
    given = {name: getattr(options, name) for name in NAMES}
    compiled()
    with tempfile.TemporaryDirectory() as scratch:
        root = options.kb
        if root is None:  # written by another process, so that this one stays small
            root = Path(scratch, "kb")
            write = ("-m", "benchmarks.histories", str(root), "--notes", str(options.notes))
            subprocess.run((sys.executable, *write), check=True)
        bench = Bench(root, options.runs)
        memory = bench.memory()  # first: it has all files read once
        print(table(bench.rows(given), memory))
        for name, program in given.items():
            if not shutil.which(program):
                print(f"{name}: not installed")


if __name__ == "__main__":
    main()
