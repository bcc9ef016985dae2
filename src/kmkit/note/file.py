"""Markdown <-> Note, without loss: reading never fails, writing changes the named fields alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import frontmatter

from kmkit.errors import Cannot, Refused
from kmkit.note.fields import typed
from kmkit.note.frontmatter import Document, Handler, decoded, load, split
from kmkit.note.model import Fields, Note
from kmkit.note.problem import Flaw, Problem
from kmkit.note.sections import sections_of
from kmkit.note.writing import append_entry, utf8, write_fields

__all__ = ["append_entry", "compose", "read", "unopened", "write_body", "write_fields"]

_BREAK = re.compile(r"\r\n|\n|\r")
_EMPTY: tuple[object, ...] = (None, (), [], {})


def read(data: bytes, path: PurePosixPath) -> Note:
    """The note in the bytes of a file; what is wrong with it is in its ``problems``."""
    text, flaws = decoded(data)
    document, cuts = split(text)
    loaded = load(document.front, first_line=document.front_line)
    fields, misfits = typed(loaded)
    preamble, sections = sections_of(document.body, document.body_line)
    flaws += [*cuts, *loaded.flaws, *misfits, *_body_flaws(document)]
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


def write_body(note: Note, body: str) -> bytes:
    """The file with another body: its front matter byte for byte, its way of ending lines."""
    text = utf8(note)
    document, flaws = split(text)
    if any(flaw.rule in ("no-front-matter", "unclosed-fence") for flaw in flaws):
        raise Refused(f"{note.path} has no front matter that ends.", "Mend it first: kmkit check.")
    head = text[: len(text) - len(document.body)]
    if not head.endswith(("\n", "\r")):
        head += document.newline
    return (head + _BREAK.sub(document.newline, body)).encode("utf-8")


def compose(
    fields: Mapping[str, object], body: str, order: Sequence[str] = tuple(Fields.model_fields)
) -> bytes:
    """A new file: the fields in ``order``, then any others, a blank line, the body; LF."""
    order = [name for name in order if name in fields]
    order += [name for name in fields if name not in order]
    post = frontmatter.Post(_BREAK.sub("\n", body).strip("\n"), handler=Handler())
    post.metadata = {name: fields[name] for name in order if fields[name] not in _EMPTY}
    return (frontmatter.dumps(post) + "\n").encode()
