"""How well `kmkit brief` chooses lessons for a project, beside FTS5 and ripgrep.

    python -m benchmarks.relevance.briefs FILE [--each]

FILE holds NASA's lessons, one JSON object a line. ``--each`` lists the descriptions with what was
chosen for them: ** was wanted, * is useful.
"""

import argparse
import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from benchmarks.relevance.judged import DEPTH, Query, Search, worth
from benchmarks.relevance.lessons import entries, read_lessons
from benchmarks.relevance.rivals import fts5, ripgrep
from kmkit.index.briefs.brief import Chosen, Part, choose, parts_of
from kmkit.index.briefs.briefing import matches_of
from kmkit.index.nearby.near import SAME, Text, sameness
from kmkit.index.search import Engine, Entry
from kmkit.index.search.words import terms
from kmkit.note.documents import read_document

BRIEFS = Path(__file__).parent / "briefs.toml"
SHOWN = 3
"""So many lessons of each part are on the page."""


def briefs(*, held: bool) -> list[Query]:
    """The judged descriptions that the choice was tuned on, or those that were ``held`` out."""
    rows = tomllib.loads(BRIEFS.read_text(encoding="utf-8"))["brief"]
    return [
        Query(
            row["text"],
            row["name"],
            dict.fromkeys(row["useful"], 1) | dict.fromkeys(row["wanted"], 2),
        )
        for row in rows
        if row.get("held", False) == held
    ]


def others() -> list[str]:
    """Descriptions of things of which the lessons know nothing."""
    return [row["text"] for row in tomllib.loads(BRIEFS.read_text(encoding="utf-8"))["other"]]


class Chooser:
    """What ``kmkit brief`` chooses of these notes."""

    def __init__(self, notes: Sequence[Entry]) -> None:
        self._engine = Engine.open(None)
        self._engine.update((), notes)
        self._texts = {
            note.n: Text(*(tuple(terms(t)) for t in (note.title, note.summary, note.body)))
            for note in notes
        }

    def choose(self, text: str) -> list[list[Chosen]]:
        """For each part of a description what is chosen, best first."""
        return self._choose(parts_of(read_document(text.encode(), "brief.md")))

    def whole(self, text: str) -> Sequence[int]:
        """What is chosen where the description is taken as one part."""
        return [one.n for part in self._choose([Part("", text)]) for one in part][:DEPTH]

    def __call__(self, text: str) -> Sequence[int]:
        """What is chosen in all parts, best first."""
        every = [one for part in self.choose(text) for one in part]
        return [one.n for one in sorted(every, key=lambda one: -one.strength)][:DEPTH]

    def _choose(self, parts: list[Part]) -> list[list[Chosen]]:
        found = matches_of(self._engine, parts, self._texts.keys(), len(self._texts))
        return choose(found, self._texts, bonus=lambda n, place: 1.0, same=self._same)

    def _same(self, one: int, other: int) -> bool:
        return sameness(self._texts[one], self._texts[other], lambda _: 1.0) >= SAME


def recall(found: Sequence[int], query: Query) -> float:
    """How many of the wanted lessons are among the first ten."""
    wanted = {number for number, grade in query.grades.items() if grade == 2}
    return len(wanted & set(found[:DEPTH])) / min(len(wanted), DEPTH)


def line(name: str, search: Search, *sets: Sequence[Query]) -> str:
    """nDCG@10 and recall@10 of one way to search, for each set of descriptions."""
    cells = ""
    for asked in sets:
        found = [search(query.text) for query in asked]
        ndcg = mean(worth(one, query.grades).ndcg for one, query in zip(found, asked, strict=True))
        wanted = mean(recall(one, query) for one, query in zip(found, asked, strict=True))
        cells += f"{ndcg:>9.3f}{wanted:>9.3f}"
    return f"{name:<22}{cells}"


def page(chooser: Chooser, query: Query) -> tuple[str, int, int, int]:
    """What the page shows for a description; how many lessons that are, wanted and useful."""
    shown = [one.n for part in chooser.choose(query.text) for one in part[:SHOWN]]
    grades = [query.grades.get(number, 0) for number in shown]
    marked = " ".join(f"{n}{'*' * grade}" for n, grade in zip(shown, grades, strict=True))
    missed = sorted(n for n, grade in query.grades.items() if grade == 2 and n not in shown)
    text = f"{query.style}\n      shown {marked}\n      missed {missed}"
    return text, len(shown), grades.count(2), grades.count(1)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure what kmkit brief chooses.")
    parser.add_argument("file", type=Path, help="the lessons, one JSON object a line")
    parser.add_argument("--each", action="store_true", help="list the descriptions")
    options = parser.parse_args()
    notes = list(entries(read_lessons(options.file)))
    chooser, tuned, held = Chooser(notes), briefs(held=False), briefs(held=True)
    print(f"{'':<22}{f'tuned on ({len(tuned)})':>18}{f'held out ({len(held)})':>18}")
    print(f"{'':<22}" + f"{'nDCG@10':>9}{'recall':>9}" * 2)
    print(line("kmkit brief", chooser, tuned, held))
    print(line("kmkit, as one part", chooser.whole, tuned, held))
    print(line("FTS5, any word", fts5(notes, "OR"), tuned, held))
    if shutil.which("rg"):
        with tempfile.TemporaryDirectory() as scratch:
            print(line("ripgrep, lines", ripgrep(notes, Path(scratch)), tuned, held))
    for name, asked in (("tuned on", tuned), ("held out", held)):
        pages = [page(chooser, query) for query in asked]
        shown = sum(count for _, count, _, _ in pages)
        wanted = sum(count for _, _, count, _ in pages)
        useful = sum(count for _, _, _, count in pages)
        print(f"Page, {name}: {shown} lessons, of which {wanted} wanted and {useful} useful.")
        if options.each:
            print("\n".join(text for text, *_ in pages))
    empty = sum(not chooser(text) for text in others())
    print(f"Of {len(others())} descriptions of other things {empty} came out empty.")


if __name__ == "__main__":
    main()
