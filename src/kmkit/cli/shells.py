"""How completions are handed to bash, zsh and fish.

Notes are written by many hands, and the shells evaluate part of what they are handed: here nothing
but quoted words reaches them. Typer's own forms do not see to that, drop what does not begin with
what was typed, and import Rich for the descriptions. And they import the command that is being
typed, which takes longer than the answer: most words are told without it.
"""

from collections.abc import Callable
from contextlib import suppress
from shlex import quote
from typing import Any

import typer
from typer._click.shell_completion import CompletionItem, ShellComplete, add_completion_class
from typer._completion_classes import BashComplete, FishComplete, ZshComplete

from kmkit.cli import completing as names
from kmkit.cli.table import TABLE, TAKES_NOTE
from kmkit.text import one_line

OPTIONS: dict[str, Callable[[typer.Context, str], list[str]]] = {
    "--channel": names.complete_channel,
    "--filter": names.complete_filter,
    "--kind": names.complete_kind,
    "--language": names.complete_language,
    "--level": names.complete_level,
    "--level-at-least": names.complete_level,
    "--linked-to": names.complete_note,
    "--owner": names.complete_owner,
    "--state": names.complete_state,
    "--topic": names.complete_topic,
    "--unit": names.complete_unit,
}
"""What stands behind an option is the same whichever command has it."""


class _Quick(ShellComplete):
    """Answers without importing the command, where that is possible."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """What the word that is being typed could become."""
        found = None
        if not incomplete.startswith("-"):
            with suppress(Exception):
                found = self._quickly(args, incomplete)
        return found if found is not None else super().get_completions(args, incomplete)

    def _quickly(self, args: list[str], incomplete: str) -> list[CompletionItem] | None:
        """The same, or None where only the command knows."""
        if args and args[-1] in ("-C", "--directory"):
            return None
        ctx: Any = self.cli.make_context(self.prog_name, list(args), resilient_parsing=True)
        words = [*ctx._protected_args, *ctx.args]
        if not words:
            rows = [(n, row.help) for n, row in TABLE.items() if n.startswith(incomplete)]
            return [CompletionItem(name, help=help) for name, help in rows]
        complete = OPTIONS.get(words[-1])
        if len(words) == 1 and words[0] in TAKES_NOTE:
            complete = names.complete_note
        return [CompletionItem(name) for name in complete(ctx, incomplete)] if complete else None


class _Bash(_Quick, BashComplete):
    def format_completion(self, item: CompletionItem) -> str:
        """The word as one types it, on a line."""
        return quote(one_line(item.value))


class _Zsh(_Quick, ZshComplete):
    def complete(self) -> str:
        """A command that zsh runs: it offers the words, also where they begin otherwise."""
        args, incomplete = self.get_completion_args()
        items = self.get_completions(args, incomplete)
        if not items:
            return "_files"
        words = [one_line(item.value) for item in items]
        shown = [_described(item) for item in items]
        listed = f"local -a _kmkit_shown; _kmkit_shown=({' '.join(map(quote, shown))}); "
        return f"{listed}compadd -U -l -d _kmkit_shown -- {' '.join(map(quote, words))}"


class _Fish(_Quick, FishComplete):
    def format_completion(self, item: CompletionItem) -> str:
        """The word, and behind a tab what it means."""
        return "\t".join(filter(None, (one_line(item.value), one_line(item.help or ""))))


def _described(item: CompletionItem) -> str:
    value, meaning = one_line(item.value), one_line(item.help or "")
    return f"{value}  -- {meaning}" if meaning else value


def register() -> None:
    """Have Typer answer the shells in these forms."""
    forms: dict[str, Any] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
    for shell, form in forms.items():
        add_completion_class(form, shell)
