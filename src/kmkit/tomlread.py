"""TOML files as tables of settings: every setting that does not fit is told with its line."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from kmkit.errors import Cannot
from kmkit.places import read_plain
from kmkit.plain import Plain
from kmkit.text import did_you_mean

M = TypeVar("M", bound=Plain)


def parse(text: str, model: type[M], name: str) -> M:
    """Read TOML ``text`` into ``model``; raise Cannot with file, line and what to do."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Cannot(f"{name} is not valid TOML: {_plainly(error)}.", "Mend that line.") from None
    try:
        return model.model_validate(data)
    except ValueError as error:  # pydantic's, which is imported where something does not fit
        first = error.errors(include_url=False)[0]  # type: ignore[attr-defined]
        keys = [str(part) for part in first["loc"] if part != "[key]"]
        place = f"{name}:{line_of(text, keys)}: {'.'.join(keys)}"
        raise Cannot(f"{place}: {_misfit(first, model, keys)}", f"Mend it in {name}.") from None


_TWICE = re.compile(r"Cannot declare \((.+?),?\) twice")


def _plainly(error: Exception) -> str:
    """What Python says of TOML, in words of TOML."""
    said = str(error).replace("Cannot overwrite a value", "this setting stands there twice")
    if found := _TWICE.search(said):
        table = ".".join(part.strip(" '\"") for part in found[1].split(","))
        said = said.replace(found[0], f"the table [{table}] stands there twice; join the two")
    return said


_TABLE = "This must be a table of its own: [name] and lines below it."
_NUMBER = "This must be a whole number."
_MISFITS = {
    "dict_type": _TABLE,
    "greater_than_equal": "This number is too small.",
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "missing": "This setting is missing.",
    "model_type": _TABLE,
    "too_short": "This list must not be empty.",
    "string_type": "This must be text in quotation marks.",
    "tuple_type": 'This must be a list: ["one", "another"].',
}


def _misfit(error: Any, model: type[Plain], keys: list[str]) -> str:
    """What is wrong with a setting, in plain words."""
    if error["type"] == "extra_forbidden":
        near = did_you_mean(keys[-1][:80], _settings(model, keys[:-1]))
        return f"There is no such setting. {near}".rstrip()
    message = _MISFITS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return f"{message[0].upper()}{message[1:]}" + ("" if message[-1] in ".?" else ".")


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
    table: list[str] = []
    best = (0, 1)
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = [
                part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|[^.]+", header[1])
            ]
            here = table
        elif assigned := re.match(r"\s*([^=#\s]+)\s*=", line):
            here = [*table, assigned[1].strip("\"'")]
        else:
            continue
        if here == keys[: len(here)] and len(here) > best[0]:
            best = (len(here), number)
    return best[1]
