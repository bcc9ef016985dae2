"""What the commit of each move tells: its subject and its trailers; `fold` reads them back."""

from collections.abc import Iterator
from dataclasses import replace

from kmkit.lifecycle.context import Context
from kmkit.lifecycle.moves import Move
from kmkit.note.model import Note
from kmkit.text import one_line

Trailers = Iterator[tuple[str, str]]


def subject(move: Move, note: Note) -> str:
    """The first line of the message: ``validate: Order fuel before the roads close``."""
    return f"{move.verb}: {note.title}"


def trailers(move: Move, before: str, note: Note, context: Context) -> Trailers:
    """The trailers of ``move``, that led from the state ``before`` to ``note`` as it is now."""
    yield "Kmkit-Note", note.id
    yield "Kmkit-Move", f"{move.verb} {before} -> {note.state}".replace("  ", " ")
    yield "Kmkit-Fingerprint", context.fingerprint
    yield from _OWN.get(move.verb, _nothing)(note, context)


def _nothing(note: Note, context: Context) -> Trailers:
    return iter(())


def _captured(note: Note, context: Context) -> Trailers:
    yield "Kmkit-Level", note.level
    yield "Kmkit-Owner", note.fields.owner or ""


def _judged(note: Note, context: Context) -> Trailers:
    request = context.request
    yield "Kmkit-Method", request.method
    yield "Kmkit-Verdict", request.verdict
    if request.method == "expert-review":
        yield "Kmkit-Topic", request.topic
    yield "Kmkit-Decided-By", request.decided_by
    yield "Kmkit-Minutes", request.minutes
    if request.verdict == "approve" and request.method != "committee":
        yield "Reviewed-by", str(context.actor)


def _renewed(note: Note, context: Context) -> Trailers:
    yield from _captured(note, context)
    approval = replace(context.request, verdict="approve")
    yield from _judged(note, replace(context, request=approval))


def _same(note: Note, context: Context) -> Trailers:
    entry = note.fields.verdicts[-1]
    yield "Kmkit-Method", entry.method
    yield "Kmkit-Verdict", entry.verdict
    yield "Kmkit-Same-As", entry.same_as
    yield "Kmkit-Topic", entry.topic
    yield "Kmkit-Decided-By", entry.decided_by
    yield "Kmkit-Minutes", entry.minutes
    yield "Reviewed-by", str(context.actor)


def _revised(note: Note, context: Context) -> Trailers:
    if standing := note.fields.in_force:
        yield "Kmkit-In-Force", f"{standing.blob} {standing.state}"


def _disseminated(note: Note, context: Context) -> Trailers:
    entry = note.fields.disseminated[-1]
    yield "Kmkit-Channel", entry.channel
    yield "Kmkit-Audience", entry.audience
    yield "Kmkit-On", entry.on.isoformat()
    yield "Kmkit-Evidence", entry.evidence


def _asked(note: Note, context: Context) -> Trailers:
    yield "Kmkit-Asked", context.request.to
    yield from _due(note, context)


def _due(note: Note, context: Context) -> Trailers:
    if context.request.due:
        yield "Kmkit-Due", context.request.due.isoformat()


def _levelled(note: Note, context: Context) -> Trailers:
    yield "Kmkit-Level", note.level


def _reassigned(note: Note, context: Context) -> Trailers:
    yield "Kmkit-Owner", note.fields.owner or ""


def _retired(note: Note, context: Context) -> Trailers:
    yield "Kmkit-Superseded-By", one_line(context.request.superseded_by)


_OWN = {
    "capture": _captured,
    "revise": _revised,
    "reopen": _nothing,
    "ask": _asked,
    "validate": _judged,
    "settle": _nothing,
    "renew": _renewed,
    "same-meaning": _same,
    "disseminate": _disseminated,
    "defer": _due,
    "release": _levelled,
    "narrow": _levelled,
    "reassign": _reassigned,
    "retire": _retired,
}
