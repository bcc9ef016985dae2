"""docs/format.md and docs/rules.md: fields, kinds, settings, rules, from where they are defined."""

import types
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kmkit.config import REQUIRED, Config, Policy
from kmkit.note.checks import RULES
from kmkit.note.kinds import kind_names, load_kind
from kmkit.note.model import MOVE_FIELDS, Fields
from kmkit.note.records import KINDS, folder_of
from kmkit.note.records.templates import load_template
from kmkit.note.strict import Entry
from kmkit.period import Period
from kmkit.plain import About, Plain
from kmkit.trail.audit.findings import RULES as AUDIT_RULES
from tools.docs.table import code, table

WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    date: "date, 2026-11-20",
    Period: "duration, P1Y",
    type(None): "",
}


def fields() -> str:
    """Every field of a note: its type, who writes it, its meaning."""
    rows = (
        [
            code(name),
            in_words(info),
            "moves only" if name in MOVE_FIELDS else "anybody who may edit",
            info.description or "",
        ]
        for name, info in Fields.model_fields.items()
    )
    return table(["field", "type", "who writes it", "what it says"], rows)


def entries() -> str:
    """The parts of the fields that are maps."""
    found = []
    for name, info in Fields.model_fields.items():
        for entry in _entries_in(info.annotation):
            doc = (entry.__doc__ or "").strip().split("\n")[0]
            found.append(f"#### `{name}`\n\n{doc}\n\n{_model(entry)}")
    return "\n\n".join(found)


def records() -> str:
    """The kinds of records: where they are, what makes them, their fields."""
    found = []
    for name, model in KINDS.items():
        made = f"Made by `{model.made_by or f'kmkit new {name}'}`."
        help_ = load_template(name, None).help
        found.append(
            f"### {name}: {folder_of(name)}/*.md\n\nIt is {help_}. {made}\n\n{_model(model)}"
        )
        for field, info in model.model_fields.items():
            for entry in _entries_in(info.annotation):
                doc = (entry.__doc__ or "").strip().split("\n")[0]
                found.append(f"#### {name}: `{field}`\n\n{doc}\n\n{_model(entry)}")
    return "\n\n".join(found)


def kinds() -> str:
    """The kinds that kmkit ships, with what each asks for."""
    rows = []
    for name in kind_names(None):
        kind = load_kind(name, None)
        review = str(kind.review_every) if kind.review_every else "never: the record of a moment"
        sections = ", ".join(kind.sections)
        rows.append([code(name), kind.help, sections, ", ".join(kind.validate_by), review])
    return table(["kind", "what it is", "sections", "validated by", "reviewed every"], rows)


def required() -> str:
    """What a note must have from each state on."""
    rows = ([code(state), ", ".join(map(code, names))] for state, names in REQUIRED.items())
    return table(["from this state on", "required, on top of what came before"], rows)


def config() -> str:
    """The settings of kmkit.toml."""
    return table(["setting", "type", "default", "what it is"], _settings(Config))


def policy() -> str:
    """The rules of policy.toml."""
    return table(["setting", "type", "default", "what it is"], _settings(Policy))


def rules() -> str:
    """Every rule that ``kmkit check`` knows."""
    texts = (f"### {rule}\n\n{' '.join(text.split())}" for rule, text in RULES.items())
    return "\n\n".join(texts)


def audit_rules() -> str:
    """Every rule that ``kmkit audit`` knows."""
    texts = (
        f"### {rule.id}\n\n{rule.title}. {' '.join(rule.explain.split())}"
        for rule in AUDIT_RULES.values()
    )
    return "\n\n".join(texts)


def in_words(info: FieldInfo | About) -> str:
    """The type of a field, said plainly."""
    if isinstance(info, FieldInfo) and Period in info.metadata:
        return WORDS[Period]
    return _words(info.annotation)


def _words(annotation: Any) -> str:
    if annotation in WORDS:
        return WORDS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0])
    if origin in (Union, types.UnionType):
        return " or ".join(word for word in map(_words, arguments) if word)
    if origin is Literal:
        return ", ".join(filter(None, arguments))
    if origin is tuple:
        return f"list of {_plural(_words(arguments[0]))}"
    if origin is dict:
        return f"name = {_words(arguments[1])}"
    return "map"


def _plural(word: str) -> str:
    return {"text": "texts", "map": "maps"}.get(word, word)


def _entries_in(annotation: Any) -> Iterator[type[Entry | Plain]]:
    if isinstance(annotation, type) and issubclass(annotation, Entry | Plain):
        yield annotation
    for argument in get_args(annotation):
        yield from _entries_in(argument)


def _model(model: type[BaseModel | Plain]) -> str:
    rows = (
        [code(info.alias or name), in_words(info), "yes" if info.is_required() else "",
         info.description or ""]
        for name, info in model.model_fields.items()
    )  # fmt: skip
    return table(["part", "type", "needed", "what it says"], rows)


def _settings(model: type[BaseModel | Plain], prefix: str = "") -> Iterator[list[str]]:
    """One row for each setting; a table's settings follow it."""
    for name, info in model.model_fields.items():
        inner = next(models_in(info.annotation), None)
        path = f"{prefix}{name}"
        if inner is None:
            yield [code(path), in_words(info), code(_default(info)), info.description or ""]
            continue
        many = get_origin(info.annotation) is dict
        yield [f"**`[{path}{'.NAME' if many else ''}]`**", "table", "", info.description or ""]
        yield from _settings(inner, f"{path}.NAME." if many else f"{path}.")


def models_in(annotation: Any) -> Iterator[type[BaseModel | Plain]]:
    """The models that a type holds, such as ``Channel`` in ``dict[str, Channel]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Plain):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def _default(info: FieldInfo | About) -> str:
    """A default as TOML writes it; '' where there is none."""
    if info.is_required() or info.default in ((), {}, None):
        return ""
    return _toml(info.default)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Period) or not isinstance(value, (tuple, list, int, bool)):
        return f'"{value}"'
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value).lower()
