"""Reading a note: bytes to a `Note`, whatever is wrong with them.

`kmkit.note.file` has this and writing; here is what every listing needs, which imports little.
"""

import re
from pathlib import PurePosixPath
from typing import Any

from kmkit.errors import Cannot
from kmkit.note.conflict import conflict
from kmkit.note.fitting import fields_in, typed
from kmkit.note.frontmatter import Document, decoded, load, split
from kmkit.note.model import Fields, Note, Section, shows_all
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
    *,
    body_shows: bool = False,
    shared: bool = False,
) -> Note:
    """The note of a file that was cut and whose body was read; ``flaws`` are those found so far.

    ``body_shows``: of the body it is known that it holds nothing but what `shows_all` allows.
    ``shared``: nobody changes what is in the note's ``raw``.
    """
    front = document.front
    printable = shows_all(front.encode("utf-8", "surrogatepass") if body_shows else data)
    quickly = fields_in(front, printable=printable, shared=shared)
    if quickly:
        raw, fields = quickly
    else:
        loaded = load(front, first_line=document.front_line)
        raw = loaded.values
        fields, misfits = typed(loaded)
        flaws += [*loaded.flaws, *misfits]
        flaws = _in_conflict(data, path, document, flaws)
    if not printable and "\0" in document.body:
        flaws.append(_nul(document))
    found = {
        "path": path,
        "data": data,
        "fields": fields,
        "raw": raw,
        "preamble": body[0],
        "sections": body[1],
        "problems": tuple([Problem(str(path), *flaw) for flaw in flaws]) if flaws else (),
    }
    if quickly:
        found["ordinary"] = True
        if printable and not flaws:
            found["clear"] = True
    return _noted(found)


def _in_conflict(
    data: bytes, path: PurePosixPath, document: Document, flaws: list[Flaw]
) -> list[Flaw]:
    """Instead of ``flaws``, that the front matter is in conflict, where it is."""
    found = conflict(data, path) if flaws else None
    cut = any(flaw.rule in ("no-front-matter", "unclosed-fence") for flaw in flaws)
    return [found] if found and (cut or found.line < document.body_line) else flaws


def clear_note(
    path: PurePosixPath,
    data: bytes,
    found: tuple[dict[str, Any], Fields],
    body: tuple[str, tuple[Section, ...]],
) -> Note:
    """The note of a file that hides nothing: what `fields_in` found in it, and its body."""
    return _noted(
        {
            "path": path,
            "data": data,
            "fields": found[1],
            "raw": found[0],
            "preamble": body[0],
            "sections": body[1],
            "problems": (),
            "ordinary": True,
            "clear": True,
        }
    )


def _noted(found: dict[str, Any]) -> Note:
    note = object.__new__(Note)
    object.__setattr__(note, "__dict__", found)  # as its __init__ does, in a third of the time
    return note


def _nul(document: Document) -> Flaw:
    """A NUL makes git and editors take the note for a program."""
    above = _BREAK.split(document.body[: document.body.find("\0")])
    place = (document.body_line + len(above) - 1, len(above[-1]) + 1)
    return Flaw(*place, "control-character", "An invisible NUL stands here.", "Delete it.")


def unopened(path: PurePosixPath, error: Cannot) -> Note:
    """The note in a file that cannot be opened: nothing but a problem."""
    mend = "See what it is and who may read it."
    problem = Problem(str(path), 1, 1, "unreadable-file", error.message, mend)
    return Note(path=path, data=b"", fields=Fields(), problems=(problem,))
