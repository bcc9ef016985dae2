"""A note as readers see it: the version that stands, as the trail proves it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.kb.history import as_merged, last_approved
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.standing import overlaid
from kmkit.lifecycle.states import WALK, State
from kmkit.note.conflict import conflict
from kmkit.note.model import Note
from kmkit.note.problem import Problem
from kmkit.note.reading import read
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim, fold


class Shown(NamedTuple):
    """A note as readers see it."""

    note: Note
    """The version that stands: the one in force where the note is being revised."""
    state: str
    """The state the note is in now; of a note that is being revised, the state in force."""
    being_revised: bool = False
    level: str | None = None
    """The level it has now, where ``note`` is an older version: the narrower of the two counts."""


def admits(policy: Policy, level: str, shown: Shown) -> bool:
    """The rule: an output for a circle shows a note only when the note's level is as wide."""
    levels = [shown.note.level] if shown.level is None else [shown.note.level, shown.level]
    return min(map(policy.width, levels)) >= policy.width(level)


def read_shown(
    kb: KnowledgeBase, path: str, trails: Mapping[str, list[Event]], problems: list[Problem]
) -> Shown | None:
    """The note in a file as readers see it; what is wrong goes to ``problems``."""
    place = PurePosixPath(path)
    try:
        if (kb.root / place).is_symlink():  # what it leads to can be any file of this machine
            raise Cannot(f"{path} is a symbolic link.", "Put the real file in its place.")
        note = kb.read(place)
    except Cannot as error:
        problems.append(_problem(place, error))
        return None
    problems += note.problems
    claim = as_merged(kb, note, fold(trails.get(note.id, ())), owner=False)
    return shown_of(kb, note, claim, problems)


def shown_of(kb: KnowledgeBase, note: Note, claim: Claim, problems: list[Problem]) -> Shown | None:
    """The version that stands, by the trail where that knows the note; None where there is none.

    A text that a hand changed is not shown, nor one that git could not merge, and a level that a
    hand widened does not count.
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
        from kmkit.kb.seeing import unfounded  # with pydantic

        anew = f"Have it validated anew: kmkit reopen {note.short} --because '…'."
        mend = unfounded(kb, note, claim)[1] or anew
        problems.append(note.problem("unproved-state", message, mend, at="state"))
    if approved is None:
        return None
    if torn := conflict(approved.data, note.path):
        message = f"{torn.message[:-1]}; it is left out."
        problems[:] = [p for p in problems if (p.path, p.rule) != (str(note.path), torn.rule)]
        problems.append(Problem(str(note.path), *torn._replace(message=message)))
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
