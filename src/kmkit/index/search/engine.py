"""The full-text index: notes go in as entries, and are found by their words."""

from collections.abc import Collection, Iterable
from math import log
from pathlib import Path
from time import monotonic, sleep

import tantivy
from tantivy import Query

from kmkit.errors import Cannot
from kmkit.index.search import liking, store, whys
from kmkit.index.search.analysis import searchable
from kmkit.index.search.asked import Asked, Part
from kmkit.index.search.queries import Queries, Weights
from kmkit.index.search.store import Broken, Opened, sound
from kmkit.index.search.values import Entry, Found, Hit, Like, Why
from kmkit.index.search.words import Words, terms, wanted

__all__ = ["Broken", "Engine"]

FEW = 10
"""With fewer notes than this that have all the words, those that have most are shown too."""

_MANY = 2_000
"""From so many entries on, two threads write."""
_HEAP = 64_000_000
_SMALL_HEAP = 16_000_000
_PATIENCE = 10.0
_SOME = 5_000
"""Up to so many notes are named to tantivy; of more it is cheaper to look at what it finds."""


class Engine:
    """One full-text index, in a folder or in memory.

    A method that reads raises Broken where the folder turns out to be damaged: ``clear``, and
    ``update`` with every note.
    """

    def __init__(
        self, opened: Opened, folder: Path | None = None, weights: Weights | None = None
    ) -> None:
        self._index = opened.held
        self._new = opened.new
        self._links = opened.links
        self._folder = folder if opened.kept else None
        self._weights = weights
        self._load()

    @classmethod
    def open(cls, folder: Path | None, weights: Weights | None = None) -> "Engine":
        """The index in ``folder``; empty where it is missing, old or unusable.

        It is made anew when something is put in; in memory where ``folder`` is None or may not be
        written to.
        """
        if folder is None:
            return cls(Opened(store.in_memory(), False), None, weights)
        return cls(store.open_folder(folder), folder, weights)

    @classmethod
    def aside(cls, folder: Path) -> "Engine | None":
        """The index in ``folder``, for what need not last; None where that cannot be had.

        Raises Broken where the folder is damaged.
        """
        opened = store.open_aside(folder)
        return cls(opened) if opened else None

    @property
    def empty(self) -> bool:
        """Whether there is no note in it."""
        return not self._searcher.num_docs

    @property
    def kept(self) -> bool:
        """Whether what is written is there the next time."""
        return self._folder is not None

    def clear(self) -> None:
        """Forget every note, also where the folder is damaged."""
        self._index = store.create(self._folder) if self._folder else store.in_memory()
        self._new = False
        self._load()

    def update(self, gone: Iterable[int], entries: Iterable[Entry]) -> None:
        """Take out the notes ``gone`` and put in ``entries``, in place of what they were before.

        One step: other processes see all of it or nothing. Raises Cannot where another process
        writes for longer than ten seconds.
        """
        entries = list(entries) if not self.empty else entries
        gone = list(gone)
        small = isinstance(entries, list) and len(entries) < _MANY
        if small and not entries and not gone:
            return
        if isinstance(entries, list):
            gone += [entry.n for entry in entries]
        with sound():
            if self._new:
                self.clear()
            writer = self._writer(small)
            for n in gone:
                writer.delete_documents_by_term("n", n)
        for document in map(_document, entries):  # what goes wrong in making them is not tantivy's
            with sound():
                writer.add_document(document)
        with sound():
            writer.commit()
            writer.wait_merging_threads()
            if self._folder:
                store.share(self._folder)
            self._load()

    def search(
        self, asked: Asked, *, limit: int = 20, among: Collection[int] | None = None
    ) -> Found:
        """The ``limit`` best notes for ``asked``, of those whose number is ``among``."""
        with sound():
            corrected = self._corrected(asked)
            meant = corrected or asked
            chosen = None if among is None else frozenset(among)
            query = self._queries.all_of(meant)
            if query is None:
                return Found((), 0)
            hits = self._best(query, limit, chosen)
            total = len(hits) if len(hits) < limit else self._count(query, chosen)
            most = self._queries.most_of(meant) if len(hits) < min(FEW, limit) else None
            if most is not None:
                there = {hit.n for hit in hits}
                more = self._best(most, limit, chosen)
                hits += [hit._replace(whole=False) for hit in more if hit.n not in there]
            return Found(tuple(hits[:limit]), total, str(meant) if corrected else "")

    def looked_for(self, asked: Asked) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """For each part of ``asked`` what may stand for it, for the marks in a snippet."""
        with sound():
            meant = self._corrected(asked) or asked
            groups = self._queries.groups(meant.wanted)
            return tuple(tuple(term.words for term in group.all_terms) for group in groups)

    def matching(self, asked: Asked) -> set[int]:
        """The numbers of all notes that have all the words of ``asked``, retired ones too."""
        with sound():
            query = self._queries.all_of(asked)
            return self._all(query) if query is not None else set()

    def explain(self, asked: Asked, n: int) -> tuple[Why, ...]:
        """Why ``n`` is found for ``asked``: each word and where it stands, weightiest first."""
        with sound():
            meant = self._corrected(asked) or asked
            return whys.explain(self._searcher, self._queries, meant, n)

    def like(
        self,
        title: str,
        summary: str = "",
        body: str = "",
        *,
        topics: Iterable[str] = (),
        limit: int = 10,
        but: Collection[int] = (),
    ) -> list[Like]:
        """The notes that say something like these texts, best first; none of those in ``but``."""
        texts = ((title, 3.0), (summary, 2.0), (" ".join(topics), 1.0), (body, 1.0))
        with sound():
            return liking.like(self._searcher, self._queries, self._words, texts, limit, but)

    def suggest(self, word: str) -> list[str]:
        """Words of the index near ``word``, likeliest first."""
        with sound():
            return [near for one in terms(word)[:1] for near in self._words.near(one)]

    def frequency(self, word: str) -> int:
        """In how many notes ``word``, cut as `words.terms` cuts, stands."""
        return self._words.frequency(word)

    def rarity(self, word: str, *, least: int = 0) -> float:
        """How much ``word``, cut as `words.terms` cuts, says: little where many notes have it.

        A word that no note has says as much as one that a single note has. ``least``: as if there
        were at least so many notes; among few a word that two of them have would say nothing.
        """
        many = max(1, self._words.frequency(word))
        notes = max(least, self._words.notes)
        return log(1 + (notes - many + 0.5) / (many + 0.5))

    def _load(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        self._words = Words(self._searcher)
        self._queries = Queries(self._index.schema, self._words, self._weights)

    def _writer(self, small: bool) -> tantivy.IndexWriter:
        until = monotonic() + _PATIENCE
        while True:
            try:
                if small:
                    return self._index.writer(_SMALL_HEAP, 1)
                return self._index.writer(_HEAP, 2)
            except ValueError as error:
                if "lock" not in str(error).lower():
                    raise
                if monotonic() > until:
                    raise Cannot(
                        "Another program is writing the search index.", "Try again in a minute."
                    ) from None
                sleep(0.05)

    def _corrected(self, asked: Asked) -> Asked | None:
        """``asked`` with words of the index in place of those that it does not have.

        None where nothing has to be put right, or nothing is near.
        """
        parts = [
            part if part.no or part.phrase or part.prefix else part._replace(text=self._near(part))
            for part in asked.parts
        ]
        corrected = asked._replace(parts=tuple(parts))
        return corrected if corrected != asked else None

    def _near(self, part: Part) -> str:
        found = wanted(part.text)
        if len(found) != 1 or len(found[0]) != 1:
            return part.text
        (word,) = found[0]
        if len(word) < 4 or not word.isalpha() or self._queries.known(part):
            return part.text
        return next(iter(self._words.near(word)), part.text)

    def _all(self, query: Query) -> set[int]:
        """The numbers of all notes that answer ``query``."""
        notes = max(1, self._searcher.num_docs)
        found = self._searcher.search(Query.const_score_query(query, 1.0), notes, count=False).hits
        numbers = self._searcher.fast_field_values("n", [place for _, place in found])
        return {int(n or 0) for n in numbers}

    def _count(self, query: Query, chosen: frozenset[int] | None) -> int:
        if chosen is not None:
            return len(self._all(query) & chosen)
        found = self._searcher.search(query, 1, count=True)
        return int(found.count)  # type: ignore[attr-defined]  # missing in its .pyi

    def _best(self, query: Query, limit: int, chosen: frozenset[int] | None) -> list[Hit]:
        """The best ``limit`` notes of those ``chosen``, the retired ones behind all others."""
        if chosen is not None and len(chosen) <= _SOME:
            query = self._queries.of_these(query, chosen)
        notes = self._searcher.num_docs
        fetched = min(notes, 2 * limit + 20)
        while fetched:
            ranked = self._ranked(query, fetched)
            hits = [hit for hit in ranked if chosen is None or hit.n in chosen]
            live = [hit for hit in hits if not hit.retired]
            if len(live) >= limit or len(ranked) < fetched or fetched == notes:
                return [*live, *(hit for hit in hits if hit.retired)][:limit]
            fetched = min(notes, fetched * 8)
        return []

    def _ranked(self, query: Query, most: int) -> list[Hit]:
        """The best ``most`` notes, best first; equal ones by their numbers."""
        found = self._searcher.search(query, max(1, most), count=False).hits
        places = [place for _, place in found]
        numbers = self._searcher.fast_field_values("n", places)
        ends = self._searcher.fast_field_values("retired", places)
        hits = [
            Hit(int(n or 0), float(score), True, bool(end))
            for (score, _), n, end in zip(found, numbers, ends, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.n))


def _document(entry: Entry) -> tantivy.Document:
    title, summary = searchable(entry.title), searchable(entry.summary)
    topics = searchable(" ".join(entry.topics))
    fields = {
        "n": entry.n,
        "retired": entry.retired,
        "language": entry.language[:2].lower(),
        "title": title,
        "summary": summary,
        "topics": topics,
        "text": "\n".join((title, summary, topics, searchable(entry.body))),
    }
    return tantivy.Document(**fields)
