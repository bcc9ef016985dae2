"""The circumstances of a move, as its commit and what stood before it tell them."""

from datetime import date, timedelta
from typing import Any

from kmkit.errors import KmkitError
from kmkit.lifecycle.context import Context, Request
from kmkit.lifecycle.moves import JUDGING
from kmkit.note.file import read
from kmkit.note.model import Note, Verdict
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.rules_of import Rules
from kmkit.trail.audit.scene import Scene
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim


def context_of(
    scene: Scene,
    event: Event,
    note: Note,
    known: Known | None,
    before: Claim,
    rules: Rules,
) -> Context | None:
    """The circumstances by ``rules``; None where they do not have the kind of the note."""
    kind = rules.kind(note.kind)
    if kind is None:
        return None
    in_force = None
    asked = event.move in JUDGING  # which takes a while to tell
    authors = known.written.authors(known.fingerprint) if known and asked else None
    if before.in_force and event.move == "validate":
        in_force = _version(scene, before.in_force.blob, note)
    successor = event.get("Superseded-By")
    request = _request(event, note)
    return Context(
        actor=scene.author,
        today=_today(event, request),
        policy=rules.policy,
        config=rules.settings,
        kind=kind,
        request=request,
        fingerprint=event.fingerprint,
        verdicts=_counting(event, known, before),
        held=before.held,
        approved=rules.approved(before.verdicts),
        authors=authors.emails if authors else frozenset(),
        author_names=authors.names if authors else frozenset(),
        scribe=before.scribe,
        scribe_name=before.scribe_name,
        committed_fingerprint=known.fingerprint if known else "",
        known_ids=frozenset([successor] if successor and scene.book.path_of(successor) else ()),
        in_force=in_force,
    )


def _counting(event: Event, known: Known | None, before: Claim) -> tuple[Verdict, ...]:
    """The verdicts that count: none of those for which others were given since."""
    if known is None:
        return before.verdicts
    renews = event.move == "renew" and known.doubt
    return () if renews else before.verdicts[known.renewed :]


def _today(event: Event, request: Request) -> date:
    """A day on which no guard objects to a date: dates in a commit prove nothing, either way."""
    if event.move == "capture":
        return date.max
    if request.due and request.due > date.min:
        return request.due - timedelta(days=1)
    return date.min


def _version(scene: Scene, blob: str, note: Note) -> Note | None:
    try:
        return read(scene.fetch(blob), note.path)
    except KmkitError:
        return None


def _request(event: Event, note: Note) -> Request:
    """What was asked for, by the trailers."""
    due = note.fields.deferred.until if note.fields.deferred else None
    told = event.trailers.items()
    said: dict[str, Any] = {_SAID[key]: value for key, value in told if key in _SAID}
    return Request(because=event.reason, due=due, **said)


_SAID = {
    f"Kmkit-{name}": name.lower().replace("-", "_")
    for name in (
        "Method", "Verdict", "Topic", "Decided-By", "Minutes", "Channel", "Audience", "Level",
        "Owner", "Superseded-By",
    )
} | {"Kmkit-Asked": "to"}  # fmt: skip
"""Trailer -> what it says of the request."""
