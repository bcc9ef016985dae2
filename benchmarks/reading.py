"""How long it takes to read and judge a note, as a ratio to `frontmatter.load` of the same file.

`frontmatter.load` is python-frontmatter as it comes: libyaml's safe loader. It opens the file and
reads its front matter; kmkit does what an index needs besides:

- read: open the file, read its front matter into typed fields, tell the sections apart;
- check: compare it with the rules, the vocabulary and the kind;
- fingerprint: of the substance that stands;
- verdicts: which fingerprints they approve.

Note by note they take turns, in this process and in its own time. What is kept is the memory that
a thousand notes more leave behind once they are dropped.

    python -m benchmarks.reading [--notes 2000] [--runs 5] [--kb DIR]
"""

import argparse
import gc
import tempfile
import time
import tracemalloc
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path, PurePosixPath
from statistics import median

import frontmatter

from benchmarks.histories import write
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import approved_fingerprints
from kmkit.note.checks import CheckContext, check
from kmkit.note.file import read
from kmkit.note.kinds import Kind, kind_names, load_kind

STEPS = ("frontmatter.load", "read", "check", "fingerprint", "verdicts")
_MORE = 1000


class Reader:
    """Reads and judges the notes of one knowledge base."""

    def __init__(self, root: Path) -> None:
        kb = KnowledgeBase(root)
        self.root = root
        self.paths = tuple(kb.note_paths())
        self.policy = kb.policy
        self.kinds: dict[str, Kind] = {name: load_kind(name, root) for name in kind_names(root)}
        self.context = CheckContext(
            kb.policy, kb.config, self.kinds, kb.people, kb.ids, date.today(), exists=self.exists
        )

    def exists(self, path: str) -> bool:
        """Whether something is at ``path``."""
        return (self.root / path).exists()

    def steps(self, path: PurePosixPath) -> list[int]:
        """The nanoseconds that each step takes for one note."""
        clock = time.process_time_ns
        file = str(self.root / path)
        times = [clock()]
        frontmatter.load(file)
        times.append(clock())
        note = read(Path(file).read_bytes(), path)
        times.append(clock())
        check(note, self.context)
        times.append(clock())
        kind = self.kinds.get(note.kind)
        fingerprint(note, kind.guidance if kind else frozenset())
        times.append(clock())
        approved_fingerprints(note, self.policy)
        times.append(clock())
        return [after - before for before, after in pairwise(times)]


def measure(reader: Reader, runs: int) -> list[list[float]]:
    """For each run the microseconds per note of each step, after one run to warm up."""
    taken = []
    for _ in range(runs + 1):
        sums = [sum(step) for step in zip(*map(reader.steps, reader.paths), strict=True)]
        taken.append([total / len(reader.paths) / 1000 for total in sums])
    return taken[1:]


def kept(reader: Reader) -> int:
    """The bytes that stay behind when so many notes more were read and dropped."""
    several = [path for _ in range(_MORE) for path in reader.paths][: 2 * _MORE]
    tracemalloc.start()
    _drop(reader, several[:_MORE])
    before = tracemalloc.get_traced_memory()[0]
    _drop(reader, several[_MORE:])
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after - before


def _drop(reader: Reader, paths: Iterable[PurePosixPath]) -> None:
    for path in paths:
        reader.steps(path)
    gc.collect()


def table(taken: list[list[float]]) -> str:
    """The medians in microseconds per note, and each as a multiple of the first."""
    middles = [median(times) for times in zip(*taken, strict=True)]
    rows = [*zip(STEPS, middles, strict=True), ("all four of kmkit", sum(middles[1:]))]
    lines = [f"{'step':<20}{'us per note':>12}{'ratio':>8}"]
    lines += [f"{name:<20}{middle:>12.0f}{middle / middles[0]:>8.2f}" for name, middle in rows]
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure the reading of notes.")
    parser.add_argument("--notes", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kb", type=Path, help="measure on this knowledge base instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = options.kb
        if root is None:
            root = Path(scratch, "kb")
            write(root, options.notes)
        reader = Reader(root)
        print(table(measure(reader, options.runs)))
        print(f"kept of {_MORE:,} notes more: {kept(reader) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
