"""A note's fields as options of a command, with the help that the field table gives them."""

import functools
import inspect
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

import typer

from kmkit.errors import UsageError
from kmkit.note.model import Fields, Gathered


class _Option(NamedTuple):
    flag: str
    many: bool = False
    part: str = ""
    """The part of the provenance that it is, by its name in the file."""


_OPTIONS = {
    "title": _Option("--title"),
    "summary": _Option("--summary"),
    "owner": _Option("--owner"),
    "backup": _Option("--backup"),
    "level": _Option("--level"),
    "topics": _Option("--topic", many=True),
    "matters_to": _Option("--matters-to"),
    "event": _Option("--event", part="from"),
    "method": _Option("--method", part="method"),
    "on": _Option("--on", part="on"),
    "by": _Option("--by", part="by"),
    "sources": _Option("--source", many=True),
    "authors": _Option("--author", many=True),
    "unit": _Option("--unit"),
    "evidence": _Option("--evidence", many=True),
    "review_every": _Option("--review-every"),
    "language": _Option("--language"),
    "translation_of": _Option("--translation-of"),
    "derived_from": _Option("--derived-from", many=True),
    "supersedes": _Option("--supersedes", many=True),
    "repeats": _Option("--repeats", many=True),
    "protect": _Option("--protect", many=True),
}
FIELDS = tuple(_OPTIONS)
"""Every field that is an option of ``capture`` or ``edit``."""


def with_fields(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options for the fields ``names``; it gets them as ``fields``, by name."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [p for p in inspect.signature(command).parameters.values() if p.name != "fields"]
        added = [_parameter(name) for name in names]

        @functools.wraps(command)
        def wrapper(**given: Any) -> None:
            fields = {name: given.pop(name) for name in names}
            command(**given, fields={name: value for name, value in fields.items() if value})

        wrapper.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
        wrapper.__annotations__ = {p.name: p.annotation for p in (*own, *added)}
        return wrapper

    return decorate


def _parameter(name: str) -> inspect.Parameter:
    """One option, as Typer reads it from a signature."""
    option = _OPTIONS[name]
    if option.part:
        model, field = Gathered, "from_" if option.part == "from" else option.part
    else:
        model, field = Fields, name  # type: ignore[assignment]
    help_ = model.model_fields[field].description or ""
    info = typer.Option(option.flag, metavar=_metavar(name), help=help_, show_default=False)
    kind: Any = Annotated[list[str], info] if option.many else Annotated[str, info]
    default: Any = [] if option.many else ""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _metavar(name: str) -> str:
    return {"owner": "EMAIL", "backup": "EMAIL", "by": "EMAIL", "on": "DATE"}.get(name, "TEXT")


def gathered(given: Mapping[str, object], before: Gathered | None) -> Gathered | None:
    """The provenance after the options among ``given``; None where none of them says anything."""
    parts = {_OPTIONS[n].part: v for n, v in given.items() if _OPTIONS[n].part}
    if not parts:
        return None
    if isinstance(parts.get("on"), str):
        try:
            parts["on"] = date.fromisoformat(str(parts["on"]))
        except ValueError:
            raise UsageError(
                f"--on: '{parts['on']}' is no date.", "Write it as 2026-11-21."
            ) from None
    old = before.model_dump(by_alias=True) if before else {}
    return Gathered.model_validate({**old, **parts})


def plain(given: Mapping[str, object]) -> dict[str, object]:
    """The fields among ``given`` that are not parts of the provenance."""
    return {name: value for name, value in given.items() if not _OPTIONS[name].part}
