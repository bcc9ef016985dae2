"""From text to the types of the field table, quickly: what fits is taken, the rest left alone.

Most front matter fits, and then pydantic is not imported. Where anything does not, all is read
again by `kmkit.note.fields`, which alone tells misfits; both make the same of what fits.
"""

import re
import types
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from kmkit.note.loaded import Loaded
from kmkit.note.model import Fields
from kmkit.note.plain import Plain
from kmkit.note.problem import Flaw
from kmkit.period import Period

P = TypeVar("P", bound=Plain)

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _UnfitError(Exception):
    """A value is not of the type that its field has."""


class _How(NamedTuple):
    """How the parts of a kind of value are read."""

    parts: Mapping[str, tuple[str, Callable[[Any], Any]]]
    """Name in files -> attribute, and what makes its type; that raises _UnfitError."""
    needed: frozenset[str]


def typed(loaded: Loaded) -> tuple[Fields, list[Flaw]]:
    """A note's fields; the ones that do not fit are left out and told of."""
    own = {name: value for name, value in loaded.values.items() if name[:2] != "x_"}
    if own.keys() <= Fields.model_fields.keys() and (made := fitting(Fields, own)):
        return made, []
    from kmkit.note.fields import typed_strictly

    return typed_strictly(loaded)


def fitting(kind: type[P], values: Mapping[str, Any]) -> P | None:
    """The values as ``kind``; None where anything among them does not fit, or is missing."""
    try:
        return _made(kind, values)
    except (_UnfitError, ValueError):
        return None


def _made(kind: type[P], values: Mapping[str, Any]) -> P:
    parts, needed = _HOW.get(kind) or _how(kind)
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is not None:  # an empty part counts as absent
            if name not in parts:
                raise _UnfitError
            attribute, typed_ = parts[name]
            found[attribute] = typed_(value)
    if not needed <= found.keys():
        raise _UnfitError
    return kind.made(found)


_HOW: dict[type[Plain], _How] = {}


def _how(kind: type[Plain]) -> _How:
    """How ``kind`` is read, by its table of fields."""
    infos = kind.model_fields.items()
    parts = {info.alias or name: (name, _reader(info.annotation)) for name, info in infos}
    needed = frozenset(name for name, info in infos if info.is_required())
    return _HOW.setdefault(kind, _How(parts, needed))


def _reader(annotation: Any) -> Callable[[Any], Any]:
    """What makes a value of the type ``annotation``."""
    if get_origin(annotation) is types.UnionType:  # something or None, which is never read
        return _reader(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return partial(_choice, get_args(annotation))
    if annotation == tuple[str, ...]:
        return _texts
    if get_origin(annotation) is tuple:
        return partial(_entries, get_args(annotation)[0])
    if annotation in _PLAINLY:
        return _PLAINLY[annotation]
    return partial(_entry, annotation)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise _UnfitError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts; one text alone is a list of one."""
    if type(value) is str:
        return (value,)
    if type(value) not in (list, tuple):
        raise _UnfitError
    for one in value:
        if type(one) is not str:
            raise _UnfitError
    return tuple(value)


def _choice(options: tuple[str, ...], value: Any) -> str:
    if value not in options:
        raise _UnfitError
    return str(value)


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    text = _text(value).strip()
    if not _DAY.fullmatch(text):
        raise _UnfitError
    return date.fromisoformat(text)


def _period(value: Any) -> Period:
    return value if type(value) is Period else Period.parse(_text(value))


def _entry(kind: type[Plain], value: Any) -> Plain:
    if type(value) is kind:
        return value
    if type(value) is not dict:
        raise _UnfitError
    return _made(kind, value)


def _entries(kind: type[Plain], value: Any) -> tuple[Plain, ...]:
    if type(value) not in (list, tuple):
        raise _UnfitError
    return tuple([_entry(kind, one) for one in value])


_PLAINLY: Mapping[Any, Callable[[Any], Any]] = {str: _text, date: _day, Period: _period}
