"""What the terminal shows: data on stdout, messages on stderr, nothing of the user's as markup."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kmkit.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from kmkit.index.card import Card
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.moving import Moved
    from kmkit.note.problem import Problem
    from kmkit.views.worddiff import Piece


def out(text: str) -> None:
    """Print data: text on stdout, as it is."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def say(text: str) -> None:
    """Print a message on stderr, on one line, without control characters."""
    from kmkit.text import one_line

    print(one_line(text), file=sys.stderr)


def on_terminal() -> bool:
    """Whether stdout is a terminal, and people read what it shows."""
    return sys.stdout.isatty()


def may_ask(no_input: bool) -> bool:
    """Whether somebody is there to answer."""
    return not no_input and sys.stdin.isatty() and sys.stderr.isatty()


def console() -> "Console":
    """Rich on stdout; colours only where the terminal and NO_COLOR allow them."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows as a table on a terminal, as tab-separated lines with a heading in a pipe."""
    from kmkit.views.tables import tsv

    if not on_terminal():
        out(tsv(columns, rows, header=True))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from kmkit.text import one_line

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in columns:
        shown.add_column(Text(name), overflow="fold")
    for row in rows:
        shown.add_row(*(Text(one_line("" if cell is None else str(cell))) for cell in row))
    console().print(shown)


def ask(question: str, *, default: str = "") -> str:
    """One line from the person at the terminal, the default for Enter.

    EOFError where no more input comes (Ctrl-D), so that no question is asked for ever.
    """
    shown = f"{question} [{default}] " if default else f"{question} "
    sys.stderr.write(shown)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise EOFError
    return line.rstrip("\r\n").strip() or default


def pressed(question: str, keys: str) -> str:
    """The key among ``keys`` that the person presses, '' for Enter; any other is asked again."""
    from typer import getchar

    while True:
        sys.stderr.write(f"{question} ")
        sys.stderr.flush()
        key = getchar().casefold()
        sys.stderr.write(f"{key if key.isalnum() else ''}\n")
        if key in ("\r", "\n"):
            return ""
        if len(key) == 1 and key in keys:
            return key


def needed(value: str, option: str, question: str, no_input: bool) -> str:
    """``value``, or the answer to ``question``; UsageError names ``option`` where none comes."""
    from kmkit.lifecycle.guards import given

    if given(value):
        return value
    if not may_ask(no_input):
        raise UsageError(f"{option} is missing.", f"It answers: {question}")
    answer = ask(question)
    if not given(answer):
        raise UsageError(f"{option} is missing.", "Nothing was changed.")
    return answer


def sure(question: str, *, yes: bool, no_input: bool) -> bool:
    """Whether to go on: ``--yes``, or the person says so; UsageError where nobody can."""
    if yes:
        return True
    if not may_ask(no_input):
        raise UsageError(f"{question} Nobody is there to answer.", "Add --yes.")
    return ask(f"{question} [y/N]").casefold() in ("y", "yes")


def report(moved: "Moved", *, dry_run: bool = False, then: str | None = None) -> None:
    """Say what a move did, and what can be done next: ``then``, or what its state suggests."""
    from kmkit.lifecycle.moves import next_step

    note = moved.note
    states = note.state if moved.before in ("", note.state) else f"{moved.before} → {note.state}"
    would = "Would " if dry_run else ""
    say(f"{would}{moved.move.verb}: {note.title} ({note.id[-4:]}): {states}.")
    step = next_step(note) if then is None else then
    if step and not dry_run:
        say(step)


def broken(problems: "Iterable[Problem]", more: Iterable[str] = ()) -> None:
    """Name on stderr the files that could not be read in full; the others are shown.

    ``more``: others of which it is known. What is said of those in conflict says what becomes of
    them, too.
    """
    found = [p for p in problems if p.severity == "error"]
    torn = {p.path: p for p in found if p.rule == "merge-conflict"}
    for problem in torn.values():
        say(f"{problem.path}: {problem.message} {problem.mend}")
    paths = dict.fromkeys([*more, *(problem.path for problem in found)])
    broken_files([path for path in paths if path not in torn])


def broken_files(paths: Sequence[str]) -> None:
    """Name on stderr the first of the files that could not be read in full, if there are any."""
    if not paths:
        return
    shown = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
    files = "1 file has" if len(paths) == 1 else f"{len(paths)} files have"
    say(f"{files} problems ({shown}); see kmkit check.")


def in_conflict(notes: "Sequence[Card]") -> None:
    """Name on stderr the first of the notes that git could not merge, and the way out."""
    if len(notes) == 1:
        named = f"The note {notes[0].title} ({notes[0].short}) is in conflict"
        say(f"{named}; the way out is: kmkit resolve {notes[0].short}.")
    elif notes:
        shown = ", ".join(note.short for note in notes[:3]) + (" …" if len(notes) > 3 else "")
        named = f"{len(notes)} notes are in conflict ({shown})"
        say(f"{named}; the way out is, for each: kmkit resolve NOTE.")


def not_proved(notes: "Sequence[Card]") -> None:
    """Name on stderr the first of the notes whose file says other than their history."""
    if len(notes) == 1:
        named = f"The note {notes[0].title} ({notes[0].short}) is not as its history says"
        say(f"{named}, and is left out; see kmkit audit {notes[0].short}.")
    elif notes:
        shown = ", ".join(note.short for note in notes[:3]) + (" …" if len(notes) > 3 else "")
        named = f"{len(notes)} notes are not as their histories say ({shown})"
        say(f"{named}, and are left out; see kmkit audit.")


def torn_files(kb: "KnowledgeBase", paths: Sequence[str]) -> None:
    """Name on stderr the first of the people and records that git could not merge."""
    from pathlib import PurePosixPath

    from kmkit.kb.conflicts import torn

    if len(paths) > 1:
        shown = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
        say(f"{len(paths)} files are in conflict ({shown}); kmkit check says what to do.")
    elif found := torn(kb, PurePosixPath(paths[0])):
        say(str(found))


def left_behind(paths: Sequence[str]) -> None:
    """Name on stderr attached files that stay: they hold protected names, or may hold some."""
    if paths:
        shown = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
        files = "1 attached file stays" if len(paths) == 1 else f"{len(paths)} attached files stay"
        say(
            f"{files} behind: a protected name stands there, or nobody can look for one ({shown}). "
            "Files of the second sort go by their endings: [attachments] unsearched in kmkit.toml."
        )


def diff(before: str, after: str, name: str) -> None:
    """Show on stderr what changes between two texts, line by line."""
    import difflib

    from kmkit.text import HIDDEN

    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name, name, lineterm="", n=2
    )
    for line in lines:
        shown = HIDDEN.sub("", line)
        if colours and line[:1] in "+-@":
            shown = f"\x1b[{ {'+': 32, '-': 31, '@': 36}[line[0]] }m{shown}\x1b[0m"
        print(shown, file=sys.stderr)


def coloured(pieces: "Iterable[Piece]") -> None:
    """Show on stderr what changed; without colours, in [-brackets-] and {+braces+}."""
    from kmkit.text import HIDDEN

    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    marks = {"-": ("\x1b[31;9m", "\x1b[0m"), "+": ("\x1b[32m", "\x1b[0m")}
    plain = {"-": ("[-", "-]"), "+": ("{+", "+}")}
    text = ""
    for piece in pieces:
        start, end = (marks if colours else plain).get(piece.kind, ("", ""))
        text += f"{start}{HIDDEN.sub('', piece.text)}{end}"
    print(text.strip("\n"), file=sys.stderr)
