"""Notes found by their words, among those that the filters leave, with what lists say of them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kmkit.index.choosing.filters import AT_LEAST, FIELDS, Filter
from kmkit.index.choosing.where import among
from kmkit.index.search.asked import Asked, Part, parse
from kmkit.index.search.engine import Broken, Engine
from kmkit.index.search.snippets import Looked, Passage, marked, passage
from kmkit.index.search.values import Found, Hit, Why
from kmkit.text import HIDDEN

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed

T = TypeVar("T")

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Result(NamedTuple):
    """A note that was found."""

    listed: "Listed"
    hit: Hit
    title: Passage
    """With the places of the words in it."""
    snippet: Passage
    heirs: "tuple[Listed, ...]"
    """What replaced it, where it is retired."""
    whys: tuple[Why, ...]


class Results(NamedTuple):
    """What a search found."""

    results: tuple[Result, ...]
    total: int
    """How many notes have all the words."""
    meant: str
    """What was searched for instead; '' as a rule."""


def understood(typed: str) -> tuple[Asked, Filter]:
    """The words of a search, and the filter that its ``field:value`` terms make."""
    asked = parse(typed, FIELDS)
    terms = [f"{'not:' * one.no}{one.field}:{one.value}" for one in asked.filters]
    terms += [f"{'not:' * part.no}{part.text}" for part in asked.parts if _is_level(part)]
    words = tuple(part for part in asked.parts if not _is_level(part))
    return Asked(words), Filter.parse(terms)


def search(
    index: "Index", asked: Asked, chosen: Filter, limit: int, *, explain: bool = False
) -> Results:
    """The ``limit`` best notes for ``asked`` among those that ``chosen`` leaves."""
    numbers: list[int] | None = None
    if chosen.terms:
        from kmkit.index.choosing.conditions import where

        numbers = index.numbers(*where(chosen, index))

    def ask(engine: Engine) -> tuple[Found, Looked, dict[int, tuple[Why, ...]]]:
        found = engine.search(asked, limit=limit, among=numbers)
        whys = {hit.n: engine.explain(asked, hit.n) for hit in found.hits if explain}
        return found, engine.looked_for(asked), whys

    found, looked, whys = _in_words(index, ask)
    where_found = among([hit.n for hit in found.hits])
    listed = {row.card.n: row for row in index.select(*where_found)}
    results = (
        _result(index, listed[hit.n], hit, looked, whys.get(hit.n, ()))
        for hit in found.hits
        if hit.n in listed
    )
    return Results(tuple(results), found.total, found.meant)


def _in_words(index: "Index", ask: Callable[[Engine], T]) -> T:
    """What ``ask`` gets from the full text, which is made anew where it turns out to be damaged."""
    engine = index.words
    try:
        return ask(engine)
    except Broken:
        engine.clear()
        return ask(index.words)


def _result(
    index: "Index", listed: "Listed", hit: Hit, looked: Looked, whys: tuple[Why, ...]
) -> Result:
    card = listed.card
    body = _COMMENT.sub("", index.text(card.n))
    text = HIDDEN.sub("", f"{card.summary}\n\n{body}\n\n{card.matters_to}")
    title = marked(HIDDEN.sub("", card.title), looked)
    heirs = _heirs(index, listed) if hit.retired else ()
    return Result(listed, hit, title, passage(text, looked), heirs, whys)


def _heirs(index: "Index", listed: "Listed") -> "tuple[Listed, ...]":
    """The notes that replaced one: it names them, or they name it."""
    sql = "id = ? OR n IN (SELECT n FROM links WHERE field = 'supersedes' AND target = ?)"
    found = index.select(sql, (listed.card.superseded_by, listed.card.id))
    return tuple(other for other in found if other.card.n != listed.card.n)


def _is_level(part: Part) -> bool:
    return part.text.startswith(AT_LEAST) and not part.phrase
