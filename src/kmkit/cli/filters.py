"""The options by which every command chooses notes, and the filter that they make."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from kmkit.cli.completing import (
    complete_filter,
    complete_kind,
    complete_language,
    complete_level,
    complete_methods,
    complete_note,
    complete_owner,
    complete_state,
    complete_topic,
    complete_unit,
)
from kmkit.index.choosing.filters import ANY, AT_LEAST, FIELDS, STALE, Filter, Term

Several = list[str] | None


def _option(field: str, metavar: str, complete: Callable[..., list[str]] | None = None) -> Any:
    """The option of a field of the language, with the help that the language has for it."""
    return typer.Option(f"--{field}", metavar=metavar, help=FIELDS[field], autocompletion=complete)


def complete_rule(incomplete: str) -> list[str]:
    """The rules that begin with ``incomplete``."""
    from kmkit.note.rules import RULES

    return [name for name in (ANY, *RULES) if name.startswith(incomplete)]


Words = Annotated[
    Several, typer.Argument(metavar="[WORDS]...", help="all of them stand in the note")
]
AtLeast = Annotated[
    Several,
    typer.Option(
        "--level-at-least",
        metavar="LEVEL",
        help="of this level or a wider one",
        autocompletion=complete_level,
    ),
]
Mine = Annotated[bool, typer.Option("--mine", help="the notes that I own: owner:me")]
Stale = Annotated[bool, typer.Option("--stale", help="needs a person: stale:any")]
Problems = Annotated[
    Several,
    typer.Option(
        "--problem",
        metavar="[RULE]",
        help="has a problem; with RULE, that one",
        autocompletion=complete_rule,
    ),
]


def _asked(
    state: Annotated[Several, _option("state", "STATE", complete_state)] = None,
    kind: Annotated[Several, _option("kind", "KIND", complete_kind)] = None,
    topic: Annotated[Several, _option("topic", "TOPIC", complete_topic)] = None,
    owner: Annotated[Several, _option("owner", "EMAIL", complete_owner)] = None,
    mine: Mine = False,
    unit: Annotated[Several, _option("unit", "UNIT", complete_unit)] = None,
    level: Annotated[Several, _option("level", "LEVEL", complete_level)] = None,
    level_at_least: AtLeast = None,
    method: Annotated[Several, _option("method", "METHOD", complete_methods)] = None,
    since: Annotated[Several, _option("since", "WHEN")] = None,
    until: Annotated[Several, _option("until", "WHEN")] = None,
    linked_to: Annotated[Several, _option("linked-to", "NOTE", complete_note)] = None,
    stale: Stale = False,
    problem: Problems = None,
    language: Annotated[Several, _option("language", "LANGUAGE", complete_language)] = None,
    saved: Annotated[Several, _option("filter", "NAME", complete_filter)] = None,
) -> Filter:
    """The filter that the options ask for."""
    said = {
        "state": state,
        "kind": kind,
        "topic": topic,
        "owner": owner,
        "unit": unit,
        "level": level,
        AT_LEAST: level_at_least,
        "method": method,
        "since": since,
        "until": until,
        "linked-to": linked_to,
        "problem": problem,
        "language": language,
        "filter": saved,
    }
    asked = Filter.of({field: values for field, values in said.items() if values})
    more = [Term("owner", "me")] * mine + [Term(STALE, ANY)] * stale
    return Filter((*asked.terms, *more))


_OPTIONS = inspect.signature(_asked).parameters
_ARGUMENT = inspect.Parameter(
    "words", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=Words
)


def filtered(
    *, words: bool = False, without: tuple[str, ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options of filters: its parameter ``asked`` becomes a `Filter`.

    With ``words`` it takes words of the language too. ``without`` names parameters of options
    that mean something else in the command, or nothing.
    """
    options = {name: one for name, one in _OPTIONS.items() if name not in without}

    def give(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command).parameters

        @wraps(command)
        def run(**given: Any) -> None:
            typed = given.pop("words", None) if words else None
            chosen = _asked(**{name: given.pop(name) for name in options})
            command(asked=Filter.parse(typed or ()).and_(chosen), **given)

        shown: list[inspect.Parameter] = []
        for name, one in own.items():
            shown += [one] if name != "asked" else [_ARGUMENT] * words + list(options.values())
        ordered = sorted(shown, key=lambda one: one.default is not inspect.Parameter.empty)
        run.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in ordered}
        return run

    return give
