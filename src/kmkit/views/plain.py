"""Values as plain data: what a knowledge base's own templates are given to work on."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache, cached_property
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

_AS_THEY_ARE = (type(None), bool, int, float, date, Markup)


class Values(SimpleNamespace):
    """The values of an object by their names, without anything that it can do."""


class Row(tuple[Any, ...]):
    """Values by their places and by their names."""

    def __new__(cls, values: Iterable[Any], named: Mapping[str, Any]) -> "Row":
        """``values`` in their order, ``named`` by their names."""
        row = super().__new__(cls, values)
        row.__dict__.update(named)
        return row

    def __reduce__(self) -> tuple[Any, ...]:
        return Row, (tuple(self), self.__dict__)


def plain(value: Any) -> Any:
    """``value`` as strings, numbers, days, tuples, maps, `Values` and `Row`, all the way down.

    An object's public properties become values like its fields; functions that it holds are left
    out. TypeError for what is no data.
    """
    return _plain(value, {})


def _plain(value: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    if isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, Enum):
        return _plain(value.value, done)
    if isinstance(value, str | PurePath):
        return str(value)
    if id(value) not in done:  # with the value itself, so that nothing else gets its id
        done[id(value)] = (value, _converted(value, done))
    return done[id(value)][1]


def _converted(value: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    if isinstance(value, Mapping):
        return {_plain(key, done): _plain(inner, done) for key, inner in value.items()}
    if isinstance(value, tuple) and (names := getattr(value, "_fields", ())):
        inner = tuple(None if callable(one) else _plain(one, done) for one in value)
        return Row(inner, {**dict(zip(names, inner, strict=True)), **_told(value, done)})
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_plain(one, done) for one in value)
    if names := _fields(_kind(value)):
        held = {name: getattr(value, name) for name in names}
        held = {name: _plain(one, done) for name, one in held.items() if not callable(one)}
        return Values(**held, **_told(value, done))
    raise TypeError(f"{type(value).__name__} is no plain data")


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass, or of a model."""
    if is_dataclass(kind):
        return tuple(one.name for one in fields(kind))
    return tuple(getattr(kind, "model_fields", ()))


def _told(value: Any, done: dict[int, tuple[Any, Any]]) -> dict[str, Any]:
    """What an object's properties say."""
    return {name: _plain(getattr(value, name), done) for name in _properties(_kind(value))}


def _kind(value: Any) -> type:
    return type(value)


@cache
def _properties(kind: type) -> tuple[str, ...]:
    found = (
        (name, getattr(kind, name, None))
        for name in dir(kind)
        if not name.startswith(("_", "model_"))
    )
    return tuple(name for name, one in found if isinstance(one, property | cached_property))
