"""A note in order: sections in the kind's order, heading levels, white space."""

import re
from collections.abc import Iterable

from kmkit.note.file import write_body
from kmkit.note.kinds import Kind
from kmkit.note.model import Note, Section
from kmkit.note.sections import lines_of, sections_of

_DEEPER = re.compile(r" {0,3}#{3,6}[ \t]+(.*?)[ \t]*#*[ \t]*")


def in_order(note: Note, kind: Kind) -> bytes:
    """The file with its body in order; the same bytes where it is in order already.

    Sections come in the order of the kind and those of no kind after them, all at the second
    level. Trailing blanks and runs of blank lines go, except in code. No word changes. Where code
    or a comment is left open, and would swallow what comes to stand below it, the order stays.
    """
    language = note.fields.language
    places = {name: place for place, name in enumerate(kind.sections)}

    def rank(section: Section) -> int:
        return places.get(kind.canonical(section.heading, language) or "", len(places))

    raised = _raised(note, kind)
    for sections in (sorted(raised, key=rank), raised, note.sections):
        body = _body(note.preamble, sections)
        wanted = [(section.heading, _tidy(section.text)) for section in sections]
        if [(s.heading, s.text) for s in sections_of(body)[1]] == wanted:
            return write_body(note, body)
    return note.data


def _body(preamble: str, sections: Iterable[Section]) -> str:
    """A body in which every section stands at the second level."""
    blocks = [_tidy(preamble)] if preamble else []
    for section in sections:
        text = _tidy(section.text)
        blocks.append(f"## {section.heading}\n\n{text}" if text else f"## {section.heading}")
    return "\n" + "\n\n".join(blocks) + "\n"


def _raised(note: Note, kind: Kind) -> list[Section]:
    """The sections, with those of the kind that hide below another one at a deeper level."""
    language = note.fields.language
    there = {kind.canonical(section.heading, language) for section in note.sections}
    found: list[Section] = []
    for section in note.sections:
        heading, kept = section.heading, list[str]()
        for line, code in lines_of(section.text):
            deeper = None if code else _DEEPER.fullmatch(line)
            name = kind.canonical(deeper[1], language) if deeper else None
            if deeper and name and name not in there:
                found.append(section._replace(heading=heading, text="\n".join(kept)))
                heading, kept = deeper[1], []
            else:
                kept.append(line)
        found.append(section._replace(heading=heading, text="\n".join(kept)))
    return found


def _tidy(text: str) -> str:
    """``text`` without trailing blanks and with one blank line for many, except in code."""
    lines: list[str] = []
    for line, code in lines_of(text):
        line = line if code else line.rstrip()
        if line or code or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")
