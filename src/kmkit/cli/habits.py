"""``kmkit audit --habits``: what is worth a look in how notes are judged."""

from typing import TYPE_CHECKING

from kmkit.cli.formats import deliver
from kmkit.cli.screen import say, table

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase


def show_habits(kb: "KnowledgeBase", *, as_json: bool = False) -> None:
    """Show the habits of the last year, as facts to ask about; they are no findings."""
    from kmkit.learn.habits import recent_habits
    from kmkit.views import habits as view

    found = recent_habits(kb.events(), kb.today)
    if as_json:
        deliver(view.habits(found))
        return
    if not found:
        say("Nothing in the last year's confirmations and verdicts stands out.")
        return
    table(view.COLUMNS, view.rows(found))
    say("These are facts to ask about, and no faults: each can have a good reason.")
