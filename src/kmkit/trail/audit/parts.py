"""Who had a part in a note, and who may confirm it: nobody writes that in their own favour."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.guards_edit import names_in, part_in
from kmkit.note.model import Note
from kmkit.note.reading import read
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.rules_of import Rules
from kmkit.trail.audit.scene import Scene
from kmkit.trail.writers import Writing


def own_part(scene: Scene, note: Note, new: Known, sides: Sequence[Known]) -> Known:
    """A finding where the author writes themselves out of a note, or in as its backup.

    They count among those who wrote it from then on. ``sides`` are what stood before: one version,
    or that of each parent of a merge.
    """
    at = len(scene.faults)
    event = scene.told.event
    if not (event and event.move == "capture" and event.note == new.id):
        _judged(scene, note, new, sides)
    if len(scene.faults) > at:
        return new._replace(written=new.written.wrote(writing(scene)))
    return new


def _judged(scene: Scene, note: Note, new: Known, sides: Sequence[Known]) -> None:
    trusted = [side for side in sides if not side.doubt] or sides
    if any(side.rest == new.rest for side in trusted):  # so is every name
        return
    stands = [before for side in trusted if (before := stood(scene, side))]
    if any(_found(scene, side) for side in sides if side not in trusted) and not any(
        names_in(note) == names_in(before) for before in stands
    ):
        message = f"The merge keeps names in {new.path} that somebody changed in their own favour."
        scene.say("own-part", new.id, new.path, message)
        return
    manages = scene.everywhere("manager")
    each = [
        [said.message for said in part_in(note, before, scene.author, manages=manages)]
        for before in stands
    ]
    if each and all(each):
        scene.say("own-part", new.id, new.path, f"{each[0][0]} The commit changes that.")


def _found(scene: Scene, side: Known) -> bool:
    """Whether that was found of a side before."""
    return any(scene.findings[at].rule == "own-part" for at in side.faults)


def writing(scene: Scene) -> Writing:
    """The commit as one that changed the words of a note."""
    return Writing(scene.number, scene.writers, scene.names)


def stood(scene: Scene, known: Known) -> Note | None:
    """The note as it stood; None where something else than a file stands in its place."""
    try:
        return read(scene.fetch(known.blob), PurePosixPath(known.path))
    except Cannot:
        return None


def reprinted(scene: Scene, known: Known, before: Rules, now: Rules) -> Known:
    """The note by the guidance of other rules."""
    guidance = now.guidance(known.kind)
    if guidance == before.guidance(known.kind) or not (note := stood(scene, known)):
        return known
    print_ = fingerprint(note, guidance)
    written = known.written.reprinted(known.fingerprint, print_)
    return known._replace(fingerprint=print_, written=written)
