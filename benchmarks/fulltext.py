"""How fast kmkit's full text is built and answers, beside SQLite's FTS5 on the same notes.

Each is built in a process of its own, which also tells its memory, and asked in another. The notes
are made of words whose frequencies fall off as those of a language do; the word 'fuel' is in 96 of
100 notes, and 'rare77x' in two of 100,000.

    python -m benchmarks.fulltext [--notes 100000] [--runs 5]
"""

import argparse
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from statistics import median

from kmkit.index.search.values import Entry

QUERIES = {
    "rare word": "rare77x",
    "word in 96 %": "fuel",
    "two words": "fuel late",
    "phrase": '"fuel was late"',
    "prefix": "rare7*",
}
_PARAGRAPHS, _TITLES, _EACH = 8_000, 20_000, 8
_SYLLABLES = [a + b for a in (*"bcdfghklmnprstvw", "st", "tr", "pl") for b in "aeiou"]


def entries(notes: int) -> Iterator[Entry]:
    """``notes`` notes of some 2.7 KB, the same every time."""
    rng = random.Random(7)
    words = [
        "".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(30_000)
    ]
    falling = list(accumulate(1 / (rank + 10) for rank in range(len(words))))

    def text(length: int) -> str:
        return " ".join(rng.choices(words, cum_weights=falling, k=length))

    paragraphs = [text(45) for _ in range(_PARAGRAPHS)]
    titles = [text(7) for _ in range(_TITLES)]
    for n in range(notes):
        body = "\n\n".join(rng.choices(paragraphs, k=_EACH)) + f" rare{n % (notes // 2)}x"
        if rng.random() < 0.96:
            body += " the fuel was late"
        title, summary, more = rng.choices(titles, k=3)
        yield Entry(n, title, f"{summary} {more}", ("fuel", "logistics"), body)


def build_kmkit(folder: Path, notes: int) -> None:
    """The index as kmkit makes it."""
    from kmkit.index.search import Engine

    Engine.open(folder / "kmkit").update((), entries(notes))


def build_fts5(folder: Path, notes: int) -> None:
    """FTS5 with porter's stems and bm25, which keeps no copy of the texts either."""
    base = sqlite3.connect(folder / "fts5")
    base.execute("PRAGMA synchronous=OFF")
    base.execute(
        "CREATE VIRTUAL TABLE notes USING fts5(title, summary, topics, body, content='',"
        " tokenize='porter unicode61')"
    )
    rows = ((e.n, e.title, e.summary, " ".join(e.topics), e.body) for e in entries(notes))
    base.executemany(
        "INSERT INTO notes(rowid, title, summary, topics, body) VALUES (?,?,?,?,?)", rows
    )
    base.commit()


def ask_kmkit(folder: Path) -> tuple[float, Callable[[str], object]]:
    """Seconds to load and open it, and how to ask it."""
    started = time.perf_counter()
    from kmkit.index.search import Engine, parse

    engine = Engine.open(folder / "kmkit")
    opened = time.perf_counter() - started
    return opened, lambda text: engine.search(parse(text), limit=20)


def ask_fts5(folder: Path) -> tuple[float, Callable[[str], object]]:
    """Seconds to open it, and how to ask it for the same."""
    started = time.perf_counter()
    base = sqlite3.connect(folder / "fts5")
    base.execute("SELECT count(*) FROM notes WHERE notes MATCH 'nothing'").fetchone()
    opened = time.perf_counter() - started
    command = (
        "SELECT rowid FROM notes WHERE notes MATCH ? ORDER BY bm25(notes, 2, 1.5, 1.5, 1) LIMIT 20"
    )
    return opened, lambda text: base.execute(command, (text,)).fetchall()


def built(name: str, folder: Path, notes: int) -> dict[str, float]:
    """Seconds and megabytes of building ``name``, less what making the notes takes."""
    started = time.perf_counter()
    for _ in entries(notes):
        pass
    making = time.perf_counter() - started
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    {"kmkit": build_kmkit, "FTS5": build_fts5}[name](folder, notes)
    taken = time.perf_counter() - started - making
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"build s": taken, "memory MB": peak / 1e3, "of it for the notes MB": before / 1e3}


def asked(name: str, folder: Path, runs: int) -> dict[str, float]:
    """Milliseconds to open ``name``, and for each query: the first time, and the median."""
    opened, ask = {"kmkit": ask_kmkit, "FTS5": ask_fts5}[name](folder)
    figures = {"open ms": opened * 1e3}
    for what, text in QUERIES.items():
        times = []
        for _ in range(runs + 1):
            started = time.perf_counter()
            ask(text)
            times.append((time.perf_counter() - started) * 1e3)
        figures[f"{what}, first ms"] = times[0]
        figures[f"{what}, again ms"] = median(times[1:])
    return figures


def alone(*arguments: str) -> dict[str, float]:
    """What this program finds out in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.fulltext", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def size(path: Path) -> float:
    """Megabytes of a file, or of the files of a folder."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files) / 1e6


def table(notes: int, runs: int) -> str:
    """Both built and asked, side by side."""
    columns: dict[str, dict[str, float]] = {}
    scratch = Path(tempfile.mkdtemp())
    for name in ("kmkit", "FTS5"):
        found = alone("--build", name, "--folder", str(scratch), "--notes", str(notes))
        found["on disk MB"] = size(scratch / name.lower())
        found |= alone("--ask", name, "--folder", str(scratch), "--runs", str(runs))
        columns[name] = found
    shutil.rmtree(scratch)
    rows = [f"{f'{notes:,} notes':<28}" + "".join(f"{name:>10}" for name in columns)]
    for what in columns["kmkit"]:
        rows.append(f"{what:<28}" + "".join(f"{its[what]:>10.2f}" for its in columns.values()))
    return "\n".join(rows)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure the full text.")
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--build", help=argparse.SUPPRESS)
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        print(json.dumps(built(options.build, options.folder, options.notes)))
    elif options.ask:
        print(json.dumps(asked(options.ask, options.folder, options.runs)))
    else:
        print(table(options.notes, options.runs))


if __name__ == "__main__":
    main()
