"""How well kmkit finds what lies near a lesson, and lessons that are captured again.

    python -m benchmarks.relevance.related FILE

FILE holds NASA's lessons, one JSON object a line. The first table compares ``related`` with plain
FTS5 that is asked for the lesson's title. The second captures lessons again in five ways, and
others for the first time, and counts what ``capture`` would say.
"""

import argparse
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from statistics import mean
from time import process_time

from benchmarks.relevance.again import WAYS, again
from benchmarks.relevance.judged import DEPTH, Worth, worth
from benchmarks.relevance.lessons import Lesson, entries, read_lessons
from benchmarks.relevance.rivals import fts5
from kmkit.index.nearby.alike import Said, about_the_same, saying_the_same
from kmkit.index.search import Engine, Entry

JUDGED = Path(__file__).parent / "related.toml"
SEVERAL_TIMES = ({742, 873}, {1192, 1251}, {1353, 1354, 1356})
"""Lessons that NASA itself holds more than once: the same event and nearly the same text."""
CAPTURED_AGAIN, NEW = 40, 100

Finder = Callable[[Entry], Sequence[int]]


def seeds(part: str) -> dict[int, dict[int, int]]:
    """By lesson: what a specialist would lay beside it, 2 for wanted, 1 for useful.

    ``part``: seed for the lessons that kmkit was tuned on, held_out for the others.
    """
    rows = tomllib.loads(JUDGED.read_text(encoding="utf-8"))[part]
    return {
        row["lesson"]: dict.fromkeys(row["useful"], 1) | dict.fromkeys(row["wanted"], 2)
        for row in rows
    }


def said(entry: Entry) -> Said:
    """An entry as the comparison takes it."""
    return Said(entry.title, entry.summary, entry.body, entry.topics)


def related_table(engine: Engine, notes: dict[int, Entry]) -> str:
    """nDCG@10 and recall@10 for the judged lessons: ours, the full text alone, and plain FTS5."""
    plain = fts5(list(notes.values()), "OR")

    def close(entry: Entry) -> list[int]:
        found = about_the_same(engine, said(entry), lambda n: said(notes[n]), but=(entry.n,))
        return [one.n for one in found]

    def loose(entry: Entry) -> list[int]:
        rows = engine.like(entry.title, entry.summary, entry.body, limit=DEPTH, but=(entry.n,))
        return [row.n for row in rows]

    def titles(entry: Entry) -> list[int]:
        return [n for n in plain(entry.title) if n != entry.n]

    finders = {"kmkit related": close, "the full text's own": loose, "FTS5, title": titles}
    parts = {"tuned on": seeds("seed"), "held out": seeds("held_out")}
    heads = "".join(f"{f'{name} ({len(part)})':>22}" for name, part in parts.items())
    lines = [f"{'':<24}{heads}", f"{'':<24}" + f"{'nDCG@10':>12}{'recall':>10}" * 2]
    for name, finder in finders.items():
        found = [average(finder, notes, part) for part in parts.values()]
        figures = "".join(f"{one.ndcg:>12.3f}{one.recall:>10.3f}" for one in found)
        lines.append(f"{name:<24}{figures}")
    return "\n".join(lines)


def average(finder: Finder, notes: dict[int, Entry], part: dict[int, dict[int, int]]) -> Worth:
    """The mean worth of what ``finder`` finds beside the judged lessons of ``part``."""
    found = [worth(finder(notes[number]), grades) for number, grades in part.items()]
    return Worth(mean(one.ndcg for one in found), mean(one.recall for one in found))


def again_table(lessons: list[Lesson]) -> str:
    """What ``capture`` says of lessons that are there already, and of others that are not."""
    known = set().union(*SEVERAL_TIMES)
    order = [lesson for lesson in lessons if lesson.number not in known]
    Random(4).shuffle(order)
    old = [lesson for lesson in order if len(" ".join(t for _, t in lesson.sections)) > 400]
    old = old[:CAPTURED_AGAIN]
    new = [lesson for lesson in order if lesson not in old][:NEW]
    kept = {one.n: one for one in entries(le for le in lessons if le not in new)}
    engine = Engine.open(None)
    engine.update((), kept.values())

    def told(what: Said) -> list[int]:
        return [one.n for one in saying_the_same(engine, what, lambda n: said(kept[n]))]

    lines = [f"{'':<24}{'named rightly':>14}{'named wrongly':>15}"]
    right = wrong = 0
    for way in WAYS:
        answers = [(lesson.number, told(again(lesson, way))) for lesson in old]
        hits = sum(number in named for number, named in answers)
        others = sum(any(n != number for n in named) for number, named in answers)
        right, wrong = right + hits, wrong + others
        lines.append(f"{f'captured again, {way}':<30}{hits:>4} of {len(old)}{others:>11}")
    alarms = {e.n: named for e in entries(new) if (named := told(said(e)))}
    short = {le.number: named for le in new if (named := told(again(le, "in brief")))}
    for name, said_of in (("new", alarms), ("new, in brief", short)):
        lines.append(f"{name:<30}{'':>4}   {'':>2}{len(said_of):>11} of {len(new)} {said_of or ''}")
    total = right + wrong + len(alarms) + len(short)
    recall = right / (len(WAYS) * len(old))
    lines.append(f"precision {right / total:.3f}, recall {recall:.3f}")
    return "\n".join([*lines, _speed(engine, new, told)])


def _speed(engine: Engine, new: Iterable[Lesson], told: Callable[[Said], object]) -> str:
    """How much of a processor the question takes, once the index is open."""
    taken = []
    for entry in entries(new):
        start = process_time()
        told(said(entry))
        taken.append(process_time() - start)
    return f"{1000 * mean(taken):.1f} ms of a processor each, {1000 * max(taken):.1f} at most"


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description="Measure how well near notes are found.")
    parser.add_argument("file", type=Path, help="the lessons, one JSON object a line")
    lessons = read_lessons(parser.parse_args().file)
    notes = {entry.n: entry for entry in entries(lessons)}
    engine = Engine.open(None)
    engine.update((), notes.values())
    print(related_table(engine, notes))
    print()
    print(again_table(lessons))


if __name__ == "__main__":
    main()
