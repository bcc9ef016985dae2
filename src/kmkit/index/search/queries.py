"""What was asked, as queries of tantivy."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from kmkit.index.search.analysis import JOINT
from kmkit.index.search.asked import Asked, Part
from kmkit.index.search.words import Words, says_nothing, wanted


class Weights(NamedTuple):
    """What a match counts beside one somewhere in the note; benchmarks/relevance chose them."""

    title: float = 1.0
    summary: float = 0.5
    topics: float = 0.5
    together: float = 0.5
    """Words of the search that stand beside each other."""
    form: float = 0.7
    """Another form of the word that was typed."""


class Term(NamedTuple):
    """One thing to be found: a word of the index, or words that stand together."""

    words: tuple[str, ...]
    weight: float


class Group(NamedTuple):
    """A part of the search, and the terms of which any one will do."""

    part: Part
    terms: tuple[Term, ...]
    rest: tuple[str, ...] = ()
    """Words of the index that will do too, and count alike: too many to be ranked."""

    @property
    def all_terms(self) -> tuple[Term, ...]:
        """The terms, and those that are not ranked."""
        return (*self.terms, *(Term((word,), 1.0) for word in self.rest))


_MOST_RANKED = 64
"""A beginning of words is ranked by so many of the commonest words that begin so."""
_ALL_WORDS = 1_000_000
_COMMON = 0.2
"""Whether words stand together is not asked where each is in more than this share of the notes."""
_SHORTEST_HALF = 3
_SENTENCE = 4
"""So many pairs of syllables are more than one word."""
_SLOP = 1
"""Words that may stand between two words that count as together."""


class Queries:
    """Queries for one state of the index."""

    def __init__(
        self, schema: tantivy.Schema, words: Words, weights: Weights | None = None
    ) -> None:
        self._schema = schema
        self._words = words
        self._weights = weights or Weights()

    def groups(self, parts: tuple[Part, ...]) -> list[Group]:
        """``parts`` with what each may be found as; without words that say nothing."""
        groups = [self._group(part) for part in parts]
        telling = [group for group in groups if group.terms and not _empty(group.part)]
        return telling or [group for group in groups if group.terms]

    def all_of(self, asked: Asked) -> Query | None:
        """For the notes with all the words; None where nothing is asked for."""
        groups = self.groups(asked.wanted)
        without = self._without(asked)
        if not groups and not without:
            return None
        must = [(Occur.Must, self._scored(group)) for group in groups]
        if not must:
            must = [(Occur.Must, Query.all_query())]
        near = [(Occur.Should, query) for query in self._together(groups)]
        if len(must) == 1 and not without and not near:
            return must[0][1]
        return Query.boolean_query([*must, *near, *without])

    def most_of(self, asked: Asked) -> Query | None:
        """For the notes with at least half of the words; None where there are not several."""
        groups = [part for group in self.groups(asked.wanted) for part in _loosened(group)]
        if len(groups) < 2:
            return None
        some = [(Occur.Should, self._scored(group)) for group in groups]
        enough = Query.boolean_query(some, minimum_number_should_match=len(groups) // 2)
        near = [(Occur.Should, query) for query in self._together(groups)]
        return Query.boolean_query([(Occur.Must, enough), *near, *self._without(asked)])

    def anywhere(self, group: Group) -> Query:
        """For the notes that ``group`` is in, whatever it weighs there."""
        field = group.part.place or "text"
        found = [self._term(field, term.words) for term in group.terms]
        return _any([*found, *self._rest(field, group)])

    def term(self, field: str, words: tuple[str, ...], boost: float = 1.0) -> Query:
        """For ``words`` together in ``field``."""
        query = self._term(field, words)
        return query if boost == 1.0 else Query.boost_query(query, boost)

    def numbered(self, numbers: Iterable[int]) -> Query:
        """For the notes with these ``numbers``, which adds nothing to a score."""
        return Query.const_score_query(Query.term_set_query(self._schema, "n", list(numbers)), 0.0)

    def of_these(self, query: Query, numbers: Iterable[int]) -> Query:
        """For the notes with these ``numbers`` that answer ``query``."""
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, self.numbered(numbers))])

    def boost(self, field: str, group: Group) -> float:
        """What a match in ``field`` counts."""
        if group.part.place or field == "text":
            return 1.0
        return float(getattr(self._weights, field))

    def known(self, part: Part) -> bool:
        """Whether some note has ``part``."""
        group = self._group(part)
        if any(self._words.frequency(term.words[0]) for term in group.terms if len(term.words) < 2):
            return True
        return bool(group.terms) and self._words.finds(self.anywhere(group))

    def in_fields(self, terms: tuple[Term, ...]) -> Query:
        """For ``terms`` anywhere, scored by where they stand."""
        fields = (
            ("text", 1.0),
            ("title", self._weights.title),
            ("summary", self._weights.summary),
            ("topics", self._weights.topics),
        )
        return _any(
            [
                self.term(field, term.words, term.weight * boost)
                for field, boost in fields
                if boost
                for term in terms
                if field == "text" or self._has(field, term.words)
            ]
        )

    def _group(self, part: Part) -> Group:
        """``part`` with what it may be found as."""
        terms = self._terms(part)
        return Group(part, terms[:_MOST_RANKED], tuple(t.words[0] for t in terms[_MOST_RANKED:]))

    def _terms(self, part: Part) -> tuple[Term, ...]:
        if part.phrase:
            found = [words for text in part.text.split() for words in wanted(text)]
            together = tuple(word for words in found for word in words)
            return (Term(together, 1.0),) if together else ()
        found = wanted(part.text)
        if not found:
            return ()
        (words,) = found
        if len(words) > 1:
            return self._compound(words, part.prefix)
        if part.prefix or _syllable(words[0]):
            return self._beginnings(words[0])
        return self.forms(words[0]) + self._apart(words[0])

    def forms(self, word: str) -> tuple[Term, ...]:
        """The forms of ``word``; the one that was typed counts most."""
        return tuple(
            Term((form,), weight if form == word else weight * self._weights.form)
            for form, weight in self._words.forms(word)
        )

    def _beginnings(self, prefix: str) -> tuple[Term, ...]:
        """The words that begin with ``prefix``, the commonest first; itself where none does."""
        begun = sorted(self._words.beginning(prefix, _ALL_WORDS), key=lambda form: -form[1])
        return tuple(Term((form,), 1.0) for form, _ in begun) or (Term((prefix,), 1.0),)

    def _compound(self, words: tuple[str, ...], prefix: bool) -> tuple[Term, ...]:
        """Words that were typed as one, such as O-ring: together, or as one word."""
        *head, last = words
        ends = self._beginnings(last)[:8] if prefix else self.forms(last)[:4]
        terms = [Term((*head, *term.words), term.weight) for term in ends if last.isascii()]
        terms = terms or [Term(words, 1.0)]
        if all(word.isalpha() for word in words) and self._words.frequency("".join(words)):
            terms += self.forms("".join(words))
        return tuple(terms)

    def _apart(self, word: str) -> tuple[Term, ...]:
        """A word that others write as two: lockout, lock out, lock-out."""
        if len(word) < 2 * _SHORTEST_HALF or not word.isalpha():
            return ()
        halves = (
            (word[:at], word[at:]) for at in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)
        )
        return tuple(Term(pair, 1.0) for pair in halves if all(map(self._words.frequency, pair)))

    def _scored(self, group: Group) -> Query:
        if group.part.place:
            return self.anywhere(group)
        return _any([self.in_fields(group.terms), *self._rest("text", group)])

    def _rest(self, field: str, group: Group) -> list[Query]:
        if not group.rest:
            return []
        some = Query.term_set_query(self._schema, field, list(group.rest))
        return [Query.const_score_query(some, 1.0)]

    def _together(self, groups: list[Group]) -> list[Query]:
        """For neighbours of the search that are neighbours in the text too."""
        if not self._weights.together:
            return []
        plain = [group for group in groups if not group.part.place]
        return [
            Query.boost_query(
                Query.phrase_query(
                    self._schema, "text", [*first.terms[0].words, *then.terms[0].words], _SLOP
                ),
                self._weights.together,
            )
            for first, then in pairwise(plain)
            if not (self._common(first) and self._common(then))
        ]

    def _common(self, group: Group) -> bool:
        words = group.terms[0].words
        return min(map(self._words.frequency, words)) > _COMMON * self._words.notes

    def _without(self, asked: Asked) -> list[tuple[Occur, Query]]:
        unwanted = map(self._group, asked.unwanted)
        return [(Occur.MustNot, self.anywhere(group)) for group in unwanted if group.terms]

    def _has(self, field: str, words: tuple[str, ...]) -> bool:
        return all(self._words.frequency(word, field) for word in words)

    def _term(self, field: str, words: tuple[str, ...]) -> Query:
        if len(words) > 1:
            return Query.phrase_query(self._schema, field, list(words))
        return Query.term_query(self._schema, field, words[0], "freq")


def _any(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _loosened(group: Group) -> list[Group]:
    """``group``; or each pair of syllables of a sentence that was typed without blanks."""
    words = group.terms[0].words
    if group.part.phrase or len(words) < _SENTENCE or any(map(str.isascii, words)):
        return [group]
    return [Group(group.part, (Term((word,), 1.0),)) for word in words]


def _syllable(word: str) -> bool:
    """Whether ``word`` is a single syllable of a script without blanks."""
    return word.endswith(JOINT) and not word.isascii()


def _empty(part: Part) -> bool:
    return not (part.phrase or part.prefix or part.place) and says_nothing(part.text)
