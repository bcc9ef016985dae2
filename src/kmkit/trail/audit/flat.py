"""Readings as flat values, for handing them from one process to another.

Lists of texts, bytes and numbers are written and read in half the time that objects take. What the
versions of a note share is one object, is written once, and is one object again afterwards; so it
is enough to restore it once.
"""

import marshal
import pickle
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache, partial
from pathlib import PurePosixPath
from typing import Any, TypeVar

from kmkit.note.fitting import fitting
from kmkit.note.model import Fields, Note, Section
from kmkit.note.problem import Problem
from kmkit.trail.audit.history import Change, Commit
from kmkit.trail.audit.reading import Reading, Version
from kmkit.trail.audit.trailers import Told
from kmkit.trail.event import Event

_ABSENT = vars(Fields())
"""All fields of a note that says nothing."""
_TYPED = frozenset(n for n, about in Fields.model_fields.items() if about.annotation != str | None)
"""The fields that are more than the text that stands there."""
_new = tuple.__new__
"""Makes a named tuple of its values."""
_change, _section = partial(_new, Change), partial(_new, Section)
T = TypeVar("T")
Once = dict[int, Any]
"""What was made of an object, by its identity, while all of them are alive."""


def flattened(readings: Sequence[Reading]) -> bytes:
    """Readings as bytes, for `restored` of the same Python."""
    once: Once = {}
    return marshal.dumps([_flat(reading, once) for reading in readings])


def restored(data: bytes) -> Iterator[Reading]:
    """The readings that `flattened` wrote; EOFError where some of the bytes are missing."""
    flat = marshal.loads(data)
    once: Once = {}
    for each in flat:
        yield _reading(each, once)


# A commit and what it says


def _flat(reading: Reading, once: Once) -> tuple[Any, ...]:
    (sha, parents, raw, changes, blobs), (event, rule, said, quotes, record), versions = reading
    return (
        (sha, parents, raw, [*map(tuple, changes)], blobs),
        (event and _event(event), rule, said, quotes, record and _event(record)),
        [_version(path, version, once) for path, version in versions.items()],
    )


def _reading(flat: tuple[Any, ...], once: Once) -> Reading:
    (sha, parents, raw, changes, blobs), (event, rule, said, quotes, record), versions = flat
    commit = (sha, parents, raw, tuple(map(_change, changes)), blobs)
    told = (event and _event_of(event), rule, said, quotes, record and _event_of(record))
    found = {each[0]: _version_of(each, once) for each in versions}
    return _new(Reading, (_new(Commit, commit), _new(Told, told), found))


def _event(event: Event) -> tuple[Any, ...]:
    return (event[0], event[1].isoformat(), *event[2:])


def _event_of(flat: tuple[Any, ...]) -> Event:
    return _new(Event, (flat[0], datetime.fromisoformat(flat[1]), *flat[2:]))


# A note


def _version(path: str, version: Version, once: Once) -> tuple[Any, ...]:
    note, print_, rest = version
    if not note.ordinary:
        return path, pickle.dumps(version)
    sections = once.get(id(note.sections))
    if sections is None:
        sections = once[id(note.sections)] = tuple([tuple(one) for one in note.sections])
    problems = [tuple(one) for one in note.problems]
    return path, print_, rest, note.data, note.raw, note.preamble, sections, problems, note.clear


def _version_of(flat: tuple[Any, ...], once: Once) -> Version:
    if len(flat) == 2:
        unusual: Version = pickle.loads(flat[1])
        return unusual
    path, print_, rest, data, raw, preamble, flat_sections, problems, clear = flat
    sections = once.get(id(flat_sections))
    if sections is None:
        sections = tuple(map(_section, flat_sections))
        once[id(flat_sections)] = sections
    note = {
        "path": _path(path),
        "data": data,
        "fields": _fields(raw, once),
        "raw": raw,
        "preamble": preamble,
        "sections": sections,
        "problems": tuple([_new(Problem, each) for each in problems]) if problems else (),
        "ordinary": True,
    }
    if clear:
        note["clear"] = True
    return _new(Version, (_made(Note, note), print_, rest))


_path = lru_cache(1024)(PurePosixPath)


def _fields(raw: dict[str, Any], once: Once) -> Fields:
    """The fields of a note whose front matter is ordinary."""
    found = _ABSENT | raw
    for name in raw.keys() & _TYPED:
        value = raw[name]
        found[name] = once.get(id(value)) or _typed(name, value, once)
    if len(found) > len(_ABSENT):
        for name in found.keys() - _ABSENT.keys():
            del found[name]  # an ``x_`` field
    return _made(Fields, found)


def _typed(name: str, value: Any, once: Once) -> Any:
    """What a field is, of the value that stands there."""
    made = getattr(fitting(Fields, {name: value}), name)
    if value.__class__ in (list, dict):  # of one text there may be one object in several fields
        once[id(value)] = made
    return made


def _made(kind: type[T], parts: dict[str, Any]) -> T:
    """One of all its parts."""
    one = object.__new__(kind)
    object.__setattr__(one, "__dict__", parts)  # as they let nobody set one by itself
    return one
