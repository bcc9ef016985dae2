"""Rounds of an assessment at the command line: collected, reported, compared, matched."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kmkit.cli.calendars import write_days
from kmkit.cli.formats import by_ending, deliver, many
from kmkit.cli.screen import out, say, table
from kmkit.cli.told import foot_of, for_whom, open_for
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.learn.assess.instrument import Instrument
    from kmkit.learn.assess.match import Pair
    from kmkit.learn.assess.rounds import Round
    from kmkit.reach.ics import DueDay

_OF = "units are told apart"


def rounds_of(kb: "KnowledgeBase") -> "list[Round]":
    """Every round that was collected, the oldest first."""
    from kmkit.learn.assess.rounds import round_of
    from kmkit.note.records.assessment import Assessment

    found = [round_of(one) for one in kb.records("assessment") if isinstance(one, Assessment)]
    return sorted(found, key=lambda one: (one.on, one.name))


def collect(kb: "KnowledgeBase", found: "Instrument", files: list[Path], name: str) -> None:
    """Add up the answers and keep the sums as a round."""
    from kmkit.kb.recording import new
    from kmkit.learn.assess.rounds import fields_of
    from kmkit.learn.assess.sheets import read_sheet
    from kmkit.learn.assess.tally import tally

    if not name:
        raise UsageError("--round is missing.", "Say what the round is called: --round 2026")
    if not files:
        raise UsageError("No file of answers is named.", "kmkit assess collect NAME answers/*.json")
    taken = next(
        (one for one in rounds_of(kb) if (one.instrument, one.name) == (found.name, name)), 0
    )
    if taken:
        raise UsageError(
            f"The round '{name}' was collected already.",
            "A round is collected once: the difference of two sums would tell who came later.",
        )
    sheets = [read_sheet(path, lambda _: found) for path in _each_once(files)]
    for path, sheet in zip(files, sheets, strict=True):
        if sheet.instrument != found.name:
            raise Cannot(f"{path} answers {sheet.instrument}.", "Leave it out.")
    summed = tally(found, sheets)
    made = new(kb, "assessment", fields_of(found, name, kb.today, summed))
    would = "Would collect" if kb.dry_run else "Collected"
    units = many(len(summed.units), "unit")
    say(f"{would} {many(summed.people, 'answer')} as the round {name}; {units} told apart.")
    if not kb.dry_run:
        say("The files of answers are not needed any more; delete them.")
        out(str(made.path))


def _each_once(files: list[Path]) -> list[Path]:
    """The files; UsageError where one is named twice, for it would count twice."""
    seen: set[Path] = set()
    for path in files:
        if path.resolve() in seen:
            raise UsageError(f"{path} is named twice.", "Name each file once.")
        seen.add(path.resolve())
    return files


def chosen(kb: "KnowledgeBase", found: "Instrument", name: str) -> "list[Round]":
    """The round of that name, or the latest, and those before it, the latest first."""
    from kmkit.learn.assess.rounds import latest

    rounds = latest(rounds_of(kb), found.name)
    if not rounds:
        raise UsageError(
            f"No round of {found.name} was collected yet.",
            f"Begin with kmkit assess form {found.name} -o form.html",
        )
    at = next((n for n, one in enumerate(rounds) if one.name == name), 0 if not name else None)
    if at is None:
        known = ", ".join(one.name for one in rounds)
        raise UsageError(f"There is no round '{name}'.", f"Rounds: {known}.")
    return rounds[at:]


def report(
    ctx: typer.Context,
    kb: "KnowledgeBase",
    found: "Instrument",
    name: str,
    others: list[Path],
    audience: str,
    output: Path | None,
) -> None:
    """Show what a round tells, beside the one before and those of others.

    To a circle beyond the narrowest without units, as a round is shared.
    """
    from kmkit.audience.known import Known
    from kmkit.learn.assess.rounds import read_shared, without_units
    from kmkit.views import assess as view

    now, *earlier = chosen(kb, found, name)
    before = earlier[0] if earlier else None
    theirs = [read_shared(path) for path in others]
    for path, one in zip(others, theirs, strict=True):
        if one.instrument != found.name:
            raise UsageError(f"{path} is about {one.instrument}.", f"Name one of {found.name}.")
    with open_for(ctx, audience) as index:
        organisation = index.rules.organisation
        foot, said = foot_of(index, _OF), for_whom(index, _OF)
        if isinstance(index, Known) and index.wide:
            now = without_units(now, index.masked)
            before = without_units(before, index.masked) if before else None
            theirs = [without_units(one, index.masked) for one in theirs]
    if output and by_ending(output, ("html",)):
        text = view.report(
            found, now, before, theirs, organisation=organisation, foot=foot, kb=kb.root
        )
        deliver(text, output)
        return
    table(view.SCORES, view.score_rows(found, now, before))
    for one in theirs:
        say(f"{one.office}, {one.name}:")
        table(view.SCORES, view.score_rows(found, one, None))
    say(said)


def match(
    kb: "KnowledgeBase",
    found: "Instrument",
    files: list[Path],
    name: str,
    each: int,
    first: date,
    ics: Path | None = None,
) -> None:
    """Pair this office and those whose rounds are named; ``ics`` takes the days as a calendar."""
    from kmkit.learn.assess.match import dated, matched, means_of
    from kmkit.learn.assess.rounds import read_shared

    own = chosen(kb, found, name)[0]._replace(office=kb.config.organisation.name)
    rounds = [own, *(read_shared(path) for path in files)]
    if len({one.office for one in rounds}) < len(rounds) or len(rounds) < 2:
        raise UsageError(
            "Offices are paired with each other, so each has to be there once.",
            "Name the files that they shared: kmkit assess match NAME theirs.json",
        )
    titles = {dimension.id: dimension.title for dimension in found.dimensions}
    pairs = dated(matched(means_of(found, rounds), titles, each=each), first)
    rows = [(one.asks, one.helps, one.title, one.on, one.why) for one in pairs]
    if str(ics) != "-":
        table(("asks", "helps", "about", "day", "why"), rows)
    if not pairs:
        say("Nobody is far enough ahead of anybody else to help.")
    if ics:
        write_days(kb, ics, _days(found, pairs), of="peer assists", thing="proposed day")


def _days(found: "Instrument", pairs: "list[Pair]") -> "list[DueDay]":
    """The proposed days, one a pair, with why."""
    from kmkit.reach.ics import DueDay

    return [
        DueDay(
            f"peer-assist/{found.name}/{one.about}/{one.asks}/{one.helps}",
            f"Peer assist (proposed): {one.helps} helps {one.asks}, {one.title}",
            one.on,
            one.why,
        )
        for one in pairs
        if one.on
    ]
