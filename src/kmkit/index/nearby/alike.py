"""Which notes are like a text: about the same, or saying the same again."""

import re
from collections.abc import Callable, Collection
from functools import lru_cache, partial
from typing import NamedTuple

from kmkit.index.nearby.near import SAME, Rarity, Text, in_common, likeness, profile, sameness
from kmkit.index.search import Engine
from kmkit.index.search.analysis import written
from kmkit.index.search.words import says_nothing, terms

_LOOKED_AT = 40
"""So many of the notes that the full text finds are compared closely; more change little."""
_ALIKE = 10
"""The same for notes that say the same: they come first, or not at all."""
_FEW_NOTES = 100
"""Among fewer notes all words would seem common that a lesson has each time it is told."""
_SHOWN = 6
_WEIGHTY = 0.004
"""What a word that both have adds at least, to be called one in common."""
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)


class Said(NamedTuple):
    """What a note says, as its file has it."""

    title: str
    summary: str = ""
    body: str = ""
    """What stands below its front matter."""
    topics: tuple[str, ...] = ()


class Alike(NamedTuple):
    """A note that is like another."""

    n: int
    """The number of its row in the index."""
    likeness: float
    """From 0 to 1."""
    words: tuple[str, ...] = ()
    """The weightiest that both have."""
    common: int = 0
    """How many weighty words both have."""


Read = Callable[[int], Said]
"""What the note of a row says."""


def text_of(said: Said) -> Text:
    """The words of a note, without the headings and the questions of its template."""
    return Text(*(tuple(terms(part)) for part in _bare(said)))


def _bare(said: Said) -> tuple[str, str, str]:
    """Title, summary and what was written below the headings."""
    return said.title, said.summary, _HEADING.sub(" ", _COMMENT.sub(" ", said.body))


def about_the_same(
    engine: Engine, said: Said, read: Read, but: Collection[int] = ()
) -> list[Alike]:
    """The notes that are about what ``said`` is about, nearest first; none of those in ``but``."""
    rarity = lru_cache(maxsize=None)(engine.rarity)
    mine, spelled = profile(text_of(said), rarity), _spelled(said)
    found = []
    for row in engine.like(*_bare(said), topics=said.topics, limit=_LOOKED_AT, but=but):
        theirs = profile(text_of(read(row.n)), rarity)
        both = (word for word in in_common(mine, theirs) if _tells(word))
        weighty = [word for word in both if mine[word] * theirs[word] >= _WEIGHTY]
        shown = tuple(spelled.get(word) or written([word]) for word in weighty[:_SHOWN])
        found.append(Alike(row.n, likeness(mine, theirs), shown, len(weighty)))
    return sorted(found, key=lambda one: (-one.likeness, one.n))


def saying_the_same(
    engine: Engine, said: Said, read: Read, but: Collection[int] = ()
) -> list[Alike]:
    """The notes of which ``said`` is the same again, nearest first; none of those in ``but``."""
    rarity, mine = evened(engine), text_of(said)
    rows = engine.like(*_bare(said), limit=_ALIKE, but=but)
    found = [Alike(row.n, sameness(mine, text_of(read(row.n)), rarity)) for row in rows]
    return sorted((one for one in found if one.likeness >= SAME), key=lambda one: -one.likeness)


def evened(engine: Engine) -> Rarity:
    """How much a word says where texts are compared word beside word."""
    return lru_cache(maxsize=None)(partial(engine.rarity, least=_FEW_NOTES))


def _spelled(said: Said) -> dict[str, str]:
    """By word of the index: how the note writes it, where that is with accents."""
    text = " ".join((*said[:3], *said.topics))
    if text.isascii():
        return {}
    written = {word for word in re.findall(r"[^\W\d_]+", text.lower()) if not word.isascii()}
    cut = ((terms(word), word) for word in sorted(written))
    return {parts[0]: word for parts, word in cut if len(parts) == 1}


def _tells(word: str) -> bool:
    return (len(word) > 2 or not word.isascii()) and not word.isdigit() and not says_nothing(word)
