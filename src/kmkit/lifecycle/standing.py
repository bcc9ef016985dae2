"""The version in force of a note that is being revised."""

from dataclasses import replace

from kmkit.note.model import Note

_OF_TODAY = ("owner", "backup", "level", "protect", "disseminated", "reviewed", "superseded_by")
"""Fields that are taken from the file as it is today: they do not belong to the text."""


def overlaid(note: Note, old: Note) -> Note:
    """The approved text ``old`` with what holds today of the note: owner, level, reach, review."""
    today = {name: getattr(note.fields, name) for name in _OF_TODAY}
    state = note.fields.in_force.state if note.fields.in_force else note.state
    fields = old.fields.model_copy(update={**today, "state": state, "in_force": None})
    return replace(old, fields=fields, path=note.path)
