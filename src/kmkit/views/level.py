"""How far a note reaches, and why: as sentences, and as JSON."""

from collections.abc import Iterator
from typing import Any

from kmkit.audience.explaining import Explained, Verdict
from kmkit.text import one_line
from kmkit.views.porcelain import dumps


def as_json(found: Explained) -> str:
    """How far a note reaches: ``kmkit.level/1``."""
    note = found.note
    return dumps(
        {
            "schema": "kmkit.level/1",
            "id": note.id,
            "path": str(note.path),
            "title": note.title,
            "state": note.state,
            "level": found.level,
            "level_in_file": note.level,
            "level_proved": found.proved,
            "version": found.version,
            "circles": [_circle(verdict) for verdict in found.verdicts],
            "problems": [problem._asdict() for problem in found.problems],
            "widen": found.widen,
            "narrow": found.narrow,
        }
    )


def _circle(verdict: Verdict) -> dict[str, Any]:
    return {
        "audience": verdict.audience,
        "level": verdict.level,
        "reaches": verdict.reaches,
        "because": list(verdict.whys),
        "names": [said._asdict() for said in verdict.names],
        "mend": list(verdict.mends),
    }


def rows(found: Explained) -> Iterator[tuple[str, str, str, str]]:
    """A line for each audience and level: its name, its circle, yes or no, and why not."""
    for one in found.verdicts:
        answer = "yes" if one.reaches else "no"
        yield one.audience, one.level, answer, one_line(" ".join(one.whys))


def told(found: Explained, *, whole: bool) -> Iterator[str]:
    """Whether a note reaches the one audience that was asked for, and why; ``whole``: in full."""
    [verdict] = found.verdicts
    circle = f"{verdict.audience} ({verdict.level})" if verdict.audience else verdict.level
    named = f"{one_line(found.note.title)} ({found.note.short})"
    yield f"{'Yes' if verdict.reaches else 'No'}: {named} {_may(verdict)} {circle}."
    yield from map(one_line, verdict.whys)
    yield from map(one_line, verdict.mends)
    if whole:
        yield from levels(found)


def _may(verdict: Verdict) -> str:
    return "may reach" if verdict.reaches else "does not reach"


def levels(found: Explained) -> Iterator[str]:
    """What counts for every audience: the levels, the version, and who could change it."""
    note = found.note
    said = note.level or "none"
    proved = found.proved or "none, for it does not know the note"
    yield one_line(f"Level in the file: {said}. Level that the history proves: {proved}.")
    yield f"It counts as {found.level}."
    yield found.version
    for problem in found.problems:
        yield one_line(f"{problem.path}:{problem.line}: {problem.message} {problem.mend}")
    if found.widen:
        yield f"To widen it: {found.widen}"
    if found.narrow:
        yield f"To narrow it: {found.narrow}"
