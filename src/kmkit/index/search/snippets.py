"""Passages of a note around the words that were found, with the places of the words in them.

The text is shown as it was written; the words are compared as the index has them. Nothing here
needs the index itself.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple
from unicodedata import category, combining

from kmkit.index.search.analysis import ARTICLE, alike, pair, pieces, syllables

Looked = Sequence[Sequence[Sequence[str]]]
"""For each part of the search what may stand for it, each a word or words that stand together:
what `Engine.looked_for` gives."""

Span = tuple[int, int]

_WIDTH = 180
_LEAD = 50
"""So many characters before the first word found show what it is about."""
_WORD = re.compile(r"\S+")
_ASCII = re.compile("[A-Za-z0-9]+")
_BLOCK = re.compile(r"(?:\n[ \t]*){2,}|\n(?=[ \t]*(?:[-*+#]|\d+\.)[ \t#])")
_HEADING = re.compile(r"\s*#")
_LEADING = re.compile(r"^\s*(?:#+|[-*+]|\d+\.)?\s+")
_CUT = "…"


class Passage(NamedTuple):
    """A piece of text on one line, and the places in it to be marked."""

    text: str
    marks: tuple[Span, ...] = ()


class _Token(NamedTuple):
    word: str
    start: int
    end: int


class _Match(NamedTuple):
    part: int
    start: int
    end: int


def marked(text: str, looked: Looked) -> Passage:
    """The whole of ``text`` on one line, with the places of what was looked for."""
    return _one_line(text, 0, len(text), list(_matches(text, looked)))


def passage(text: str, looked: Looked, width: int = _WIDTH) -> Passage:
    """The ``width`` characters of ``text`` that have most of what was looked for.

    Where it has nothing of it, its beginning; a heading only where nothing else has the words.
    """
    best: tuple[tuple[int, int, int, int], int, int, list[_Match]] | None = None
    first: Span | None = None
    for start, end in _blocks(text):
        block = text[start:end]
        heading = bool(_HEADING.match(block))
        if first is None and not heading:
            first = (start, end)
        found = [_Match(m.part, m.start + start, m.end + start) for m in _matches(block, looked)]
        for at, match in enumerate(found):
            inside = [m for m in found[at:] if m.end - match.start <= width - _LEAD]
            rank = (len({m.part for m in inside}), int(not heading), len(inside), -match.start)
            if best is None or rank > best[0]:
                best = (rank, start, end, found)
    if best is None:
        start, end = first or (0, len(text))
        return _window(text, start, end, start, width, [])
    (_, _, _, at), start, end, found = best
    return _window(text, start, end, -at, width, found)


def _window(
    text: str, start: int, end: int, at: int, width: int, found: Sequence[_Match]
) -> Passage:
    """``width`` characters around ``at`` of the block from ``start`` to ``end``."""
    lead = _LEADING.match(text[start:end])
    start += lead.end() if lead else 0
    begin = start if at - start <= _LEAD else _word_start(text, at - _LEAD, at)
    stop = end if end - begin <= width else _word_end(text, begin, begin + width)
    inside = [match for match in found if begin <= match.start and match.end <= stop]
    shown = _one_line(text, begin, stop, inside)
    before, after = _CUT * (begin > start), _CUT * (stop < end and bool(text[stop:end].strip()))
    moved = tuple((a + len(before), b + len(before)) for a, b in shown.marks)
    return Passage(before + shown.text + after, moved)


def _word_start(text: str, wanted: int, latest: int) -> int:
    """The first start of a word from ``wanted`` on; ``wanted`` where words have no blanks."""
    blank = re.compile(r"\s\S").search(text, wanted, latest)
    if blank:
        return blank.start() + 1
    while wanted < latest and combining(text[wanted]):
        wanted += 1
    return wanted


def _word_end(text: str, begin: int, wanted: int) -> int:
    """The last end of a word up to ``wanted``; ``wanted`` where words have no blanks."""
    blank = max(text.rfind(" ", begin, wanted), text.rfind("\n", begin, wanted))
    return blank if blank > begin + (wanted - begin) // 2 else wanted


def _blocks(text: str) -> Iterator[Span]:
    """The paragraphs, list entries and headings of ``text``."""
    start = 0
    for gap in [*_BLOCK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        if text[start:end].strip():
            yield start, end
        start = gap.end() if gap else end


def _one_line(text: str, begin: int, end: int, found: Sequence[_Match]) -> Passage:
    """That part of ``text``, each run of blanks one space, with marks that do not overlap."""
    places: dict[int, int] = {}
    shown: list[str] = []
    length = 0
    for word in _WORD.finditer(text, begin, end):
        length += bool(shown)
        places.update(
            (place, length + place - word.start()) for place in range(word.start(), word.end() + 1)
        )
        shown.append(word.group())
        length += len(word.group())
    spans = sorted((places[match.start], places[match.end]) for match in found)
    return Passage(" ".join(shown), tuple(_joined(spans)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """``spans``, in order, with those that overlap made one."""
    last: Span | None = None
    for start, end in spans:
        if last and start < last[1]:
            last = (last[0], max(end, last[1]))
            continue
        if last:
            yield last
        last = (start, end)
    if last:
        yield last


def _matches(text: str, looked: Looked) -> Iterator[_Match]:
    """Where ``text`` has what was looked for, in its order."""
    beginning: dict[str, list[tuple[int, Sequence[str]]]] = {}
    for part, terms in enumerate(looked):
        for words in terms:
            beginning.setdefault(words[0], []).append((part, words))
    tokens = list(_tokens(text))
    for at, token in enumerate(tokens):
        for part, words in beginning.get(token.word, ()):
            run = tokens[at : at + len(words)]
            if [one.word for one in run] == list(words):
                yield _Match(part, token.start, run[-1].end)


def _tokens(text: str) -> Iterator[_Token]:
    """The words of ``text`` as the index has them, with their places."""
    for word in _WORD.finditer(text):
        if word.group().isascii():
            for part in _ASCII.finditer(word.group()):
                start = word.start() + part.start()
                yield _Token(part.group().lower(), start, start + len(part.group()))
        else:
            yield from _foreign(word.group(), word.start())


def _foreign(word: str, offset: int) -> Iterator[_Token]:
    """The tokens of one ``word`` that is not of plain letters."""
    letters = [(letter, place) for place, char in enumerate(word, offset) for letter in alike(char)]
    for article in reversed(list(ARTICLE.finditer("".join(letter for letter, _ in letters)))):
        del letters[article.start() : article.end()]
    places = [place for _, place in letters]
    for start, part, unspaced in pieces("".join(letter for letter, _ in letters)):
        its = places[start : start + len(part)]
        yield from _pairs(part, its) if unspaced else _split(part, its)


def _pairs(run: str, places: Sequence[int]) -> Iterator[_Token]:
    """The pairs of syllables of a ``run`` of a script without blanks."""
    parts = [*syllables(run), ""]
    ends = list(accumulate(map(len, parts)))
    for at, (first, then) in enumerate(pairwise(parts)):
        last = places[ends[at + 1] - 1] + 1
        yield _Token(pair(first, then), places[ends[at] - len(first)], last)


def _split(part: str, places: Sequence[int]) -> Iterator[_Token]:
    """The words of a ``part`` with accents and the like, cut where tantivy cuts."""
    start = 0
    for at in range(len(part) + 1):
        if at == len(part) or not _is_letter(part[at]):
            if at > start:
                yield _Token(part[start:at], places[start], places[at - 1] + 1)
            start = at + 1


def _is_letter(char: str) -> bool:
    """Whether tantivy takes ``char`` for a part of a word: vowel signs are, viramas are not."""
    return char.isalnum() or (category(char)[0] == "M" and not combining(char))
