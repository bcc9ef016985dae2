"""What the documentation leaves out, and what it tells that is not there."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import typer
from pydantic import BaseModel

from kmkit.config import QUORUM, ROLES, Config, Policy
from kmkit.lifecycle.states import State
from kmkit.note.checks import RULES
from kmkit.note.model import GATHERING_METHODS, Fields
from kmkit.note.records import KINDS
from kmkit.plain import Plain
from kmkit.trail.audit.findings import RULES as AUDIT_RULES
from kmkit.trail.event import OURS
from tools.docs.commands import walk
from tools.docs.house import ROOT
from tools.docs.note_format import models_in

SPOKEN = {
    "docs/lifecycle.md": (*State, *ROLES, *QUORUM, *OURS),
    "docs/format.md": (*Fields.model_fields, *GATHERING_METHODS),
    "docs/rules.md": (*RULES, *AUDIT_RULES),
}
"""Words that a page has to explain."""

_CALL = re.compile(r"\bkmkit(?: -C [^\s`]+)? (?P<verb>[a-z]+)(?P<rest>[^`\n]*)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ENDS = re.compile(r"\s#|;|\|| && |\. |, ")
_SETTING = re.compile(r"\bKMKIT_[A-Z]+")
_SCHEMA = re.compile(r"kmkit\.[a-z]+/\d+")


def undocumented() -> Iterator[str]:
    """One sentence for each thing of the program that no page explains."""
    yield from _without_help()
    models: tuple[type[BaseModel | Plain], ...] = (Fields, Config, Policy, *KINDS.values())
    for model in models:
        yield from _without_description(model, model.__name__)
    for name, words in SPOKEN.items():
        page = (ROOT / name).read_text(encoding="utf-8")
        yield from (f"{name}: nothing is said of '{word}'." for word in words if word not in page)
    cli = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    for found in sorted(_in_source(_SETTING) | _in_source(_SCHEMA)):
        if found not in cli:
            yield f"docs/cli.md: nothing is said of {found}."
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for decision in sorted((ROOT / "docs/decisions").glob("0*.md")):
        if decision.name not in index:
            yield f"docs/decisions/README.md: {decision.name} is not listed."


_SEARCHES = ("list", "search")
"""Commands to which ``-word`` is a word that must not be there."""


def untrue() -> Iterator[str]:
    """One sentence for each command or option that a text shows and the program does not have."""
    known = _options()
    for name, text in _texts():
        for found in _CALL.finditer(text.replace("\\\n", " ")):
            verb, rest = found["verb"], _ENDS.split(_QUOTED.sub("", found["rest"]), maxsplit=1)[0]
            if verb not in known:
                yield f"{name}: there is no command 'kmkit {verb}'."
                continue
            for option in _OPTION.findall(rest):
                word = verb in _SEARCHES and not option.startswith("--") and len(option) > 2
                if option not in known[verb] and not word:
                    yield f"{name}: 'kmkit {verb}' has no option {option}."


def _texts() -> Iterator[tuple[str, str]]:
    """The code that pages, templates and the example show: (file, text)."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    pages += [*(ROOT / "templates").rglob("*.*"), *(ROOT / "examples").rglob("*.md")]
    for page in sorted(pages):
        if page.is_file():
            spans = _CODE.findall(page.read_text(encoding="utf-8"))
            yield page.relative_to(ROOT).as_posix(), "\n".join(spans)
    for rule, text in RULES.items():
        yield f"rule {rule}", "\n".join(_CODE.findall(" ".join(text.split())))


def _options() -> dict[str, set[str]]:
    """Every command's options, those of the program itself included."""
    from kmkit.cli.door import app

    root = typer.main.get_command(app)
    return {
        path.removeprefix("kmkit").strip(): {"--help", "-h", *_names(root), *_names(command)}
        for path, command in walk(root)
    }


def _names(command: Any) -> set[str]:
    return {name for p in command.params for name in (*p.opts, *p.secondary_opts)}


def _without_help() -> Iterator[str]:
    from kmkit.cli.door import app

    for path, command in walk(typer.main.get_command(app)):
        if not command.help:
            yield f"{path} has no help."
        for parameter in command.params:
            if not parameter.help:
                yield f"{path}: '{parameter.opts[0]}' has no help."


def _without_description(model: type[BaseModel | Plain], path: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        if not info.description:
            yield f"{path}.{name} has no description."
        for inner in models_in(info.annotation):
            yield from _without_description(inner, f"{path}.{name}")


def _in_source(pattern: re.Pattern[str]) -> set[str]:
    """What the pattern finds in the program's source."""
    texts: Sequence[str] = [
        path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")
    ]
    return {found for text in texts for found in pattern.findall(text)}
