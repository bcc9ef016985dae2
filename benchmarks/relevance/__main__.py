"""How well kmkit finds what specialists would want, beside FTS5 and ripgrep.

    python -m benchmarks.relevance FILE [--each]

FILE holds NASA's lessons, one JSON object a line. ``--each`` lists the queries that kmkit answers
worst, with what it found.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from benchmarks.relevance.judged import Query, Search, average, halves, queries, worth
from benchmarks.relevance.lessons import entries, read_lessons
from benchmarks.relevance.rivals import fts5, kmkit, ripgrep
from kmkit.index.search import Engine


def table(rivals: dict[str, Search], asked: list[Query]) -> str:
    """nDCG@10 and recall@10 of each, for all queries and for both halves."""
    tuned, held = halves(asked)
    parts = (("all", asked), ("tuned on", tuned), ("held out", held))
    heads = "".join(f"{f'{name} ({len(of)})':>20}" for name, of in parts)
    rows = [f"{'':<22}{heads}", f"{'':<22}" + f"{'nDCG@10':>11}{'recall':>9}" * len(parts)]
    for name, search in rivals.items():
        cells = (average(search, of) for _, of in parts)
        rows.append(
            f"{name:<22}" + "".join(f"{one.ndcg:>11.3f}{one.recall:>9.3f}" for one in cells)
        )
    return "\n".join(rows)


def worst(search: Search, asked: list[Query]) -> str:
    """Each query with what it is worth and what was found, worst first."""
    rows = []
    for query in asked:
        found = search(query.text)
        missed = [number for number in query.grades if number not in found]
        marked = " ".join(f"{n}{'*' * query.grades.get(n, 0)}" for n in found)
        value = worth(found, query.grades).ndcg
        rows.append(f"{value:.2f}  {query.text}\n      found {marked}\n      missed {missed}")
    return "\n".join(sorted(rows))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure how good the search is.")
    parser.add_argument("file", type=Path, help="the lessons, one JSON object a line")
    parser.add_argument("--each", action="store_true", help="list the queries, worst first")
    options = parser.parse_args()
    notes = list(entries(read_lessons(options.file)))
    engine = Engine.open(None)
    engine.update((), notes)
    asked = queries()
    ours = kmkit(engine)
    with tempfile.TemporaryDirectory() as scratch:
        rivals = {"kmkit": ours, "FTS5, all words": fts5(notes, "AND")}
        rivals["FTS5, any word"] = fts5(notes, "OR")
        if shutil.which("rg"):
            rivals["ripgrep, lines"] = ripgrep(notes, Path(scratch))
        print(table(rivals, asked))
    if options.each:
        print(worst(ours, asked))


if __name__ == "__main__":
    main()
