"""Settings as pydantic has them: what does not fit is told exactly.

It is imported where something does not fit.
"""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    model_validator,
)

from kmkit.config.table import After, Before, Between, NotEmpty, Table
from kmkit.dated import Day, PeriodField
from kmkit.period import Period
from kmkit.plain import Plain

T = TypeVar("T", bound=Table)


def validated(kind: type[T], values: Any) -> T:
    """The values as ``kind``; pydantic's ValidationError, a ValueError, where they do not fit."""
    return _untwinned(kind, _twin(kind).model_validate(_dumped(values)))


class _Twin(BaseModel):
    """The base of the models that have the settings of a table."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _no_null(text: str) -> str:
    """No system takes a null character in a path, an address or a name."""
    if "\0" in text:
        raise ValueError("a null character stands in it")
    return text


_READ = {date: Day, Period: PeriodField, str: Annotated[str, AfterValidator(_no_null)]}

_TWINS: dict[type[Table], type[_Twin]] = {}


def _twin(kind: type[Table]) -> type[_Twin]:
    """The model that has the settings of ``kind``."""
    if kind not in _TWINS:
        fields: dict[str, Any] = {
            name: (
                _marked(_typed(about.annotation), about.marks),
                Field(... if about.is_required() else about.default),
            )
            for name, about in kind.model_fields.items()
        }

        def fits(model: _Twin) -> _Twin:
            """Nothing is wrong with the settings together."""
            if wrong := kind.misfit(model):  # type: ignore[arg-type]  # it has the same settings
                raise ValueError(wrong)
            return model

        also: dict[str, Any] = {"_fits": model_validator(mode="after")(fits)}
        _TWINS[kind] = create_model(kind.__name__, __base__=_Twin, __validators__=also, **fields)
    return _TWINS[kind]


def _typed(annotation: Any) -> Any:
    """The type of a setting as pydantic reads it."""
    if marks := getattr(annotation, "__metadata__", ()):
        return _marked(_typed(annotation.__origin__), marks)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return tuple.__class_getitem__((_typed(parts[0]), ...))
    if origin is dict:
        return dict.__class_getitem__((_typed(parts[0]), _typed(parts[1])))
    if origin is not Literal and issubclass(annotation, Table):
        return _twin(annotation)
    return _READ.get(annotation, annotation)


def _marked(kind: Any, marks: tuple[Any, ...]) -> Any:
    """The type, with what is asked besides as pydantic asks it."""
    for mark in marks:
        match mark:
            case After():
                kind = Annotated[kind, AfterValidator(mark.make)]
            case Before():
                kind = Annotated[kind, BeforeValidator(mark.make)]
            case Between():
                kind = Annotated[kind, Field(ge=mark.least, le=mark.most)]
            case NotEmpty():
                kind = Annotated[kind, Field(min_length=1)]
    return kind


def _untwinned(kind: type[T], model: BaseModel) -> T:
    """The table that a model holds."""
    return kind.made({n: _plainly(i, getattr(model, n)) for n, i in _types(kind)})


def _types(kind: type[Table]) -> list[tuple[str, Any]]:
    return [(name, about.annotation) for name, about in kind.model_fields.items()]


def _plainly(annotation: Any, value: Any) -> Any:
    """A value of a model as the type of the table."""
    if isinstance(value, BaseModel):
        return _untwinned(annotation, value)
    if isinstance(value, dict):
        return {key: _plainly(get_args(annotation)[1], one) for key, one in value.items()}
    return value


def _dumped(value: Any) -> Any:
    """A value as a file has it: the tables in it as maps."""
    if isinstance(value, Plain):
        return value.model_dump()
    if isinstance(value, dict):
        return {key: _dumped(one) for key, one in value.items()}
    return value
