"""What a search found, as JSON."""

import json
from typing import TYPE_CHECKING, Any

from kmkit.views.listing import escaped, values

if TYPE_CHECKING:
    from kmkit.index.choosing.searching import Result, Results
    from kmkit.index.search.snippets import Passage
    from kmkit.index.search.values import Why


def search(query: str, found: "Results", *, explain: bool) -> str:
    """The notes that were found, best first: ``kmkit.search/1``."""
    value = {
        "schema": "kmkit.search/1",
        "query": query,
        "meant": found.meant or None,
        "total": found.total,
        "results": [_result(one, explain=explain) for one in found.results],
    }
    return escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def _result(one: "Result", *, explain: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        **values(one.listed),
        "score": round(one.hit.score, 3),
        "all_words": one.hit.whole,
        "title_marks": one.title.marks,
        "snippet": _passage(one.snippet),
        "replaced_by": [
            {"id": heir.card.id, "path": heir.card.path, "title": heir.card.title}
            for heir in one.heirs
        ],
    }
    if explain:
        shown["why"] = [_why(why) for why in one.whys]
    return shown


def _passage(passage: "Passage") -> dict[str, Any]:
    return {"text": passage.text, "marks": passage.marks}


def _why(why: "Why") -> dict[str, Any]:
    return {
        "asked": why.asked,
        "found": why.found,
        "where": why.place,
        "times": why.times,
        "score": why.score,
    }
