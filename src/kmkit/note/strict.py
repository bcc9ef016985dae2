"""The plain values of `kmkit.note.model` as pydantic has them: what does not fit is told exactly.

It is imported where something does not fit, and by whoever makes models of their own.
"""

from datetime import date
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from kmkit.dated import Day, PeriodField
from kmkit.note.plain import Plain
from kmkit.period import Period

P = TypeVar("P", bound=Plain)


def _as_list(value: Any) -> Any:
    """A single value where a list is meant is a list of one."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""A list of texts; one text alone is a list of one."""


class Entry(BaseModel):
    """The base of the small maps inside front matter."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def twin(kind: type[Plain]) -> type[Entry]:
    """The model that has the fields of ``kind``."""
    if kind not in _TWINS:
        _TWINS[kind] = _twin(kind)
    return _TWINS[kind]


_TWINS: dict[type[Plain], type[Entry]] = {}


def _twin(kind: type[Plain]) -> type[Entry]:
    fields: dict[str, Any] = {}
    for name, about in kind.model_fields.items():
        default = ... if about.is_required() else about.default
        fields[name] = (_typed(about.annotation), Field(default, alias=about.alias))
    return create_model(kind.__name__, __base__=Entry, __doc__=kind.__doc__, **fields)


def validated(kind: type[P], values: Any) -> P:
    """The values as ``kind``; pydantic's ValidationError, a ValueError, where they do not fit."""
    return untwinned(kind, twin(kind).model_validate(values))


def untwinned(kind: type[P], model: BaseModel) -> P:
    """The plain value of what its twin holds."""
    infos = kind.model_fields.items()
    return kind.made({name: _plainly(i.annotation, getattr(model, name)) for name, i in infos})


def _typed(annotation: Any) -> Any:
    """A type of the field table as pydantic reads it from text."""
    if get_origin(annotation) is UnionType:
        return reduce(or_, map(_typed, get_args(annotation)))
    if annotation == tuple[str, ...]:
        return Texts
    if get_origin(annotation) is tuple:
        return tuple.__class_getitem__((_typed(get_args(annotation)[0]), ...))
    if isinstance(annotation, type) and issubclass(annotation, Plain):
        return twin(annotation)
    return {date: Day, Period: PeriodField}.get(annotation, annotation)


def _plainly(annotation: Any, value: Any) -> Any:
    """A value of a model as the type of the field table."""
    if isinstance(value, Entry):
        parts = get_args(annotation) or (annotation,)
        return untwinned(next(kind for kind in parts if kind is not type(None)), value)
    if isinstance(value, tuple) and value and isinstance(value[0], Entry):
        return tuple(_plainly(get_args(annotation)[0], one) for one in value)
    return value
