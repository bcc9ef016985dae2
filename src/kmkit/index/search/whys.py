"""Why a note was found: which word, where, how often, and what that counts."""

import json
from collections.abc import Iterator
from typing import Any

import tantivy
from tantivy import Occur, Query

from kmkit.index.search.analysis import written
from kmkit.index.search.asked import PLACES, Asked
from kmkit.index.search.queries import Group, Queries, Term
from kmkit.index.search.values import Why


def explain(searcher: tantivy.Searcher, queries: Queries, asked: Asked, n: int) -> tuple[Why, ...]:
    """Each word of ``asked`` that note ``n`` has, and where, weightiest first."""
    found = [
        why
        for group in queries.groups(asked.wanted)
        for term in group.all_terms
        for why in _whys(searcher, queries, group, term, n)
    ]
    return tuple(sorted(found, key=lambda why: -why.score))


def _whys(
    searcher: tantivy.Searcher, queries: Queries, group: Group, term: Term, n: int
) -> Iterator[Why]:
    fields = (group.part.place,) if group.part.place else ("text", *PLACES)
    scores: dict[str, tuple[int, float]] = {}
    for field in fields:
        query = queries.term(field, term.words, queries.boost(field, group) * term.weight)
        hits = searcher.search(
            Query.boolean_query([(Occur.Must, queries.numbered([n])), (Occur.Must, query)]), 1
        ).hits
        if hits:
            ((score, place),) = hits
            details = json.loads(query.explain(searcher, place).to_json())
            scores[field] = (_times(details), float(score))
    times, score = scores.pop("text", (0, 0.0))
    times -= sum(elsewhere for elsewhere, _ in scores.values())
    if times > 0:
        scores["body"] = (times, score)
    elif scores:  # what the whole text adds is owed to where the word stands
        best = max(scores, key=lambda field: scores[field][1])
        scores[best] = (scores[best][0], scores[best][1] + score)
    for field, (times, score) in scores.items():
        yield Why(str(group.part), written(term.words), field, times, round(score, 3))


def _times(details: dict[str, Any]) -> int:
    """How often the word stands there, out of tantivy's account of a score."""
    if details["description"].startswith("freq, "):
        return int(details["value"])
    return max(map(_times, details.get("details", ())), default=0)
