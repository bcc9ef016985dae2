"""Plain values with a table of their fields: what is read of every file, without pydantic.

They answer to the names that pydantic's models have for the same things, so that whoever takes
the fields of a record takes those of a note or of the settings as well.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple, NoReturn, Self, dataclass_transform

from kmkit.period import Period

NEEDED: Any = ...
"""Stands for the default of a field that has none."""


class About(NamedTuple):
    """What the table says of one field."""

    annotation: Any
    description: str
    alias: str | None
    """Its name in files, where that is a word of Python's."""
    default: Any
    """NEEDED where it has to be there."""
    by_moves: bool
    """No hand writes it: a move of the lifecycle does."""
    marks: tuple[Any, ...] = ()
    """What else its type is annotated with."""

    def is_required(self) -> bool:
        """Whether there is no value without it."""
        return self.default is NEEDED


def said(
    description: str, *, default: Any = NEEDED, written: str | None = None, by_moves: bool = False
) -> Any:
    """A field of a plain value; without ``default`` it has to be there.

    ``written``: its name in files, where that is a word of Python's.
    """
    return About(None, description, written, default, by_moves)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(said,))
class Plain:
    """The base of plain values: frozen, and made of named parts only.

    They are no dataclasses, since making the code of those takes longer than reading ten notes.
    """

    model_fields: ClassVar[dict[str, About]]

    def __init_subclass__(cls) -> None:
        kinds = cls.__annotations__
        cls.model_fields = {name: _of_type(vars(cls)[name], kinds[name]) for name in kinds}
        infos = cls.model_fields.items()
        _DEFAULTS[cls] = {name: None if i.is_required() else i.default for name, i in infos}
        _NEEDED[cls] = frozenset(name for name, i in infos if i.is_required())
        for name in kinds:
            delattr(cls, name)

    def __init__(self, **given: Any) -> None:
        defaults, needed = _DEFAULTS[type(self)], _NEEDED[type(self)]
        found = defaults | given
        if len(found) > len(defaults) or not needed <= given.keys():
            wrong = sorted((needed - given.keys()) | (given.keys() - defaults.keys()))
            raise TypeError(f"{type(self).__name__}: {', '.join(wrong)}")
        _put(self, "__dict__", found)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} does not change: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in vars(self).items())})"

    @classmethod
    def made(cls, values: Mapping[str, Any]) -> Self:
        """One of values that are known to fit; the others are as by default."""
        one = cls.__new__(cls)
        _put(one, "__dict__", {**_DEFAULTS[cls], **values})
        return one

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same with some of its fields changed."""
        one = self.__new__(type(self))
        _put(one, "__dict__", {**vars(self), **update})
        return one

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        """One of values as a file has them, or as they are; ValueError where they do not fit."""
        raise NotImplementedError

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
        by_alias: bool = False,
        exclude_none: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """Its fields as maps, lists and texts; with ``mode="json"`` days are texts too."""
        how = (mode, by_alias, exclude_none, exclude_defaults)
        found = {}
        for name, about in self.model_fields.items():
            value = getattr(self, name)
            left = name in exclude or (include is not None and name not in include)
            if left or (exclude_none and value is None):
                continue
            if not (exclude_defaults and value == about.default):
                found[(by_alias and about.alias) or name] = _dumped(value, *how)
        return found


def _of_type(said_: About, annotation: Any) -> About:
    """The field, with its type and what that is annotated with apart."""
    marks = getattr(annotation, "__metadata__", ())
    bare = annotation.__origin__ if marks else annotation
    return said_._replace(annotation=bare, marks=marks)


def _dumped(value: Any, mode: str, by_alias: bool, no_none: bool, no_defaults: bool) -> Any:
    if isinstance(value, Plain):
        return value.model_dump(
            mode=mode, by_alias=by_alias, exclude_none=no_none, exclude_defaults=no_defaults
        )
    if isinstance(value, Period):
        return str(value)
    if isinstance(value, tuple):
        parts = [_dumped(part, mode, by_alias, no_none, no_defaults) for part in value]
        return parts if mode == "json" else tuple(parts)
    if isinstance(value, dict):
        named = value.items()
        return {key: _dumped(part, mode, by_alias, no_none, no_defaults) for key, part in named}
    return value.isoformat() if mode == "json" and isinstance(value, date) else value


_put = object.__setattr__
_NEEDED: dict[type[Plain], frozenset[str]] = {}
"""Of each class the fields that have to be given."""
_DEFAULTS: dict[type[Plain], dict[str, Any]] = {}
"""Of each class all fields in their order, with None for those that have to be given."""
