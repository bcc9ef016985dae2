"""What a note's state asks for and the note has not.

The fields stand in policy.toml, the sections in the kind's template; this module compares.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from kmkit.measures import Measures
from kmkit.note.kind import Kind
from kmkit.note.model import Fields, Note, Section
from kmkit.note.problem import Problem
from kmkit.text import as_typed


class Asked(NamedTuple):
    """What is asked of a note."""

    fields: tuple[str, ...]
    kind: Kind | None
    sections: tuple[str, ...]
    """Of the kind, by their English headings."""


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
    return lacking(note, asked_by(states, policy, kind), coming)


def asked_by(states: Iterable[str], policy: Measures, kind: Kind | None) -> Asked:
    """What ``states`` ask of a note of a kind, all together."""
    wanted = tuple(states)
    sections: tuple[str, ...] = ()
    if kind and "formatted" in wanted:
        sections = kind.every
    elif kind and "validated" in wanted:
        sections = kind.required
    return Asked(policy.required_by(wanted), kind, sections)


def lacking(note: Note, asked: Asked, coming: Collection[str] = ()) -> list[Problem]:
    """What is asked for and ``note`` has not; the fields that are ``coming`` are not missed."""
    missing: list[Problem] = []
    there = vars(note.fields)
    if not all(map(there.get, asked.fields)):
        missing += [
            _missing_field(note, name)
            for name in asked.fields
            if not there.get(name) and note.raw.get(name) in _NOTHING and name not in coming
        ]
    if asked.kind and not asked.kind.fills(asked.sections, note.sections):
        missing += _missing_sections(note, asked.kind, asked.sections)
    return missing


def told_together(note: Note, lacks: Iterable[Problem]) -> Iterator[tuple[str, str]]:
    """What a note lacks and how it gets it, as a refusal says it: message and mend.

    All that is filled in by one change of the file is one mistake, told in one sentence.
    """
    found = [(problem, _LACKS.match(problem.message)) for problem in lacks]
    parts = [part for _, part in found if part and part["name"] not in _MOVES]
    if len(parts) > 1:
        first, *between, last = (f"the {p['what']} '{p['name']}' is {p['how']}" for p in parts)
        said = ", ".join(["T" + first[1:], *between])
        yield f"{said} and {last}.", _fill_in(note, [part["name"] for part in parts])
    for problem, part in found:
        if len(parts) < 2 or part not in parts:
            yield problem.message, problem.mend


_LACKS = re.compile(r"The (?P<what>field|section) '(?P<name>.*?)' is (?P<how>missing|empty)\b")


def _fill_in(note: Note, names: list[str]) -> str:
    """How fields and sections come into the note; what was approved is reworded."""
    if note.state == "validated" and not {"topics", "matters_to"}.issuperset(names):
        return (
            f"Fill them in: kmkit edit {note.short} --reword; then one of its approvers runs "
            f"kmkit validate {note.short} --same-meaning."
        )
    return f"Fill them in: kmkit edit {note.short}."


_NOTHING: tuple[object, ...] = (None, "", [], {})
"""What a field holds that is there and empty; anything else is there, readable or not."""
_MOVES = {
    "state": "kmkit log {note} says what it was",
    "owner": "put back what git log -p {path} shows",
    "level": "put back what git log -p {path} shows",
    "verdicts": "put back the state that kmkit log {note} shows, and have it validated",
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
        move = _MOVES[name].format(note=note.short, path=as_typed(note.path))
        first = f"Write `{name}:` in a new note; in any other: " if name in _FIRST else ""
        mend = f"{first}{move}."
    return note.problem("missing-field", message, mend, at="state")


def _missing_sections(note: Note, kind: Kind, wanted: tuple[str, ...]) -> Iterator[Problem]:
    """The sections among the ``wanted`` that are missing or unfilled."""
    language = note.fields.language
    filled = {
        kind.canonical(section.heading, language)
        for section in note.sections
        if kind.filled(section)
    }
    if filled.issuperset(wanted):
        return
    named: dict[str | None, Section] = {}
    for section in note.sections:
        named.setdefault(kind.canonical(section.heading, language), section)
    one = f"{'an' if kind.name[:1] in 'aeiou' else 'a'} {kind.name}"
    for name in wanted:
        if name in filled:
            continue
        there = named.get(name)
        if not there:
            message = f"The section '{name}' is missing; {one} in this state has it."
            yield note.problem("missing-section", message, f"Add '## {name}'.", at="state")
        else:
            message = f"The section '{there.heading}' is empty; {one} in this state has it."
            mend = "Answer the question that stands there, or write below the heading."
            path = str(note.path)
            yield Problem(path, there.line, 1, "unfilled-section", message, mend)
