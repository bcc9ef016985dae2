"""A step that a commit tells of a record: may it be taken, and is it what the file says?"""

from collections.abc import Iterator
from typing import Any

from kmkit.note.records import Record
from kmkit.note.records.application import DOING
from kmkit.note.records.walks import Deed, deed_of
from kmkit.text import address_key, one_line
from kmkit.trail.audit.records_known import Filed
from kmkit.trail.audit.scene import Scene
from kmkit.trail.event import Event

_EDIT = "change"
"""The step that leaves the walk as it is, and gives nothing to anybody."""
_REASONED = ("replan",)
"""The steps whose reason stands in the commit alone."""
_RULES = {"verified-by-doer": "own-verification", "early-evidence": "evidence-before-change"}
"""What the record itself contradicts, and the rule that it stands for."""


def judge_step(
    scene: Scene, event: Event, record: Record, known: Filed | None, new: Filed
) -> Filed:
    """What is known of the record after the step; what is wrong with it goes to the findings."""
    for rule, message in dict.fromkeys(_wrong(scene, event, record, known, new)):
        scene.say(rule, new.record, new.path, message)
    doers = new.doers
    if event.move in DOING:
        doers |= scene.writers | scene.author.known_by
    whose, trail = new.whose, new.trail
    if event.move != _EDIT:
        whose |= {address_key(record.who)} - {""}
        trail |= {scene.number}
    if known is None:
        whose |= {scene.author.key}
    return new._replace(
        whose=whose,
        doers=doers,
        trail=trail,
        sealed=new.sealed or bool(event.get("Blob")),
        since=new.since if new.doubt else scene.commit.sha,
    )


def _wrong(
    scene: Scene, event: Event, record: Record, known: Filed | None, new: Filed
) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with the step: rule and message."""
    before = known.stage if known else ""
    deed = deed_of(new.kind, event.move, before, new.stage)
    if deed is None:
        was = before or "not yet there"
        yield "illegal-step", f"'{event.move}' does not lead from {was} to {new.stage}."
        return
    yield from _mismatched(event, record, known, new, deed)
    values = new.values
    named = [who for who in (_value(values, name) for name in deed.names) if who]
    if deed.names and scene.author.key not in map(address_key, named):
        who = ", ".join(named) or "nobody"
        yield "names-another", f"{new.path} names {who}, and {scene.author.key} made the commit."
    misfits = [(_RULES.get(one.rule, "incomplete-record"), one.message) for one in record.misfits()]
    yield from misfits
    if event.move == "verify":
        told = {rule for rule, _ in misfits}
        yield from (one for one in _verified(scene, values, new) if one[0] not in told)
    if event.move in _REASONED and not one_line(event.reason):
        yield "incomplete-record", f"'{event.move}' gives no reason."


def _verified(scene: Scene, values: dict[str, Any], new: Filed) -> Iterator[tuple[str, str]]:
    """Somebody else saw it, by some evidence."""
    if scene.author.known_by & new.doers:
        message = f"{scene.author.key} did or reported what {new.path} says was verified."
        yield "own-verification", message
    if not one_line(_value(values, "verified.evidence")):
        yield "incomplete-record", f"{new.path} names no evidence of what was verified."


def _mismatched(
    event: Event, record: Record, known: Filed | None, new: Filed, deed: Deed
) -> Iterator[tuple[str, str]]:
    """What the trailers say otherwise than the file, and what the step does not write."""
    if known:
        mine, yours = known.values, new.values
        changed = {name for name in {*mine, *yours} if mine.get(name) != yours.get(name)}
        if foreign := sorted(changed - deed.writes):
            yield "step-mismatch", f"'{deed.verb}' changed {', '.join(foreign)} of {new.path}."
    blob = event.get("Blob")
    if blob and blob != new.blob:
        message = f"'{deed.verb}' recorded another version of {new.path} than the commit holds."
        yield "step-mismatch", message
    for name, value in _told(event, record, known, new):
        given = event.get(name)
        if given != one_line(value) and (given or blob):
            message = f"Kmkit-{name} is '{given}', and {new.path} says '{one_line(value)}'."
            yield "step-mismatch", message


def _told(
    event: Event, record: Record, known: Filed | None, new: Filed
) -> Iterator[tuple[str, str]]:
    """The trailers that tell what the file says: name and value."""
    values, before = new.values, known.values if known else {}
    yield "About", record.about
    if event.move in DOING:
        yield "On", _value(values, "on")
        yield "Outcome", _value(values, "outcome")
    elif event.move == "verify":
        yield "On", _value(values, "verified.on")
        yield "Evidence", _value(values, "verified.evidence")
        same = values.get("outcome") == before.get("outcome")
        yield "Outcome", "" if same else _value(values, "outcome")
    elif event.move in ("plan", "replan"):
        for name, field in (("Asked", "by"), ("Due", "due")):
            if event.get(name) or values.get(field) != before.get(field):
                yield name, _value(values, field)


def _value(values: dict[str, Any], name: str) -> str:
    """A walked field, such as ``verified.by``; '' where it is not there."""
    first, _, rest = name.partition(".")
    found = values.get(first)
    if rest:
        found = found.get(rest) if isinstance(found, dict) else None
    return str(found) if found is not None else ""
