"""The table of commands: each is imported when it is called, not before."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""How every command's help is laid out."""


class Row(NamedTuple):
    """One command."""

    group: str
    """The heading under which ``kmkit --help`` lists it."""
    help: str
    module: str = ""
    """Of kmkit.cli, where it is not named like the command."""


WALK = "A note's walk"
CHANGE = "What else can happen to a note"
LOOK = "Looking"
SHARE = "Setting up and sharing"

TABLE = {
    "capture": Row(WALK, "Write down what was learnt."),
    "validate": Row(WALK, "Judge a note, or ask somebody to."),
    "format": Row(WALK, "Put a note in order, so that it is found and reused.", "format_"),
    "disseminate": Row(WALK, "Record that a note was brought to people."),
    "review": Row(WALK, "Confirm that notes still hold; list what is stale."),
    "apply": Row(WALK, "Record that a lesson was used, and what came of it."),
    "edit": Row(CHANGE, "Change a note."),
    "reopen": Row(CHANGE, "Have an approved or retired note judged anew."),
    "release": Row(CHANGE, "Let a note reach a wider circle."),
    "narrow": Row(CHANGE, "Let a note reach a narrower circle, at once."),
    "reassign": Row(CHANGE, "Give a note another owner."),
    "retire": Row(CHANGE, "Take a note out of use."),
    "resolve": Row(CHANGE, "Mend a note that git merge left in conflict."),
    "status": Row(LOOK, "What there is, what waits, what to do next."),
    "list": Row(LOOK, "List notes.", "list_"),
    "show": Row(LOOK, "Show a note."),
    "log": Row(LOOK, "Show what happened to a note, and who did it."),
    "audit": Row(LOOK, "Prove from the history what the notes claim."),
    "check": Row(LOOK, "Find what is wrong in files."),
    "doctor": Row(LOOK, "Find and mend what a command that was cut off left behind."),
    "digest": Row(SHARE, "Write the letter of what is new."),
    "init": Row(SHARE, "Begin a knowledge base."),
    "hook": Row(SHARE, "Have git call kmkit by itself."),
    "demo": Row(SHARE, "Lay out a knowledge base to look at."),
}

HIDDEN = {"merge-driver": Row(CHANGE, "Merge three versions of a note.", "merge_driver")}
"""Commands that programs call and nobody types."""


class Commands(MutableMapping[str, Any]):
    """The commands by name; a command's module is imported on access.

    A mapping in the group's ``commands`` keeps 'did you mean' and completion, which overriding
    ``get_command`` would lose.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            row = (TABLE | HIDDEN)[name]
            module = import_module(f"kmkit.cli.{row.module or name}")
            one = typer.Typer(add_completion=False, rich_markup_mode=None)
            one.command(name, short_help=row.help, context_settings=CONTEXT)(module.command)
            self._loaded[name] = typer.main.get_command(one)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in TABLE or name in HIDDEN

    def __iter__(self) -> Iterator[str]:
        return iter(TABLE)

    def __len__(self) -> int:
        return len(TABLE)


class Group(TyperGroup):
    """kmkit itself: its help lists the commands by what they are for, without importing them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands()

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands, under the headings of the table."""
        for group in dict.fromkeys(row.group for row in TABLE.values()):
            with formatter.section(group):
                formatter.write_dl(
                    [(name, row.help) for name, row in TABLE.items() if row.group == group]
                )
