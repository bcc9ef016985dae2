"""TOML files as tables of settings: every setting that does not fit is told with its line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from kmkit.errors import Cannot
from kmkit.places import read_plain
from kmkit.plain import Plain
from kmkit.text import did_you_mean

M = TypeVar("M", bound=Plain)


class Misfit(NamedTuple):
    """A setting that does not fit."""

    line: int
    message: str
    """Its name and a sentence."""


class MisfitsError(Cannot):
    """Settings that do not fit, each told with its line."""

    misfits: Sequence[Misfit] = ()


def _refusal(name: str, misfits: Sequence[Misfit]) -> MisfitsError:
    """Says of the settings in the file ``name`` what is wrong with them."""
    told = "\n".join(f"{name}:{one.line}: {one.message}" for one in misfits)
    error = MisfitsError(told, f"Mend {'it' if len(misfits) == 1 else 'them'} in {name}.")
    error.misfits = misfits
    return error


_MOST = 50
"""Misfits that are told at once; who has more looks at the whole file."""


def parse(text: str, model: type[M], name: str) -> M:
    """Read TOML ``text`` into ``model``; raise Cannot with file, line and what to do."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Cannot(f"{name} is not valid TOML: {_plainly(error)}.", "Mend that line.") from None
    try:
        return model.model_validate(data)
    except ValueError as error:  # pydantic's, which is imported where something does not fit
        told: Any = error
        misfits = _misfits(told.errors(include_url=False), model, text)
        raise _refusal(name, misfits) from None


def _misfits(errors: Sequence[Any], model: type[Plain], text: str) -> list[Misfit]:
    """What is wrong with settings, in the order of the file."""
    lines, found = _lines_of(text), []
    for error in errors:
        keys = [str(part) for part in error["loc"] if part != "[key]"]
        found.append((_line(lines, keys), keys, error))
    found.sort(key=itemgetter(0))
    misfits = [Misfit(at, _misfit(error, model, keys)) for at, keys, error in found[:_MOST]]
    if more := found[_MOST:]:
        misfits.append(Misfit(more[0][0], f"{len(more)} more do not fit."))
    return misfits


_TWICE = re.compile(r"Cannot declare \((.+?),?\) twice")


def _plainly(error: Exception) -> str:
    """What Python says of TOML, in words of TOML."""
    said = str(error).replace("Cannot overwrite a value", "this setting stands there twice")
    if found := _TWICE.search(said):
        table = ".".join(part.strip(" '\"") for part in found[1].split(","))
        said = said.replace(found[0], f"the table [{table}] stands there twice; join the two")
    return said


_TABLE = "This must be a table of its own: [name] and lines below it."
_WHOLE = "This must be a whole number."
_NUMBER = "This must be a number."
_SWITCH = "This must be true or false, without quotation marks."
_DATE = "A date is written 2026-11-21."
_MISFITS = {
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "date_from_datetime_inexact": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_type": _DATE,
    "dict_type": _TABLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _WHOLE,
    "greater_than_equal": "This number is too small: {ge} is the least.",
    "int_from_float": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_type": _WHOLE,
    "less_than_equal": "This number is too large: {le} is the most.",
    "missing": "This setting is missing.",
    "model_type": _TABLE,
    "too_short": "This list must not be empty.",
    "string_type": "This must be text in quotation marks.",
    "tuple_type": 'This must be a list: ["one", "another"].',
}
_OURS = ("value_error", "bad_date")
"""What is wrong by a sentence of our own."""


def _misfit(error: Any, model: type[Plain], keys: list[str]) -> str:
    """What is wrong with the setting ``keys``, in plain words."""
    said = _said(error, model, keys)
    said = f"{said[0].upper()}{said[1:]}" + ("" if said[-1] in ".?" else ".")
    return f"{'.'.join(keys)}: {said}"


def _said(error: Any, model: type[Plain], keys: list[str]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        near = did_you_mean(keys[-1][:80], _settings(model, keys[:-1]))
        return f"There is no such setting. {near}".rstrip()
    if kind == "literal_error":
        known = re.findall("'([^']*)'", context["expected"])
        near = did_you_mean(str(error["input"])[:80], known)
        return f"This must be one of: {', '.join(known)}. {near}".rstrip()
    if kind in _OURS:
        return str(error["msg"]).removeprefix("Value error, ")
    return _MISFITS.get(kind, "This does not fit.").format_map(context)


def _settings(model: type[Plain], keys: list[str]) -> list[str]:
    """The settings of the table ``keys``; a table of named tables has those of its entries."""
    table: Any = model
    for key in keys:
        fields = getattr(table, "model_fields", None)
        table = fields[key].annotation if fields else get_args(table)[-1]
    return list(table.model_fields)


def read_text(path: Path) -> str:
    """The text of a file of the knowledge base; Cannot where there is none."""
    try:
        return read_plain(path).decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise Cannot(
            f"{path} does not exist.", "Run kmkit init, or name the folder with -C."
        ) from None
    except UnicodeDecodeError:
        raise Cannot(f"{path} is not UTF-8.", "Save it as UTF-8.") from None
    except OSError as error:
        raise Cannot(f"{path} cannot be read: {error.strerror}.") from None


def line_of(text: str, keys: list[str]) -> int:
    """The line where the setting ``keys`` stands in TOML ``text``, 1 where it cannot be told."""
    return _line(_lines_of(text), keys)


def _line(lines: Mapping[tuple[str, ...], int], keys: list[str]) -> int:
    """The line of a setting, or of the innermost table around it that stands there."""
    places = (lines.get(tuple(keys[:many])) for many in range(len(keys), 0, -1))
    return next(filter(None, places), 1)


def _lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line on which each table and each setting first stands."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = _parts(header[1])
            lines.setdefault(table, number)
        elif assigned := re.match(r"\s*([^=#\s]+)\s*=", line):
            lines.setdefault((*table, assigned[1].strip("\"'")), number)
            lines.setdefault((*table, *_parts(assigned[1])), number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    """The names in ``a."b.c".d``."""
    found = re.findall(r"\"[^\"]*\"|[^.]+", dotted)
    return tuple(part.strip().strip("\"'") for part in found)
