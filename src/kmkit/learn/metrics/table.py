"""The one table of metrics: what each is, in which unit, where it comes from, which way is better.

The command, its help, docs/metrics.md and the tests derive from `METRICS`.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from kmkit.learn.metrics import outcomes, outputs
from kmkit.learn.metrics.figures import Figure
from kmkit.learn.metrics.slices import BY
from kmkit.learn.metrics.world import World

Side = Literal["output", "outcome"]
_PARTS = ("unit", "topic", "kind")
"""By what is told apart that takes longer than a month, or is as things stand."""
TRAIL, FILES, RECORDS = "the trail", "the files", "the applications"


class Metric(NamedTuple):
    """One row of the table."""

    name: str
    title: str
    side: Side
    """An output is what was done, an outcome what came of it."""
    unit: str
    better: Literal["up", "down", ""]
    """Which way is better; '' where neither is by itself."""
    source: str
    definition: str
    figures: Callable[[World], Iterator[Figure]]
    by: tuple[str, ...] = BY
    """By what it can be told apart."""
    house: bool = False
    """Whether it is told in the house alone: it is about people, or about what is critical."""


METRICS: tuple[Metric, ...] = (
    Metric("notes", "Notes in each state", "output", "notes", "", TRAIL,
           "Notes by the state that their trail had led them to at the end of the period; a note "
           "without a trail by the state in its file. The states add up to all notes.",
           outputs.notes),
    Metric("days-in-state", "Days in each state", "output", "days", "down", TRAIL,
           "Median of the days that notes had been in a state when they left it, of those that "
           "left it in the period.",
           outputs.days_in_state),
    Metric("captured", "Notes captured", "output", "notes", "up", TRAIL,
           "Notes whose capture is dated in the period.",
           outputs.captured),
    Metric("accepted", "Judgements that accepted the note", "output", "share", "", TRAIL,
           "Of the judgements that ended in the period, by a quorum or by a rejection, the share "
           "that ended with a quorum.",
           outputs.accepted),
    Metric("returned", "Notes returned at least once", "output", "share", "", TRAIL,
           "Of the notes that got a verdict in the period, the share that was returned for "
           "changes. None at all can mean that nobody reads closely.",
           outputs.returned),
    Metric("on-time", "Reviews on time", "output", "share", "up", TRAIL,
           "Of the reviews whose day fell into the period, the share of notes that were "
           "confirmed, revised or retired by that day. The day is the last review or first "
           "dissemination plus the note's interval, or the day to which it was put off.",
           outputs.on_time),
    Metric("habits", "Habits of judging worth a look", "output", "habits", "down", TRAIL,
           "Facts that kmkit audit --habits tells of the period, as a number alone.",
           outputs.habits, (), house=True),
    Metric("reach", "Times that notes went out, by channel", "output", "times", "up", TRAIL,
           "Disseminations dated in the period, by channel.",
           outputs.reach),
    Metric("two-channels", "Notes that reached two channels", "output", "share", "up", TRAIL,
           "Of the notes that are disseminated or maintained at the end of the period, the share "
           "that went out by two channels or more.",
           outputs.two_channels),
    Metric("covered", "Critical topics covered", "output", "share", "up",
           "the trail and kmkit.toml",
           "Of the critical topics of kmkit.toml, the share that a note covers which is "
           "validated or further at the end of the period.",
           outputs.covered, ("month",), house=True),
    Metric("held-by-one", "Notes held by one person", "output", "notes", "down", FILES,
           "Approved notes that one person alone has owned, written, judged or used, as things "
           "stand today (kmkit experts --at-risk).",
           outputs.alone, _PARTS, house=True),
    Metric("people", "People who took part", "output", "people", "up", TRAIL,
           "Different people who made a move in the period. Nobody is named, and nobody is "
           "compared with anybody.",
           outputs.people, house=True),
    Metric("units", "Units that captured something", "output", "share", "up",
           "the trail and people/",
           "Of the units named in people/ and in notes, the share from which a note was "
           "captured in the period.",
           outputs.units, ("month",), house=True),
    Metric("applied", "Identified notes that were applied", "outcome", "share", "up", RECORDS,
           "Of the notes captured in the period that are meant to be used again (of a kind that "
           "is reviewed, and not retired), the share that somebody had used by its end.",
           outcomes.applied, _PARTS),
    Metric("learned", "Identified notes that were learned", "outcome", "share", "up", RECORDS,
           "Of the same notes, the share of which a verified application says that they helped, "
           "and that no later note repeats.",
           outcomes.learned, _PARTS),
    Metric("days-to-use", "Days from capture to first use", "outcome", "days", "down", RECORDS,
           "Median over the notes that were first used in the period.",
           outcomes.days_to_use),
    Metric("days-to-learn", "Days from capture to learned", "outcome", "days", "down", RECORDS,
           "Median over the notes that became learned in the period.",
           outcomes.days_to_learn),
    Metric("uses", "Uses reported", "outcome", "uses", "up", RECORDS,
           "Applications with an outcome, dated in the period.",
           outcomes.uses),
    Metric("helped", "Uses that helped", "outcome", "share", "up", RECORDS,
           "Of these, the share whose outcome is 'helped'.",
           outcomes.helped),
    Metric("recurrence", "Notes that repeat an older one", "outcome", "share", "down",
           "the files",
           "Of the notes captured in the period, the share that says what an older note says "
           "already (kmkit related --repeats): a lesson identified again and not learned.",
           outcomes.recurrence),
)  # fmt: skip
"""Every metric, outputs before outcomes."""

STANDING = ("held-by-one", "habits")
"""Those of which a period before tells nothing."""
BY_NAME = {metric.name: metric for metric in METRICS}


def measured(world: World, *, by: str = "") -> list[Figure]:
    """Every figure of a world; with ``by`` those that can be told of such a part of it.

    For a circle beyond the narrowest those alone that are not of the house.
    """
    return [
        figure
        for metric in METRICS
        if (not by or by in metric.by) and not (world.wide and metric.house)
        for figure in metric.figures(world)
    ]
