"""The digest of a knowledge base: all that it is made of, gathered and composed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kmkit.audience.audiences import audience_of
from kmkit.audience.seeing import see
from kmkit.errors import Cannot
from kmkit.index.book import Index
from kmkit.index.choosing.conditions import where
from kmkit.index.choosing.filters import Filter
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.note.problem import Problem
from kmkit.note.records import Question
from kmkit.period import Period
from kmkit.reach.candidates import candidates, recalled
from kmkit.reach.going import Going, told_events
from kmkit.views.digest import READERS, STEWARDS, Digest, compose

SOON = Period(days=30)
"""How long before its day a review is shown to stewards."""
WEEK = timedelta(days=6)
"""From the first day of a week to its last."""


@dataclass(frozen=True)
class Gathered:
    """A digest, and what could not be read on the way."""

    digest: Digest
    problems: tuple[Problem, ...]
    """Of the notes that the digest could have shown."""
    broken: tuple[str, ...] = ()
    """The files that cannot be read in full."""


def digest_of(
    kb: KnowledgeBase,
    *,
    to: str = "",
    since: date | None = None,
    until: date | None = None,
    name: str = READERS,
    asked: Filter = Filter(),
    going: Going | None = None,
    language: str = "",
) -> Gathered:
    """The digest ``name`` of a knowledge base for an audience or a level; by default the narrowest.

    ``asked``: which notes may be in it, beside what the audience is interested in. Covers the days
    ``since`` to ``until``, by default the seven days up to today; where it is ``going`` out, the
    commits that this says. ``language``: of the fixed words, '' for the audience's. Notes that
    cannot be read are left out and told of. Raises Cannot in a shallow clone, whose history does
    not tell what is new, and what `compose` raises.
    """
    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: its history does not tell what is new.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    until = until or kb.today
    since = since or until - WEEK
    audience = audience_of(kb.config, kb.policy, to)
    with Index.open(kb.root, today=kb.today) as index:
        stale = index.stale(SOON)
        wide = kb.policy.width(audience.level) > 0
        owed = stale if name == STEWARDS else ()
        period = told_events(index, going, since, until, audience.name) if going else None
        chosen = candidates(index, since, until, owed, wide=wide, period=period)
        if name != STEWARDS:
            chosen |= recalled(index, since, until, kb.policy.width(audience.level))
        seen = see(kb, index, audience, ids=chosen)
        if going:
            seen = replace(seen, events=[e for e in seen.events if e.commit not in going.later])
        wanted = frozenset(id for id, shown in seen.notes.items() if seen.wanted(shown))
        found = compose(
            seen,
            since=since,
            until=until,
            config=kb.config,
            name=name,
            stale=stale,
            names={email: person.name for email, person in kb.people.items()},
            kinds=kb.kinds,
            link=links(kb),
            only=wanted & _ids(index, asked) if asked.terms else wanted,
            questions=kb.records(Question),
            language=language,
            entered=None if period is None else frozenset(event.commit for event in period),
        )
        broken = tuple(index.broken(records=True, standing=True))
    return Gathered(found, tuple(seen.problems), broken)


def _ids(index: Index, asked: Filter) -> frozenset[str]:
    """The ids of the notes that are asked for."""
    sql, values = where(asked, index)
    return frozenset(
        id or path for id, path in index.query(f"SELECT id, path FROM notes WHERE {sql}", values)
    )
