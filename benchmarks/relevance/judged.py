"""The judged queries, and what a ranking is worth by them."""

import tomllib
from collections.abc import Callable, Sequence
from math import log2
from pathlib import Path
from statistics import mean
from typing import NamedTuple

DEPTH = 10
"""How far down a list somebody looks."""

JUDGED = Path(__file__).parent / "judged.toml"

Search = Callable[[str], Sequence[int]]
"""Answers a query with lesson numbers, best first."""


class Query(NamedTuple):
    """What somebody types, and the lessons that answer it."""

    text: str
    style: str
    grades: dict[int, int]
    """By lesson number: 2 for what was wanted, 1 for what is useful beside it."""


class Worth(NamedTuple):
    """How good the first ten of a list are: both from 0 to 1."""

    ndcg: float
    recall: float


def queries() -> list[Query]:
    """All judged queries, in their order."""
    rows = tomllib.loads(JUDGED.read_text(encoding="utf-8"))["query"]
    return [
        Query(
            row["text"],
            row["style"],
            dict.fromkeys(row["useful"], 1) | dict.fromkeys(row["wanted"], 2),
        )
        for row in rows
    ]


def halves(asked: list[Query]) -> tuple[list[Query], list[Query]]:
    """The queries that kmkit was tuned on, every other one; and those that it was not."""
    return asked[::2], asked[1::2]


def worth(found: Sequence[int], grades: dict[int, int]) -> Worth:
    """nDCG@10 and recall@10 of ``found`` by ``grades``."""
    gained = _gain([grades.get(number, 0) for number in found[:DEPTH]])
    best = _gain(sorted(grades.values(), reverse=True)[:DEPTH])
    seen = sum(number in grades for number in found[:DEPTH])
    return Worth(gained / best, seen / len(grades))


def average(search: Search, asked: Sequence[Query]) -> Worth:
    """The mean worth of what ``search`` finds for ``asked``."""
    all_of = [worth(search(query.text), query.grades) for query in asked]
    return Worth(mean(one.ndcg for one in all_of), mean(one.recall for one in all_of))


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(place + 2) for place, grade in enumerate(grades))
