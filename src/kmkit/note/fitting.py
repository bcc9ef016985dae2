"""From text to the types of the field table, quickly: what fits is taken, the rest left alone.

Most front matter fits, and then pydantic is not imported. Where anything does not, all is read
again by `kmkit.note.fields`, which alone tells misfits; both make the same of what fits. The last
few hundred fields that were read are remembered, with their types: notes repeat one another, and
the versions of a note repeat most of it.
"""

import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from sys import intern
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from kmkit.note.loaded import NULLS, Loaded
from kmkit.note.model import Fields
from kmkit.note.ordinary import (
    LONGEST_KEPT,
    UNLIKE_TEXT,
    UnusualError,
    blocks_of,
    parts_of,
    read_block,
    read_part,
)
from kmkit.note.plain import Plain
from kmkit.note.problem import Flaw
from kmkit.period import Period

P = TypeVar("P", bound=Plain)

_LONGEST = 8 * 1024
"""Of longer front matter, in characters, nothing is remembered."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _UnfitError(Exception):
    """A value is not of the type that its field has."""


class _How(NamedTuple):
    """How the parts of a kind of value are read."""

    parts: Mapping[str, tuple[str, Callable[[Any], Any]]]
    """Name in files -> attribute, and what makes its type; that raises _UnfitError."""
    needed: tuple[str, ...]
    """The attributes that have to be there."""
    absent: dict[str, Any]
    """What all attributes are where nothing is said."""


def fields_in(
    front: str, *, printable: bool = False, shared: bool = False
) -> tuple[dict[str, Any], Fields] | None:
    """The values of ordinary front matter that fits the field table, and the note's fields.

    None where `kmkit.note.frontmatter.load` and `typed` have to tell. The values are nobody else's
    unless ``shared``; then nobody may change them. ``printable`` is that of `blocks_of`.
    """
    blocks = blocks_of(front, printable=printable)
    read = _field if len(front) <= _LONGEST else _field.__wrapped__
    values: dict[str, Any] = {}
    found = _ABSENT.copy()
    try:
        for name, value, made, copied in map(read, blocks):
            values[name] = copied(value) if copied and not shared else value
            found[name] = made
    except (UnusualError, _UnfitError, ValueError):
        return None
    if len(values) != len(blocks) or not blocks:
        return None
    if len(found) != len(_ABSENT):
        for name in found.keys() - _ABSENT.keys():
            del found[name]  # an ``x_`` field
    return values, _of(Fields, found)


@lru_cache(maxsize=256)
def _field(block: str) -> tuple[str, Any, Any, Callable[[Any], Any] | None]:
    """The name of a field of `blocks_of`, its value, that as its type, and what copies the value.

    Many notes say the same, and the versions of one say most of it again; who changes it copies it.
    """
    name, _, text = block.partition(": ")
    if (
        name in _TEXTS
        and len(text) > _LONGEST_NULL
        and text[0] not in UNLIKE_TEXT
        and text[-1] not in " :"
        and not (": " in text or " #" in text or "\0" in text)
    ):
        return intern(name), text, text, None
    name, colon, below = block.partition(":")
    if colon and name in _ENTRIES and (entries := _in_brackets(name, below)):
        return intern(name), *entries, _copied
    name, value = read_block(block)
    name = intern(name)
    copied = _copied if type(value) in _CHANGING else None
    if name[:2] == "x_":
        return name, value, None, copied
    if name not in _ABSENT:
        raise _UnfitError
    if value is None:  # an empty field counts as absent
        return name, None, _ABSENT[name], None
    return name, value, _HOW[Fields].parts[name][1](value), copied


def _in_brackets(name: str, text: str) -> tuple[Any, Any] | None:
    """Entries as kmkit writes them, and as their type; None where one is written otherwise."""
    kind, read, begin = _ENTRIES[name]
    _, needed, absent = _HOW[kind]
    values, made = [], []
    lines = text.split("\0")
    if begin == _BELOW and lines.pop(0):
        return None
    for line in lines:
        if not line.startswith(begin) or line[-1] != "}" or len(line) > LONGEST_KEPT:
            return None
        value: dict[str, Any] = {}
        found = absent.copy()
        parts = parts_of(line[len(begin) : -1])
        try:
            for written, text, attribute, typed_ in map(read, parts):
                value[written] = text
                found[attribute] = typed_
        except UnusualError:
            return None
        if len(value) != len(parts) or None in map(found.get, needed):
            return None
        values.append(value)
        made.append(_of(kind, found))
    if begin == _BELOW:
        return (values, tuple(made)) if made else None
    return (values[0], made[0]) if len(made) == 1 else None


def _part(how: _How, text: str) -> tuple[str, str | None, str, Any]:
    """The name of a part of an entry, its value; its attribute, and the value as its type."""
    name, value = read_part(text)
    parts, _, absent = how
    if name not in parts:
        raise _UnfitError
    attribute, typed_ = parts[name]
    return name, value, attribute, absent[attribute] if value is None else typed_(value)


def _copied(value: Any) -> Any:
    """A list or map that can be changed without changing what is remembered."""
    if type(value) is dict:
        return value.copy()
    return [_copied(part) if type(part) in _CHANGING else part for part in value]


_CHANGING = frozenset([dict, list])


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
    parts, needed, absent = _HOW.get(kind) or _how(kind)
    found = absent.copy()
    for name, value in values.items():
        if value is not None:  # an empty part counts as absent
            if name not in parts:
                raise _UnfitError
            attribute, typed_ = parts[name]
            found[attribute] = typed_(value)
    if None in map(found.get, needed):
        raise _UnfitError
    return _of(kind, found)


def _of(kind: type[P], found: dict[str, Any]) -> P:
    """The value with these attributes, of which none is missing."""
    one = _new(kind)
    _put(one, "__dict__", found)  # a value lets nobody set its attributes one by one
    return one


_new, _put = object.__new__, object.__setattr__
_HOW: dict[type[Plain], _How] = {}


def _how(kind: type[Plain]) -> _How:
    """How ``kind`` is read, by its table of fields."""
    infos = kind.model_fields.items()
    parts = {info.alias or name: (name, _reader(info.annotation)) for name, info in infos}
    needed = tuple(name for name, info in infos if info.is_required())
    absent = {name: None if info.is_required() else info.default for name, info in infos}
    return _HOW.setdefault(kind, _How(parts, needed, absent))


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
    return _day_in(_text(value).strip())


@lru_cache(maxsize=1024)
def _day_in(text: str) -> date:
    """The day that a text says; there are fewer of them than notes."""
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

_ABSENT = _how(Fields).absent
_TEXTS = frozenset(n for n, i in Fields.model_fields.items() if i.annotation == str | None)
_BELOW, _BESIDE = "  - {", " {"
"""How kmkit begins an entry below the name of its field, and beside it."""


def _entry_fields() -> Iterator[tuple[str, tuple[type[Plain], Callable[[str], Any], str]]]:
    for name, about in Fields.model_fields.items():
        kind, *more = get_args(about.annotation) or (about.annotation,)
        if issubclass(kind, Plain):
            read = lru_cache(maxsize=256)(partial(_part, _how(kind)))
            yield name, (kind, read, _BELOW if more == [...] else _BESIDE)


_ENTRIES = dict(_entry_fields())
"""The fields of entries: their kind, what reads a part of one, once, and how one begins."""
_LONGEST_NULL = max(map(len, NULLS))
