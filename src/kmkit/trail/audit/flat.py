"""Readings as flat values, for handing them from one process to another.

Lists of texts, bytes and numbers are written and read in half the time that objects take.
"""

import marshal
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

from kmkit.note.model import (
    Asked,
    Deferred,
    Dissemination,
    Fields,
    Gathered,
    InForce,
    Note,
    Reviewed,
    Section,
    Verdict,
)
from kmkit.note.plain import Plain
from kmkit.note.problem import Problem
from kmkit.period import Period
from kmkit.trail.audit.history import Change, Commit
from kmkit.trail.audit.reading import Reading, Version
from kmkit.trail.audit.trailers import Told
from kmkit.trail.event import Event

_NAMES = tuple(Fields.model_fields)
_EVERY = _NAMES.index("review_every")
_ENTRIES: tuple[tuple[int, type[Plain]], ...] = tuple(
    (_NAMES.index(name), kind)
    for name, kind in {
        "gathered": Gathered,
        "verdicts": Verdict,
        "asked": Asked,
        "disseminated": Dissemination,
        "reviewed": Reviewed,
        "deferred": Deferred,
        "in_force": InForce,
    }.items()
)
"""The places of the fields that hold entries, and what an entry is."""
_PARTS = {kind: tuple(kind.model_fields) for _, kind in _ENTRIES}
_DAYS = {
    kind: [n for n, about in kind.model_fields.items() if about.annotation in (date, date | None)]
    for _, kind in _ENTRIES
}
"""The parts of an entry that are days."""
_new = tuple.__new__
"""Makes a named tuple of its values."""
P = TypeVar("P", bound=Plain)


def flattened(readings: Iterable[Reading]) -> bytes:
    """Readings as bytes, for `restored` of the same Python."""
    return marshal.dumps([_flat(reading) for reading in readings])


def restored(data: bytes) -> Iterator[Reading]:
    """The readings that `flattened` wrote."""
    return map(_reading, marshal.loads(data))


# A commit and what it says


def _flat(reading: Reading) -> tuple[Any, ...]:
    commit, told, versions = reading
    sha, parents, raw, changes, blobs = commit
    event, *rest, record = told
    return (
        (sha, parents, raw, [*map(tuple, changes)], blobs),
        (event and _event(event), *rest, record and _event(record)),
        [_version(path, version) for path, version in versions.items()],
    )


def _reading(flat: tuple[Any, ...]) -> Reading:
    (sha, parents, raw, changes, blobs), (event, *rest, record), versions = flat
    commit = Commit(sha, parents, raw, tuple([_new(Change, each) for each in changes]), blobs)
    told = (event and _event_of(event), *rest, record and _event_of(record))
    content = {change.path: change.blob for change in commit.changes} if versions else {}
    found = {each[0]: _version_of(each, blobs[content[each[0]]]) for each in versions}
    return Reading(commit, _new(Told, told), found)


def _event(event: Event) -> tuple[Any, ...]:
    commit, when, *rest = event
    return (commit, when.isoformat(), *rest)


def _event_of(flat: tuple[Any, ...]) -> Event:
    commit, when, *rest = flat
    return _new(Event, (commit, datetime.fromisoformat(when), *rest))


# A note


def _version(path: str, version: Version) -> tuple[Any, ...]:
    note, print_, rest = version
    fields = [*vars(note.fields).values()]
    for at, _ in _ENTRIES:
        if value := fields[at]:
            fields[at] = [*map(_entry, value)] if value.__class__ is tuple else _entry(value)
    if fields[_EVERY]:
        fields[_EVERY] = tuple(fields[_EVERY])
    sections, problems = [*map(tuple, note.sections)], [*map(tuple, note.problems)]
    return path, print_, rest, fields, note.raw, note.preamble, sections, problems


def _version_of(flat: tuple[Any, ...], data: bytes) -> Version:
    path, print_, rest, fields, raw, preamble, sections, problems = flat
    for at, kind in _ENTRIES:
        if value := fields[at]:
            if value.__class__ is list:
                fields[at] = tuple([_entry_of(kind, each) for each in value])
            else:
                fields[at] = _entry_of(kind, value)
    if fields[_EVERY]:
        fields[_EVERY] = Period(*fields[_EVERY])
    note = Note.__new__(Note)
    vars(note).update(
        path=PurePosixPath(path),
        data=data,
        fields=_made(Fields, zip(_NAMES, fields, strict=True)),
        raw=raw,
        preamble=preamble,
        sections=tuple([_new(Section, each) for each in sections]),
        problems=tuple([_new(Problem, each) for each in problems]),
    )
    return Version(note, print_, rest)


def _entry(entry: Plain) -> tuple[Any, ...]:
    """The parts of an entry; its days as numbers."""
    parts = vars(entry).values()
    return tuple([part.toordinal() if part.__class__ is date else part for part in parts])


def _entry_of(kind: type[Plain], flat: tuple[Any, ...]) -> Plain:
    entry = _made(kind, zip(_PARTS[kind], flat, strict=True))
    parts = vars(entry)
    for name in _DAYS[kind]:
        if parts[name] is not None:
            parts[name] = date.fromordinal(parts[name])
    return entry


def _made(kind: type[P], parts: Iterable[tuple[str, Any]]) -> P:
    """One of all its parts."""
    one = kind.__new__(kind)
    vars(one).update(parts)
    return one
