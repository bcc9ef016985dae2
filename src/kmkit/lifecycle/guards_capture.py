"""The guards of a new note: it begins its walk, and says where its knowledge comes from."""

from collections.abc import Iterable

from kmkit.lifecycle.context import Context
from kmkit.lifecycle.guards import Objection, given, known_level, leaving
from kmkit.lifecycle.person import address
from kmkit.lifecycle.states import State
from kmkit.note.checks import is_id
from kmkit.note.model import GATHERING_METHODS, MOVE_FIELDS, Note
from kmkit.text import did_you_mean


def provenance(note: Note, context: Context) -> Iterable[Objection]:
    """It is said how, by whom and when the knowledge was gathered."""
    gathered = note.fields.gathered
    if gathered is None:
        return
    if gathered.method not in GATHERING_METHODS:
        near = did_you_mean(gathered.method, GATHERING_METHODS)
        yield Objection(
            f"'{gathered.method}' is no way of gathering knowledge.",
            near or f"Use one of: {', '.join(GATHERING_METHODS)}.",
        )
    if not given(gathered.by):
        yield Objection("It is not said who gathered this.", "Write their e-mail in gathered.by.")
    if gathered.on > context.today:
        yield Objection(
            f"gathered.on, {gathered.on}, lies in the future.", "Give the day it happened."
        )


def fresh(note: Note, context: Context) -> Iterable[Objection]:
    """A new note begins its walk: nothing in it that only later moves write."""
    if note.fields.id and not is_id(note.fields.id):
        yield Objection(
            f"'{note.fields.id}' is no id: YYYYMMDD, a slug, four characters, joined by hyphens.",
            "Take the line 'id:' out of the file, and the note is given one.",
        )
    if note.state != State.CAPTURED:
        yield Objection(f"A new note is captured, not {note.state}.", "Write state: captured.")
    for name in sorted(MOVE_FIELDS - {"state", "owner", "level"}):
        if name in note.raw:
            yield Objection(
                f"'{name}' is written by later moves.", f"Take '{name}' out of the new note."
            )
    if note.level:
        yield from known_level(note.level, context.policy)


def owned(note: Note, context: Context) -> Iterable[Objection]:
    """The owner is a person who is here; one who is about to leave may still write things down."""
    if note.owner and not address(note.owner):
        yield Objection(
            f"The owner '{note.fields.owner}' is no e-mail address.",
            "A person owns a note, never a role: write their address.",
        )
    if (until := context.people.get(note.owner)) is not None and until < context.today:
        yield from leaving(note.owner, context)
