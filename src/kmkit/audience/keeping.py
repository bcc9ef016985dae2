"""Notes, steps and uses as a circle may see them: without what must not leave."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from kmkit.audience.protected import Protected
from kmkit.note.model import Fields, Note
from kmkit.note.protecting import PEOPLE, UNSHOWN, shown_texts, texts_in
from kmkit.trail.event import Event

if TYPE_CHECKING:
    from kmkit.note.records import Application

_LINKS = ("translation_of", "derived_from", "supersedes", "superseded_by", "repeats")
"""Fields that name notes."""
_LEFT_OUT = frozenset((*_LINKS, *PEOPLE))
_EMPTIED = frozenset(("by", "because", "decided_by", "evidence", "minutes"))
"""Parts of verdicts, reviews and the like: what would be left of them could still tell."""
_TODAY = {"owner", "backup", "disseminated", "reviewed", "superseded_by"}
"""Fields that a version in force has from the file of today."""
_WHAT = ("Kmkit-Note", "Kmkit-Move", "Kmkit-About")
"""Trailers that say of what an event is; the note is one that may be seen."""


class Weighed(NamedTuple):
    """What of a note must not leave."""

    hidden: bool
    """All of it: a protected name stands in what readers could be shown."""
    named: bool
    """A protected name stands in the file."""


def weighed(protected: Protected, note: Note) -> Weighed:
    """Whether a protected name stands in ``note``, and in what readers could be shown of it.

    Where a person is named the person can be left out, so these fields are not looked at.
    """
    names = protected.names
    if not names or not names.in_text(_quickly(note)):
        return Weighed(hidden=False, named=False)
    shown = (str(note.path), *shown_texts(note))
    return Weighed(hidden=any(map(names.in_text, shown)), named=True)


def kept(protected: Protected, note: Note, *, named: bool) -> Note:
    """``note`` with a sign of omission for all that must not leave.

    People and notes in its fields that must not be named are as if they were not there.
    ``named``: a protected name stands in the file.
    """
    if not named and not note.fields.protect and not protected.tells(_quickly(note), known=note.id):
        return note
    fields = note.fields.model_dump(exclude=set(UNSHOWN))
    keeping = {"review_every": note.fields.review_every}
    masked = protected.masked
    return replace(
        note,
        data=masked(note.text).encode(),
        fields=Fields.model_validate(_values(protected, fields)).model_copy(update=keeping),
        raw={k: v for k, v in _values(protected, note.raw).items() if k != "protect"},
        preamble=masked(note.preamble),
        sections=tuple(
            s._replace(heading=masked(s.heading), text=masked(s.text)) for s in note.sections
        ),
    )


def kept_event(protected: Protected, event: Event) -> Event:
    """``event`` without what must not leave."""
    people = (event.name, event.email)
    lists = (*event.reviewed_by, *event.coauthors, *event.attached)
    told = (v for k, v in event.trailers.items() if k not in _WHAT)
    if not protected.in_text("\n".join((*people, event.subject, event.reason, *lists, *told))):
        return event
    named = protected.in_text(*people)
    return event._replace(
        name="" if named else event.name,
        email="" if named else event.email,
        subject="" if protected.in_text(event.subject) else event.subject,
        reason="" if protected.in_text(event.reason) else event.reason,
        reviewed_by=_untold(protected, event.reviewed_by),
        coauthors=_untold(protected, event.coauthors),
        attached=_untold(protected, event.attached),
        trailers={
            k: v for k, v in event.trailers.items() if k in _WHAT or not protected.in_text(v)
        },
    )


def kept_use(protected: Protected, use: "Application") -> "Application | None":
    """``use`` without what must not leave; None where its story tells of it."""
    if protected.in_id(use.id) or protected.in_text(use.in_, use.because):
        return None
    by = "" if protected.in_text(use.by) else use.by
    return use.model_copy(update={"by": by, "evidence": _untold(protected, use.evidence)})


def _untold(protected: Protected, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts that tell of nothing kept back."""
    return tuple(text for text in texts if not protected.in_text(text))


def _quickly(note: Note) -> str:
    """A text in which all stands that readers could be shown of the note, and more."""
    today = note.fields.model_dump(include=_TODAY)
    said = [note.text, str(note.path), *texts_in(today, by=True)]
    if "\\" in note.text:  # which YAML reads as something else
        said += [*shown_texts(note), *texts_in(note.raw, by=True)]
    return "\n".join(said)


def _values(protected: Protected, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with a sign of omission in their texts; ids and people kept back are left out."""
    return {name: _value(protected, name, value) for name, value in values.items()}


def _value(protected: Protected, name: str, value: Any) -> Any:
    if isinstance(value, str):
        if not protected.in_text(value):
            return value
        if name in _EMPTIED:
            return ""
        return None if name in _LEFT_OUT else protected.masked(value)
    if isinstance(value, Mapping):
        return _values(protected, value)
    if isinstance(value, list | tuple):
        made = (_value(protected, name, one) for one in value)
        return tuple(one for one in made if one not in (None, ""))
    return value
