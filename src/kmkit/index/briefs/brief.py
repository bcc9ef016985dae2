"""Which lessons a project should not start without: chosen by its description, part by part.

Nothing here reads anything. The figures were chosen by measurement: benchmarks/relevance/README.md.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

from kmkit.note.documents import Document
from kmkit.note.documents.wording import plain, sentences, shortened
from kmkit.text import fold

LEAST = 2.1
"""A note that fits less than this, in full matches of a unique word, is not brought up."""
_WORDS, _SHARE = 3, 0.1
"""So many of the words that tell what a passage is about stand in the note too, and such a share
of their weight: one rare word in common is an accident."""
_MOST_OF_IT, _TWO = 0.7, 2
"""Of a short passage two words are enough where they are most of it, however common they are."""
_ELSEWHERE = 0.3
"""How much it counts that the note fits the other parts too."""
_HELPED, _TOPIC = 0.08, 0.1
"""What each success, and each topic that the part names, adds; counted up to `_OFTEN` times."""
_OFTEN = 3
_FAR = 0.5
"""A note that fits less than this share of the best one beside it is left out."""
_MOST = 60
"""So many notes are compared with one another."""

_PASSAGE = 120
"""Words of a part that are looked up together."""
_SHORT = 150
"""A description without headings of up to so many words is one part."""
_GROUP = 60
"""Paragraphs of longer ones are put together up to so many words."""
_HEADING = 60

_WORD = re.compile(r"[^\W\d_]+")
_EMPTY_WORDS = (
    "above across after again all almost along already also although always among another any "
    "anybody around away because become becomes before begin begins behind below beside besides "
    "between both bring brought came cannot come comes done down during each either else enough "
    "even ever every everybody everyone everything few first former found four get gets give given "
    "gives goes going good hence here however including inside instead itself just keep kept known "
    "last later least less like likely long made mainly make makes making many might more most "
    "much must near need needed needs neither never new next nobody none nor nothing now often old "
    "once one only onto other others otherwise out outside over own part parts per perhaps place "
    "put quite rather same see seen several shall shown since some somebody something soon still "
    "such take taken takes taking three through together too toward towards two under until upon "
    "usual usually very way ways well went whatever whenever wherever whether while within without "
    "yet "
    "activities activity aim aims background budget description goal goals introduction objective "
    "objectives outcome outcomes output outputs phase program programme programmes project "
    "projects purpose scope summary terms reference "
    "apres aussi autre autres avant avoir cette chaque comme contre depuis deux donc elle elles "
    "encore entre etre fait faire ils leurs lors mais meme moins notre nous objectif objectifs "
    "pendant plus plusieurs programme projet sans selon sera seront sont sous toujours tous tout "
    "toute toutes tres trois vers votre vous"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
"""Words of sentences and of descriptions as such, in the languages most are written in; folded."""


class Part(NamedTuple):
    """A part of a description, as its headings have it."""

    heading: str
    """'' where it has none."""
    text: str

    @property
    def whole(self) -> str:
        """The heading and the text."""
        return f"{self.heading}\n{self.text}".strip()


class Match(NamedTuple):
    """How a note fits one part."""

    n: int
    strength: float
    share: float
    words: tuple[str, ...]
    """The weightiest words that both have."""


class Chosen(NamedTuple):
    """A note that is brought up."""

    n: int
    words: tuple[str, ...]
    strength: float
    same: tuple[int, ...] = ()
    """Notes that say the same, and are therefore not brought up themselves."""


def parts_of(document: Document) -> list[Part]:
    """The parts of a description: its main headings, or groups of its paragraphs."""
    blocks = list(document.blocks)
    if not blocks:
        return _paragraphs(document)
    level = min(block.level for block in blocks)
    tops = [block for block in blocks if block.level == level]
    if len(tops) == 1 and len(blocks) > 1 and blocks[0] is tops[0]:
        level = min(block.level for block in blocks[1:])  # one heading over all others
    parts = [Part("", document.preamble)] if document.preamble.strip() else []
    for block in blocks:
        if block.level <= level or not parts:
            parts.append(Part(plain(block.heading), block.text))
        else:
            last = parts[-1]
            more = f"{last.text}\n\n{plain(block.heading)}\n{block.text}"
            parts[-1] = last._replace(text=more)
    return [part for part in parts if part.text.strip()] or [Part("", document.text)]


def _paragraphs(document: Document) -> list[Part]:
    """The parts of a text without headings; each longer one is named by how it begins."""
    text = document.preamble
    if len(text.split()) <= _SHORT:
        return [Part("", f"{document.title}\n{text}")]
    groups = _grouped(re.split(r"\n\s*\n", text), _GROUP)
    if len(groups) == 1:
        return [Part("", f"{document.title}\n{text}")]
    return [Part(_beginning(group), group) for group in groups]


def _beginning(text: str) -> str:
    """The first sentence, as a heading."""
    return shortened(next(iter(sentences(plain(text))), ""), _HEADING)


def _grouped(paragraphs: Iterable[str], least: int) -> list[str]:
    """Paragraphs put together until each group has ``least`` words; the last joins what is left."""
    groups: list[str] = []
    for paragraph in filter(str.strip, paragraphs):
        if groups and len(groups[-1].split()) < least:
            groups[-1] += f"\n\n{paragraph}"
        else:
            groups.append(paragraph)
    if len(groups) > 1 and len(groups[-1].split()) < least // 2:
        groups[-2:] = [f"{groups[-2]}\n\n{groups[-1]}"]
    return groups


def passages(part: Part) -> list[str]:
    """What is looked up of a part: its heading with so much of the text at a time.

    Words that say nothing of what a project is about are left out.
    """
    pieces = _grouped(re.split(r"\n\s*\n", part.text), _PASSAGE)
    return [_WORD.sub(_kept, f"{part.heading}\n{piece}").strip() for piece in pieces]


def _kept(word: re.Match[str]) -> str:
    return "" if fold(word[0]) in _EMPTY else word[0]


def rarest(notes: int) -> float:
    """How much a word says that stands in one of so many notes: the unit of strength."""
    return log(1 + (notes - 0.5) / 1.5)


def worth_it(match: Match) -> bool:
    """Whether a match is more than an accident."""
    count = len(match.words)
    many = count >= _WORDS and match.share >= _SHARE and match.strength >= LEAST
    return many or (count >= _TWO and match.share >= _MOST_OF_IT)


def choose(
    matches: Sequence[Mapping[int, Match]],
    shown: Collection[int],
    *,
    bonus: Callable[[int, int], float],
    same: Callable[[int, int], bool],
) -> list[list[Chosen]]:
    """The notes to bring up for each part, best first; each stands where it fits best.

    ``matches`` holds for each part how its notes fit; ``shown`` are those that may be brought up.
    ``bonus`` gives the factor that experience adds to a note (n) in a part; ``same`` tells whether
    two notes say the same.
    """
    scored: dict[int, tuple[float, int]] = {}
    for n in shown:
        fits = {at: found[n] for at, found in enumerate(matches) if n in found}
        good = [at for at, match in fits.items() if worth_it(match)]
        if good:
            place = max(good, key=lambda at: fits[at].strength * fits[at].share)
            strengths = [match.strength for match in fits.values()]
            total = max(strengths) + _ELSEWHERE * sum(strengths) / len(matches)
            scored[n] = (total * bonus(n, place), place)
    best = [0.0] * len(matches)
    for total, place in scored.values():
        best[place] = max(best[place], total)
    ranked = sorted(scored, key=lambda n: (-scored[n][0], n))[:_MOST]
    near = [n for n in ranked if scored[n][0] >= _FAR * best[scored[n][1]]]
    chosen: list[list[Chosen]] = [[] for _ in matches]
    for n, others in _told_once(near, same).items():
        total, place = scored[n]
        chosen[place].append(Chosen(n, matches[place][n].words, total, tuple(others)))
    return chosen


def _told_once(ranked: Iterable[int], same: Callable[[int, int], bool]) -> dict[int, list[int]]:
    """The notes that say something new, each with those that say it again."""
    kept: dict[int, list[int]] = {}
    for n in ranked:
        first = next((other for other in kept if same(other, n)), None)
        if first is None:
            kept[n] = []
        else:
            kept[first].append(n)
    return kept


def experience(helped: int, topics: int) -> float:
    """The factor that successes and topics in common add to a note's strength."""
    return 1 + _HELPED * min(helped, _OFTEN) + _TOPIC * min(topics, _OFTEN)


def names(text: str, topic: str) -> bool:
    """Whether a text names a topic, both of them folded: 'flood response' names flood-response."""
    words = re.findall(r"[^\W_]+", topic)
    said = re.findall(r"[^\W_]+", text)
    if len(words) == 1:
        return words[0] in said
    if len(words) == 2:
        return tuple(words) in set(pairwise(said))
    return " ".join(words) in " ".join(said)
