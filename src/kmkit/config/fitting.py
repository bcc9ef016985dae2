"""From TOML to settings, quickly: what fits is taken, the rest left alone.

Most settings fit, and then pydantic is not imported. Where anything does not, or fits only once it
is converted, all is read again by `kmkit.config.strict`; both make the same of what fits.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from kmkit.config.table import After, Before, Between, NotEmpty, Table
from kmkit.period import Period

T = TypeVar("T", bound=Table)

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXACT = 1 << 53
"""Whole numbers below this are the same with a decimal point."""

Read = Callable[[Any], Any]
"""What makes the type of a setting of a value; it raises ValueError where that does not fit."""


class _UnfitError(ValueError):
    """A value is not of the type that its setting has."""


def fitting(kind: type[T], values: Mapping[str, Any]) -> T | None:
    """The values as ``kind``; None where anything among them does not fit, or is missing."""
    try:
        return _made(kind, values)
    except ValueError:
        return None


class _How(NamedTuple):
    """How a table is read."""

    settings: Mapping[str, Read]
    needed: frozenset[str]


def _made(kind: type[T], values: Any) -> T:
    if type(values) is kind:
        return values
    if type(values) is not dict:
        raise _UnfitError
    how = _HOW.get(kind) or _how(kind)
    if not how.needed <= values.keys() <= how.settings.keys():
        raise _UnfitError
    made = kind.made({name: how.settings[name](value) for name, value in values.items()})
    if made.misfit():
        raise _UnfitError
    return made


_HOW: dict[type[Table], _How] = {}


def _how(kind: type[Table]) -> _How:
    """How ``kind`` is read, by its table of settings."""
    infos = kind.model_fields.items()
    settings = {name: _marked(_reader(info.annotation), info.marks) for name, info in infos}
    needed = frozenset(name for name, info in infos if info.is_required())
    return _HOW.setdefault(kind, _How(settings, needed))


def _reader(annotation: Any) -> Read:
    """What makes a value of the type ``annotation``."""
    if marks := getattr(annotation, "__metadata__", ()):
        return _marked(_reader(annotation.__origin__), marks)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return partial(_choice, parts)
    if origin is tuple:
        return partial(_list, _reader(parts[0]))
    if origin is dict:
        return partial(_map, _reader(parts[0]), _reader(parts[1]))
    return _PLAINLY.get(annotation) or partial(_made, annotation)


def _marked(read: Read, marks: tuple[Any, ...]) -> Read:
    """The same, with what is asked besides."""
    for mark in marks:
        match mark:
            case After():
                read = partial(_after, read, mark.make)
            case Before():
                read = partial(_after, mark.make, read)
            case Between():
                read = partial(_between, read, mark)
            case NotEmpty():
                read = partial(_not_empty, read)
    return read


def _after(first: Read, then: Read, value: Any) -> Any:
    return then(first(value))


def _between(read: Read, bounds: Between, value: Any) -> Any:
    found = read(value)
    if found < bounds.least or (bounds.most is not None and found > bounds.most):
        raise _UnfitError
    return found


def _not_empty(read: Read, value: Any) -> Any:
    found = read(value)
    if not found:
        raise _UnfitError
    return found


def _text(value: Any) -> str:
    if type(value) is not str or "\0" in value:
        raise _UnfitError
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise _UnfitError
    return value


def _number(value: Any) -> float:
    if type(value) is not float and not (type(value) is int and abs(value) < _EXACT):
        raise _UnfitError
    return float(value)


def _switch(value: Any) -> bool:
    if type(value) is not bool:
        raise _UnfitError
    return value


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    text = _text(value).strip()
    if not _DAY.fullmatch(text):
        raise _UnfitError
    return date.fromisoformat(text)


def _period(value: Any) -> Period:
    return value if type(value) is Period else Period.parse(_text(value))


def _choice(options: tuple[str, ...], value: Any) -> str:
    if type(value) is not str or value not in options:
        raise _UnfitError
    return value


def _list(read: Read, value: Any) -> tuple[Any, ...]:
    if type(value) not in (list, tuple):
        raise _UnfitError
    return tuple([read(one) for one in value])


def _map(read_key: Read, read: Read, value: Any) -> dict[Any, Any]:
    if type(value) is not dict:
        raise _UnfitError
    return {read_key(key): read(one) for key, one in value.items()}


_PLAINLY: Mapping[Any, Read] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _switch,
    date: _day,
    Period: _period,
}
