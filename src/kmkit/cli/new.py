"""``kmkit new``: write a record of any kind: a person, a question, a plan, an event."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmkit.cli.fields import line, text
from kmkit.cli.options import DryRun, NoInput, a_day, open_kb
from kmkit.cli.recording import report
from kmkit.cli.screen import may_ask, needed, table
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from kmkit.kb import KnowledgeBase
    from kmkit.note.records import Record


def _complete_kind(incomplete: str) -> list[str]:
    from kmkit.note.records import KINDS

    return [name for name, model in KINDS.items() if name.startswith(incomplete)]


def command(
    ctx: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[KIND]",
            help="person, question, plan, event; without it, the kinds are listed",
            autocompletion=_complete_kind,
        ),
    ] = "",
    given: Annotated[
        list[str],
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="a field; for a list it can be given again"
        ),
    ] = [],  # noqa: B006
    message: Annotated[
        str, typer.Option("-m", "--message", metavar="TEXT", help="what stands below the fields")
    ] = "",
    because: Annotated[
        str, typer.Option("--because", metavar="REASON", help="why; it becomes part of the trail")
    ] = "",
    edit: Annotated[
        bool, typer.Option("--edit", "-e", help="write it in the editor, with its questions")
    ] = False,
    fields: Annotated[
        bool, typer.Option("--fields", help="the fields of the kind, and stop")
    ] = False,
    no_input: NoInput = False,
    dry_run: DryRun = False,
) -> None:
    """Write a record: a person, a question, a plan, an event.

    Records are Markdown files with fields like notes, without their walk. What the kind needs is
    asked for on a terminal. `kmkit list --kind KIND` lists them.

    \b
    kmkit new event --set name="Radio brown bag" --set on=2026-12-01 --set attendance=14
    kmkit new plan --edit
    kmkit new question --fields
    """
    from kmkit.kb.recording import known_kind, new, put, to_fill_in

    kb = open_kb(ctx, dry_run=dry_run)
    if not kind:
        table(("kind", "what it is", "made by"), _kinds(kb))
        return
    model = known_kind(kind)
    if fields:
        table(("field", "needed", "what it says"), _fields(model))
        return
    if model.made_by:
        raise UsageError(f"Records of kind {kind} have a command of their own.", model.made_by)
    said = _given(model, given)
    body, why = text(message, "-m"), text(because, "--because")
    if edit:
        from kmkit.cli.editor import editing

        with editing(kb, f"new-{kind}", to_fill_in(kb, kind, said, body)) as written:
            made = put(kb, kind, written, because=why)
    else:
        made = new(kb, kind, _asked(model, said, no_input), body, because=why)
    report(made, f"new {kind}")


def _kinds(kb: "KnowledgeBase") -> list[tuple[str, str, str]]:
    """Every kind of record, what it is, and the command that makes one."""
    from kmkit.note.records import KINDS
    from kmkit.note.records.templates import load_template

    return [
        (name, load_template(name, kb.root).help, model.made_by or f"kmkit new {name}")
        for name, model in KINDS.items()
    ]


def _fields(model: "type[Record]") -> list[tuple[str, str, str]]:
    """The fields of a kind."""
    return [
        (name, "yes" if _needed(name, info) else "", info.description or "")
        for name, info in _infos(model).items()
    ]


def _infos(model: "type[Record]") -> "dict[str, FieldInfo]":
    """The fields of a kind by the names that they have in files."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _needed(name: str, info: "FieldInfo") -> bool:
    """Whether somebody has to say it: who and when are known."""
    return info.is_required() and name not in ("by", "on")


def _given(model: "type[Record]", given: list[str]) -> dict[str, object]:
    """What --set says, by field; UsageError where there is no such field."""
    from kmkit.text import did_you_mean

    infos = _infos(model)
    found: dict[str, object] = {}
    for one in given:
        name, sign, value = one.partition("=")
        name = name.strip()
        if not sign:
            raise UsageError(f"--set: '{line(one, '--set')}' has no '='.", "Write FIELD=VALUE.")
        if name not in infos and not name.startswith("x_"):
            known = f"Fields: {', '.join(infos)}."
            mend = did_you_mean(name[:80], infos) or known
            raise UsageError(f"--set: there is no field '{line(name, '--set')}'.", mend)
        said = _value(infos.get(name), text(value, "--set"))
        before = found.get(name)
        if name in infos and _is_list(infos[name]):
            said = [*(before if isinstance(before, list) else []), said]
        elif before is not None:
            raise UsageError(f"--set: '{name}' is given twice.", "Leave one of them out.")
        found[name] = said
    return found


def _is_list(info: "FieldInfo") -> bool:
    return getattr(info.annotation, "__origin__", None) is tuple


def _value(info: "FieldInfo | None", given: str) -> Any:
    """A value as --set gives it: a map in braces is read as YAML, all else is text."""
    if info is not None and info.annotation == int | None and given.strip().isdigit():
        return int(given)
    if info is not None and info.annotation in (date, date | None):
        return a_day(given, "--set")
    if not given.lstrip().startswith("{"):
        return line(given, "--set")
    from kmkit.note.yamlread import load

    loaded = load(f"v: {given}\n")
    if loaded.flaws:
        raise UsageError(f"--set: {loaded.flaws[0].message}", "Write {name: value, name: value}.")
    return loaded.values["v"]


def _asked(model: "type[Record]", said: dict[str, object], no_input: bool) -> dict[str, object]:
    """``said`` with what the model needs and the person is asked for."""
    missing = [
        (name, info)
        for name, info in _infos(model).items()
        if _needed(name, info) and name not in said
    ]
    if missing and not may_ask(no_input):
        names = " ".join(f"--set {name}='…'" for name, _ in missing)
        raise UsageError(f"{missing[0][0]} is missing.", f"Add {names}.")
    day = _infos(model).get("on")
    if day and _ahead(day) and "on" not in said and may_ask(no_input):
        missing.append(("on", day))
    answers = {
        name: _value(info, needed("", f"--set {name}", f"{name}, {info.description}:", no_input))
        for name, info in missing
    }
    return {**said, **answers}


def _ahead(day: "FieldInfo") -> bool:
    """Whether a day may be still to come: then today is a poor guess, and it is asked for."""
    from kmkit.note.records.base import Says

    return Says.PAST not in day.metadata
