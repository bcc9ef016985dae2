"""Which note is meant, where a command needs one and none is named: the person picks it.

With fzf where it is installed; else by typing words until few are left.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from kmkit.cli.screen import ask, may_ask, say
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index

_SHOWN = 10
"""Notes that are shown at once."""

_VERBS = {
    "reopen": ("reopen", "revise"),
    "review": ("confirm", "defer"),
    "validate": ("validate", "renew", "same-meaning"),
}
"""The moves that a command makes, where they are not named like it."""

_READING = ("show", "log", "open", "related")
"""What can be done with a note in conflict, beside resolving it."""


class Choice(NamedTuple):
    """A note that can be picked, as its line shows it."""

    ref: str
    """Its id, its path where it has none."""
    title: str
    standing: str

    @property
    def words(self) -> str:
        """What it is looked for by: without the day in its id, which many have."""
        return f"{self.title} {self.standing} {self.ref.partition('-')[2] or self.ref}"


def picked(ctx: typer.Context, value: str = "", *, mend: str = "") -> str:
    """The note that was named, or the one that the person at the terminal picks.

    UsageError where none is named and nobody is there to be asked; ``mend`` says what to do then.
    """
    if value or ctx.resilient_parsing:
        return value
    if not may_ask(bool(ctx.params.get("no_input"))):
        if ctx.info_name == "resolve":
            _torn(ctx)
        raise UsageError("Which note?", mend or f"Name it: kmkit {ctx.info_name} NOTE …")
    return pick(ctx)


def _torn(ctx: typer.Context) -> None:
    """Names the notes in conflict, of which one can be resolved; Cannot where there is none."""
    from kmkit.cli.options import open_index
    from kmkit.index.conflicts import conflicts

    with open_index(ctx) as index:
        if not conflicts(index):
            raise _none("resolve")


def _none(command: str) -> Cannot:
    """Says that no note is what the command is about."""
    if command == "resolve":
        return Cannot("No note is in conflict.", "There is nothing to resolve: kmkit status.")
    message = f"There is no note here that kmkit {command} could be about."
    return Cannot(message, "kmkit list shows what there is.")


def pick(ctx: typer.Context) -> str:
    """The note that the person picks among those that the command can be about."""
    from kmkit.cli.options import open_index

    with open_index(ctx) as index:
        choices = _choices(index, ctx.info_name or "")
        if not choices:
            raise _none(ctx.info_name or "")
        program = shutil.which("fzf")
        if program and Path(program).is_absolute():  # one in this folder is no fzf of this machine
            return _by_fzf(program, index, choices)
    return _by_words(choices)


def _choices(index: "Index", command: str) -> list[Choice]:
    """The notes from which a move of that name leads, or all; latest first, retired ones last.

    Those in conflict are offered to be resolved, or to be read.
    """
    from kmkit.index.conflicts import conflicts
    from kmkit.index.dates import worded
    from kmkit.lifecycle.moves import MOVES
    from kmkit.lifecycle.states import State
    from kmkit.text import one_line

    verbs = _VERBS.get(command, (command,))
    states = {str(state) for move in MOVES if move.verb in verbs for state in move.from_}
    marks = ", ".join("?" * len(states))
    where = f"state IN ({marks})" if states else "1"
    torn = {note.n: note for note in conflicts(index)}
    sql = (
        "SELECT n, iif(id = '', path, id), title, stands, revised, due FROM notes "
        f"WHERE {where} ORDER BY stands = ?, captured DESC, title_folded"
    )
    today = index.today.isoformat()
    return [
        Choice(
            one_line(ref),
            one_line(title),
            worded(
                stands,
                revised=bool(revised),
                overdue=bool(due) and due < today,
                conflict=n in torn,
            ),
        )
        for n, ref, title, stands, revised, due in index.query(
            sql, (*sorted(states), State.RETIRED)
        )
        if command in _READING or (n in torn) == (command == "resolve")
    ]


def _by_fzf(program: str, index: "Index", choices: Sequence[Choice]) -> str:
    """The one that is picked in fzf, with the note beside the list."""
    from kmkit.resources import python

    show = (*python(), "-m", "kmkit", "-C", str(index.root), "show", "--", "{1}")
    options = [
        "--delimiter=\t",
        "--with-nth=2..",
        "--no-multi",
        "--prompt=NOTE> ",
        "--tiebreak=index",
    ]
    options += [f"--preview={_command(show)}", "--preview-window=down:60%:wrap"]
    done = subprocess.run(
        [program, *options],
        input="".join(f"{one.ref}\t{one.title}\t{one.standing}\t{one.ref}\n" for one in choices),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode not in (0, 1):
        raise Cannot(f"fzf failed with code {done.returncode}.", "Name the note: kmkit list.")
    ref = done.stdout.partition("\t")[0].strip()
    if not ref:
        raise UsageError("No note was picked.", "Name it, or look for it: kmkit search WORDS.")
    return ref


def _command(words: Sequence[str]) -> str:
    """A command line for fzf, which puts a quoted word in the place of {1} itself."""
    from shlex import quote

    if os.name == "nt":
        return subprocess.list2cmdline(words)
    return " ".join(word if word == "{1}" else quote(word) for word in words)


def _by_words(choices: Sequence[Choice]) -> str:
    """The one whose number is typed; words leave those that hold all of them."""
    from kmkit.text import fold

    left = list(choices)
    while True:
        _list(left)
        answer = ask("Which note? A number, or words to look for:")
        if answer.isdecimal() and 1 <= int(answer) <= min(len(left), _SHOWN):
            return left[int(answer) - 1].ref
        words = fold(answer).split()
        found = [one for one in choices if all(word in fold(one.words) for word in words)]
        if found:
            left = found
        else:
            say("No note holds these words.")


def _list(choices: Sequence[Choice]) -> None:
    """The first of them, numbered."""
    for number, one in enumerate(choices[:_SHOWN], 1):
        say(f"{number}. {one.title} ({one.standing}, {one.ref[-4:]})")
    if len(choices) > _SHOWN:
        say(f"… and {len(choices) - _SHOWN} more")
