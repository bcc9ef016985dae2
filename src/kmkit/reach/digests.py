"""The digest of a knowledge base: all that it is made of, gathered and composed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.index.stale import stale
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
from kmkit.trail.fold import Claim, by_note, fold
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
    every = kb.events()
    claims = {name: fold(trail) for name, trail in by_note(every).items()}
    problems: list[Problem] = []
    notes = list(_notes(kb, problems))
    found = compose(
        level=level or kb.policy.levels[0],
        since=since or until - WEEK,
        until=until,
        notes=[
            shown
            for note in notes
            if (shown := _shown(kb, note, claims.get(note.id, Claim()), problems))
        ],
        events=every,
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
