"""Names that must not reach a circle, and where a note says them."""

from bisect import bisect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kmkit.measures import Measures
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.note.names import Names
from kmkit.note.problem import Problem

PEOPLE = ("owner", "backup", "sources", "authors")
"""Fields that name people."""
BY = ("by", "decided_by")
"""Parts of fields that do."""
UNSHOWN = ("protect", "review_every")
"""Fields that tell readers nothing."""


class Said(NamedTuple):
    """A protected name in a note's file."""

    name: str
    widest: str
    """The widest level that it may reach."""
    line: int
    """0: in the file's path."""
    col: int


def said_above(
    note: Note, level: str, protect: Mapping[str, str], policy: Measures
) -> Iterator[Said]:
    """The names by which ``note`` must not reach ``level``, in the order of the file.

    Those are the names that the note itself protects, which never leave the narrowest circle, and
    those in ``protect``, each with the widest level that it may reach. A name that stands nowhere
    but as that of an owner, a source or somebody who judged is none: the note goes out without it.
    """
    width = policy.width(level)
    limits = {name: widest for name, widest in protect.items() if policy.width(widest) < width}
    if width > 0:
        limits |= dict.fromkeys(note.fields.protect, policy.levels[0])
    if not limits:
        return
    names = _names(tuple(limits))
    for name in names.which(str(note.path)):
        yield Said(name, limits[name], 0, 0)
    if not names.in_text(note.text):
        return
    kept = {name for text in shown_texts(note) for name in names.which(text)}
    places = [one for one in _places(note, names) if one.name in kept]
    elsewhere = [one for one in places if not one.person]
    known = {one.name for one in elsewhere}
    for name, _, line, col in (*elsewhere, *(one for one in places if one.name not in known)):
        yield Said(name, limits[name], line, col)


class _Place(NamedTuple):
    name: str
    person: bool
    """Whether it stands where people are named."""
    line: int
    col: int


def _places(note: Note, names: Names) -> Iterator[_Place]:
    """Where names stand in the file, but for the list of those that it protects."""
    values = sorted((place.line, place.col, key) for key, place in note.places.items())
    body = split(note.text)[0].front.count("\n") + 2
    for found in names.find(note.text):
        line = note.text.count("\n", 0, found.start) + 1
        col = found.start - note.text.rfind("\n", 0, found.start)
        before = bisect(values, (line, col, "~")) if line < body else 0
        field = values[before - 1][2].split(".") if before else [""]
        if field[0] != "protect":
            person = field[0] in PEOPLE or field[-1] in BY
            yield _Place(found.name, person, line, col)


def shown_texts(note: Note) -> Iterator[str]:
    """What readers could be shown of a note's file, but for people, who can be left out of it.

    What the note protects is not among it.
    """
    yield note.preamble
    for section in note.sections:
        yield section.heading
        yield section.text
    yield from texts_in(note.fields.model_dump(exclude={*PEOPLE, *UNSHOWN}))
    yield from texts_in({k: v for k, v in note.raw.items() if k.startswith("x_")})


def texts_in(value: object, *, by: bool = False) -> Iterator[str]:
    """Every text in a value; what stands as ``by`` only where it is asked for."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            if by or name not in BY:
                yield from texts_in(one, by=by)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one, by=by)


@lru_cache(maxsize=16)
def _names(names: tuple[str, ...]) -> Names:
    """The names, made ready to be looked for; mostly the same for every note."""
    return Names(names)


def protected_names(note: Note, protect: Mapping[str, str], policy: Measures) -> Iterator[Problem]:
    """Names that must not reach the note's level and stand in its file, or in the file's path."""
    narrower = "kmkit narrow {} --level {}."
    for said in said_above(note, note.level, protect, policy):
        mend = narrower.format(note.short, said.widest)
        if not said.line:
            message = f"The file's path holds '{said.name}', which is protected."
            yield note.problem("protected-name", message, f"Rename the file, or {mend}")
            continue
        message = f"'{said.name}' is protected and stands in a note at level {note.level}."
        if said.widest != policy.levels[0]:
            message = f"{message[:-1]}; it may reach {said.widest} at most."
        mend = f"Write a role instead, or {mend}"
        yield Problem(str(note.path), said.line, said.col, "protected-name", message, mend)
