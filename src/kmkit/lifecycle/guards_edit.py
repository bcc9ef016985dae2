"""What a note that a hand changed is judged by."""

from collections.abc import Iterable

from kmkit.lifecycle.context import Context
from kmkit.lifecycle.guards import Objection, uncovered
from kmkit.lifecycle.guards_validation import known_as
from kmkit.lifecycle.person import Person
from kmkit.note.model import MOVE_FIELDS, Note
from kmkit.text import as_typed

_WAY = {
    "id": "never",
    "owner": "by kmkit reassign",
    "level": "by kmkit release and kmkit narrow",
    "superseded_by": "by kmkit retire",
}


def by_moves_alone(note: Note, context: Context) -> Iterable[Objection]:
    """A hand's edit leaves alone what moves write, and the identity."""
    before = context.committed
    for name in sorted((MOVE_FIELDS | {"id"}) if before else ()):
        if before and note.raw.get(name) != before.raw.get(name):
            old = before.raw.get(name)
            put_back = f"put it back as git show {as_typed(f'HEAD:./{note.path}')} has it"
            if old is None or isinstance(old, str):
                put_back = "take it out" if old is None else f"put it back as it was: {name}: {old}"
            yield Objection(
                f"'{name}' was changed by hand, and it changes {_WAY.get(name, 'by moves alone')}.",
                f"In the file, {put_back}.",
            )


def changed(note: Note, context: Context) -> Iterable[Objection]:
    """A hand changed something."""
    if context.committed and note.data == context.committed.data:
        yield Objection("Nothing was changed, so there is nothing to record.", "Change it first.")


def from_the_approved(note: Note, context: Context) -> Iterable[Objection]:
    """What is reworded is a text that was approved, or a rewording of one."""
    if context.by_hand:
        yield uncovered(note, context.by_hand)


def own_part(note: Note, context: Context) -> Iterable[Objection]:
    """Nobody writes themselves out of a note, to judge it, or in as its backup, to confirm it."""
    if context.committed:
        manages = context.policy.has_role(context.actor.key, "manager")
        yield from part_in(note, context.committed, context.actor, manages=manages)


def part_in(note: Note, before: Note, who: Person, *, manages: bool) -> Iterable[Objection]:
    """What ``who`` may not do to the names in a note, which stood as ``before``."""
    named, backup = names_in(note)
    before_named, before_backup = names_in(before)
    if known_as([who.email, who.name]) & (before_named - named):
        yield Objection(
            f"{who.key} is named among those who gave, gathered or wrote this.",
            "If that is wrong, somebody else has to take it out.",
        )
    may = who.key == before.owner or manages
    if backup and backup != before_backup and not may:
        yield Objection(
            f"{who.key} neither owns this note nor manages here, and names its backup.",
            f"Ask {before.fields.owner} to do it.",
        )


def names_in(note: Note) -> tuple[set[str], str]:
    """Who is named as having a part in the note, and the address of its backup."""
    fields = note.fields
    gathered = [fields.gathered.by] if fields.gathered else []
    named = known_as([*fields.sources, *fields.authors, *gathered])
    return named, (fields.backup or "").strip().casefold()
