"""A note's fields as options of a command, with the help that the field table gives them."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from kmkit.cli.completing import complete_level, complete_note, complete_topic
from kmkit.cli.options import a_day
from kmkit.errors import UsageError
from kmkit.note.model import Fields, Gathered

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase


class _Option(NamedTuple):
    flag: str
    metavar: str = "TEXT"
    many: bool = False
    part: str = ""
    """The part of the provenance that it is, by its name in the file."""
    complete: Callable[..., list[str]] | None = None


_OPTIONS = {
    "title": _Option("--title"),
    "summary": _Option("--summary"),
    "owner": _Option("--owner", "EMAIL"),
    "backup": _Option("--backup", "EMAIL"),
    "level": _Option("--level", "LEVEL", complete=complete_level),
    "topics": _Option("--topic", "TOPIC", many=True, complete=complete_topic),
    "matters_to": _Option("--matters-to"),
    "event": _Option("--event", part="from"),
    "method": _Option("--method", "METHOD", part="method"),
    "on": _Option("--on", "DATE", part="on"),
    "by": _Option("--by", "EMAIL", part="by"),
    "sources": _Option("--source", "WHO", many=True),
    "authors": _Option("--author", "WHO", many=True),
    "unit": _Option("--unit"),
    "evidence": _Option("--evidence", many=True),
    "review_every": _Option("--review-every", "PERIOD"),
    "language": _Option("--language", "CODE"),
    "translation_of": _Option("--translation-of", "NOTE", complete=complete_note),
    "derived_from": _Option("--derived-from", "NOTE", many=True, complete=complete_note),
    "supersedes": _Option("--supersedes", "NOTE", many=True, complete=complete_note),
    "repeats": _Option("--repeats", "NOTE", many=True, complete=complete_note),
    "protect": _Option("--protect", "NAME", many=True),
}
FIELDS = tuple(_OPTIONS)
"""Every field that is an option of ``capture`` or ``edit``."""
LONGEST_TITLE = 200
"""Characters; what is longer is no title."""


def with_fields(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options for the fields ``names``; it gets them as ``fields``, by name.

    Only those that were given are among them; one that was given without a text is None.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [p for p in inspect.signature(command).parameters.values() if p.name != "fields"]
        added = [_parameter(name) for name in names]

        @functools.wraps(command)
        def wrapper(**given: Any) -> None:
            fields = {name: given.pop(name) for name in names}
            said = {name: _value(name, v) for name, v in fields.items() if v not in (None, [])}
            command(**given, fields=said)

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
    info = typer.Option(
        option.flag,
        metavar=option.metavar,
        help=f"{help_}; can be given again" if option.many else help_,
        show_default=False,
        autocompletion=option.complete,
    )
    kind: Any = Annotated[list[str], info] if option.many else Annotated[str | None, info]
    default: Any = [] if option.many else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _value(name: str, given: str | list[str]) -> str | list[str] | None:
    """What an option says: text on one line; None where it says nothing."""
    flag = _OPTIONS[name].flag
    if isinstance(given, list):
        return [text for text in (line(part, flag) for part in given) if text] or None
    if name == "title":
        return a_title(given)
    if name == "review_every":
        return _period(line(given, flag), flag)
    return line(given, flag) or None


def text(given: str, option: str) -> str:
    """Somebody's text as a file keeps it: LF line ends, no characters that nobody sees.

    UsageError where it holds bytes that are no text.
    """
    from kmkit.text import HIDDEN

    try:
        given = given.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        raise UsageError(f"{option}: this is not UTF-8 text.", "Type it again.") from None
    return HIDDEN.sub("", given.replace("\r\n", "\n").replace("\r", "\n"))


def line(given: str, option: str) -> str:
    """Somebody's text on one line."""
    from kmkit.text import one_line

    return one_line(text(given, option))


def a_title(given: str) -> str:
    """A title: one line, not too long; UsageError otherwise."""
    plain = text(given, "The title").strip()
    if "\n" in plain:
        raise UsageError("A title is one line.", "Put the rest into the lesson.")
    if len(plain) > LONGEST_TITLE:
        raise UsageError(
            f"The title has {len(plain)} characters; {LONGEST_TITLE} are the most.",
            "Say the main thing in the title, and the rest in the lesson.",
        )
    return line(plain, "The title")


def _period(given: str, flag: str) -> str | None:
    from kmkit.period import Period

    try:
        return str(Period.parse(given)) if given else None
    except ValueError:
        raise UsageError(
            f"{flag}: '{given}' is no duration.", "Write it as P1Y, P6M, P90D or '12 months'."
        ) from None


def gathered(given: Mapping[str, object], before: Gathered | None, today: date) -> Gathered | None:
    """The provenance after the options among ``given``; None where none of them says anything."""
    parts = {_OPTIONS[n].part: v or "" for n, v in given.items() if _OPTIONS[n].part}
    if not parts:
        return None
    if "on" in parts:
        day = parts["on"] = a_day(str(parts["on"]), "--on")
        if day > today:
            raise UsageError(f"--on: {day} lies in the future.", "Give the day it was gathered.")
    if "method" in parts:
        parts["method"] = a_method(str(parts["method"]))
    old = before.model_dump(by_alias=True) if before else {}
    if missing := {"on", "method", "by"} - {**old, **parts}.keys():
        flags = " and ".join(f"--{name}" for name in sorted(missing))
        raise UsageError("The note does not say how it was gathered.", f"Add {flags}.")
    return Gathered.model_validate({**old, **parts})


def a_method(given: str) -> str:
    """A way of gathering knowledge; UsageError where there is none of that name."""
    from kmkit.note.model import GATHERING_METHODS
    from kmkit.text import did_you_mean

    if given in GATHERING_METHODS:
        return given
    known = f"Use one of: {', '.join(GATHERING_METHODS)}."
    raise UsageError(
        f"'{given}' is no way of gathering knowledge.",
        did_you_mean(given[:80], GATHERING_METHODS) or known,
    )


def plain(kb: "KnowledgeBase", given: Mapping[str, object]) -> dict[str, object]:
    """The fields among ``given`` that are not parts of the provenance; notes by their whole id."""
    found: dict[str, object] = {}
    for name, value in given.items():
        if _OPTIONS[name].part:
            continue
        if _OPTIONS[name].metavar == "NOTE" and value:
            value = _ids(kb, value)
        found[name] = value
    return found


def _ids(kb: "KnowledgeBase", value: object) -> object:
    """The ids of the notes that somebody named."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(dict.fromkeys(kb.resolve(str(ref)).id for ref in value))
    return kb.resolve(str(value)).id
