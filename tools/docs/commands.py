"""docs/cli.md: every command with its arguments and options, from the program itself."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import typer

from kmkit import errors
from tools.docs.table import code, table

# Typer carries a click of its own, whose classes have no public name; hence Any.
Command = Any
Parameter = Any


def commands() -> str:
    """A chapter for each command, in the order of ``kmkit --help``."""
    from kmkit.cli.door import app

    return "\n\n".join(chapter(*found) for found in walk(typer.main.get_command(app)))


def walk(command: Command, path: str = "kmkit") -> Iterator[tuple[str, Command]]:
    """The command and, below it, every command that is not hidden: (what to type, command)."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from walk(child, f"{path} {name}")


def chapter(path: str, command: Command) -> str:
    """One command: how to call it, what it does, what it takes."""
    pieces = [f"## {path}", _help(command), f"```\n{_usage(path, command)}\n```"]
    rows = [_row(parameter) for parameter in _parameters(command)]
    if rows:
        pieces.append(table(["argument or option", "what it is", "default"], rows))
    return "\n\n".join(piece for piece in pieces if piece)


def exit_codes() -> str:
    """What each exit code says, from the docstrings in the one table of them."""
    body = ast.parse(inspect.getsource(errors.Exit)).body[0]
    assert isinstance(body, ast.ClassDef)
    rows = []
    for line, after in pairwise(body.body):
        if isinstance(line, ast.Assign) and isinstance(after, ast.Expr):
            rows.append([ast.unparse(line.value), ast.literal_eval(after.value)])
    return table(["code", "what it says"], rows)


def _help(command: Command) -> str:
    """The command's help; what click marks as 'keep these lines' becomes a block of code."""
    blocks = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(_block(block) for block in blocks)


def _block(block: str) -> str:
    lines = block.split("\n")
    if lines[0].strip() == "\b":
        return "\n".join(["```", *lines[1:], "```"])
    return block


def _usage(path: str, command: Command) -> str:
    arguments = [
        _metavar(parameter)
        for parameter in _parameters(command)
        if parameter.param_type_name == "argument"
    ]
    options = ["[OPTIONS]"] if len(arguments) < len(_parameters(command)) else []
    below = ["COMMAND …"] if getattr(command, "commands", None) else []
    return " ".join([path, *options, *arguments, *below])


def _parameters(command: Command) -> list[Parameter]:
    return [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]


def _metavar(parameter: Parameter) -> str:
    """An argument as the usage line shows it: NOTE, [NOTE], [PATH]…"""
    name = (parameter.metavar or parameter.name.upper()).strip("[].…")
    many = "…" if parameter.nargs == -1 else ""
    return f"{name}{many}" if parameter.required else f"[{name}]{many}"


def _row(parameter: Parameter) -> list[str]:
    if parameter.param_type_name == "argument":
        return [code(_metavar(parameter)), _what(parameter), _default(parameter)]
    names = ", ".join(code(name) for name in (*parameter.opts, *parameter.secondary_opts))
    value = "" if parameter.is_flag else f" {code(_value(parameter))}"
    return [names + value, _what(parameter), _default(parameter)]


def _what(parameter: Parameter) -> str:
    """The help, and that an option can be repeated or stand in the environment."""
    notes = []
    if parameter.param_type_name == "option" and parameter.multiple:
        notes.append("can be repeated")
    if variable := parameter.envvar:
        names = [variable] if isinstance(variable, str) else variable
        notes.append("or in the environment: " + ", ".join(names))
    return (parameter.help or "") + (f" ({'; '.join(notes)})" if notes else "")


def _value(parameter: Parameter) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    if choices := getattr(parameter.type, "choices", None):
        return "|".join(str(choice) for choice in choices)
    kind = str(parameter.type.name)
    return {"integer": "NUMBER", "str": "TEXT"}.get(kind, kind.upper())


def _default(parameter: Parameter) -> str:
    default = parameter.default
    if not default or default is True or callable(default) or parameter.required:
        return ""
    return code(str(default))
