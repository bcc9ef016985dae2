"""The digest of a knowledge base: all that it is made of, gathered and composed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.index.stale import stale
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.note.model import Note
from kmkit.note.problem import Problem
from kmkit.period import Period
from kmkit.views.digest import READERS, Digest, Shown, compose

SOON = Period(days=30)
"""How long before its day a review is shown to stewards."""
WEEK = timedelta(days=6)
"""From the first day of a week to its last."""


@dataclass(frozen=True)
class Gathered:
    """A digest, and what could not be read on the way."""

    digest: Digest
    problems: tuple[Problem, ...]


def digest_of(
    kb: KnowledgeBase,
    *,
    level: str = "",
    since: date | None = None,
    until: date | None = None,
    name: str = READERS,
) -> Gathered:
    """The digest ``name`` of a knowledge base for the circle ``level``, by default the narrowest.

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
    problems: list[Problem] = []
    notes = list(_notes(kb, problems))
    found = compose(
        level=level or kb.policy.levels[0],
        since=since or until - WEEK,
        until=until,
        notes=[shown for note in notes if (shown := _shown(kb, note, problems))],
        events=kb.events(),
        config=kb.config,
        policy=kb.policy,
        name=name,
        applications=kb.applications,
        stale=stale(
            notes,
            today=kb.today,
            policy=kb.policy,
            kinds=kb.kinds,
            people=kb.people,
            applications=kb.applications,
            within=SOON,
        ),
        names={email: person.name for email, person in kb.people.items()},
        kinds=kb.kinds,
        link=links(kb),
    )
    problems += [*kb.people_files.problems, *kb.application_files.problems]
    return Gathered(found, tuple(problems))


def _notes(kb: KnowledgeBase, problems: list[Problem]) -> Iterator[Note]:
    """Every note whose file can be read; what is wrong goes to ``problems``."""
    for path in kb.note_paths():
        try:
            note = kb.read(path)
        except Cannot as error:
            problems.append(_problem(path, error))
            continue
        problems += note.problems
        yield note


def _shown(kb: KnowledgeBase, note: Note, problems: list[Problem]) -> Shown | None:
    """The version that stands; None where git does not have it."""
    try:
        standing = kb.standing(note)
    except Cannot as error:
        problems.append(_problem(note.path, error))
        return None
    revised = note.fields.in_force is not None
    return Shown(standing, standing.state, being_revised=revised, level=note.level)


def _problem(path: PurePosixPath, error: Cannot) -> Problem:
    return Problem(str(path), 1, 1, "unreadable-file", error.message, error.mend)
