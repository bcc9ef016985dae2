"""A note's page before its text is rendered: plain values, so that any process can finish it."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kmkit.audience.shown import Shown
from kmkit.lifecycle.rounds import approvals_of, approved_fingerprints
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.note.records import Application
from kmkit.text import one_line
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim, fold
from kmkit.views.clean import direction
from kmkit.views.digest_readers import INSTRUCTIONS
from kmkit.views.site.links import Around
from kmkit.views.site.values import (
    Approval,
    Confirmed,
    Ended,
    Gathered,
    Link,
    NotePage,
    Step,
    Use,
)
from kmkit.views.site.view import View

STEPS = 12
"""What happened to a note, at most."""
_RANKS = {name: rank for rank, name in enumerate(INSTRUCTIONS)}
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_TOLD = {
    "capture": "captured",
    "format": "formatted",
    "disseminate": "disseminated",
    "confirm": "confirmed",
    "revise": "revised",
    "reopen": "revised",
    "retire": "retired",
}
"""The moves that a page tells of, besides validation."""


class Text(NamedTuple):
    """A part of a note's text, as Markdown."""

    heading: str
    text: str


class Draft(NamedTuple):
    """A note's page before its text is rendered."""

    page: NotePage
    """Without parts, what to do first, and related notes."""
    texts: tuple[Text, ...]
    telling: tuple[int, ...]
    """The parts that tell readers what to do, the most telling first."""
    targets: Mapping[str, str]
    """Where the relative links in the text lead, from the page; what is not there is text."""
    pictures: Mapping[str, str]


def draft(view: View, shown: Shown, around: Around) -> Draft:
    """The page of one note, up to its text."""
    note = shown.note
    row = view.rows[note.id]
    claim = fold(view.events.get(note.id, ()))
    owner = view.ask(note)
    texts = _texts(note)
    targets, pictures = around.targets(note)
    page = NotePage(
        row=row,
        short=note.short if note.fields.id else "",
        language=row.language or view.language,
        level=shown.level if shown.level is not None else note.level,
        matters_to=one_line(note.fields.matters_to),
        first=(),
        parts=(),
        overdue=row.due if "overdue" in row.marks else None,
        ended=_ended(view, shown, claim),
        approvals=_approvals(view, note, claim, revised=shown.being_revised),
        confirmed=_confirmed(view, note, claim),
        gathered=_gathered(view, note),
        sources=tuple(map(one_line, note.fields.sources)) if view.narrowest else (),
        owner=owner,
        owner_href=around.person(owner.email) if owner else "",
        unit=one_line(note.fields.unit),
        uses=tuple(use_of(view, use) for use in view.uses.get(note.id, ())),
        evidence=tuple(around.evidence(note)),
        files=around.files(note),
        related=(),
        backlinks=tuple(around.backlinks(note)),
        replaces=around.rows(note.fields.supersedes),
        derived_from=around.rows(note.fields.derived_from),
        translations=around.translations(note),
        history=_history(view, note),
    )
    return Draft(page, texts, _telling(view, note, texts), targets, pictures)


def _texts(note: Note) -> tuple[Text, ...]:
    """The parts of the text that say something."""
    parts = [Text("", note.preamble), *(Text(one_line(s.heading), s.text) for s in note.sections)]
    return tuple(part for part in parts if part.text.strip())


def _telling(view: View, note: Note, texts: Sequence[Text]) -> tuple[int, ...]:
    """The parts that say what to do, by the names that sections have."""
    kind = view.kinds.get(note.kind)
    found = []
    for at, part in enumerate(texts):
        name = (kind and kind.canonical(part.heading, note.fields.language)) or part.heading
        if name in _RANKS:
            found.append((_RANKS[name], at))
    return tuple(at for _, at in sorted(found))


def _approvals(view: View, note: Note, claim: Claim, *, revised: bool) -> tuple[Approval, ...]:
    """The approvals of the version that stands: as the trail has them, where there is one."""
    if claim.captured:
        told = claim.held if revised else claim.verdicts
        from kmkit.lifecycle.rounds import approved_by

        found = approvals_of(told, approved_by(told, view.seen.policy))
    else:
        found = approvals_of(note.fields.verdicts, approved_fingerprints(note, view.seen.policy))
    return tuple(
        Approval(
            on=entry.on,
            method=one_line(entry.method),
            names=_deciders(view, entry.by, entry.decided_by),
            because=view.seen.masked(one_line(entry.because)) if view.narrowest else "",
            topic=one_line(entry.topic),
        )
        for entry in found
        if not entry.same_as
    )


def _deciders(view: View, by: str, decided_by: str) -> tuple[str, ...]:
    if not view.narrowest:
        return ()
    return (view.seen.masked(one_line(decided_by)) or view.named(by),)


def _confirmed(view: View, note: Note, claim: Claim) -> Confirmed | None:
    """The last confirmation: as the trail has it, where there is one."""
    entry = claim.reviewed if claim.captured else note.fields.reviewed
    if entry is None:
        return None
    because = view.seen.masked(one_line(entry.because))
    return Confirmed(entry.on, view.named(entry.by), because)


def _ended(view: View, shown: Shown, claim: Claim) -> Ended | None:
    """Why a retired note is out of use, and what is to be used instead."""
    if shown.state != State.RETIRED:
        return None
    steps = view.events.get(shown.note.id, ())
    last = next((e for e in reversed(steps) if e.to_state == State.RETIRED), None)
    instead = view.row(claim.superseded_by or shown.note.fields.superseded_by)
    return Ended(
        on=last.when.date() if last else None,
        because=view.seen.masked(one_line(last.reason)) if last else "",
        instead=Link(instead.title, instead.href) if instead else None,
    )


def _gathered(view: View, note: Note) -> Gathered | None:
    entry = note.fields.gathered
    if entry is None:
        return None
    return Gathered(entry.on, one_line(entry.method), one_line(entry.from_), view.named(entry.by))


def use_of(view: View, use: Application) -> Use:
    """One time that a note was used."""
    row = view.rows[use.note]
    because = one_line(use.because)
    return Use(
        title=row.title,
        href=row.href,
        where=one_line(use.in_),
        on=use.on,
        outcome=use.outcome,
        because=because,
        by=view.contact(use.by).name,
        direction=direction(because or use.in_),
    )


def _history(view: View, note: Note) -> tuple[Step, ...]:
    """What happened to the note, newest first."""
    steps = [
        Step(event.when.date(), what, view.named(event.email))
        for event in view.events.get(note.id, ())
        if (what := _what(event))
    ]
    steps += [
        Step(use.on, "applied", view.contact(use.by).name) for use in view.uses.get(note.id, ())
    ]
    steps.sort(key=lambda step: step.on)
    return tuple(reversed(steps[-STEPS:]))


def _what(event: Event) -> str:
    if event.from_state == State.CAPTURED and event.to_state not in ("", event.from_state):
        return "retired" if event.to_state == State.RETIRED else "validated"
    return _TOLD.get(event.move, "")
