"""The digest of a knowledge base: all that it is made of, gathered and composed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from kmkit.audience.audiences import Audience, audience_of
from kmkit.audience.seeing import see
from kmkit.errors import Cannot
from kmkit.index.book import Index
from kmkit.index.candidates import stale_of
from kmkit.index.choosing.conditions import where
from kmkit.index.choosing.filters import Filter
from kmkit.index.keeping.worktree import Asked
from kmkit.index.stale import Stale
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.note.problem import Problem
from kmkit.period import Period
from kmkit.reach.candidates import (
    Days,
    candidates,
    few_of_days,
    of_days,
    on_topics,
    protects,
    recalled,
)
from kmkit.reach.going import Going, told_events
from kmkit.trail.event import Event
from kmkit.views.digest import READERS, STEWARDS, Digest, compose

if TYPE_CHECKING:
    from kmkit.note.records import Question

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
    looking: Asked | None = None,
) -> Gathered:
    """The digest ``name`` of a knowledge base for an audience or a level; by default the narrowest.

    ``asked``: which notes may be in it, beside what the audience is interested in. Covers the days
    ``since`` to ``until``, by default the seven days up to today; where it is ``going`` out, the
    commits that this says. ``language``: of the fixed words, '' for the audience's. ``looking``:
    the question to git what has changed, where it was asked already. Notes that cannot be read are
    left out and told of. Raises Cannot in a shallow clone, whose history does not tell what is new,
    and what `compose` raises.
    """
    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: its history does not tell what is new.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    until = until or kb.today
    days = (since or until - WEEK, until)
    wish = _Wish(audience_of(kb.config, kb.policy, to), days, name, asked, going, language)
    early: list[Gathered] = []

    def meanwhile(index: Index) -> None:
        """What there is to tell, if nothing has changed; and what shows it is imported."""
        if going is None:
            early.append(_gathered(kb, index, wish))
            import_module("kmkit.views.digest_render")

    with Index.open(kb.root, today=kb.today, asked=looking, meanwhile=meanwhile) as index:
        if early and index.unmoved:
            return early[0]
        kb.forget()
        return _gathered(kb, index, wish)


class _Wish(NamedTuple):
    """Which digest is asked for; see `digest_of`."""

    audience: Audience
    days: tuple[date, date]
    name: str
    asked: Filter
    going: Going | None
    language: str


def _gathered(kb: KnowledgeBase, index: Index, wish: _Wish) -> Gathered:
    """The digest that is asked for, of what the index holds."""
    kb.kinds = dict(index.kinds)  # their templates need not be read again
    going, (since, until) = wish.going, wish.days
    period = told_events(index, going, since, until, wish.audience.name) if going else None
    chosen = _chosen(kb, index, wish, period)
    seen = see(kb, index, wish.audience, ids=chosen.ids)
    if going:
        seen = replace(seen, events=[e for e in seen.events if e.commit not in going.later])
    wanted = frozenset(id for id, shown in seen.notes.items() if seen.wanted(shown))
    found = compose(
        seen,
        since=since,
        until=until,
        config=kb.config,
        name=wish.name,
        stale=chosen.stale,
        names={email: person.name for email, person in index.people.items()},
        kinds=kb.kinds,
        link=links(kb),
        only=wanted & _ids(index, wish.asked) if wish.asked.terms else wanted,
        questions=cast("tuple[Question, ...]", kb.records("question")),
        language=wish.language,
        entered=None if period is None else frozenset(event.commit for event in period),
        counted=chosen.counted,
    )
    broken = tuple(index.broken(records=True, standing=True))
    return Gathered(found, tuple(seen.problems), broken)


class _Chosen(NamedTuple):
    """What a digest is made of."""

    ids: set[str]
    """Of the notes that are looked at."""
    stale: list[Stale]
    """Those of them that need a person, or will soon."""
    counted: int = 0
    """How many notes more are new to the readers, of which nothing else is told."""


def _chosen(kb: KnowledgeBase, index: Index, wish: _Wish, period: list[Event] | None) -> _Chosen:
    """What the digest is made of; ``period``: the events that it tells, None for its days'.

    Only a letter of some days, for readers, looks at few of many new notes: what is sent is
    recorded of each note, stewards see to each, and a name that must not leave is looked for in
    each.
    """
    name, days, audience = wish.name, wish.days, wish.audience
    width = kb.policy.width(audience.level)
    stale = index.stale(SOON) if name == STEWARDS else []
    if period is not None:
        happened = Days({event.about or event.note for event in period})
    elif name == STEWARDS or (width and (kb.config.protect or protects(index))):
        happened = Days(of_days(index, *days))
    else:
        happened = few_of_days(index, *days, width, _wanted(index, audience, wish.asked))
    ids = candidates(index, happened.found, *days, stale, wide=width > 0)
    if name == STEWARDS:
        return _Chosen(ids, stale)
    ids |= recalled(index, *days, width)
    return _Chosen(ids, stale_of(index, SOON, ids), len(happened.counted - ids))


def _wanted(index: Index, audience: Audience, asked: Filter) -> frozenset[str] | None:
    """The ids of the notes that are asked for and interest the audience; None for all."""
    if not (asked.terms or audience.kinds or audience.topics):
        return None
    found = _ids(index, asked)
    if audience.kinds:
        rows = index.query("SELECT coalesce(nullif(id, ''), path), kind FROM notes")
        found &= {id for id, kind in rows if kind in audience.kinds}
    return found & on_topics(index, audience.topics) if audience.topics else found


def _ids(index: Index, asked: Filter) -> frozenset[str]:
    """The ids of the notes that are asked for."""
    sql, values = where(asked, index)
    return frozenset(
        id or path for id, path in index.query(f"SELECT id, path FROM notes WHERE {sql}", values)
    )
