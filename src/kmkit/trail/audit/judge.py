"""One commit before its judge: the rules it changes, and each note it touches."""

from collections.abc import Sequence
from dataclasses import replace

from kmkit.trail.audit.history import Change
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.merged_rules import by_steward, read_in
from kmkit.trail.audit.moves import judge_move
from kmkit.trail.audit.notes import come_back, judge_notes, reread
from kmkit.trail.audit.parts import stood
from kmkit.trail.audit.paths import in_notes, in_records, is_note, is_rule, matters
from kmkit.trail.audit.rules_of import Reader, Rules, held
from kmkit.trail.audit.scene import Scene
from kmkit.trail.event import Event


def judge(scene: Scene, reader: Reader) -> None:
    """Judge one commit that is no merge, and write into its book what stands now."""
    notes, records, rules = _sorted(scene.commit.changes)
    if not scene.parents and (notes or records or any(is_rule(change.path) for change in rules)):
        scene.say("outside-anchor", "", "", "This commit has no line back to the anchor.")
    if scene.told.rule and (notes or records or rules):
        path = next((change.path for change in (*notes, *records)), "")
        scene.say(scene.told.rule, "", path, scene.told.message)
    start = tuple(scene.faults)
    event = scene.told.event
    was = None
    if event and len(scene.commit.changes) > 1:
        was = scene.book.get(scene.book.path_of(event.note))
    touched = judge_notes(scene, notes, start)
    if event:
        _event(scene, event, was, touched, rules)
    if records or scene.told.record:
        from kmkit.trail.audit.records import judge_records  # with pydantic

        judge_records(scene, records, start)
    if rules:
        before = scene.book.rules
        scene.book.rules = change_rules(scene, reader, rules)
        reread(scene, before)


def _sorted(changes: Sequence[Change]) -> tuple[list[Change], list[Change], list[Change]]:
    """Those of notes, of records, and of what a commit is judged by."""
    notes: list[Change] = []
    records: list[Change] = []
    rules: list[Change] = []
    for change in changes:
        if in_notes(change.path):
            notes.append(change)
        elif in_records(change.path):
            records.append(change)
        elif matters(change.path):
            rules.append(change)
    return notes, records, rules


def _event(
    scene: Scene, event: Event, was: Known | None, touched: Sequence[str], rules: Sequence[Change]
) -> None:
    """The move that the commit tells touches its note, and nothing else of ours."""
    scene.ask_signature(event.note, "")
    if event.note not in touched:
        path = scene.book.path_of(event.note)
        if not touched and _captured_as_it_stands(scene, event, path):
            return
        if touched:
            scene.say(
                "move-mismatch",
                event.note,
                path,
                f"The commit tells a move of {event.note} and touches {touched[0]}.",
            )
        else:
            scene.say(
                "move-without-change",
                event.note,
                path,
                f"The commit tells '{event.move}' of {event.note} and does not touch it.",
            )
        return
    if len(scene.commit.changes) > 1:
        _more_than_the_note(scene, event, was, touched, rules)


def _more_than_the_note(
    scene: Scene, event: Event, was: Known | None, touched: Sequence[str], rules: Sequence[Change]
) -> None:
    """A move changes its note and nothing else of ours; ``was`` is how that stood before."""
    paths = [c.path for c in scene.commit.changes if is_note(c.path)]
    theirs = any(is_rule(change.path) for change in rules)
    if theirs or len(paths) > 1:
        others = [name for name in touched if name != event.note]
        what = others[0] if others else "the rules" if theirs else paths[0]
        path = scene.book.path_of(event.note)
        scene.say(
            "more-than-the-note",
            event.note,
            path,
            f"'{event.move}' of {event.note} changed {what} as well.",
        )
        if known := scene.book.get(path):
            scene.put(known, scene.faults[-1:], was)


def _captured_as_it_stands(scene: Scene, event: Event, path: str) -> bool:
    """Whether the commit captures a note that a hand committed before, and changes nothing."""
    known = scene.book.get(path)
    if event.move != "capture" or known is None or known.claim.captured:
        return False
    if note := stood(scene, known):
        come_back(scene, note, known)
        new = judge_move(scene, event, note, known, known)
        scene.put(new, scene.faults, known)
        if not new.doubt:
            scene.mend(known.faults)
    return note is not None


# The rules


def change_rules(scene: Scene, reader: Reader, changes: Sequence[Change]) -> Rules:
    """The rules after a commit that changes their files; those before it where it may not."""
    rules = scene.book.rules
    for change in changes:
        path, blob = change.path, held(change)
        message = f"{path} was changed by {scene.author.key}, who was not steward before."
        if is_rule(path) and not by_steward(scene, "rules-by-other", path, message):
            rules = rules.refused(path, blob, scene.faults[-1])
        else:
            scene.mend(rules.faults.get(path, ()))
            rules = replace(rules, faults={**rules.faults, path: ()})
            data = scene.commit.blobs.get(change.blob, b"")
            rules = read_in(scene, reader, rules, path, blob, data)
    return rules
