"""``kmkit audit --habits``: what is worth a look in how notes are judged."""

from typing import TYPE_CHECKING

from kmkit.cli.formats import deliver
from kmkit.cli.screen import say, table
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    import typer

    from kmkit.kb import KnowledgeBase


def alone(ctx: "typer.Context") -> None:
    """UsageError where the command line asks for more than ``--habits`` and ``--json``."""
    from kmkit.cli.options import given

    every = [param for param in ctx.command.params if given(ctx, param.name or "")]
    more = [
        param.opts[0] if param.param_type_name == "option" else "a note"
        for param in every
        if param.name not in ("habits", "as_json")
    ]
    if more:
        said = " and ".join(more)
        raise UsageError(f"--habits does not go with {said}.", "With it goes --json alone.")


def show_habits(kb: "KnowledgeBase", *, as_json: bool = False) -> None:
    """Show the habits of the last year, as facts to ask about; they are no findings.

    Cannot in a shallow clone.
    """
    from kmkit.learn.habits import recent_habits
    from kmkit.views import habits as view

    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: its history does not tell how notes were judged.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    found = recent_habits(kb.events(), kb.today)
    if as_json:
        deliver(view.habits(found))
        return
    if not found:
        say("Nothing in the last year's confirmations and verdicts stands out.")
        return
    table(view.COLUMNS, view.rows(found))
    say("These are facts to ask about, and no faults: each can have a good reason.")
