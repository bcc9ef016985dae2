"""Reading a note: bytes to a `Note`, whatever is wrong with them.

`kmkit.note.file` has this and writing; here is what every listing needs, which imports little.
"""

import re
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.note.fitting import typed
from kmkit.note.frontmatter import Document, decoded, load, split
from kmkit.note.model import Fields, Note, Section
from kmkit.note.problem import Flaw, Problem
from kmkit.note.sections import sections_of

_BREAK = re.compile(r"\r\n|\n|\r")


def read(data: bytes, path: PurePosixPath) -> Note:
    """The note in the bytes of a file; what is wrong with it is in its ``problems``."""
    text, flaws = decoded(data)
    document, cuts = split(text)
    body = sections_of(document.body, document.body_line)
    return assembled(data, path, document, body, [*flaws, *cuts])


def assembled(
    data: bytes,
    path: PurePosixPath,
    document: Document,
    body: tuple[str, tuple[Section, ...]],
    flaws: list[Flaw],
) -> Note:
    """The note of a file that was cut and whose body was read; ``flaws`` are those found so far."""
    loaded = load(document.front, first_line=document.front_line)
    fields, misfits = typed(loaded)
    flaws += [*loaded.flaws, *misfits, *_body_flaws(document)]
    preamble, sections = body
    return Note(
        path=path,
        data=data,
        fields=fields,
        raw=loaded.values,
        preamble=preamble,
        sections=sections,
        problems=tuple(Problem(str(path), *flaw) for flaw in flaws),
    )


def _body_flaws(document: Document) -> list[Flaw]:
    """A NUL makes git and editors take the note for a program."""
    at = document.body.find("\0")
    if at < 0:
        return []
    above = _BREAK.split(document.body[:at])
    place = (document.body_line + len(above) - 1, len(above[-1]) + 1)
    return [Flaw(*place, "control-character", "An invisible NUL stands here.", "Delete it.")]


def unopened(path: PurePosixPath, error: Cannot) -> Note:
    """The note in a file that cannot be opened: nothing but a problem."""
    mend = "See what it is and who may read it."
    problem = Problem(str(path), 1, 1, "unreadable-file", error.message, mend)
    return Note(path=path, data=b"", fields=Fields(), problems=(problem,))
