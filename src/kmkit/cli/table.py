"""The table of commands: each is imported when it is called, not before."""

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

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
    "new": Row(CHANGE, "Write a record: a person, a question, a plan, an event."),
    "ask": Row(CHANGE, "Keep a question that nobody has answered yet."),
    "edit": Row(CHANGE, "Change a note."),
    "reopen": Row(CHANGE, "Have an approved or retired note judged anew."),
    "release": Row(CHANGE, "Let a note reach a wider circle."),
    "narrow": Row(CHANGE, "Let a note reach a narrower circle, at once."),
    "reassign": Row(CHANGE, "Give a note another owner."),
    "retire": Row(CHANGE, "Take a note out of use."),
    "resolve": Row(CHANGE, "Mend a note that git merge left in conflict."),
    "brief": Row(LOOK, "Bring up the lessons that a project should not start without."),
    "actions": Row(LOOK, "List what is owed: lessons to be used and not used yet."),
    "status": Row(LOOK, "What there is, what waits, what to do next."),
    "list": Row(LOOK, "List notes.", "list_"),
    "search": Row(LOOK, "Find notes by their words, best first."),
    "show": Row(LOOK, "Show a note."),
    "open": Row(LOOK, "Open a note in the editor, or where readers find it.", "open_"),
    "related": Row(LOOK, "Find what lies near a note, and lessons captured again."),
    "graph": Row(LOOK, "Write the notes and their links as a graph."),
    "level": Row(LOOK, "Say whether a note may reach an audience, and why."),
    "log": Row(LOOK, "Show what happened to a note, and who did it."),
    "audit": Row(LOOK, "Prove from the history what the notes claim."),
    "check": Row(LOOK, "Find what is wrong in files."),
    "metrics": Row(LOOK, "Measure what was done, and what came of it."),
    "assess": Row(LOOK, "Ask how well the organisation learns, anonymously."),
    "identify": Row(LOOK, "Screen what has to be known for how critical it is."),
    "map": Row(LOOK, "Lay out what is known, and where it is thin.", "map_"),
    "offboard": Row(LOOK, "See what hangs on somebody who leaves, and give it on."),
    "onboard": Row(LOOK, "Lay out what somebody new should read first."),
    "skills": Row(LOOK, "Skills offered and wanted, and who could teach whom."),
    "plan": Row(LOOK, "What shall be done about knowledge, by whom and when."),
    "event": Row(LOOK, "Sessions where people learn from each other, and what came of them."),
    "report": Row(SHARE, "Write one page for a role: what to know and to do this month."),
    "experts": Row(LOOK, "Find out whom to ask, and what could be lost."),
    "index": Row(LOOK, "Bring up what listings and searches answer from."),
    "doctor": Row(LOOK, "Find and mend what a command that was cut off left behind."),
    "digest": Row(SHARE, "Write the letter of what is new, or send it."),
    "remind": Row(SHARE, "Ask owners whether their notes still hold; read their answers."),
    "outbox": Row(SHARE, "List the letters that went out, and what came of them."),
    "site": Row(SHARE, "Make a portal of the notes: pages to read and search."),
    "serve": Row(SHARE, "Show the portal in a browser of this machine."),
    "channels": Row(SHARE, "Show what went where; bring to a channel what is new."),
    "export": Row(SHARE, "Hand notes on: as Markdown, JSON or CSV."),
    "init": Row(SHARE, "Begin a knowledge base."),
    "hook": Row(SHARE, "Have git call kmkit by itself."),
    "demo": Row(SHARE, "Lay out a knowledge base to look at."),
}

HIDDEN = {"merge-driver": Row(CHANGE, "Merge three versions of a note.", "merge_driver")}
"""Commands that programs call and nobody types."""

TAKES_NOTE = frozenset(
    (
        *("validate", "format", "disseminate", "review", "edit", "reopen", "release"),
        *("narrow", "reassign", "retire", "resolve", "show", "open", "related", "graph", "level"),
        *("log", "check"),
    )
)
"""The commands whose first word is a NOTE, known without importing them."""


@contextmanager
def _unread() -> Iterator[None]:
    """A broken pipe by a name of ours."""
    try:
        yield
    except BrokenPipeError:
        raise Unread from None


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
            put = one.command(name, cls=Command, short_help=row.help, context_settings=CONTEXT)
            put(module.command)
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


class Command(TyperCommand):
    """A command; `--problem` without a value is any problem, which Typer itself cannot say."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line."""
        if "--problem" in args and any("--problem" in one.opts for one in self.params):
            args = list(_with_any(args))
        if any(one.name == "words" for one in self.params):
            options = {name for one in self.params for name in one.opts}
            valued = {n for one in self.params for n in one.opts if not getattr(one, "is_flag", 0)}
            args = [
                arg if before in valued else _without(arg, options)
                for before, arg in pairwise(["", *args])
            ]
        rest: list[str] = super().parse_args(ctx, args)
        if ctx.params.get("as_json") and "fmt" in ctx.params:
            from kmkit.cli.formats import one_format

            one_format(ctx)
        return rest


def _without(arg: str, options: set[str]) -> str:
    """``-word`` as ``not:word``, where words are looked for: it is no option."""
    word = len(arg) > 2 and arg[0] == "-" and arg[1] != "-" and not arg[1].isdigit()
    return f"not:{arg[1:]}" if word and arg[:2] not in options else arg


def _with_any(args: list[str]) -> Iterator[str]:
    for arg, after in pairwise([*args, "-"]):
        yield arg
        if arg == "--problem" and after.startswith("-"):
            yield "any"


class Unread(Exception):
    """Whoever read the output stopped reading; Typer would make findings of a broken pipe."""


class Group(TyperGroup):
    """kmkit itself: its help lists the commands by what they are for, without importing them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands()

    def make_context(self, *args: Any, **named: Any) -> Any:
        """Read kmkit's own options; Unread where nobody reads the help."""
        with _unread():
            return super().make_context(*args, **named)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Unread where nobody reads on."""
        with _unread():
            return super().invoke(ctx)

    def _main_shell_completion(self, *args: Any, **named: Any) -> None:
        """Answer a shell that asks what a word could become; whatever fails, it sees no error."""
        if "_KMKIT_COMPLETE" not in os.environ:
            return
        from kmkit.cli.shells import register

        register()
        try:
            super()._main_shell_completion(*args, **named)
        except Exception:
            sys.exit(1)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands, under the headings of the table."""
        for group in dict.fromkeys(row.group for row in TABLE.values()):
            with formatter.section(group):
                formatter.write_dl(
                    [(name, row.help) for name, row in TABLE.items() if row.group == group]
                )
