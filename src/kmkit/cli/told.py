"""For whom something is written: ``--audience``, and the index that such a command asks.

Commands that bring notes to readers (``brief``, ``digest``, ``export``, ``site``) take ``--for``.
Those that count and list take ``--audience``, one word for all of them, since in ``kmkit report
--for`` it is a role.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.options import not_empty, open_index
from kmkit.cli.screen import say

if TYPE_CHECKING:
    from kmkit.index.book import Index

PEOPLE = "For people of the house alone: it is about people."
"""The foot of what goes to nobody else."""
NOTES = "notes of all levels count"
"""What people of the house are told of what is counted of notes."""
_OTHERS = "To pass it on: --audience."
Audience = Annotated[
    str,
    typer.Option(
        "--audience",
        metavar="AUDIENCE",
        help="whom it is for: an audience or a level; by default people of the house",
        autocompletion=complete_circle,
        callback=not_empty,
    ),
]


def open_for(ctx: typer.Context, audience: str) -> "Index":
    """The index; with ``audience`` what that audience, or that level, may know of it.

    UsageError where there is neither of that name.
    """
    index = open_index(ctx, records=True)
    if not audience:
        return index
    from kmkit.audience.audiences import audience_of
    from kmkit.audience.known import Known
    from kmkit.audience.seeing import see

    kb = index.kb
    return Known(kb, index, see(kb, index, audience_of(kb.config, kb.policy, audience)))


def in_the_house(index: "Index", what: str) -> None:
    """Refuse to tell a wider circle what is about people."""
    if index.wide:
        from kmkit.errors import Refused

        raise Refused(
            f"{what}, and nothing about a person leaves the narrowest circle, "
            f"'{index.rules.levels[0]}'.",
            "Leave --audience out, and keep it in the house.",
        )


def foot_of(index: "Index", of: str = NOTES) -> str:
    """For whom what is made of the index is; ``of``: what the house is told besides."""
    from kmkit.views.foot import foot

    return foot(index.circle, wide=index.wide, of=of)


def for_whom(index: "Index", of: str = NOTES) -> str:
    """The same for the screen, with how to make it for others."""
    return foot_of(index) if index.circle else f"For people of the house: {of}. {_OTHERS}"


def say_for_whom(index: "Index") -> None:
    """The foot of what is shown on the screen."""
    say(for_whom(index))
