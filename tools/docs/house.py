"""docs/architecture.md: the drawing and the rooms, from the import contract and the docstrings."""

import ast
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.docs.table import code, table

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "kmkit"

WHAT = {
    "cli": "resolve → act → show",
    "reach": "letters, reminders, channels, portal",
    "views": "values in, text out",
    "learn": "what the notes say together",
    "audience": "who may see what: the one function that decides",
    "index": "lists, what is due, what is stale",
    "kb": "find, read, write, move",
    "trail": "event ↔ commit",
    "lifecycle": "states, moves, guards, fingerprint",
    "note": "Markdown ↔ Note, and what is wrong in it",
    "config": "settings and rules",
    "tomlread": "TOML, every misfit with its line",
    "plain": "values with a table of their fields",
    "dated": "days and durations as fields of models",
    "resources": "where our own files are",
    "natural": "days as people say them",
    "period": "days and durations",
    "text": "text as people compare it",
    "roles": "who holds which role",
    "measures": "what a note is measured by",
    "places": "which folder is a knowledge base",
    "errors": "refusals, exit codes",
}
"""What each room does, in a few words."""

BESIDE = {
    "cli": "◀── a person, a script, a CI job",
    "views": "◀── templates/",
    "kb": "◀── your own Python program",
    "trail": "──▶ git: the proof",
    "note": "◀─▶ *.md: the claim",
    "config": "◀── kmkit.toml, policy.toml",
}
"""What stands outside and touches a room."""

_NAME, _WIDTH = 10, 58


def contract() -> list[list[str]]:
    """The floors from top to ground, as import-linter holds them: the rooms on each."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[room.strip(" ()") for room in row.split("|")] for row in layers]


def layers() -> list[str]:
    """The rooms from top to ground."""
    return [room for floor in contract() for room in floor]


def drawing() -> str:
    """The house: a floor for each layer, with what it does, its files, and what touches it."""
    walls = _NAME + _WIDTH + 3
    lines = [f"┌{'─' * walls}┐"]
    for floor in contract():
        if len(lines) > 1:
            lines.append(f"├{'─' * walls}┤")
        for room in floor:
            lines += _room(room)
    return "\n".join(["```", *lines, f"└{'─' * walls}┘", "```"])


def rooms() -> str:
    """A table of the rooms and the files in each, with the first line of their docstrings."""
    rows = []
    for room in layers():
        for file in files(room):
            first = (file.name == "__init__.py" and file.parent.name == room) or file.stem == room
            name = f"**{room}**" if first else ""
            rows.append([name, code(file.relative_to(PACKAGE).as_posix()), summary(file)])
    return table(["room", "file", "what it is"], rows)


def files(room: str) -> list[Path]:
    """The modules of a room, its own first, then those of its folders."""
    if (file := PACKAGE / f"{room}.py").exists():
        return [file]
    found = (PACKAGE / room).rglob("*.py")
    return sorted(found, key=lambda file: (len(file.parts), file.name != "__init__.py", file))


def summary(file: Path) -> str:
    """The first paragraph of a module's docstring."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n\n")[0]


def _room(room: str) -> Iterator[str]:
    """The lines of one room in the drawing."""
    texts = [WHAT[room], *(line for text in _modules(room) for line in textwrap.wrap(text, _WIDTH))]
    for number, text in enumerate(texts):
        name = room if number == 0 else ""
        beside = f" {BESIDE[room]}" if number == 0 and room in BESIDE else ""
        yield f"│ {name:<{_NAME}} {text:<{_WIDTH}} │{beside}"


def _modules(room: str) -> Iterator[str]:
    """The names of a room's modules, a line for each folder; of the commands only that they are."""
    from kmkit.cli.table import TABLE

    commands = {row.module or name for name, row in TABLE.items()} if room == "cli" else set()
    if commands:
        yield "one file for each command; besides them"
    folders: dict[Path, list[str]] = {}
    for file in files(room):
        if file.stem not in (*commands, "__init__", room):
            folders.setdefault(file.parent, []).append(file.stem)
    for folder, names in folders.items():
        below = f"{folder.name}/: " if folder.name != room else ""
        yield below + ", ".join(names)
