"""A hand that makes the pages of some notes: their texts, what is near to them, the files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from kmkit.reach.site_folder import Desk
from kmkit.views.environment import rendering
from kmkit.views.site.drafts import Draft
from kmkit.views.site.finishing import Finished, finished
from kmkit.views.site.printing import Printer
from kmkit.views.site.related import key_words, near, telling
from kmkit.views.site.searching import PER, Found, notes_file, postings
from kmkit.views.site.values import NotePage, Related, Row, Site
from kmkit.views.wording import words


class Task(NamedTuple):
    """What every hand has to know; plain, so that it can be sent to a process."""

    site: Site
    kb: Path | None
    """Whose templates come first, None for the shipped ones alone."""
    own: bool
    """Whether it has any."""
    desk: Desk
    rows: Sequence[Row]
    """All notes by their numbers."""


class Share(NamedTuple):
    """Notes that one hand makes."""

    start: int
    """The number of the first of them."""
    drafts: Sequence[Draft]


class Wrote(NamedTuple):
    """What a hand has written."""

    files: tuple[str, ...]
    changed: int
    runs: tuple[tuple[int, Mapping[str, Found]], ...]
    """In which notes each word stands, for each share, with the number of its first note."""
    length: int
    """What all words count in all of these notes."""


Known = dict[int, dict[str, float]]
"""By the number of a note: the words that it is known by."""


class Hand:
    """Makes the pages of its notes, in steps between which all hands exchange news."""

    def __init__(self) -> None:
        self._finished: dict[int, list[tuple[NotePage, Finished]]] = {}
        """By the first number of each share."""

    def take(self, share: Share) -> None:
        """Render the texts of a share of the notes."""
        made = [(draft.page, finished(draft)) for draft in share.drafts]
        self._finished[share.start] = made

    def read(self) -> Counter[str]:
        """In how many of the notes each word stands."""
        frequency: Counter[str] = Counter()
        for _, _, text in self._each():
            frequency.update(text.counted.words)
        return frequency

    def know(self, frequency: Mapping[str, int], notes: int) -> Known:
        """The words that each note is known by; ``frequency``: how many notes have each word."""
        worth = telling(frequency, notes)
        return {
            n: {} if "retired" in page.row.marks else key_words(text.counted, worth)
            for n, page, text in self._each()
        }

    def write(self, task: Task, known: Sequence[Mapping[str, float]]) -> Wrote:
        """Write the pages, and what the search shows of these notes.

        ``known``: the words that every note is known by.
        """
        files: list[str] = []
        changed = 0
        with rendering("site", task.kb, language=task.site.language) as render:
            pages = self._pages(task, Printer(task.site, render), known)
            for href, data in list(pages) if task.own else pages:
                files.append(href)
                changed += task.desk.put(href, data)
        runs = [
            (start, postings(start, [text.counted for _, text in made]))
            for start, made in self._finished.items()
        ]
        length = sum(sum(text.counted.counts) for _, _, text in self._each())
        return Wrote(tuple(files), changed, tuple(runs), length)

    def _each(self) -> Iterator[tuple[int, NotePage, Finished]]:
        for start, made in self._finished.items():
            for n, (page, text) in enumerate(made, start):
                yield n, page, text

    def _pages(
        self, task: Task, printer: Printer, known: Sequence[Mapping[str, float]]
    ) -> Iterator[tuple[str, bytes]]:
        rows = task.rows
        nearest = near(known, [n for n, _, _ in self._each()])
        for n, begun, text in self._each():
            related = tuple(Related(rows[one.n], one.why) for one in nearest[n])
            page = replace(begun, parts=text.parts, first=text.first, related=related)
            yield rows[n].href, printer.page("note", "note", rows[n].href, page)
        said = words(task.site.language).gettext
        for start, made in self._finished.items():
            for at in range(0, len(made), PER):
                told = [
                    (page.row._replace(kind=said(page.row.kind)), text.plain)
                    for page, text in made[at : at + PER]
                ]
                number = (start + at) // PER
                yield f"s/n-{number}.js", notes_file(number, told).encode("utf-8", "replace")
