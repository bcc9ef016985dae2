"""The portal's search data: scripts that a page loads as it needs them, without any server.

`site.js` reads them; what they hold is told in docs/site.md.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kmkit.views.site.finishing import HEAVIEST, Counted
from kmkit.views.site.values import Row

VERSION = 1
PER = 16
"""Notes in one file of what the search shows."""
SHARD = 64_000
"""Characters of one file of words, about."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Found(NamedTuple):
    """In which notes a word stands: those of a run of numbers."""

    first: int
    """The number of the first note."""
    last: int
    text: str
    """Pairs in base 36: what the word counts in a note, and the gap to the next one."""


def base36(number: int) -> str:
    """``number`` in base 36."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def postings(start: int, notes: Sequence[Counted]) -> dict[str, Found]:
    """In which notes each word stands, by word; the first of ``notes`` has the number ``start``."""
    numbers = [base36(n) for n in range(max(len(notes), HEAVIEST) + 1)]
    texts: dict[str, list[str]] = {}
    firsts: dict[str, int] = {}
    lasts: dict[str, int] = {}
    for n, counted in enumerate(notes):
        for word, weight in counted.each():
            text = texts.get(word)
            if text is None:
                texts[word] = [numbers[weight]]
                firsts[word] = n
            else:
                text += (numbers[n - lasts[word]], numbers[weight])
            lasts[word] = n
    return {
        word: Found(start + firsts[word], start + lasts[word], " ".join(text))
        for word, text in texts.items()
    }


def shards(runs: Iterable[Mapping[str, Found]]) -> Iterator[tuple[str, str]]:
    """The files of words: the first word of each, and its text without the frame.

    ``runs``: what `postings` made of runs of notes, in their order.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    lasts: dict[str, int] = {}
    for run in runs:
        for word, found in run.items():
            gap = found.first - lasts.get(word, 0)
            texts[word].append(f"{base36(gap)} {found.text}")
            lasts[word] = found.last
    lines: list[str] = []
    first, size = "", 0
    for word in sorted(texts, key=_units):
        if size > SHARD:
            yield first, ",\n".join(lines)
            lines, first, size = [], word, 0
        lines.append(f'"{word}":"{" ".join(texts[word])}"')
        size += len(lines[-1]) + 2
    if lines:
        yield first, ",\n".join(lines)


def words_file(number: int, text: str) -> str:
    """A file of words, as `shards` gives its text."""
    return f"kmkit.words({number},{{\n{text}\n}})\n"


def notes_file(number: int, notes: Iterable[tuple[Row, str]]) -> str:
    """A file of what the search shows: notes, each with the text that can be quoted."""
    lines = [
        [r.href, r.title, r.kind, str(r.on or ""), r.language, ",".join(r.marks), r.summary, plain]
        for r, plain in notes
    ]
    text = ",\n".join(map(script, lines))
    return f"kmkit.notes({number},[\n{text}\n])\n"


def index_file(notes: int, average: float, firsts: Sequence[str]) -> str:
    """The file that says how many notes there are, and which words are in which file."""
    told = {"v": VERSION, "notes": notes, "per": PER, "average": round(average, 1), "from": firsts}
    return f"kmkit.index({script(told)})\n"


def script(value: object) -> str:
    """``value`` as JSON that may stand in a script, wherever that is written."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("</", "<\\/").replace("<!--", "<\\u0021--")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _units(word: str) -> bytes:
    """What JavaScript orders texts by."""
    return word.encode("utf-16-be", "surrogatepass")
