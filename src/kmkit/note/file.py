"""Markdown <-> Note, without loss: reading never fails, writing changes the named fields alone.

YAML is imported once something is written.
"""

import re
from collections.abc import Mapping, Sequence

from kmkit.errors import Refused
from kmkit.note.frontmatter import split
from kmkit.note.model import Fields, Note
from kmkit.note.plain import Plain
from kmkit.note.reading import read, unopened

__all__ = ["append_entry", "compose", "read", "unopened", "write_body", "write_fields"]

_BREAK = re.compile(r"\r\n|\n|\r")
_EMPTY: tuple[object, ...] = (None, (), [], {})


def write_fields(note: Note, changes: Mapping[str, object | None]) -> bytes:
    """The file with other values in the fields named; None removes a field."""
    from kmkit.note import writing

    return writing.write_fields(note, changes)


def append_entry(note: Note, name: str, entry: Plain) -> bytes:
    """The file with one more entry at the end of a list such as ``verdicts``."""
    from kmkit.note import writing

    return writing.append_entry(note, name, entry)


def write_body(note: Note, body: str) -> bytes:
    """The file with another body: its front matter byte for byte, its way of ending lines."""
    from kmkit.note.writing import utf8

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
    import frontmatter

    from kmkit.note.handler import Handler

    order = [name for name in order if name in fields]
    order += [name for name in fields if name not in order]
    post = frontmatter.Post(_BREAK.sub("\n", body).strip("\n"), handler=Handler())
    post.metadata = {name: fields[name] for name in order if fields[name] not in _EMPTY}
    return (frontmatter.dumps(post) + "\n").encode()
