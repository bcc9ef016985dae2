"""From text to types: the field table applied, every misfit a flaw in plain words."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kmkit.note.loaded import MAX_FLAWS, Loaded
from kmkit.note.model import Fields
from kmkit.note.problem import Flaw, Place
from kmkit.note.strict import twin, untwinned
from kmkit.text import did_you_mean

M = TypeVar("M", bound=BaseModel)

_OTHER_NAMES = {
    "categories": "topics",
    "category": "topics",
    "date": "gathered",
    "description": "summary",
    "keywords": "topics",
    "lang": "language",
    "tag": "topics",
    "tags": "topics",
    "type": "kind",
}
"""What other tools call a field, where the words are not alike."""


def typed_strictly(loaded: Loaded) -> tuple[Fields, list[Flaw]]:
    """A note's fields; the ones that do not fit are left out and told of."""
    fields, flaws = typed_as(twin(Fields), loaded)
    return untwinned(Fields, fields) if fields else Fields(), flaws


def typed_as(model: type[M], loaded: Loaded) -> tuple[M | None, list[Flaw]]:
    """The values as ``model``, without the fields that do not fit; None where it needs one of them.

    Fields that begin with ``x_`` are free and not looked at; an empty field counts as absent.
    """
    known = _names(model)
    flaws: list[Flaw] = []
    good: dict[str, Any] = {}
    for name, value in loaded.values.items():
        if name in known:
            if value is not None:
                good[name] = _without_nulls(value) if type(value) is not str else value
        elif not name.startswith("x_") and len(flaws) < MAX_FLAWS:
            flaws.append(_unknown((name,), known, loaded))
    while True:
        try:
            return model.model_validate(good), flaws
        except ValidationError as error:
            errors = error.errors(include_url=False)
            told = [e for e in errors if not _dropped(e, loaded)]
            flaws += [_flaw(model, e, loaded) for e in told[:MAX_FLAWS]]
            if not _drop(good, errors):
                return None, flaws


def _dropped(error: Any, loaded: Loaded) -> bool:
    """Whether a field is missed only because its value did not fit, which was told before."""
    loc = error["loc"]
    return error["type"] == "missing" and len(loc) == 1 and loaded.values.get(loc[0]) is not None


def _drop(good: dict[str, Any], errors: list[Any]) -> bool:
    """Take out what does not fit: an unknown part of a map alone, else the whole field."""
    before = len(good)
    unknown = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    for *way, last in unknown:
        inner: Any = good
        for step in way:
            inner = inner[step]
        del inner[last]
    for error in errors:
        if error["type"] != "extra_forbidden" and error["loc"]:
            good.pop(str(error["loc"][0]), None)
    return bool(unknown) or len(good) < before


@lru_cache(maxsize=32)
def _names(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _without_nulls(value: Any) -> Any:
    """Maps without their empty parts; what must be there is then told to be missing."""
    if isinstance(value, dict):
        return {
            name: part if type(part) is str else _without_nulls(part)
            for name, part in value.items()
            if part is not None
        }
    if isinstance(value, list):
        return [part if type(part) is str else _without_nulls(part) for part in value]
    return value


def _place(loc: tuple[Any, ...], places: Mapping[str, Place]) -> Place:
    """Where the value at ``loc`` stands, or the nearest one around it."""
    for end in range(len(loc), 0, -1):
        if found := places.get(_dotted(loc[:end])):
            return found
    return Place(1, 1)


def _dotted(loc: Iterable[Any]) -> str:
    return ".".join(str(step) for step in loc)


def _flaw(model: type[BaseModel], error: Any, loaded: Loaded) -> Flaw:
    """One thing that does not fit."""
    loc = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown(loc, _siblings(model, loc), loaded)
    place, path = _place(loc, loaded.where.places), _dotted(loc)
    if error["type"] == "missing":
        place = loaded.where.names.get(path, place)
        return Flaw(*place, "bad-value", f"{path} is missing.", f"Add '{loc[-1]}: …'.")
    given = _at(loaded.values, loc)
    rule = "bad-date" if error["type"].startswith(("bad_date", "date_")) else "bad-value"
    what, mend = _misfit(error, given)
    return Flaw(*place, rule, f"{path}: {_shown(given)} {what}.", mend)


def _misfit(error: Any, given: Any) -> tuple[str, str]:
    """What is wrong with a value, and what to do, without a library's jargon."""
    kind = error["type"]
    if given is None:
        return "stands where a value is needed", "Write the value, or delete the line."
    if kind.startswith(("bad_date", "date_")):
        return "is not a date", "Write it as YYYY-MM-DD."
    if kind == "string_type":
        return "stands where text is needed", "Write one text, in quotes if it has brackets."
    if kind in ("tuple_type", "list_type"):
        return "stands where a list is needed", "Begin each entry on its own line with '- '."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "stands where named parts are needed", "Write them as {name: value, name: value}."
    if kind == "literal_error":
        expected = error["ctx"]["expected"].replace("'", "")
        return "is not allowed here", f"Write {expected}."
    if "duration" in error["msg"]:
        return "is not a duration", "Write it as P1Y, P6M, P2W, P90D or '12 months'."
    return "is not allowed here", error["msg"].removeprefix("Value error, ").rstrip(".") + "."


def _shown(given: Any) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, list):
        return "a list"
    if isinstance(given, dict):
        return "a map (name: value)"
    text = str(given)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


def _at(values: Any, loc: tuple[Any, ...]) -> Any:
    """The value at ``loc``; a single value where a list is meant is a list of one."""
    for step in loc:
        if isinstance(values, dict):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int) and step < len(values):
            values = values[step]
    return values


def _siblings(model: type[BaseModel], loc: tuple[Any, ...]) -> dict[str, Any]:
    """The names that are known where ``loc`` ends."""
    known = _names(model)
    for step in loc[:-1]:
        if isinstance(step, str) and step in known:
            inner = _model_in(known[step].annotation)
            known = _names(inner) if inner else {}
    return known


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``X | None`` or ``tuple[X, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((part for part in found if part), None)


def _unknown(loc: tuple[Any, ...], known: Mapping[str, Any], loaded: Loaded) -> Flaw:
    """A name that no field has; its flaw stands at the name."""
    name, parent = str(loc[-1])[:80], _dotted(loc[:-1])
    message = f"There is no field '{name}'" + (f" in '{parent}'." if parent else ".")
    word = name.casefold().replace("-", "_").replace(" ", "_")
    meant = _OTHER_NAMES.get(word, "")
    mend = f"Did you mean {meant}?" if meant in known else did_you_mean(word, known)
    free = "" if parent else " Fields of your own begin with 'x_'."
    place = loaded.where.names.get(_dotted(loc)) or _place(loc, loaded.where.places)
    return Flaw(*place, "unknown-field", message, mend or f"Delete it.{free}")
