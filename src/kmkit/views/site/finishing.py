"""The text of a note's page: rendered, told in a few words, and counted for the search."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from sys import intern
from typing import NamedTuple
from urllib.parse import unquote

from markupsafe import Markup

from kmkit.views.site.drafts import Draft, Text
from kmkit.views.site.html import to_html, to_text
from kmkit.views.site.values import Part, Row
from kmkit.views.site.words import cut
from kmkit.views.words import clip

PLAIN = 3000
"""Characters of a note's text that the search can quote."""
FIRST, ITEMS = 60, 6
"""Words of what to do first, and items of a list, at most."""
_REFERENCE = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S+.*$", re.MULTILINE)
_FOOTNOTE = re.compile(
    r"^ {0,3}\[\^([^\]\n]+)\]:.*(?:\n(?:(?: {4}|\t).*|[ \t]*(?=\n(?: {4}|\t))))*", re.MULTILINE
)
"""A footnote, with the lines that are set in below it."""
_OPENING = re.compile(r"\s*<p[^>]*>(.*?)</p>\s*(<[uo]l)?", re.DOTALL)
_ITEM = re.compile(r"<li[^>]*>(.*?)(?=<[uo]l|</li>)", re.DOTALL)
_TITLE, _LIST, _LEAD = 8, 4, 3
"""What a word counts in the title, in topics and kind, in the summary; in the text it counts 1."""
_TIMES = 4
"""More often than this a word does not count in the text."""
HEAVIEST = 2 * _TITLE + 2 * _LIST + 3 * _LEAD + _TIMES


class Counted(NamedTuple):
    """The words of a note, and what each counts; small, for there are very many of them."""

    words: tuple[str, ...]
    counts: bytes
    """From 1 to `HEAVIEST`."""

    @classmethod
    def of(cls, weights: Mapping[str, int]) -> "Counted":
        """What ``weights`` says, by word."""
        return cls(tuple(map(intern, weights)), bytes(weights.values()))

    def each(self) -> Iterator[tuple[str, int]]:
        """Every word, and what it counts."""
        return zip(self.words, self.counts, strict=True)


class Finished(NamedTuple):
    """The text of a note's page."""

    parts: tuple[Part, ...]
    first: tuple[str, ...]
    plain: str
    """What the search can quote."""
    counted: Counted


def finished(draft: Draft) -> Finished:
    """The text of the page that ``draft`` began."""
    link = partial(_lead, draft.targets)
    picture = partial(_lead, draft.pictures)
    parts = tuple(
        Part(text.heading, f"s-{at}", Markup(to_html(text.text, link, picture)))
        for at, text in enumerate(_whole(draft.texts))
    )
    plain = " ".join(filter(None, (t for p in parts for t in (p.heading, to_text(p.html)))))
    return Finished(
        parts=tuple(part for part in parts if part.html.strip()),
        first=_first([parts[at].html for at in draft.telling[:2]]),
        plain=plain[:PLAIN],
        counted=Counted.of(_weights(draft.page.row, draft.page.matters_to, plain)),
    )


def _lead(targets: Mapping[str, str], address: str) -> str | None:
    return targets.get(address) or targets.get(unquote(address))


def _whole(texts: tuple[Text, ...]) -> Iterator[Text]:
    """The parts, each with the definitions from elsewhere that its links and footnotes need."""
    if not any("]:" in part.text for part in texts):
        yield from texts
        return
    references = [found for part in texts for found in _REFERENCE.findall(part.text)]
    notes = {f[1]: f[0] for part in texts for f in _FOOTNOTE.finditer(part.text)}
    shown: set[str] = set()
    for part in texts:
        text = _FOOTNOTE.sub("", part.text)
        named = [name for name in notes if name not in shown and f"[^{name}]" in text]
        shown.update(named)
        told = [notes[name] for name in named]
        yield part._replace(text="\n\n".join([text, *told, "\n".join(references)]))


def _first(telling: Sequence[str]) -> tuple[str, ...]:
    """What to do: a list of the most telling part, else what the next one says.

    Where the lessons tell a story, the recommendations say what to do.
    """
    said = [advice for html in telling if (advice := _advice(html))]
    listed = [advice for advice in said[:1] if len(advice) > 1]
    return next(iter([*listed, *said[1:], *said]), ())


def _advice(html: str) -> tuple[str, ...]:
    """What a part says first: the items of its list, or a paragraph."""
    opening = _OPENING.match(html)
    said = to_text(opening[1]) if opening else ""
    if said and not (opening and opening[2] and said.endswith((":", "："))):
        return (clip(said, FIRST),)
    items = [to_text(found) for found in _ITEM.findall(html)]
    items = [item for item in items if item]
    more = ["…"] if len(items) > ITEMS else []
    return (*(clip(item, FIRST // 2) for item in items[:ITEMS]), *more)


def _weights(row: Row, matters_to: str, plain: str) -> dict[str, int]:
    """What each word counts: where it stands weighs more than how often."""
    counted = Counter(cut(plain))
    weights = {word: times if times < _TIMES else _TIMES for word, times in counted.items()}
    listed = " ".join([row.kind, *(topic.label for topic in row.topics)])
    for text, weight, most in (
        (f"{row.summary} {matters_to}", _LEAD, 3),
        (listed, _LIST, 2),
        (f"{row.title} {row.id[-4:]}", _TITLE, 2),
    ):
        for word, times in Counter(cut(text)).items():
            weights[word] = weights.get(word, 0) + weight * min(times, most)
    return weights
