"""What a note's state asks for and the note has not.

The fields stand in policy.toml, the sections in the kind's template; this module compares.
"""

from collections.abc import Collection, Iterable, Iterator

from kmkit.measures import Measures
from kmkit.note.kind import Kind
from kmkit.note.model import Fields, Note, Section
from kmkit.note.problem import Problem


def missing_for(
    note: Note,
    states: Iterable[str],
    policy: Measures,
    kind: Kind | None,
    coming: Collection[str] = (),
) -> list[Problem]:
    """The fields and sections that ``states`` ask for, all together, and ``note`` has not.

    The fields that are ``coming`` are not missed.
    A field that is there but could not be read is a problem of the reading and not missing.
    """
    wanted = [str(state) for state in states]
    names = [name for name in policy.required_by(wanted) if name not in coming]
    missing = [_missing_field(note, name) for name in names if not _has(note, name)]
    if kind:
        missing += _missing_sections(note, kind, wanted)
    return missing


def _has(note: Note, name: str) -> bool:
    """Whether the field ``name`` holds anything, readable or not."""
    value = getattr(note.fields, name, None)
    return bool(value) or note.raw.get(name) not in (None, "", [], {})


_MOVES = {
    "state": "kmkit log {note} says what it was",
    "owner": "kmkit reassign {note} --to EMAIL",
    "level": "kmkit narrow {note} --level LEVEL",
    "verdicts": "kmkit validate {note}",
    "disseminated": "kmkit disseminate {note} --channel CHANNEL",
    "reviewed": "kmkit review {note}",
}
"""How a field that only moves write comes into a note."""
_FIRST = ("state", "owner", "level")
"""Those that a new note has from the beginning."""


def _missing_field(note: Note, name: str) -> Problem:
    """Says that ``name`` is missing and what belongs there."""
    info = Fields.model_fields.get(name)
    what = f": {info.description}" if info and info.description else ""
    message = f"The field '{name}' is missing{what}."
    mend = f"Add it: kmkit edit {note.short}, or write `{name}:` in the front matter."
    if name in _MOVES:
        move = _MOVES[name].format(note=note.short)
        first = f"Write `{name}:` in a new note; in any other: " if name in _FIRST else ""
        mend = f"{first}{move}."
    return note.problem("missing-field", message, mend, at="state")


def _missing_sections(note: Note, kind: Kind, states: list[str]) -> Iterator[Problem]:
    """The sections of the kind that ``states`` ask for and that are missing or unfilled."""
    wanted: tuple[str, ...] = ()
    if "formatted" in states:
        wanted = tuple(name for name in kind.sections if name not in kind.optional)
    elif "validated" in states:
        wanted = kind.required
    if not wanted:
        return
    language = note.fields.language
    named: dict[str | None, list[Section]] = {}
    for section in note.sections:
        named.setdefault(kind.canonical(section.heading, language), []).append(section)
    for name in wanted:
        there = named.get(name)
        if not there:
            message = f"The section '{name}' is missing; a {kind.name} in this state has it."
            yield note.problem("missing-section", message, f"Add '## {name}'.", at="state")
        elif not any(kind.filled(section) for section in there):
            message = (
                f"The section '{there[0].heading}' is empty; a {kind.name} in this state has it."
            )
            mend = "Answer the question that stands there, or write below the heading."
            path = str(note.path)
            yield Problem(path, there[0].line, 1, "unfilled-section", message, mend)
