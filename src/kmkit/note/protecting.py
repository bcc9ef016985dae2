"""Names that must not reach a circle, and where a note says them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.note.names import Names
from kmkit.note.problem import Problem


class Said(NamedTuple):
    """A protected name in a note's file."""

    name: str
    widest: str
    """The widest level that it may reach."""
    line: int
    """0: in the file's path."""
    col: int


def said_above(
    note: Note, level: str, protect: Mapping[str, str], policy: Policy
) -> Iterator[Said]:
    """The names in ``note`` that must not reach ``level``, in the order of the file.

    Those are the names that the note itself protects, which never leave the narrowest circle, and
    those in ``protect``, each with the widest level that it may reach.
    """
    width = policy.width(level)
    limits = {name: widest for name, widest in protect.items() if policy.width(widest) < width}
    if width > 0:
        limits |= dict.fromkeys(note.fields.protect, policy.levels[0])
    names = _names(tuple(limits))
    for name in names.which(str(note.path)):
        yield Said(name, limits[name], 0, 0)
    if not names.in_text(note.text):
        return
    own = _lines_of(note, "protect")
    for found in names.find(note.text):
        line = note.text.count("\n", 0, found.start) + 1
        if line not in own:
            col = found.start - note.text.rfind("\n", 0, found.start)
            yield Said(found.name, limits[found.name], line, col)


@lru_cache(maxsize=16)
def _names(names: tuple[str, ...]) -> Names:
    """The names, made ready to be looked for; mostly the same for every note."""
    return Names(names)


def protected_names(note: Note, protect: Mapping[str, str], policy: Policy) -> Iterator[Problem]:
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


def _lines_of(note: Note, name: str) -> range:
    """The lines that the value of a field takes up in the front matter."""
    if name not in note.places:
        return range(0)
    start = note.places[name].line
    end = split(note.text)[0].front.count("\n") + 3
    later = [place.line for key, place in note.places.items() if "." not in key]
    return range(start, min((line for line in later if line > start), default=end))
