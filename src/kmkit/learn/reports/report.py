"""One page for each role: what it should know and do this month."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kmkit.errors import Refused
from kmkit.learn.metrics.scorecard import Line as Scored
from kmkit.learn.metrics.scorecard import scorecard
from kmkit.learn.metrics.world import world
from kmkit.learn.reports import blocks as of
from kmkit.learn.reports.blocks import Block
from kmkit.period import Period

if TYPE_CHECKING:
    from kmkit.index.book import Index

MONTH, YEAR = Period(months=1), Period(months=12)
"""What a report looks back on; figures need more than a month to mean anything."""

_NOTHING = "Nothing waits for you this month."
_QUIET = "There is nothing to tell this month."
_EMPTY = "There are no notes yet. Write down the first: kmkit capture."


class Report(NamedTuple):
    """What one role should know and do."""

    role: str
    for_whom: str
    since: date
    until: date
    figures: tuple[Scored, ...]
    blocks: tuple[Block, ...]
    """None of them is empty."""
    nothing: str
    """What is said where there is no block."""
    circle: str = ""
    """For whom it was counted, '' for people of the house."""
    wide: bool = False
    """Whether that is a circle beyond the narrowest: no commands, no names."""


class Role(NamedTuple):
    """A reader of reports."""

    help: str
    figures: tuple[str, ...]
    """Metrics, in their order."""
    blocks: tuple[Callable[["Index", str, date], "Block"], ...]
    named: bool
    """Whether people are named in it."""
    beyond: tuple[Callable[["Index", str, date], "Block"], ...] = ()
    """The blocks of its page for a circle beyond the narrowest; none: it has no such page."""


def report(index: "Index", role: str, *, me: str = "") -> Report:
    """The page of a role for the month up to today; ``me`` is the reader's address.

    Raises KeyError for a role that there is not, Refused for one that has no page for such a
    circle, and what `world` raises.
    """
    wanted = ROLES[role]
    makers = wanted.beyond if index.wide else wanted.blocks
    if not makers:
        told = ", ".join(name for name, one in ROLES.items() if one.beyond)
        raise Refused(
            f"The page for {role} is about the work of people of the house, so it is for them "
            f"alone, and not for {index.circle}.",
            f"These have a page for others: {told}.",
        )
    since = _before(index.today, MONTH)
    lines: list[Scored] = []
    if wanted.figures:
        around = world(index, since=_before(index.today, YEAR), until=index.today)
        found = scorecard(around, index.rules.targets)
        order = {name: at for at, name in enumerate(wanted.figures)}
        lines = [one for one in found if one.metric.name in order and not one.figure.detail]
        lines.sort(key=lambda one: order[one.metric.name])
    blocks = [make(index, me, since) for make in makers]
    if index.wide:
        blocks = [b._replace(lines=tuple(x._replace(command="") for x in b.lines)) for b in blocks]
    return Report(
        role=role,
        for_whom=wanted.help,
        since=since,
        until=index.today,
        figures=tuple(lines),
        blocks=of.fitted(blocks),
        nothing=_QUIET if index.wide else _NOTHING if index.count() else _EMPTY,
        circle=index.circle,
        wide=index.wide,
    )


def _before(today: date, length: Period) -> date:
    """The first of the days of that length that end today."""
    return Period(-length.months, -length.days).after(today) + timedelta(days=1)


ROLES: dict[str, Role] = {
    "executive": Role(
        "those who lead",
        ("applied", "learned", "helped", "recurrence", "covered", "on-time"),
        (of.came_of_it, of.missing, of.to_decide),
        named=False,
        beyond=(of.new, of.came_of_it),
    ),
    "manager": Role(
        "those who answer for a unit's work",
        ("on-time", "accepted", "returned", "held-by-one"),
        (of.late_actions, of.late_plans, of.overdue_by_owner, of.leaving, of.missing),
        named=True,
    ),
    "focal-point": Role(
        "those who look after knowledge in a unit",
        ("captured", "units", "people"),
        (of.my_plans, of.waiting, of.questions, of.sessions, of.missing),
        named=False,
    ),
    "owner": Role(
        "those who answer for notes", (), (of.mine, of.used_of_mine, of.questions), named=True
    ),
    "reviewer": Role("those who judge notes", ("returned",), (of.mine, of.to_judge), named=True),
    "staff": Role(
        "everybody",
        (),
        (of.new, of.stopped, of.answered, of.sessions, of.questions, of.begin),
        named=False,
        beyond=(of.new, of.stopped, of.came_of_it, of.answered, of.sessions, of.questions),
    ),
}
"""Who can be reported to, and what."""
