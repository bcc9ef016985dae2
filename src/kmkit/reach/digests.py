"""The digest of a knowledge base: all that it is made of, gathered and composed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.index.book import Index
from kmkit.index.choosing.conditions import where
from kmkit.index.choosing.filters import Filter
from kmkit.kb import KnowledgeBase
from kmkit.kb.history import last_approved
from kmkit.kb.links import links
from kmkit.kb.standing import overlaid
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.states import WALK, State
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.note.problem import Problem
from kmkit.period import Period
from kmkit.reach.candidates import candidates, cards_of, trail_of
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim, by_note, fold
from kmkit.views.digest import READERS, STEWARDS, Digest, Others, Shown, compose
from kmkit.views.digest_view import admits

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
    level: str = "",
    since: date | None = None,
    until: date | None = None,
    name: str = READERS,
    asked: Filter = Filter(),
) -> Gathered:
    """The digest ``name`` of a knowledge base for the circle ``level``, by default the narrowest.

    ``asked``: which notes may be in it.
    Covers the days ``since`` to ``until``, by default the seven days up to today. Notes that
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
    level = level or kb.policy.levels[0]
    problems: list[Problem] = []
    with Index.open(kb.root, today=kb.today) as index:
        stale = index.stale(SOON)
        wide = kb.policy.width(level) > 0
        chosen = candidates(index, since, until, stale if name == STEWARDS else (), wide=wide)
        events = trail_of(index, chosen)
        claims = by_note(events)
        notes = [
            shown
            for card in cards_of(index, chosen)
            if (shown := _read(kb, card.path, claims, problems))
        ]
        found = compose(
            level=level,
            since=since,
            until=until,
            notes=notes,
            events=events,
            config=kb.config,
            policy=kb.policy,
            name=name,
            applications=kb.applications,
            stale=stale,
            names={email: person.name for email, person in kb.people.items()},
            kinds=kb.kinds,
            link=links(kb),
            others=Others(_Hidden(kb, index, level, chosen), index.tails),
            only=_ids(index, asked) if asked.terms else None,
        )
        broken = tuple(index.broken(records=True, standing=True))
    return Gathered(found, tuple(problems), broken)


def _ids(index: Index, asked: Filter) -> frozenset[str]:
    """The ids of the notes that are asked for."""
    sql, values = where(asked, index)
    return frozenset(
        id or path for id, path in index.query(f"SELECT id, path FROM notes WHERE {sql}", values)
    )


class _Hidden:
    """The ids, folded, of the notes that a circle may not see and that a digest does not hold."""

    def __init__(self, kb: KnowledgeBase, index: Index, level: str, chosen: Collection[str]):
        self._kb, self._index, self._level, self._chosen = kb, index, level, chosen
        self._known: dict[str, bool] = {}

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str) or self._kb.policy.width(self._level) == 0:
            return False
        if word not in self._known:
            self._known[word] = any(self._keeps(id) for id in self._index.like_id(word))
        return self._known[word]

    def _keeps(self, id: str) -> bool:
        """Whether the note with that id is kept back."""
        if id in self._chosen:
            return False
        claims = {id: self._index.trail("note = ?", (id,))}
        read = (_read(self._kb, card.path, claims, []) for card in cards_of(self._index, [id]))
        return any(not admits(self._kb.policy, self._level, shown) for shown in read if shown)


def _read(
    kb: KnowledgeBase, path: str, trails: Mapping[str, list[Event]], problems: list[Problem]
) -> Shown | None:
    """The note in a file as readers see it; what is wrong goes to ``problems``."""
    place = PurePosixPath(path)
    try:
        note = kb.read(place)
    except Cannot as error:
        problems.append(_problem(place, error))
        return None
    problems += note.problems
    return _shown(kb, note, fold(trails.get(note.id, ())), problems)


def _shown(kb: KnowledgeBase, note: Note, claim: Claim, problems: list[Problem]) -> Shown | None:
    """The version that stands, by the trail where that knows the note; None where there is none.

    A text that a hand changed is not shown, and a level that a hand widened does not count.
    """
    try:
        standing = kb.standing(_as_proved(note, claim))
        approved = standing if claim.captured == "" else _approved(kb, note, standing, claim)
    except Cannot as error:
        problems.append(_problem(note.path, error))
        return None
    if approved is not standing:
        shown = "readers see the approved one" if approved else "it is left out: none is approved"
        message = f"Its text is not the one that was approved; {shown}."
        mend = f"Have it validated anew: kmkit reopen {note.short} --because '…'."
        problems.append(note.problem("unproved-state", message, mend, at="state"))
    if approved is None:
        return None
    level = note.level
    if claim.level and kb.policy.width(level) > kb.policy.width(claim.level):
        level = claim.level
        message = f"It says level {note.level}, and its history says {level}: {level} counts."
        mend = f"Write 'level: {level}' into the file; kmkit release widens it."
        problems.append(note.problem("unproved-state", message, mend, at="level"))
    revised = note.state == State.CAPTURED and standing.state != State.CAPTURED
    return Shown(approved, approved.state, being_revised=revised, level=level)


def _as_proved(note: Note, claim: Claim) -> Note:
    """The note with the version in force that the trail proves."""
    if not claim.captured or note.fields.in_force == claim.in_force:
        return note
    return replace(note, fields=note.fields.model_copy(update={"in_force": claim.in_force}))


def _approved(kb: KnowledgeBase, note: Note, standing: Note, claim: Claim) -> Note | None:
    """``standing``, or the last approved version where a hand changed it; None without any."""
    if standing.state not in WALK[1:] or note.state == State.CAPTURED:
        return standing
    approved, guidance = claim.approved(kb.policy), kb.guidance(note)
    if fingerprint(standing, guidance) in approved:
        return standing
    blob = last_approved(kb.git, kb.repo_path(note.path), approved, guidance)
    return overlaid(note, read(kb.git.blob(blob), note.path)) if blob else None


def _problem(path: PurePosixPath, error: Cannot) -> Problem:
    return Problem(str(path), 1, 1, "unreadable-file", error.message, error.mend)
